"""One patient: calibrate, predict, update."""

from theratwin.twin.calibrate import calibrate
from theratwin.twin.estimates import Estimate, body_of, estimates
from theratwin.twin.predict import predict
from theratwin.twin.prediction import Prediction, Table
from theratwin.twin.region_dose import RegionDose
from theratwin.twin.residuals import RegionResiduals, residuals
from theratwin.twin.twin import Interval, Snapshot, Twin
from theratwin.twin.update import snapshot, update

__all__ = [
    "Estimate",
    "Interval",
    "Prediction",
    "RegionDose",
    "RegionResiduals",
    "Snapshot",
    "Table",
    "Twin",
    "body_of",
    "calibrate",
    "estimates",
    "predict",
    "residuals",
    "snapshot",
    "update",
]
