"""From activity to absorbed dose: organ, lesion and marrow dose, uncertainty budget."""

from theratwin.dosimetry.budget import Budget, relative_spread
from theratwin.dosimetry.marrow import MarrowModel, marrow_model
from theratwin.dosimetry.self_dose import bodies, self_s_value
from theratwin.dosimetry.voxel import VoxelDose, kernel_dose, local_dose, local_energy

__all__ = [
    "Budget",
    "MarrowModel",
    "VoxelDose",
    "bodies",
    "kernel_dose",
    "local_dose",
    "local_energy",
    "marrow_model",
    "relative_spread",
    "self_s_value",
]
