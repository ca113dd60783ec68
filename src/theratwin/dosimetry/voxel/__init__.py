"""Dose by voxel, from time-integrated activity and density."""

from theratwin.dosimetry.voxel.convolution import convolve_octant
from theratwin.dosimetry.voxel.course import (
    Source,
    VoxelCourse,
    integrated_activities,
    voxel_course,
)
from theratwin.dosimetry.voxel.distribution import DoseDistribution
from theratwin.dosimetry.voxel.dose import METHODS, VoxelMethod, voxel_dose
from theratwin.dosimetry.voxel.kernel import kernel_dose
from theratwin.dosimetry.voxel.local import local_dose, local_energy
from theratwin.dosimetry.voxel.maps import AIR_BELOW, VoxelDose
from theratwin.dosimetry.voxel.problem import VoxelProblem
from theratwin.dosimetry.voxel.region import RegionVoxels, region_voxels
from theratwin.dosimetry.voxel.region_mean import RegionMean

__all__ = [
    "AIR_BELOW",
    "METHODS",
    "DoseDistribution",
    "RegionMean",
    "RegionVoxels",
    "Source",
    "VoxelCourse",
    "VoxelDose",
    "VoxelMethod",
    "VoxelProblem",
    "convolve_octant",
    "integrated_activities",
    "kernel_dose",
    "local_dose",
    "local_energy",
    "region_voxels",
    "voxel_course",
    "voxel_dose",
]
