"""Energy that photons hand to electrons: the mass energy-transfer coefficient."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.physics.matter.material import Material
from theratwin.physics.matter.photons import (
    ANGSTROM_MEV,
    PAIR_THRESHOLD,
    element_coefficients,
    photon_coefficients,
    scattering_function,
)
from theratwin.physics.matter.tables import element

Array = NDArray[np.float64]
ELECTRON_MASS = 0.51099895  # MeV


def energy_transfer(material: Material, energy: ArrayLike) -> Array:
    r"""Return the mass energy-transfer coefficient mu_tr/rho, cm2/g.

    Photoelectric absorption less the K fluorescence that leaves, Compton scattering times the
    mean fraction that the electron takes, pair and triplet production less two electron masses.
    Fluorescence of outer shells, and after Compton scattering, counts as absorbed.

    Parameters
    ----------
    material
        The material.
    energy
        Photon energies, MeV, 0.001 to 10, any shape.

    Examples
    --------
    >>> from theratwin.physics.matter.material import material
    >>> round(float(energy_transfer(material("water"), 0.1)), 4)
    0.0255
    """
    wanted = np.asarray(energy, dtype=float)
    parts = photon_coefficients(material, wanted)
    return (
        parts.photo
        - fluorescence(material, wanted)
        + parts.compton * compton_fraction(material, wanted)
        + (parts.pair + parts.triplet) * np.maximum(0.0, 1 - PAIR_THRESHOLD / wanted)
    )


def fluorescence(material: Material, energy: ArrayLike) -> Array:
    """Return the part of the photoelectric coefficient that leaves as K lines, cm2/g."""
    wanted = np.asarray(energy, dtype=float)
    total = np.zeros(wanted.shape)
    for z, fraction in material.fractions.items():
        atom = element(z)
        share = (1 - 1 / atom.jump) * atom.fluorescence * atom.line / wanted
        photo = element_coefficients(z, wanted)[0]
        total += fraction * photo * np.where(wanted > atom.edge, share, 0.0)
    return total


def compton_fraction(material: Material, energy: ArrayLike, nodes: int = 96) -> Array:
    """Return the mean fraction of the energy that a Compton collision hands to the electron.

    Klein-Nishina times the incoherent scattering function, integrated over the angle; the
    electron is taken at rest.

    Examples
    --------
    >>> from theratwin.physics.matter.material import material
    >>> round(float(compton_fraction(material("water"), 1.0)), 3)
    0.44
    """
    wanted = np.asarray(energy, dtype=float)[..., None]
    point, weight = np.polynomial.legendre.leggauss(nodes)
    # u = sin(theta/2), so that the forward peak of high energies is resolved
    half = 0.5 * (point + 1)
    cosine = 1 - 2 * half**2
    kept = 1 / (1 + wanted / ELECTRON_MASS * (1 - cosine))
    angular = kept**2 * (kept + 1 / kept - 1 + cosine**2) * half * weight
    angular = angular * scattering_function(material, half * wanted / ANGSTROM_MEV)
    return ((1 - kept) * angular).sum(axis=-1) / angular.sum(axis=-1)
