"""Dose by voxel, from time-integrated activity and density."""

from theratwin.dosimetry.voxel.convolution import convolve_octant
from theratwin.dosimetry.voxel.kernel import kernel_dose
from theratwin.dosimetry.voxel.local import local_dose, local_energy
from theratwin.dosimetry.voxel.maps import AIR_BELOW, VoxelDose

__all__ = [
    "AIR_BELOW",
    "VoxelDose",
    "convolve_octant",
    "kernel_dose",
    "local_dose",
    "local_energy",
]
