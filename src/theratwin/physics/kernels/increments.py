"""The energy that a point source sends to each distance: a kernel's increments, finely cut."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from theratwin.physics.chain_emissions import weighted_emissions
from theratwin.physics.emissions import Emissions, Lines
from theratwin.physics.kernels.nuclide_kernel import RADII, alphas_within, nuclide_kernel

Array = NDArray[np.float64]
_NONE = Lines(np.zeros(0), np.zeros(0))
_SPLIT = 4  # parts of each interval of the kernels' radii


@dataclass(frozen=True, eq=False)
class Increments:
    """Energy absorbed around each distance of a point source in soft tissue, MeV a decay.

    Parameters
    ----------
    distance
        g/cm2, shape (distances,).
    electrons, photons, alphas
        Of electrons and positrons, of photons, and of alpha particles, shape (distances,).
    recoils
        Of recoil nuclei, at once.
    """

    distance: Array
    electrons: Array
    photons: Array
    alphas: Array
    recoils: float


@lru_cache(maxsize=32)
def energy_increments(weights: tuple[tuple[str, float], ...]) -> Increments:
    """Return the increments of a chain.

    Parameters
    ----------
    weights
        Names and decays of each member a decay of the parent.

    Examples
    --------
    >>> found = energy_increments((("Y-90", 1.0),))
    >>> round(float(found.electrons.sum()), 2)
    0.93
    """
    from scipy.interpolate import PchipInterpolator

    emitted: Emissions = weighted_emissions(dict(weights))
    kernel = nuclide_kernel(replace(emitted, alpha=_NONE, recoil=_NONE))
    steps = np.arange(_SPLIT) / _SPLIT
    fine = np.r_[(RADII[:-1, None] + np.diff(RADII)[:, None] * steps).ravel(), RADII[-1]]
    electrons, photons = (
        np.diff(PchipInterpolator(RADII, part)(fine)) for part in (kernel.charged, kernel.photons)
    )
    alphas = np.diff(alphas_within(emitted.alpha, fine))
    distance = 0.5 * (fine[1:] + fine[:-1])
    return Increments(distance, electrons, photons, alphas, emitted.recoil.energy_per_decay)
