"""Photon attenuation: cross sections of mixtures, scattering functions and form factors."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.core.errors import InputError
from theratwin.physics.matter.material import Material
from theratwin.physics.matter.tables import cross_sections, element, scattering

Array = NDArray[np.float64]
LOWEST, HIGHEST = 1e-3, 10.0  # MeV
PAIR_THRESHOLD, TRIPLET_THRESHOLD = 1.0219979, 2.0439958  # MeV
ANGSTROM_MEV = 0.01239841984  # h c, MeV angstrom


class PhotonCoefficients(NamedTuple):
    """Mass attenuation coefficients by process, cm2/g, each of the shape of the energies."""

    photo: Array
    compton: Array
    rayleigh: Array
    pair: Array
    triplet: Array


def photon_coefficients(material: Material, energy: ArrayLike) -> PhotonCoefficients:
    """Return the mass attenuation coefficients of a material by process.

    XCOM's cross sections of the elements, linear in log-log on 24 points a decade and both sides
    of each absorption edge, added by mass fraction; pair and triplet production are
    interpolated after division by (1 - threshold/E)^3.

    Parameters
    ----------
    material
        The material.
    energy
        Photon energies, MeV, 0.001 to 10, any shape.

    Raises
    ------
    InputError
        If an energy lies outside the tables.

    Examples
    --------
    >>> from theratwin.physics.matter.material import material
    >>> round(float(sum(photon_coefficients(material("water"), 0.2084))), 4)
    0.1352
    """
    wanted = np.asarray(energy, dtype=float)
    if not np.all((wanted >= LOWEST * (1 - 1e-9)) & (wanted <= HIGHEST * (1 + 1e-9))):
        raise InputError(
            "photon energy outside the tables",
            field="energy",
            value=f"{wanted.min():g} to {wanted.max():g} MeV",
            allowed="0.001 to 10 MeV",
        )
    total = np.zeros((5, *wanted.shape))
    for z, fraction in material.fractions.items():
        total += fraction * element_coefficients(z, wanted)
    photo, compton, rayleigh, pair, triplet = (np.asarray(row) for row in total)
    return PhotonCoefficients(photo, compton, rayleigh, pair, triplet)


def element_coefficients(z: int, energy: Array) -> Array:
    """Return an element's coefficients at energies (MeV), cm2/g, shape (5, ...)."""
    table = cross_sections(z)
    at, known = np.log(energy), np.log(table.energy)
    rows = [np.exp(np.interp(at, known, np.log(row))) for row in table.value[:3]]
    for row, threshold in zip(table.value[3:], (PAIR_THRESHOLD, TRIPLET_THRESHOLD), strict=True):
        used = row > 0
        reduced = np.log(row[used]) - 3 * np.log(1 - threshold / table.energy[used])
        above = np.maximum(1 - threshold / energy, 0.0) ** 3
        rows.append(above * np.exp(np.interp(at, known[used], reduced)))
    return np.array(rows)


def attenuation(material: Material, energy: ArrayLike, *, coherent: bool = True) -> Array:
    """Return the mass attenuation coefficient mu/rho, cm2/g, with or without Rayleigh scattering.

    Examples
    --------
    >>> from theratwin.physics.matter.material import material
    >>> round(float(attenuation(material("water"), 0.511)), 4)
    0.096
    """
    parts = photon_coefficients(material, energy)
    return sum(parts, np.zeros(())) - (0 if coherent else parts.rayleigh)


def scattering_function(material: Material, x: ArrayLike) -> Array:
    """Return the incoherent scattering function of a material, per electron (0 to 1).

    Parameters
    ----------
    material
        The material; its atoms scatter independently.
    x
        sin(theta/2)/wavelength, 1/angstrom, any shape.

    Examples
    --------
    >>> from theratwin.physics.matter.material import material
    >>> round(float(scattering_function(material("water"), 1000.0)), 4)
    1.0
    """
    grid, incoherent, _ = scattering()
    per_gram = _mixture(material, x, grid, incoherent, power=1)
    return per_gram / material.z_over_a


def form_factor_squared(material: Material, x: ArrayLike) -> Array:
    """Return the squared coherent form factor, mol/g: sum of mass fraction F(x)^2 / A.

    Times Avogadro's number and the Thomson cross section it is the Rayleigh cross section of a
    gram per solid angle; free atoms, interference between molecules left out.

    Examples
    --------
    >>> from theratwin.physics.matter.material import material
    >>> round(float(form_factor_squared(material("water"), 0.0)), 2)
    3.66
    """
    grid, _, coherent = scattering()
    return _mixture(material, x, grid, coherent, power=2)


def _mixture(material: Material, x: ArrayLike, grid: Array, tables, power: int) -> Array:
    """Return the sum over elements of fraction/A times a table to a power (log-log in x)."""
    wanted = np.asarray(x, dtype=float)
    inner = np.clip(wanted, grid[1], grid[-1])
    near = np.minimum(wanted / grid[1], 1.0)  # below the first point: S and Z - F go as x^2
    total = np.zeros(wanted.shape)
    for z, fraction in material.fractions.items():
        table = tables[z]
        value = np.exp(np.interp(np.log(inner), np.log(grid[1:]), np.log(table[1:])))
        value = table[0] + (value - table[0]) * near**2
        total += fraction / element(z).atomic_mass * value**power
    return total
