"""The gamma index of two maps of dose (Low et al. 1998), between voxels by interpolation."""

from __future__ import annotations

import numpy as np


def gamma_index(
    reference: np.ndarray,
    evaluated: np.ndarray,
    voxel_size: tuple[float, float, float],
    *,
    dose: float,
    distance: float,
    threshold: float,
    steps: int = 5,
) -> np.ndarray:
    """Return gamma, up to where it exceeds one, of the voxels above a threshold.

    Parameters
    ----------
    reference, evaluated
        The maps.
    voxel_size
        Edges, mm.
    dose, threshold
        Criterion and lowest dose compared, shares of the reference's largest.
    distance
        Criterion, mm.
    steps
        Points of the search along an axis from the middle to the distance.
    """
    from scipy.ndimage import map_coordinates

    most = reference.max()
    where = np.argwhere(reference >= threshold * most)
    known = reference[tuple(where.T)]
    axis = np.arange(-steps, steps + 1) / steps * distance
    offsets = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)
    offsets = offsets[(offsets**2).sum(axis=1) <= distance**2 * (1 + 1e-9)]
    best = np.full(known.size, np.inf)
    for offset in offsets:
        at = where + offset / np.array(voxel_size)
        there = map_coordinates(evaluated, at.T, order=1, mode="nearest")
        square = (offset**2).sum() / distance**2 + ((there - known) / (dose * most)) ** 2
        np.minimum(best, square, out=best)
    return np.sqrt(best)
