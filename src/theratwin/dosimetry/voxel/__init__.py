"""Dose by voxel, from time-integrated activity and density."""

from theratwin.dosimetry.voxel.convolution import convolve_octant
from theratwin.dosimetry.voxel.distribution import DoseDistribution
from theratwin.dosimetry.voxel.kernel import kernel_dose
from theratwin.dosimetry.voxel.local import local_dose, local_energy
from theratwin.dosimetry.voxel.maps import AIR_BELOW, VoxelDose
from theratwin.dosimetry.voxel.region import RegionVoxels, region_voxels

__all__ = [
    "AIR_BELOW",
    "DoseDistribution",
    "RegionVoxels",
    "VoxelDose",
    "convolve_octant",
    "kernel_dose",
    "local_dose",
    "local_energy",
    "region_voxels",
]
