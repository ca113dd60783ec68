"""From activity to absorbed dose: organ, lesion and marrow dose, uncertainty budget."""

from theratwin.dosimetry.budget import Budget, log_sd, relative_spread
from theratwin.dosimetry.dose_chain import DoseChain
from theratwin.dosimetry.marrow import MarrowModel, marrow_model, marrow_self_s_value
from theratwin.dosimetry.marrow_dose import MarrowDose, Measured, Source
from theratwin.dosimetry.marrow_methods import (
    marrow_from_activity,
    marrow_from_blood,
    marrow_from_image,
    marrow_to_blood,
)
from theratwin.dosimetry.propagation import Doubt, FirstOrder, first_order, monte_carlo
from theratwin.dosimetry.recovery import (
    RecoveryCurve,
    fit_recovery,
    outline_slope,
    outline_uncertainty,
    sphere_recovery,
)
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
    "DoseChain",
    "DoseDistribution",
    "Doubt",
    "FirstOrder",
    "MarrowDose",
    "MarrowModel",
    "Measured",
    "RecoveryCurve",
    "Source",
    "VoxelDose",
    "bodies",
    "first_order",
    "fit_recovery",
    "kernel_dose",
    "local_dose",
    "local_energy",
    "log_sd",
    "marrow_from_activity",
    "marrow_from_blood",
    "marrow_from_image",
    "marrow_model",
    "marrow_self_s_value",
    "marrow_to_blood",
    "monte_carlo",
    "outline_slope",
    "outline_uncertainty",
    "region_voxels",
    "relative_spread",
    "self_s_value",
    "sphere_recovery",
    "voxel_course",
    "voxel_dose",
]
