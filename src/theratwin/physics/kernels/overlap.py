"""How much of a shape, moved by a distance in a random direction, still meets another."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_NODES = 48  # a side, of the directions of an octant


def sphere_overlap(distance: Array, radius: Array | float) -> Array:
    """Return the share of a sphere's points that lie in it still after a move of that distance.

    Examples
    --------
    >>> sphere_overlap(np.array([0.0, 1.0, 2.0]), 1.0).round(4)
    array([1.    , 0.3125, 0.    ])
    """
    t = np.minimum(distance / radius, 2.0)
    return 1 - 0.75 * t + t**3 / 16


def voxel_overlap(distance: Array, size: tuple[float, float, float], extent: int) -> Array:
    r"""Return the share of a voxel's points that come to lie in the voxels around it.

    A point that moves by :math:`r\,\Omega` lies in the voxel of offset :math:`i` with probability
    :math:`\prod_a (1 - |r\Omega_a/L_a - i_a|)_+`, here averaged over directions; one octant of them
    is enough, as the others give the same for offset 0 and nothing for the others.

    Parameters
    ----------
    distance
        Any unit, shape (distances,).
    size
        Edges, in that unit.
    extent
        Offsets from 0 along each axis.

    Returns
    -------
    array
        Shape ``(distances, extent, extent, extent)``.

    Examples
    --------
    >>> w = voxel_overlap(np.array([0.0, 0.01]), (1.0, 1.0, 1.0), 2)
    >>> float(w[0, 0, 0, 0].round(6)), float((1 - w[1, 0, 0, 0]).round(4))  # 3/2 of r/L
    (1.0, 0.0149)
    """
    direction, weight = _octant()
    offsets = np.arange(extent)
    half = np.where(offsets > 0, 0.5, 1.0)
    result = np.zeros((distance.size, extent, extent, extent))
    reach = np.sqrt(np.sum(np.square(size))) * extent
    for row in np.flatnonzero(distance < reach):
        moved = distance[row] * direction / size
        along = [half * np.maximum(1 - np.abs(moved[:, a, None] - offsets), 0) for a in range(3)]
        first = (along[0][:, :, None] * along[1][:, None, :]).reshape(weight.size, -1)
        result[row] = ((weight[:, None] * first).T @ along[2]).reshape((extent,) * 3)
    return result


@lru_cache(maxsize=1)
def _octant() -> tuple[Array, Array]:
    """Return directions (n, 3) and weights of a Gauss rule over one octant of the sphere."""
    point, weight = np.polynomial.legendre.leggauss(_NODES)
    unit, share = 0.5 * (point + 1), 0.5 * weight
    cosine, azimuth = np.meshgrid(unit, 0.5 * np.pi * unit, indexing="ij")
    sine = np.sqrt(1 - cosine**2)
    direction = np.stack([sine * np.cos(azimuth), sine * np.sin(azimuth), cosine], axis=-1)
    return direction.reshape(-1, 3), np.outer(share, share).ravel()
