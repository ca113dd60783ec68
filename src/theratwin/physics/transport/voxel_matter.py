"""Matter by voxel: which material, how dense, and how large the voxels are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.core.errors import InputError
from theratwin.physics.matter import (
    Material,
    density_of_hounsfield,
    material_index_of_hounsfield,
    schneider_materials,
)


@dataclass(frozen=True, eq=False)
class VoxelMatter:
    """A block of voxels of given matter; outside is nothing.

    Parameters
    ----------
    materials
        The materials, at most 256.
    index
        Which of them each voxel holds, shape ``(i, j, k)``.
    density
        Density of each voxel, g/mL, of that shape, or one number.
    voxel_size
        Edge lengths, mm.

    Raises
    ------
    InputError
        If shapes disagree, an index has no material, or a number is out of range.

    Examples
    --------
    >>> from theratwin.physics.matter import material
    >>> block = VoxelMatter((material("water"),), np.zeros((5, 5, 5), int), 1.0, (4, 4, 4))
    >>> round(float(block.mass_of_voxels.sum()), 3)  # g
    8.0
    """

    materials: tuple[Material, ...]
    index: NDArray[np.uint8]
    density: NDArray[np.float32]
    voxel_size: tuple[float, float, float]

    def __post_init__(self) -> None:
        index = np.asarray(self.index)
        density = np.asarray(self.density, dtype=np.float32)
        density = np.broadcast_to(density, index.shape) if density.ndim == 0 else density
        if index.ndim != 3 or density.shape != index.shape:
            raise InputError(
                "index and density must be maps of one shape",
                field="density",
                value=f"shapes {index.shape} and {density.shape}",
                allowed="(i, j, k)",
            )
        if index.min() < 0 or index.max() >= min(len(self.materials), 256):
            raise InputError(
                "a voxel holds a material that is not given",
                field="index",
                value=f"{index.min()} to {index.max()}",
                allowed=f"0 to {min(len(self.materials), 256) - 1}",
            )
        if not (density.min() >= 0 and np.isfinite(density.max())):
            raise InputError("negative or not finite", field="density", allowed=">= 0 g/mL")
        if len(self.voxel_size) != 3 or not min(self.voxel_size) > 0:
            raise InputError(
                "not three edge lengths", field="voxel_size", value=self.voxel_size, allowed="mm"
            )
        # writeable, as compiled code would be compiled anew for arrays that are not
        object.__setattr__(self, "index", np.require(index, np.uint8, ["C", "W"]))
        object.__setattr__(self, "density", np.require(density, np.float32, ["C", "W"]))
        object.__setattr__(self, "voxel_size", tuple(float(edge) for edge in self.voxel_size))

    @property
    def shape(self) -> tuple[int, int, int]:
        """Voxels along each axis."""
        return self.index.shape  # type: ignore[return-value]

    @property
    def voxel_volume(self) -> float:
        """Volume of a voxel, mL."""
        return float(np.prod(self.voxel_size)) * 1e-3

    @property
    def mass_of_voxels(self) -> NDArray[np.float32]:
        """Mass of each voxel, g."""
        return self.density * np.float32(self.voxel_volume)

    @classmethod
    def of_hounsfield(cls, ct: ArrayLike, voxel_size: tuple[float, float, float]) -> VoxelMatter:
        """Return the matter of a CT (Hounsfield units), after Schneider et al. 2000."""
        units = np.asarray(ct, dtype=float)
        return cls(
            tuple(schneider_materials()),
            material_index_of_hounsfield(units).astype(np.uint8),
            density_of_hounsfield(units).astype(np.float32),
            voxel_size,
        )
