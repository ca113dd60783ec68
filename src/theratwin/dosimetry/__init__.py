"""From activity to absorbed dose: organ, lesion and marrow dose, uncertainty budget."""

from theratwin.dosimetry.budget import Budget, relative_spread
from theratwin.dosimetry.marrow import MarrowModel, marrow_model
from theratwin.dosimetry.self_dose import bodies, self_s_value
from theratwin.dosimetry.voxel import (
    DoseDistribution,
    VoxelDose,
    kernel_dose,
    local_dose,
    local_energy,
    region_voxels,
    voxel_course,
    voxel_dose,
)

__all__ = [
    "Budget",
    "DoseDistribution",
    "MarrowModel",
    "VoxelDose",
    "bodies",
    "kernel_dose",
    "local_dose",
    "local_energy",
    "marrow_model",
    "region_voxels",
    "relative_spread",
    "self_s_value",
    "voxel_course",
    "voxel_dose",
]
