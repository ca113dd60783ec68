"""What photons need to know of the materials, in tables for compiled code."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from theratwin.physics.matter import (
    Material,
    element,
    form_factor_squared,
    photon_coefficients,
    scattering_function,
)
from theratwin.physics.matter.photons import element_coefficients

Array = NDArray[np.float64]
LOWEST, HIGHEST = 1e-3, 10.0  # MeV, as XCOM's tables of the matter package
_ENERGIES = 2001
_TRANSFERS = 400
_TRANSFER_RANGE = (1e-3, 1e3)  # x = sin(theta/2) / wavelength, 1/angstrom
FLUORESCENT = 3  # elements whose K lines are followed, at most


class PhotonTables(NamedTuple):
    """Tables on a grid of equal steps in ln E, and of scattering on one in ln x.

    Attributes
    ----------
    values
        Mass attenuation coefficient (cm2/g), and the cumulated probabilities that a collision is
        photoelectric, Compton or Rayleigh (the rest is pair production), shape
        (materials, energies, 4).
    incoherent
        Incoherent scattering function of an electron, 0 to 1, shape (materials, transfers).
    coherent
        Integral of F(x)^2 over x^2 from 0, shape (materials, transfers).
    line_chance, line
        Probability that photoelectric absorption emits a K line, shape (materials, 3, energies),
        and the energy of that line, MeV, shape (materials, 3).
    """

    log_first: float
    per_log: float
    values: Array
    log_x: float
    per_log_x: float
    x_squared: Array
    incoherent: Array
    coherent: Array
    line_chance: Array
    line: Array


def energy_grid() -> Array:
    """Return the energies (MeV) of the tables."""
    return np.geomspace(LOWEST, HIGHEST, _ENERGIES)


def photon_tables(materials: Sequence[Material]) -> PhotonTables:
    """Return the tables of a list of materials.

    Examples
    --------
    >>> from theratwin.physics.matter import material
    >>> photon_tables([material("water")]).values.shape
    (1, 2001, 4)
    """
    x = _transfers()
    rows = [_of_material(matter) for matter in materials]
    values, incoherent, coherent, chances, lines = (
        np.array(part) for part in zip(*rows, strict=True)
    )
    return PhotonTables(
        log_first=float(np.log(LOWEST)),
        per_log=float((_ENERGIES - 1) / np.log(HIGHEST / LOWEST)),
        values=values,
        log_x=float(np.log(x[0])),
        per_log_x=float((_TRANSFERS - 1) / np.log(x[-1] / x[0])),
        x_squared=x**2,
        incoherent=incoherent,
        coherent=coherent,
        line_chance=chances,
        line=lines,
    )


def _transfers() -> Array:
    return np.geomspace(*_TRANSFER_RANGE, _TRANSFERS)


@lru_cache(maxsize=256)
def _of_material(matter: Material) -> tuple[Array, Array, Array, Array, Array]:
    """Return one material's row of each table."""
    energy, x = energy_grid(), _transfers()
    part = photon_coefficients(matter, energy)
    total = np.sum(part, axis=0)
    cumulated = np.cumsum([part.photo, part.compton, part.rayleigh], axis=0) / total
    values = np.stack([total, *cumulated], axis=-1)
    return (
        values,
        scattering_function(matter, x),
        _coherent(matter, x),
        *_fluorescence(matter, energy),
    )


def _coherent(matter: Material, x: Array) -> Array:
    """Return the integral of F^2 over x^2, from 0 to each x (trapezoids in x^2, fine in x)."""
    fine = np.unique(np.concatenate([np.linspace(0, x[0], 5), np.geomspace(x[0], x[-1], 8001), x]))
    squared = form_factor_squared(matter, fine)
    area = 0.5 * (squared[1:] + squared[:-1]) * np.diff(fine**2)
    return np.interp(x, fine, np.concatenate([[0.0], np.cumsum(area)]))


def _fluorescence(matter: Material, energy: Array) -> tuple[Array, Array]:
    """Return, for the elements that emit the most, the chance of a K line and its energy."""
    photo = photon_coefficients(matter, energy).photo
    found: list[tuple[float, Array, float]] = []
    for z, fraction in matter.fractions.items():
        atom = element(z)
        if atom.edge <= LOWEST or atom.fluorescence == 0:
            continue
        share = fraction * element_coefficients(z, energy)[0] / photo
        chance = share * (1 - 1 / atom.jump) * atom.fluorescence * (energy > atom.edge)
        found.append((float(chance.max() * atom.line), chance, atom.line))
    found.sort(key=lambda entry: -entry[0])
    chances, lines = np.zeros((FLUORESCENT, energy.size)), np.zeros(FLUORESCENT)
    for row, (_, chance, line) in enumerate(found[:FLUORESCENT]):
        chances[row], lines[row] = chance, line
    return chances, lines
