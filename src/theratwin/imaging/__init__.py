"""Images and what is read off them: grids, calibration, regions, activity over time."""

from theratwin.imaging.activity import Extraction, RegionActivity, Scan
from theratwin.imaging.activity_map import ActivityMap, activity_map
from theratwin.imaging.calibration import Calibration, Concentration, Sensitivity
from theratwin.imaging.declaration import calibration_missing, calibrations
from theratwin.imaging.extract import extract
from theratwin.imaging.geometry import corner_distance, reorient_like, require_same_grid
from theratwin.imaging.image import Image, read_image
from theratwin.imaging.labels import (
    Segment,
    Segmentation,
    described,
    label_counts,
    read_labels,
    segmentation,
)
from theratwin.imaging.names import read_names, region_name
from theratwin.imaging.resample import BoxMean, box_mean
from theratwin.imaging.table import measurement_table
from theratwin.imaging.write import write_image

__all__ = [
    "ActivityMap",
    "BoxMean",
    "Calibration",
    "Concentration",
    "Extraction",
    "Image",
    "RegionActivity",
    "Scan",
    "Segment",
    "Segmentation",
    "Sensitivity",
    "activity_map",
    "box_mean",
    "calibration_missing",
    "calibrations",
    "corner_distance",
    "described",
    "extract",
    "label_counts",
    "measurement_table",
    "read_image",
    "read_labels",
    "read_names",
    "region_name",
    "reorient_like",
    "require_same_grid",
    "segmentation",
    "write_image",
]
