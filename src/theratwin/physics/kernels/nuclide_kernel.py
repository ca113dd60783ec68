"""Dose-point kernels of nuclides: the energy absorbed within a radius of a point source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from theratwin.physics.emissions import Emissions, Lines
from theratwin.physics.kernels.point_source import LOWEST, Kind, point_source
from theratwin.physics.matter import csda_range, material

Array = NDArray[np.float64]
#: Radii of the kernels, g/cm2.
RADII = np.concatenate([[0.0], np.geomspace(1e-6, 200.0, 500)])


@dataclass(frozen=True, eq=False)
class NuclideKernel:
    """Energy absorbed within `RADII` of a point source in a medium without end, MeV a decay.

    Parameters
    ----------
    nuclide, medium
        What decays, in what.
    photons, charged
        Of photons (annihilation quanta too), and of electrons, positrons, alpha particles and
        recoils, shape (radii,).
    """

    nuclide: str
    medium: str
    photons: Array
    charged: Array

    @property
    def total(self) -> Array:
        """The sum of both."""
        return self.photons + self.charged

    @property
    def bremsstrahlung(self) -> Array:
        """The part of the charged particles that lies beyond their range, MeV a decay."""
        inside = float(np.interp(0.995 * self.charged[-1], self.charged, RADII))
        # the last half percent of the energy lies within 15 % more
        return np.maximum(self.charged - np.interp(1.15 * inside, RADII, self.charged), 0.0)

    def stretched(self, factor: float) -> Array:
        """Return the total if all ranges and mean free paths were longer by a factor."""
        from scipy.interpolate import PchipInterpolator

        return PchipInterpolator(RADII, self.total)(RADII / factor)


def nuclide_kernel(emitted: Emissions, medium: str = "soft") -> NuclideKernel:
    """Return the kernel of a nuclide or a chain.

    Parameters
    ----------
    emitted
        Its emissions a decay, as of `emissions` or `chain_emissions`.
    medium
        One of `MEDIA`.

    Raises
    ------
    InputError
        If there are no tables of the medium.
    UnsupportedError
        If an energy is above the tables.

    Examples
    --------
    >>> from theratwin.physics import emissions
    >>> kernel = nuclide_kernel(emissions("Y-90"))
    >>> inside = np.interp(0.9 * kernel.charged[-1], kernel.charged, RADII)  # of 90 %, g/cm2
    >>> round(float(inside), 2)
    0.55
    """
    electrons = emitted.beta_minus + emitted.conversion + emitted.auger
    charged = _absorbed(electrons, "electron", medium)
    charged += _absorbed(emitted.beta_plus, "positron", medium)
    charged += alphas_within(emitted.alpha, RADII)
    charged += np.where(RADII > 0, emitted.recoil.energy_per_decay, 0.0)
    photons = _absorbed(emitted.photons, "photon", medium)
    name = " + ".join((emitted.nuclide, *emitted.progeny))
    return NuclideKernel(name, medium, photons, charged)


def _absorbed(lines: Lines, kind: Kind, medium: str) -> Array:
    """Return the energy of lines absorbed within `RADII`, MeV a decay."""
    total = np.zeros_like(RADII)
    if lines.energy.size == 0:
        return total
    table = point_source(kind, medium)
    stays = lines.energy <= LOWEST
    total += np.where(RADII > 0, float(lines.energy[stays] @ lines.yields[stays]), 0.0)
    for energy, number in zip(lines.energy[~stays], lines.yields[~stays], strict=True):
        total += energy * number * table.within(float(energy), RADII)
    return total


def alphas_within(lines: Lines, radius: Array) -> Array:
    """Return the energy (MeV a decay) of alphas within radii (g/cm2): straight tracks in water."""
    total = np.zeros_like(radius)
    for energy, number in zip(lines.energy, lines.yields, strict=True):
        reach = alpha_ranges()
        left = np.maximum(np.interp(np.log(energy), *reach) - radius, 0.0)
        kept = np.where(left > reach[1][0], np.exp(np.interp(left, reach[1], reach[0])), 0.0)
        total += number * (energy - kept)
    return total


@lru_cache(maxsize=1)
def alpha_ranges() -> tuple[Array, Array]:
    """Return logarithms of energies (MeV) and the ranges (g/cm2) of alpha particles in water."""
    energy = np.geomspace(1e-2, 12.0, 400)
    return np.log(energy), csda_range(material("water"), energy, "alpha")
