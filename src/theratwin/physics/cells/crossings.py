"""The ways in which straight tracks from a source compartment cross the nucleus."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from theratwin.core.errors import InputError
from theratwin.physics.cells.geometry import SOURCES, Cell

Array = NDArray[np.float64]
# the mean energy needs far fewer lines; an even spectrum of 512 values needs these
_RADII, _CHORDS, _CHORDS_OF_SURFACE = 24, 512, 4096
_POINT, _WEIGHT = np.polynomial.legendre.leggauss(8)


@dataclass(frozen=True, eq=False)
class Crossings:
    """Lines from a source through the nucleus, as a quadrature over all directions.

    Parameters
    ----------
    entry, leave
        Distances along the line where it enters (0 from within) and leaves, mm, shape (lines,).
    weight
        Probability of the line a particle emitted, shape (lines,); they sum to the chance that
        the line, without end, meets the nucleus.
    """

    entry: Array
    leave: Array
    weight: Array


@cache
def crossings(cell: Cell, source: str) -> Crossings:
    r"""Return the lines from ``N``, ``Cy``, ``CS`` or ``C`` through the nucleus.

    From outside, a line that leaves half a chord :math:`h` in the nucleus has the cosine
    :math:`\mu^2 = 1 - (r_n^2 - h^2)/a^2`, so that :math:`\mathrm{d}\mu = h\,\mathrm{d}h/(a^2\mu)`,
    which Gauss points in h integrate smoothly; from within, they are set in the cosine.

    Raises
    ------
    InputError
        If the source is unknown.
    """
    if source not in SOURCES:
        raise InputError("unknown source", field="source", value=source, allowed=SOURCES)
    if source == "C":
        inner = (cell.nucleus_radius / cell.radius) ** 3
        parts = [(crossings(cell, "N"), inner), (crossings(cell, "Cy"), 1 - inner)]
        return Crossings(
            np.concatenate([part.entry for part, _ in parts]),
            np.concatenate([part.leave for part, _ in parts]),
            np.concatenate([part.weight * share for part, share in parts]),
        )
    return _from_within(cell.nucleus_radius) if source == "N" else _from_outside(cell, source)


def _from_within(radius: float) -> Crossings:
    # near the surface the way out has a root: the depth below it is taken as a square
    root, share = _gauss(0.0, 1.0, _RADII)
    start = radius * (1 - root**2)
    share = share * 2 * root * 3 * (1 - root**2) ** 2
    cosine, part = _gauss(-1.0, 1.0, _CHORDS)
    a, mu = start[:, None], cosine[None, :]
    leave = -a * mu + np.sqrt(radius**2 - a**2 * (1 - mu**2))
    weight = share[:, None] * 0.5 * part
    return Crossings(np.zeros(leave.size), leave.ravel(), weight.ravel())


def _from_outside(cell: Cell, source: str) -> Crossings:
    inner, outer = cell.nucleus_radius, cell.radius
    start, share = np.array([outer]), np.ones(1)
    if source == "Cy":
        # close to the nucleus the cosine falls as a root: Gauss points in that root
        root, share = _gauss(0.0, np.sqrt(outer - inner), _RADII)
        start = inner + root**2
        share = share * 2 * root * 3 * start**2 / (outer**3 - inner**3)
    half, part = _gauss(0.0, inner, _CHORDS if source == "Cy" else _CHORDS_OF_SURFACE)
    a, h = start[:, None], half[None, :]
    middle = np.sqrt(a**2 - inner**2 + h**2)  # a mu: the way to the middle of the chord
    weight = 0.5 * share[:, None] * part * h / (a * middle)
    return Crossings((middle - h).ravel(), (middle + h).ravel(), weight.ravel())


def _gauss(low: float, high: float, number: int) -> tuple[Array, Array]:
    """Return points and weights of Gauss's rule with eight points in each of number/8 parts."""
    edges = np.linspace(low, high, number // 8 + 1)
    half = 0.5 * np.diff(edges)[:, None]
    return (edges[:-1, None] + half * (1 + _POINT)).ravel(), (half * _WEIGHT).ravel()
