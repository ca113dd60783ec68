"""One patient: calibrate, predict, update."""

from theratwin.twin.alpha_assay import AlphaAssay
from theratwin.twin.by_amount import predict_by_amount
from theratwin.twin.calibrate import calibrate
from theratwin.twin.dose_study import DoseStudy
from theratwin.twin.estimates import Estimate, body_of, estimates
from theratwin.twin.in_vitro import InVitro
from theratwin.twin.predict import predict
from theratwin.twin.prediction import Prediction, Table
from theratwin.twin.region_dose import RegionDose
from theratwin.twin.residuals import RegionResiduals, residuals
from theratwin.twin.system_fit import Reading, SystemFit
from theratwin.twin.system_posterior import SystemPosterior, calibrate_system
from theratwin.twin.twin import Interval, Snapshot, Twin
from theratwin.twin.update import snapshot, update
from theratwin.twin.voxel_effect import VoxelEffect, voxel_effect
from theratwin.twin.what_if import amount_study, sink_study

__all__ = [
    "AlphaAssay",
    "DoseStudy",
    "Estimate",
    "InVitro",
    "Interval",
    "Prediction",
    "Reading",
    "RegionDose",
    "RegionResiduals",
    "Snapshot",
    "SystemFit",
    "SystemPosterior",
    "Table",
    "Twin",
    "VoxelEffect",
    "amount_study",
    "body_of",
    "calibrate",
    "calibrate_system",
    "estimates",
    "predict",
    "predict_by_amount",
    "residuals",
    "sink_study",
    "snapshot",
    "update",
    "voxel_effect",
]
