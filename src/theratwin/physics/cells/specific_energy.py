"""Specific energy that single alpha particles leave in a nucleus."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.physics.cells.crossings import crossings
from theratwin.physics.cells.geometry import Cell
from theratwin.physics.cells.ranges import range_energy
from theratwin.physics.cells.tracks import chain_alpha_lines
from theratwin.physics.nuclide import Nuclide, nuclide
from theratwin.physics.progeny import Progeny, Retention, chain_weights
from theratwin.physics.units import DECAYS_PER_MBQ_H, GY_PER_MEV_PER_GRAM

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SingleEvent:
    r"""Specific energy z of the nucleus by one alpha particle that meets it.

    Alphas run straight and slow down without straggling; recoils and electrons are left out.

    Parameters
    ----------
    z
        Gy, evenly spaced from 0, shape (values,).
    probability
        Of each z, summing to 1: each event is shared between its two neighbors on the grid so
        that the mean stays exact.
    frequency_mean
        :math:`z_F = \overline{z}`, Gy.
    dose_mean
        :math:`z_D = \overline{z^2} / \overline{z}`, Gy.
    hits_per_decay
        Mean number of alphas that leave energy in the nucleus, a decay of the nuclide.
    """

    z: Array
    probability: Array
    frequency_mean: float
    dose_mean: float
    hits_per_decay: float

    @property
    def density(self) -> Array:
        """f1(z), 1/Gy, shape (values,)."""
        return self.probability / (self.z[1] - self.z[0])

    @property
    def s_value(self) -> float:
        """Mean dose a decay, hits times z_F, Gy/(MBq h)."""
        return self.hits_per_decay * self.frequency_mean * DECAYS_PER_MBQ_H

    def hits(self, dose: float) -> float:
        """Return the mean number of hits at a mean dose by alphas, Gy."""
        return dose / self.frequency_mean


def single_event(
    name: str | Nuclide,
    cell: Cell,
    source: str,
    *,
    progeny: Progeny | None = None,
    retention: Retention = 1.0,
    values: int = 512,
) -> SingleEvent:
    r"""Return the spectrum of specific energy of the nucleus by one alpha from a source.

    An alpha with range R that enters at :math:`t_0` and would leave at :math:`t_1` leaves
    :math:`E(R - t_0) - E(R - t_1)`; lines and weights are a quadrature over all directions.

    Parameters
    ----------
    name, progeny, retention
        As for `cell_s_value`.
    cell
        The nucleus is the target.
    source
        ``N``, ``Cy``, ``CS`` or ``C``.
    values
        Number of z on the grid, at least 16.

    Raises
    ------
    InputError
        If an argument is wrong.
    UnsupportedError
        If no alpha reaches the nucleus.

    Examples
    --------
    >>> event = single_event("At-211", Cell(5e-3, 4e-3), "CS", progeny="none")
    >>> f"{event.frequency_mean:.3f} Gy a hit, {event.hits_per_decay:.3f} hits a decay"
    '0.249 Gy a hit, 0.084 hits a decay'
    """
    if values < 16:
        raise InputError("too few", field="values", value=values, allowed="at least 16")
    parent = name if isinstance(name, Nuclide) else nuclide(name)
    weights = chain_weights(parent, progeny, retention)
    energy, number = _events(tuple(weights.items()), cell, source)
    hits = float(number.sum())
    if not hits > 0:
        raise UnsupportedError(
            "no alpha particle reaches the nucleus",
            field="nuclide",
            value=parent.name,
            allowed="nuclides that emit alphas, alone or with their progeny",
        )
    z = energy * GY_PER_MEV_PER_GRAM / cell.mass("N")
    mean = float(z @ number) / hits
    grid, probability = _gridded(z, number / hits, values)
    return SingleEvent(grid, probability, mean, float(z**2 @ number) / hits / mean, hits)


def _events(weights: tuple[tuple[str, float], ...], cell: Cell, source: str) -> tuple[Array, Array]:
    """Return energies left in the nucleus (MeV) and their numbers a decay, without the misses."""
    alpha, ways = range_energy("alpha"), crossings(cell, source)
    found = chain_alpha_lines(weights)
    kept = found.yields > 0
    energies, numbers = [np.zeros(0)], [np.zeros(0)]
    for one, number in zip(found.energy[kept], found.yields[kept], strict=True):
        end = alpha.range_of(one)
        met = ways.entry < end
        left = alpha.energy_of(end - ways.entry[met]) - alpha.energy_of(end - ways.leave[met])
        energies.append(left)
        numbers.append(ways.weight[met] * number)
    return np.concatenate(energies), np.concatenate(numbers)


def _gridded(z: Array, weight: Array, values: int) -> tuple[Array, Array]:
    """Share each event between its two neighbors on an even grid."""
    grid = np.linspace(0.0, float(z.max()), values)
    place = np.minimum(z / grid[1], values - 1)
    left = np.minimum(place.astype(int), values - 2)
    part = place - left
    probability = np.zeros(values)
    probability += np.bincount(left, weight * (1 - part), values)
    probability += np.bincount(left + 1, weight * part, values)
    return grid, probability
