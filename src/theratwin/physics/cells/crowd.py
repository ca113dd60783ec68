"""The dose to a cell from like cells around it: a sheet, a cluster, or tissue without end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from theratwin.core.errors import InputError
from theratwin.physics.cells.absorbed import absorbed_by
from theratwin.physics.cells.cluster import ball, sheet
from theratwin.physics.cells.geometry import SOURCES, TARGETS, Cell
from theratwin.physics.cells.overlap import ball_overlap
from theratwin.physics.cells.ranges import METHODS, Method
from theratwin.physics.cells.tracks import Particles, Tracks, chain_recoil_energy, chain_tracks
from theratwin.physics.nuclide import Nuclide, nuclide
from theratwin.physics.progeny import Progeny, Retention, chain_weights
from theratwin.physics.units import DECAYS_PER_MBQ_H, GY_PER_MEV_PER_GRAM

Array = NDArray[np.float64]
Crowd = Literal["sheet", "tissue"]
_DISTANCES = 96
_SHELL = 10_000  # cells of tissue that are counted one by one; beyond them it is even
_POINT, _PART = np.polynomial.legendre.leggauss(3)


def crowd_s_value(
    name: str | Nuclide,
    cell: Cell,
    crowd: Crowd,
    pitch: float,
    source: str,
    *,
    target: str = "N",
    progeny: Progeny | None = None,
    retention: Retention = 1.0,
    method: Method = "cole",
    particles: Particles = "all",
) -> float:
    r"""Return the dose to one cell from all others, each with the same activity, Gy/(MBq h).

    .. math:: S_\times = \sum_{i\ne0} S(t \leftarrow s; |r_i|)

    over the hexagonal lattice of a sheet without end, or the close packing (fcc) of tissue without
    end. Of tissue, the nearest ten thousand cells are counted one by one; the rest is taken as
    even: its dose is that of an even source without end less that of a ball of the counted cells'
    volume. What is between packed cells holds no activity.

    Parameters
    ----------
    name
        Nuclide.
    cell
        Every cell.
    crowd
        ``"sheet"`` or ``"tissue"``.
    pitch
        Distance of neighbors' centers, mm, at least two cell radii.
    source, target
        ``N``, ``Cy``, ``CS``, ``C``; ``N``, ``Cy``, ``C``.
    progeny, retention, method
        As for `cell_s_value`.
    particles
        ``all``, ``electrons`` or ``alphas``.

    Raises
    ------
    InputError
        If an argument is wrong.
    UnsupportedError
        If the progeny counts and ``progeny`` is not given.

    Examples
    --------
    >>> cell = Cell(radius=7e-3, nucleus_radius=4.5e-3)
    >>> f"{crowd_s_value('Lu-177', cell, 'sheet', 0.05, 'CS'):.3g}"
    '1.1e+05'
    """
    _check(cell, crowd, pitch, source, target, method)
    parent = name if isinstance(name, Nuclide) else nuclide(name)
    weights = chain_weights(parent, progeny, retention)
    key = tuple((member, weight) for member, weight in weights.items() if weight > 0)
    energy = 0.0
    for tracks in chain_tracks(key, method, particles):
        energy += _Around(tracks, cell, source, target, pitch).energy(crowd)
    return float(energy * GY_PER_MEV_PER_GRAM * DECAYS_PER_MBQ_H / cell.mass(target))


def nuclear_energy_share(
    name: str | Nuclide,
    cell: Cell,
    source: str,
    *,
    pitch: float | None = None,
    progeny: Progeny | None = None,
    retention: Retention = 1.0,
    method: Method = "cole",
) -> float:
    """Return the part of charged particles' energy that nuclei absorb.

    Of a cell alone without a pitch; with one, of tissue without end in which every cell has the
    same activity: its own nucleus and those of all others.

    Examples
    --------
    >>> cell = Cell(radius=7e-3, nucleus_radius=4.5e-3)
    >>> alone = nuclear_energy_share("Lu-177", cell, "CS")
    >>> tissue = nuclear_energy_share("Lu-177", cell, "CS", pitch=14e-3)
    >>> round(alone, 4), round(tissue, 3)
    (0.0027, 0.193)
    """
    from theratwin.physics.cells.s_value import cell_s_value

    options = {"progeny": progeny, "retention": retention, "method": method}
    found = cell_s_value(name, cell, **options)
    dose = found.total[f"N<-{source}"]
    if pitch is not None:
        dose += crowd_s_value(name, cell, "tissue", pitch, source, **options)
    emitted = _emitted(found.weights, method)
    return dose * cell.mass("N") / (emitted * GY_PER_MEV_PER_GRAM * DECAYS_PER_MBQ_H)


def _emitted(weights: dict[str, float], method: Method) -> float:
    key = tuple((member, weight) for member, weight in weights.items() if weight > 0)
    return chain_recoil_energy(key) + sum(t.energy for t in chain_tracks(key, method))


def _check(cell: Cell, crowd: str, pitch: float, source: str, target: str, method: str) -> None:
    for field, word, allowed in (
        ("crowd", crowd, ("sheet", "tissue")),
        ("source", source, SOURCES),
        ("target", target, TARGETS),
        ("method", method, METHODS),
    ):
        if word not in allowed:
            raise InputError("unknown", field=field, value=word, allowed=allowed)
    if not 2 * cell.radius * (1 - 1e-12) <= pitch < float("inf"):
        raise InputError(
            "two cells cannot be as close",
            field="pitch",
            value=f"{1e3 * pitch:g} um",
            allowed=f"at least two cell radii, {2e3 * cell.radius:g} um",
        )


@dataclass(frozen=True, eq=False)
class _Around:
    """Energies absorbed a decay (MeV) of one kind of particle, from cells at a distance."""

    tracks: Tracks
    cell: Cell
    source: str
    target: str
    pitch: float

    def energy(self, crowd: Crowd) -> float:
        if crowd == "sheet":
            side = 2 * int(np.ceil(1.2 * self._far / self.pitch)) + 3
            return self._counted(_around_middle(sheet(side, self.pitch)))
        places = ball(_SHELL, self.pitch)
        return self._counted(_around_middle(places)) + self._beyond(len(places))

    @property
    def _far(self) -> float:
        return float(self.tracks.x[-1]) + 2 * self.cell.radius

    def _counted(self, apart: Array) -> float:
        """Sum over distances (mm), with the energy times their square interpolated."""
        from scipy.interpolate import PchipInterpolator

        apart = apart[apart < self._far]
        if not apart.size:
            return 0.0
        near = float(apart.min())
        knots = np.geomspace(near, max(float(apart.max()), 1.001 * near), _DISTANCES)
        table = np.array([self._from(float(d)) * d**2 for d in knots])
        curve = PchipInterpolator(np.log(knots), table)
        return float(np.sum(curve(np.log(apart)) / apart**2))

    def _from(self, apart: float) -> float:
        return absorbed_by(self.tracks, self.cell, self.source, self.cell, self.target, apart)

    def _beyond(self, counted: int) -> float:
        """Return the energy from an even source outside a ball of as many cells' volume."""
        room = self.pitch**3 / np.sqrt(2.0)  # of one cell in the close packing
        radius = (counted * room / (4 / 3 * np.pi)) ** (1 / 3)
        everywhere = self.tracks.energy * self.cell.volume(self.target)
        inside = sum(
            sign * _even(self.tracks, b, radius) for sign, b in self.cell.balls(self.target)
        )
        return (everywhere - inside) / room


def _even(tracks: Tracks, target: float, radius: float) -> float:
    """Return the energy that a ball absorbs of one decay in each mm3 of a ball around it."""
    knots = np.array([radius - target, radius + target])
    x = np.unique(np.r_[tracks.x, knots[knots < tracks.x[-1]]])
    half = 0.5 * np.diff(x)[:, None]
    points = (x[:-1, None] + half * (1 + _POINT)).ravel()
    lost = (half * _PART).ravel() * tracks.lost_at(points)
    near = (tracks.energy - float(lost.sum())) * 4 / 3 * np.pi * target**3
    return float(ball_overlap(radius, target, points) @ lost) + near


def _around_middle(places: Array) -> Array:
    """Return the distances (mm) of all cells from the one nearest the middle."""
    middle = np.linalg.norm(places - places.mean(axis=0), axis=1).argmin()
    apart = np.linalg.norm(places - places[middle], axis=1)
    return np.delete(apart, middle)
