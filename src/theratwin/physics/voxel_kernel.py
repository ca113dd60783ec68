"""Voxel kernels: S values of the voxels around one that holds the activity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.core.errors import InputError
from theratwin.physics.units import DECAYS_PER_MBQ_H, GY_PER_MEV_PER_GRAM

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class VoxelKernel:
    """Absorbed dose to voxels for each unit of time-integrated activity in one, Gy/(MBq h).

    The medium is uniform, so that the eight octants around the source voxel are alike: one is
    kept, from the source voxel outward. S values are unweighted absorbed dose.

    Parameters
    ----------
    s
        S values, Gy/(MBq h), shape ``(nx, ny, nz)``; ``s[0, 0, 0]`` is the source voxel's own.
    voxel_size
        Edge lengths, mm, along the three axes.
    medium
        Name of the medium.
    density
        Its density, g/mL.
    nuclide
        Name of the nuclide.
    relative_uncertainty
        Standard uncertainty of each value over the value, shape of ``s`` or a number; not a
        number where it is not known.
    provenance
        Where the values come from.

    Raises
    ------
    InputError
        If shapes disagree, or a number is not finite or is negative.

    Examples
    --------
    >>> s = np.array([[[8.0, 1.0], [1.0, 0.5]], [[1.0, 0.5], [0.5, 0.25]]])
    >>> kernel = VoxelKernel(s, (4.0, 4.0, 4.0), "water", 1.0, "Y-90", 0.01, "made up")
    >>> kernel.expanded().shape, float(kernel.expanded().sum())
    ((3, 3, 3), 22.0)
    """

    s: Array
    voxel_size: tuple[float, float, float]
    medium: str
    density: float
    nuclide: str
    relative_uncertainty: Array | float
    provenance: str

    def __post_init__(self) -> None:
        s = _checked_s(self.s)
        uncertainty = np.broadcast_to(np.asarray(self.relative_uncertainty, dtype=float), s.shape)
        if (uncertainty < 0).any():
            raise InputError("negative", field="relative_uncertainty", allowed="numbers >= 0")
        size = tuple(float(_positive(edge, "voxel_size", "mm")) for edge in self.voxel_size)
        if len(size) != 3:
            raise InputError("not three edges", field="voxel_size", value=self.voxel_size)
        object.__setattr__(self, "s", s)
        object.__setattr__(self, "voxel_size", size)
        object.__setattr__(self, "density", float(_positive(self.density, "density", "g/mL")))
        object.__setattr__(self, "relative_uncertainty", uncertainty)

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of voxels of the octant along each axis."""
        return self.s.shape

    @property
    def voxel_mass(self) -> float:
        """Mass of a voxel, g."""
        return float(np.prod(self.voxel_size)) * 1e-3 * self.density

    def expanded(self) -> Array:
        """Return all octants, shape ``(2 nx - 1, 2 ny - 1, 2 nz - 1)``, the source in the middle.

        Gy/(MBq h).
        """
        full = self.s
        for axis in range(3):
            rest = np.take(full, range(full.shape[axis] - 1, 0, -1), axis=axis)
            full = np.concatenate([rest, full], axis=axis)
        return full

    @property
    def energy_absorbed(self) -> float:
        r"""Energy absorbed within the kernel, MeV a decay.

        .. math:: E = \rho V \sum_i S_i
        """
        weights = [np.r_[1.0, np.full(size - 1, 2.0)] for size in self.shape]
        total = np.einsum("ijk,i,j,k->", self.s, *weights)
        return float(total * self.voxel_mass / (GY_PER_MEV_PER_GRAM * DECAYS_PER_MBQ_H))


def _checked_s(s: ArrayLike) -> Array:
    array = np.array(s, dtype=float)
    if array.ndim != 3 or array.size == 0:
        raise InputError(
            "not an octant", field="s", value=f"shape {array.shape}", allowed="three dimensions"
        )
    if not np.isfinite(array).all() or (array < 0).any():
        raise InputError("not S values", field="s", allowed="finite numbers >= 0 Gy/(MBq h)")
    array.setflags(write=False)
    return array


def _positive(value: float, field: str, unit: str) -> float:
    if not (np.isfinite(value) and value > 0):
        raise InputError(
            "not a positive number", field=field, value=value, allowed=f"finite and > 0 {unit}"
        )
    return value
