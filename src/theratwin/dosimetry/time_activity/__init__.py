"""Time-activity fits: models, their comparison, intervals; methods for a single scan."""

from theratwin.dosimetry.time_activity.compare import (
    Comparison,
    aicc,
    akaike_weights,
    compare,
    interval_of,
)
from theratwin.dosimetry.time_activity.curve_library import (
    jackson,
    jackson_scan,
    normalized_integrals,
)
from theratwin.dosimetry.time_activity.curve_population import MIXED_MODELS, CurvePopulation
from theratwin.dosimetry.time_activity.empirical_bayes import Individual, individual
from theratwin.dosimetry.time_activity.fit import SHAPES, Fit, fit_model
from theratwin.dosimetry.time_activity.gamma_variate import GammaVariate
from theratwin.dosimetry.time_activity.intervals import bootstrap, profile_interval
from theratwin.dosimetry.time_activity.mixed_effects import fit_population
from theratwin.dosimetry.time_activity.one_scan import (
    OneScan,
    haenscheid,
    haenscheid_bounds,
    haenscheid_ratio,
    haenscheid_scan,
    madsen,
)
from theratwin.dosimetry.time_activity.one_scan_errors import (
    ScanErrors,
    one_scan_errors,
    scan_methods,
)
from theratwin.dosimetry.time_activity.population import (
    ScanTime,
    best_scan_time,
    half_lives,
    hou,
    hou_scan,
    madsen_scan,
)
from theratwin.dosimetry.time_activity.samples import Samples
from theratwin.dosimetry.time_activity.trapezoid import Trapezoid, trapezoid
from theratwin.dosimetry.time_activity.voxels import VoxelFits, VoxelStatus, fit_voxels

__all__ = [
    "MIXED_MODELS",
    "SHAPES",
    "Comparison",
    "CurvePopulation",
    "Fit",
    "GammaVariate",
    "Individual",
    "OneScan",
    "Samples",
    "ScanErrors",
    "ScanTime",
    "Trapezoid",
    "VoxelFits",
    "VoxelStatus",
    "aicc",
    "akaike_weights",
    "best_scan_time",
    "bootstrap",
    "compare",
    "fit_model",
    "fit_population",
    "fit_voxels",
    "haenscheid",
    "haenscheid_bounds",
    "haenscheid_ratio",
    "haenscheid_scan",
    "half_lives",
    "hou",
    "hou_scan",
    "individual",
    "interval_of",
    "jackson",
    "jackson_scan",
    "madsen",
    "madsen_scan",
    "normalized_integrals",
    "one_scan_errors",
    "profile_interval",
    "scan_methods",
    "trapezoid",
]
