"""Time-activity fits: models, their comparison, and intervals of the integral."""

from theratwin.dosimetry.time_activity.compare import (
    Comparison,
    aicc,
    akaike_weights,
    compare,
    interval_of,
)
from theratwin.dosimetry.time_activity.fit import SHAPES, Fit, fit_model
from theratwin.dosimetry.time_activity.gamma_variate import GammaVariate
from theratwin.dosimetry.time_activity.intervals import bootstrap, profile_interval
from theratwin.dosimetry.time_activity.samples import Samples
from theratwin.dosimetry.time_activity.trapezoid import Trapezoid, trapezoid
from theratwin.dosimetry.time_activity.voxels import VoxelFits, VoxelStatus, fit_voxels

__all__ = [
    "SHAPES",
    "Comparison",
    "Fit",
    "GammaVariate",
    "Samples",
    "Trapezoid",
    "VoxelFits",
    "VoxelStatus",
    "aicc",
    "akaike_weights",
    "bootstrap",
    "compare",
    "fit_model",
    "fit_voxels",
    "interval_of",
    "profile_interval",
    "trapezoid",
]
