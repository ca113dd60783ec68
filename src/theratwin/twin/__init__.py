"""One patient: calibrate, predict, update."""

from theratwin.twin.by_amount import predict_by_amount
from theratwin.twin.calibrate import calibrate
from theratwin.twin.predict import predict
from theratwin.twin.prediction import Prediction, Table
from theratwin.twin.region_dose import RegionDose
from theratwin.twin.twin import Interval, Snapshot, Twin
from theratwin.twin.update import snapshot, update

__all__ = [
    "Interval",
    "Prediction",
    "RegionDose",
    "Snapshot",
    "Table",
    "Twin",
    "calibrate",
    "predict",
    "predict_by_amount",
    "snapshot",
    "update",
]
