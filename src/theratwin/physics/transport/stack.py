"""How many particles wait at most, by what a source sets free: a GPU's threads hold no more."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from theratwin.physics.transport.electron_tables import KNOCK_ON, RADIATIVE, RANGE, ElectronTables
from theratwin.physics.transport.scene import ALPHA, STACK, Scene

#: Particles that a photon sets free on its way down to a few keV, with room to spare: 22 of 0.1
#: MeV in water with electrons followed to 1 keV is the most that was found in 100,000 histories.
_OF_PHOTONS = 20
_DEVIATIONS = 6


def rows_needed(scene: Scene, kinds: NDArray[np.int64], energies: NDArray[np.float64]) -> int:
    r"""Return the rows of a stack, a power of two and one that counts, never above `STACK`.

    The mean number of particles that the fastest electron sets free on all its way,

    .. math:: n = \max_{m,k} \int_0^{R(E)} \left(\mu_{\mathrm{knock}} +
        \mu_{\mathrm{rad}}\right) dR

    over materials and electrons or positrons, and six of its standard deviations, as if all
    waited; whatever finds no room all the same is counted.

    Parameters
    ----------
    scene
        What is followed in which matter.
    kinds, energies
        What the source emits, MeV.
    """
    light = energies[kinds != ALPHA]
    free = _OF_PHOTONS
    if scene.follow_electrons and light.size:
        mean = _set_free(scene.electrons, float(light.max()))
        free += int(np.ceil(mean + _DEVIATIONS * np.sqrt(mean)))
    return min(2 ** int(np.ceil(np.log2(free))) + 1, STACK)


def _set_free(tables: ElectronTables, energy: float) -> float:
    """Return how many single knock-on and radiative collisions an electron has, the most."""
    grid = np.exp(tables.log_first + np.arange(tables.values.shape[2]) / tables.per_log)
    rate = tables.values[..., KNOCK_ON] + tables.values[..., RADIATIVE]
    steps = 0.5 * (rate[..., 1:] + rate[..., :-1]) * np.diff(tables.values[..., RANGE], axis=-1)
    return float(steps[..., grid[:-1] < energy].sum(axis=-1).max())
