"""Photons of activity spread evenly over the body: the remainder's cross-dose."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.physics.absorbed_fraction import ellipsoid_absorbed_fraction, positive
from theratwin.physics.emissions import emissions
from theratwin.physics.nuclide import Nuclide
from theratwin.physics.progeny import refuse_progeny
from theratwin.physics.tables import read_table
from theratwin.physics.units import DECAYS_PER_MBQ_H, GY_PER_MEV_PER_GRAM

Array = NDArray[np.float64]
DENSITY = 1.04  # g/mL, soft tissue
WIDTH_TO_DEPTH = 1.8  # assumption: the body's ellipsoid is 1.8 times as wide as deep


def photon_energy_per_decay(name: str | Nuclide) -> float:
    """Return the photon energy that the nuclide alone emits, MeV a decay.

    Examples
    --------
    >>> round(photon_energy_per_decay("Lu-177"), 4)
    0.0351
    """
    return emissions(name).photons.energy_per_decay


def body_absorbed_fraction(energy: ArrayLike, mass: float, height: float) -> Array:
    r"""Return the fraction of photon energy that a body in air absorbs of itself.

    The body is an ellipsoid of the patient's height and mass, 1.8 times as wide as deep, of
    water at 1.04 g/mL, its activity even. The fraction in endless water
    (`ellipsoid_absorbed_fraction`) is multiplied by the Monte Carlo ratio of an ellipsoid in
    air to one in water, tabulated over depth and energy: without it photons that scatter back
    from a medium that is not there raise the fraction by up to a quarter (at 0.1 MeV).

    Parameters
    ----------
    energy
        MeV, shape (energies,) or scalar.
    mass
        g.
    height
        mm.

    Returns
    -------
    array
        Shape of ``energy``.

    Raises
    ------
    InputError
        If a value is not a positive number.

    Examples
    --------
    >>> float(body_absorbed_fraction(0.208, 70_000, 1750).round(2))
    0.35
    """
    axes = _semi_axes(float(positive(mass, "mass", "g")), float(positive(height, "height", "mm")))
    energies = positive(energy, "energy", "MeV")
    in_water = ellipsoid_absorbed_fraction("photon", energies, axes, DENSITY)
    return in_water * _air_to_water(energies, 0.1 * DENSITY * axes[0])


def body_photon_s_value(name: str | Nuclide, mass: float, height: float) -> float:
    """Return the mean body dose by photons of even activity in the body, Gy/(MBq h).

    It stands for the photon dose to any tissue spread through the body, such as red marrow,
    from activity in the remainder.

    Parameters
    ----------
    name
        Nuclide, in any spelling.
    mass, height
        Of the body, g and mm.

    Raises
    ------
    UnsupportedError
        If the nuclide's progeny adds more than 1 % to its energy.

    Examples
    --------
    >>> f"{body_photon_s_value('Lu-177', 70_000, 1750):.2e}"
    '1.09e-07'
    """
    photons = emissions(refuse_progeny(name)).photons
    absorbed = body_absorbed_fraction(photons.energy, mass, height)
    energy = float(absorbed @ (photons.energy * photons.yields))
    return energy / mass * GY_PER_MEV_PER_GRAM * DECAYS_PER_MBQ_H


def _semi_axes(mass: float, height: float) -> tuple[float, float, float]:
    """Return half depth, half width and half height, mm."""
    volume = 1000 * mass / DENSITY
    depth = np.sqrt(3 * volume / (4 * np.pi * WIDTH_TO_DEPTH * 0.5 * height))
    return depth, WIDTH_TO_DEPTH * depth, 0.5 * height


def _air_to_water(energy: Array, depth: float) -> Array:
    """Return the tabulated ratio, linear in log energy and in half depth (g/cm2), held outside."""
    energies, depths, ratios = _ratios()
    column = np.array([np.interp(depth, depths, row) for row in ratios])
    return np.interp(np.log(energy), np.log(energies), column)


@cache
def _ratios() -> tuple[Array, Array, Array]:
    head, body = read_table("body_in_air.csv")
    return body[:, 0], head["depth"], body[:, 1:]
