"""Many cells: where they are, how large, and how much activity each has taken up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.core.errors import InputError
from theratwin.core.seed import stream
from theratwin.physics.cells.geometry import Cell

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Cluster:
    """Cells in space, none within another.

    Parameters
    ----------
    positions
        Centers, mm, shape (cells, 3).
    radius, nucleus_radius
        mm, shape (cells,).
    activity
        Time-integrated activity of each cell, MBq h, shape (cells,).

    Raises
    ------
    InputError
        If shapes disagree, a value is not allowed, or two cells overlap.
    """

    positions: Array
    radius: Array
    nucleus_radius: Array
    activity: Array

    def __post_init__(self) -> None:
        cells, wrong = len(self.positions), "wrong shape or values"
        places = self.positions
        if cells == 0 or places.shape != (cells, 3) or not np.isfinite(places).all():
            raise InputError(wrong, field="positions", allowed="finite, (cells, 3)")
        for field in ("radius", "nucleus_radius", "activity"):
            value = getattr(self, field)
            if value.shape != (cells,) or not np.isfinite(value).all() or (value < 0).any():
                raise InputError(wrong, field=field, allowed=f">= 0, ({cells},)")
        if not ((self.nucleus_radius > 0) & (self.nucleus_radius < self.radius)).all():
            raise InputError(
                "a nucleus does not fit in its cell",
                field="nucleus_radius",
                allowed="above zero and below the cell's radius",
            )
        if nearest_gap(self.positions, self.radius) < -1e-9 * self.radius.max():
            raise InputError(
                "two cells overlap",
                field="positions",
                remedy="Set them further apart or make them smaller",
            )


def sheet(side: int, pitch: float) -> Array:
    """Return the centers of a sheet of side x side cells, each with six neighbors, mm.

    Examples
    --------
    >>> sheet(10, 0.012).shape
    (100, 3)
    """
    row, column = np.meshgrid(np.arange(side), np.arange(side), indexing="ij")
    x = column + 0.5 * (row % 2)
    return pitch * np.stack([x, row * np.sqrt(0.75), 0.0 * x], axis=-1).reshape(-1, 3)


def ball(cells: int, pitch: float) -> Array:
    """Return the centers of a cluster: the cells of a close packing (fcc) nearest its middle, mm.

    Examples
    --------
    >>> ball(13, 0.01).shape  # a cell and its twelve neighbors
    (13, 3)
    """
    reach = int(np.ceil(cells ** (1 / 3))) + 2
    steps = np.arange(-reach, reach + 1)
    grid = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    grid = grid[grid.sum(axis=1) % 2 == 0]
    order = np.argsort((grid**2).sum(axis=1), kind="stable")[:cells]
    return pitch / np.sqrt(2) * grid[order].astype(float)


def populate(
    positions: ArrayLike,
    cell: Cell,
    mean_activity: float,
    *,
    activity_sd: float = 0.0,
    radius_cv: float = 0.0,
    seed: int = 1,
) -> Cluster:
    r"""Return a cluster with lognormal activity and lognormal sizes.

    .. math:: A_i = \bar A\,e^{\sigma g_i - \sigma^2/2}

    so that the mean is kept. A cell's nucleus grows with it; a cell that would overlap its
    nearest neighbor is shrunk to touch half the way to it.

    Parameters
    ----------
    positions
        Centers, mm, shape (cells, 3), as of `sheet` or `ball`, or one's own.
    cell
        The median cell.
    mean_activity
        Time-integrated, MBq h a cell.
    activity_sd
        :math:`\sigma`, the standard deviation of the logarithm.
    radius_cv
        Standard deviation of the logarithm of the radii.
    seed
        Of the random streams.

    Raises
    ------
    InputError
        If a spread is negative, or as for `Cluster`.
    """
    for field, spread in (("activity_sd", activity_sd), ("radius_cv", radius_cv)):
        if not 0 <= spread < float("inf"):
            raise InputError("no spread", field=field, value=spread, allowed="0 or more")
    centers = np.asarray(positions, dtype=float)
    number = len(centers)
    normal = stream(seed, "cells", "activity").normal(size=number)
    activity = mean_activity * np.exp(activity_sd * normal - 0.5 * activity_sd**2)
    size = np.exp(radius_cv * stream(seed, "cells", "radius").normal(size=number))
    size = np.minimum(size, 0.5 * nearest_distance(centers) / cell.radius)
    return Cluster(centers, cell.radius * size, cell.nucleus_radius * size, activity)


def nearest_distance(positions: Array) -> Array:
    """Return the distance of each center to the nearest other, mm, shape (cells,)."""
    from scipy.spatial import KDTree

    if len(positions) < 2:
        return np.full(len(positions), np.inf)
    return np.asarray(KDTree(positions).query(positions, k=2)[0])[:, 1]


def nearest_gap(positions: Array, radius: Array) -> float:
    """Return the smallest gap between the surfaces of two cells, mm; below 0 if they overlap."""
    from scipy.spatial import KDTree

    pairs = KDTree(positions).query_pairs(2 * float(radius.max()), output_type="ndarray")
    if not len(pairs):
        return float("inf")
    first, second = pairs.T
    apart = np.linalg.norm(positions[first] - positions[second], axis=1)
    return float((apart - radius[first] - radius[second]).min())
