"""Mean doses of the cells of a cluster: from themselves and from all the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from theratwin.core.errors import InputError
from theratwin.physics.cells.absorbed import absorbed_by, local_shares
from theratwin.physics.cells.cluster import Cluster
from theratwin.physics.cells.geometry import SOURCES, TARGETS, Cell
from theratwin.physics.cells.ranges import METHODS, Method
from theratwin.physics.cells.tracks import (
    Tracks,
    chain_alphas,
    chain_electrons,
    chain_recoil_energy,
)
from theratwin.physics.nuclide import Nuclide, nuclide
from theratwin.physics.progeny import Progeny, Retention, chain_weights
from theratwin.physics.units import DECAYS_PER_MBQ_H, GY_PER_MEV_PER_GRAM

Array = NDArray[np.float64]
_DISTANCES, _SIZES, _ROWS = 96, 12, 256


@dataclass(frozen=True, eq=False)
class ClusterDose:
    """Mean absorbed dose of a compartment of each cell, Gy, shape (cells,).

    Parameters
    ----------
    own
        By the cell's own activity.
    cross
        By the activity of all other cells.
    """

    own: Array
    cross: Array

    @property
    def total(self) -> Array:
        """The sum."""
        return self.own + self.cross


def cluster_dose(
    cluster: Cluster,
    name: str | Nuclide,
    source: str,
    *,
    target: str = "N",
    progeny: Progeny | None = None,
    retention: Retention = 1.0,
    method: Method = "cole",
) -> ClusterDose:
    """Return the doses of every cell, with the activity of all in the same compartment.

    Own doses take each cell's own size: exactly for up to 24 cells or where all are alike,
    else by interpolation over cells of twelve sizes and five shares of the nucleus. Cross-doses
    take the distance of each pair and the median cell: radii 20 % off it change the dose to a
    nearly touching neighbor's nucleus by at most 5 % (membrane source). Daughters that are
    not retained leave the cluster; photons are left out.

    Parameters
    ----------
    cluster
        Of `populate`, or one's own.
    name, progeny, retention, method
        As for `cell_s_value`.
    source, target
        Compartments: ``N``, ``Cy``, ``CS``, ``C``; ``N``, ``Cy``, ``C``.

    Raises
    ------
    InputError
        If an argument is wrong.
    UnsupportedError
        If the progeny counts and ``progeny`` is not given.
    """
    for field, word, allowed in (
        ("source", source, SOURCES),
        ("target", target, TARGETS),
        ("method", method, METHODS),
    ):
        if word not in allowed:
            raise InputError("unknown", field=field, value=word, allowed=allowed)
    parent = name if isinstance(name, Nuclide) else nuclide(name)
    weights = chain_weights(parent, progeny, retention)
    key = tuple((member, weight) for member, weight in weights.items() if weight > 0)
    tracks = (chain_electrons(key, method), chain_alphas(key))
    emitted = _Emitted(tracks, chain_recoil_energy(key), source, target)
    own = emitted.own(cluster) * cluster.activity
    return ClusterDose(own, _cross(cluster, emitted))


@dataclass(frozen=True, eq=False)
class _Emitted:
    """What is emitted where, for which target: S values in Gy/(MBq h)."""

    tracks: tuple[Tracks | None, ...]
    local: float
    source: str
    target: str

    def s_value(self, cell: Cell, other: Cell, apart: float | None) -> float:
        pair = f"{self.target}<-{self.source}"
        energy = self.local * local_shares(cell, apart)[pair]
        for tracks in self.tracks:
            energy += absorbed_by(tracks, cell, self.source, other, self.target, apart)
        return energy * GY_PER_MEV_PER_GRAM * DECAYS_PER_MBQ_H / other.mass(self.target)

    def own(self, cluster: Cluster) -> Array:
        sizes = np.stack([cluster.radius, cluster.nucleus_radius], axis=1)
        kinds, which = np.unique(sizes, axis=0, return_inverse=True)
        if len(kinds) <= 24:
            cells = [Cell(float(r), float(n)) for r, n in kinds]
            return np.array([self.s_value(cell, cell, None) for cell in cells])[which.ravel()]
        return self._interpolated(cluster)

    def _interpolated(self, cluster: Cluster) -> Array:
        """Return own S values by cubic interpolation of S r2 over radius and share of nucleus."""
        from scipy.interpolate import RectBivariateSpline

        share = cluster.nucleus_radius / cluster.radius
        radii = _nodes(cluster.radius, _SIZES)
        shares = np.minimum(_nodes(share, 5), 1 - 0.5 * (1 - share.max()))
        table = [[self._own(r, r * s) * r**2 for s in shares] for r in radii]
        spline = RectBivariateSpline(np.log(radii), np.log(shares), np.array(table))
        found = spline.ev(np.log(cluster.radius), np.log(share)) / cluster.radius**2
        return np.maximum(found, 0.0)

    def _own(self, radius: float, nucleus_radius: float) -> float:
        cell = Cell(radius, nucleus_radius)
        return self.s_value(cell, cell, None)

    @property
    def reach(self) -> float:
        """The longest range, mm."""
        return max((float(t.x[-1]) for t in self.tracks if t is not None), default=0.0)


def _nodes(values: Array, number: int) -> Array:
    return np.geomspace(values.min() * 0.999, values.max() * 1.001, number)


def _cross(cluster: Cluster, emitted: _Emitted) -> Array:
    """Sum over all other cells, with S D2 interpolated over the distance D."""
    from scipy.interpolate import PchipInterpolator
    from scipy.spatial.distance import cdist

    places, dose = cluster.positions, np.zeros(len(cluster.positions))
    if len(places) < 2:
        return dose
    cell = Cell(float(np.median(cluster.radius)), float(np.median(cluster.nucleus_radius)))
    near = 2 * float(cluster.radius.min()) * (1 - 1e-9)
    far = max(1.001 * near, min(float(np.ptp(places, axis=0).max() * 1.8), emitted.reach) + near)
    apart = np.geomspace(near, far, _DISTANCES)
    table = np.array([emitted.s_value(cell, cell, float(d)) * d**2 for d in apart])
    curve = PchipInterpolator(np.log(apart), table)
    for first in range(0, len(places), _ROWS):
        rows = slice(first, first + _ROWS)
        distance = cdist(places[rows], places)
        inside = (distance > 0.5 * near) & (distance <= far)
        kept = distance[inside]
        s = np.zeros_like(distance)
        s[inside] = curve(np.log(kept)) / kept**2
        dose[rows] = s @ cluster.activity
    return dose
