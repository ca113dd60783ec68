"""Kernels: the energy absorbed around points and voxels, by medium, from our own transport."""

from theratwin.physics.kernels.nuclide_kernel import RADII, NuclideKernel, nuclide_kernel
from theratwin.physics.kernels.point_source import MEDIA, PointSource, point_source
from theratwin.physics.kernels.shipped import kernel_of
from theratwin.physics.kernels.voxel import nuclide_voxel_kernel, voxel_kernel

__all__ = [
    "MEDIA",
    "RADII",
    "NuclideKernel",
    "PointSource",
    "kernel_of",
    "nuclide_kernel",
    "nuclide_voxel_kernel",
    "point_source",
    "voxel_kernel",
]
