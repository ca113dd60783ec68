"""Maps of numbers over voxels: what they must be, and dose maps as results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.core.errors import InputError
from theratwin.dosimetry.voxel.region_mean import RegionMean

#: g/mL. Voxels below are set apart: no dose is given to them. A choice between air (0.0012) and
#: lung at full breath (about 0.2): dose to a gas is of no interest, and is what blows up.
AIR_BELOW = 0.1


@dataclass(frozen=True, eq=False)
class VoxelDose:
    """Absorbed dose by voxel, and what was set apart.

    Parameters
    ----------
    dose
        Gy, shape ``(i, j, k)``; 0 in the voxels set apart.
    voxel_size
        Edge lengths, mm.
    method
        What was done, in words.
    apart
        Number of voxels set apart, as they are less dense than ``apart_below``.
    apart_below
        g/mL.
    activity_apart
        Time-integrated activity within them, MBq h.
    relative_uncertainty
        Relative standard uncertainty of each voxel's dose from noise of its own, as that of a
        Monte Carlo calculation, shape of ``dose``; None where there is none, or none is known.
    systematic
        Relative standard uncertainties that all voxels share, by name.
    region_means
        Mean doses of regions whose errors come from batches of their own, by name.
    """

    dose: NDArray[Any]
    voxel_size: tuple[float, float, float]
    method: str
    apart: int
    apart_below: float
    activity_apart: float
    relative_uncertainty: NDArray[Any] | None = None
    systematic: Mapping[str, float] = field(default_factory=dict)
    region_means: Mapping[str, RegionMean] = field(default_factory=dict)

    @property
    def voxel_volume(self) -> float:
        """Volume of a voxel, mL."""
        return float(np.prod(self.voxel_size)) * 1e-3


def checked_map(values: ArrayLike, field: str, unit: str) -> NDArray[Any]:
    """Return a map of finite numbers, none negative; single precision stays, else double.

    Raises
    ------
    InputError
        If it is not of three dimensions, or holds other numbers; the field is named.
    """
    array = np.asarray(values)
    if array.ndim != 3 or array.size == 0:
        raise InputError(
            "not a map of voxels", field=field, value=f"shape {array.shape}", allowed="(i, j, k)"
        )
    if array.dtype != np.float32:
        array = array.astype(float, copy=False)
    least, most = array.min(), array.max()  # either is not-a-number if any voxel is
    if not (least >= 0 and np.isfinite(most)):
        raise InputError(
            "negative or not finite somewhere",
            field=field,
            value=f"{least} to {most}",
            allowed=f"finite numbers >= 0 {unit}",
        )
    return array


def checked_density(density: ArrayLike, shape: tuple[int, ...]) -> NDArray[Any]:
    """Return the density (g/mL) of every voxel, from a map or from one number for all.

    Raises
    ------
    InputError
        If the shape is not that of the activity, or a density is negative.
    """
    array = np.asarray(density)
    if array.ndim == 0:
        array = np.broadcast_to(array.astype(float), shape)
    array = checked_map(array, "density", "g/mL")
    if array.shape != shape:
        raise InputError(
            "not on the grid of the activity",
            field="density",
            value=f"shape {array.shape}",
            allowed=f"shape {shape}",
        )
    return array


def checked_size(voxel_size: ArrayLike) -> tuple[float, float, float]:
    """Return three edge lengths (mm), all above zero.

    Raises
    ------
    InputError
        Otherwise.
    """
    size = np.asarray(voxel_size, dtype=float)
    if size.shape != (3,) or not (np.isfinite(size).all() and (size > 0).all()):
        raise InputError(
            "not three edge lengths", field="voxel_size", value=voxel_size, allowed="> 0 mm"
        )
    return (float(size[0]), float(size[1]), float(size[2]))


def flat_indices(voxels: ArrayLike | None, shape: tuple[int, ...]) -> NDArray[np.intp]:
    """Return flat indices into a map, from such or from a mask; of all voxels where None.

    Raises
    ------
    InputError
        If a mask has another shape, or an index lies outside the map.
    """
    size = int(np.prod(shape))
    if voxels is None:
        return np.arange(size)
    given = np.asarray(voxels)
    if given.dtype == bool:
        if given.shape != shape:
            raise InputError(
                "not on the grid of the map", field="voxels", value=given.shape, allowed=str(shape)
            )
        return np.flatnonzero(given)
    chosen = given.ravel().astype(np.intp)
    if chosen.size and not (chosen.min() >= 0 and chosen.max() < size):
        raise InputError("a voxel lies outside the map", field="voxels", value=int(chosen.max()))
    return chosen


def divide_by_density(
    energy: NDArray[Any], density: NDArray[Any], reference: float, apart_below: float
) -> int:
    """Multiply a map in place by reference over density; 0 where it is below ``apart_below``.

    Plane by plane, so that no second map is needed.

    Returns
    -------
    int
        Number of voxels set apart.
    """
    if not (np.isfinite(apart_below) and apart_below > 0):
        raise InputError(
            "not a positive density", field="apart_below", value=apart_below, allowed="> 0 g/mL"
        )
    if not any(density.strides):  # one number for all voxels
        thin = density.flat[0] < apart_below
        energy *= 0.0 if thin else reference / density.flat[0]
        return energy.size if thin else 0
    apart = 0
    for plane, rho in zip(energy, density, strict=True):
        dense = rho >= apart_below
        plane *= np.divide(reference, rho, out=np.zeros(rho.shape, plane.dtype), where=dense)
        apart += int(dense.size - np.count_nonzero(dense))
    return apart


def total_where_thin(activity: NDArray[Any], density: NDArray[Any], apart_below: float) -> float:
    """Return the sum of a map over the voxels below a density, plane by plane."""
    if not any(density.strides):
        return float(activity.sum(dtype=float)) if density.flat[0] < apart_below else 0.0
    return sum(
        float(plane[rho < apart_below].sum(dtype=float))
        for plane, rho in zip(activity, density, strict=True)
    )
