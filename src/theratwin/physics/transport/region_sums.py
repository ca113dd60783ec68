"""Sums over regions of what voxels score, batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeGuard

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.core.errors import InputError
from theratwin.physics.transport.voxel_matter import VoxelMatter

Array = NDArray[np.float64]
#: From the values of all voxels (flat) to their sums, shape (regions,).
Sums = Callable[[Array], Array]


class WeightedVoxels(NamedTuple):
    """Voxels of a region, with a factor of each in its sum.

    Attributes
    ----------
    voxels
        Flat indices, the last axis fastest.
    weights
        Factor of each: with the inverse of density the sum of energies goes as the mean dose.

    Examples
    --------
    >>> WeightedVoxels(np.array([0, 2]), np.array([1.0, 0.5])).summed(np.array([3.0, 9.0, 4.0]))
    5.0
    """

    voxels: NDArray[np.intp]
    weights: Array

    def summed(self, values: Array) -> float:
        """Return the sum of values of all voxels (flat), times the weights."""
        return float(np.sum(self.weights * values[self.voxels]))


#: Region of each voxel, negative for none; or the voxels of each region, which may overlap.
Regions = ArrayLike | Sequence[WeightedVoxels]


def region_sums(matter: VoxelMatter, regions: Regions | None) -> Sums | None:
    """Return what sums over regions; None without regions.

    Raises
    ------
    InputError
        If regions are not on the grid of the matter.
    """
    if regions is None:
        return None
    if _are_weighted(regions):
        weighted = tuple(regions)
        _check_voxels(matter, weighted)
        return lambda values: np.array([region.summed(values) for region in weighted])
    labels = _labels(matter, regions)
    return lambda values: _summed(labels, values)


def _are_weighted(regions: Regions) -> TypeGuard[Sequence[WeightedVoxels]]:
    return isinstance(regions, Sequence) and all(isinstance(r, WeightedVoxels) for r in regions)


def _check_voxels(matter: VoxelMatter, regions: Sequence[WeightedVoxels]) -> None:
    size = int(np.prod(matter.shape))
    for voxels, weights in regions:
        if voxels.shape != weights.shape:
            raise InputError(
                "not one weight for each voxel",
                field="regions",
                value=f"shapes {voxels.shape} and {weights.shape}",
            )
        if voxels.size and not 0 <= voxels.min() <= voxels.max() < size:
            raise InputError(
                "voxels outside the matter",
                field="regions",
                value=f"{voxels.min()} to {voxels.max()}",
                allowed=f"0 to {size - 1}",
            )


def _labels(matter: VoxelMatter, regions: ArrayLike) -> NDArray[np.int64]:
    labels = np.asarray(regions)
    if labels.shape != matter.shape:
        raise InputError(
            "not on the grid of the matter",
            field="regions",
            value=f"shape {labels.shape}",
            allowed=f"shape {matter.shape}",
        )
    return labels.reshape(-1).astype(np.int64)


def _summed(labels: NDArray[np.int64], values: Array) -> Array:
    """Return the sums over regions; what lies in none is dropped."""
    counts = np.bincount(labels + 1, weights=values, minlength=int(labels.max()) + 2)
    return counts[1:].astype(float)
