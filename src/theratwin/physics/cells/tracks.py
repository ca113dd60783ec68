"""The energy that straight tracks of a nuclide's particles still carry at a distance."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from theratwin.physics.cells.ranges import Method, RangeEnergy, range_energy
from theratwin.physics.emissions import Lines, emissions

Array = NDArray[np.float64]
#: Which charged particles count; recoils go with alphas.
Particles = Literal["all", "electrons", "alphas"]
_SPLIT = 16  # parts of each interval of ICRP-107's beta spectra
_POINTS = 1200


@dataclass(frozen=True, eq=False)
class Tracks:
    r"""Energy left a decay at a distance along straight tracks, all particles of a kind.

    .. math:: T(x) = \sum_i Y_i\,E(R(E_i) - x)

    Parameters
    ----------
    x
        Distances from the point of emission, mm, from 0 to the longest range, shape (points,).
    left
        T at these, MeV a decay, shape (points,); the energy emitted first, 0 last.
    slope
        Derivative of the PCHIP through them, MeV/mm: less the energy lost a length.
    """

    x: Array
    left: Array
    slope: Any

    @property
    def energy(self) -> float:
        """Energy emitted, MeV a decay."""
        return float(self.left[0])

    def lost_at(self, x: Array) -> Array:
        """Return the energy lost a length at a distance, MeV/mm a decay; 0 beyond the end."""
        return np.where(x < self.x[-1], -self.slope(np.minimum(x, self.x[-1])), 0.0)


def tracks_of(
    sharp: Lines, spectrum: Lines, relation: RangeEnergy, points: int = _POINTS
) -> Tracks | None:
    """Return the tracks of sharp lines and a finely cut spectrum (MeV, a decay); None without any.

    The distances are spaced evenly in logarithm; the end of each sharp line is among them, for
    there the energy lost a length falls to zero at once.
    """
    from scipy.interpolate import PchipInterpolator

    lines = sharp + spectrum
    if not lines.yields.sum() > 0:
        return None
    ends = relation.range_of(lines.energy)
    far = float(ends.max())
    grid = np.geomspace(min(1e-7, 0.01 * far), far, points)
    x = np.unique(np.r_[0.0, grid, ends[: len(sharp.energy)]])
    x = x[np.r_[True, np.diff(x) > 1e-9 * x[1:]]]
    left = np.zeros_like(x)
    for part in np.array_split(np.arange(len(ends)), 1 + len(ends) // 200):
        left += lines.yields[part] @ relation.energy_of(np.maximum(ends[part, None] - x, 0.0))
    left[0] = lines.energy_per_decay  # what is too slow for the relation stops where it starts
    curve = PchipInterpolator(x, left)
    return Tracks(x, left, curve.derivative())


@cache
def chain_electrons(weights: tuple[tuple[str, float], ...], method: Method) -> Tracks | None:
    """Return the tracks of betas of both signs, conversion and Auger electrons of a chain.

    Parameters
    ----------
    weights
        Names and decays of each member a decay of the parent.
    method
        ``cole`` or ``csda``.
    """
    kept = [(emissions(name), weight) for name, weight in weights]
    sharp = [_times(e.conversion + e.auger, weight) for e, weight in kept]
    spectra = [_times(beta_lines(name), weight) for name, weight in weights]
    return tracks_of(_all(sharp), _all(spectra), range_energy(method))


@cache
def chain_alphas(weights: tuple[tuple[str, float], ...]) -> Tracks | None:
    """Return the tracks of a chain's alpha particles."""
    return tracks_of(chain_alpha_lines(weights), _all([]), range_energy("alpha"))


def chain_alpha_lines(weights: tuple[tuple[str, float], ...]) -> Lines:
    """Return a chain's alpha particles: energies in MeV, yields a decay of the parent."""
    return _all([_times(emissions(name).alpha, weight) for name, weight in weights])


def chain_recoil_energy(weights: tuple[tuple[str, float], ...]) -> float:
    """Return the energy of the nuclei that recoil from alphas, MeV a decay of the parent."""
    return sum(weight * emissions(name).recoil.energy_per_decay for name, weight in weights)


def _times(lines: Lines, weight: float) -> Lines:
    return Lines(lines.energy, lines.yields * weight)


def _all(parts: list[Lines]) -> Lines:
    return sum(parts, Lines(np.zeros(0), np.zeros(0)))


@cache
def beta_lines(name: str) -> Lines:
    """Return a nuclide's beta spectrum cut finely: sixteen parts of each of ICRP-107's intervals.

    `Emissions.beta` has one bin an interval, too coarse for the energy lost within micrometers
    at the end of a range. The number and the mean energy are those of `Emissions.beta`.
    """
    from scipy.interpolate import PchipInterpolator

    coarse = emissions(name).beta
    if not coarse.yields.size:
        return coarse
    source = files("icrp107_database").joinpath("icrp107", f"{name}.json")
    data = json.loads(json.loads(source.read_text(encoding="utf-8")))["emissions"]
    energy, density = np.array(data["b-spectra"], dtype=float).T
    steps = np.arange(_SPLIT) / _SPLIT
    edges = np.r_[(energy[:-1, None] + np.diff(energy)[:, None] * steps).ravel(), energy[-1]]
    middle, width = 0.5 * (edges[1:] + edges[:-1]), np.diff(edges)
    number = PchipInterpolator(energy, density)(middle) * width
    number *= coarse.yields.sum() / number.sum()
    middle *= coarse.energy_per_decay / float(middle @ number)
    return Lines(middle, number)


def chain_tracks(
    weights: tuple[tuple[str, float], ...], method: Method, particles: Particles = "all"
) -> list[Tracks]:
    """Return the tracks of a chain's charged particles, all or those of a kind."""
    found = [
        chain_electrons(weights, method) if particles != "alphas" else None,
        chain_alphas(weights) if particles != "electrons" else None,
    ]
    return [tracks for tracks in found if tracks is not None]
