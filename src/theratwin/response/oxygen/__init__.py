"""Oxygen: how it changes what dose does, how it is distributed, and how it returns."""

from theratwin.response.oxygen.course import constant_oxygen, reoxygenation
from theratwin.response.oxygen.distribution import OxygenDistribution, effective_enhancement
from theratwin.response.oxygen.enhancement import (
    greatest_resistance,
    oxygen_enhancement_ratio,
    radioresistance,
    relative_sensitivity,
)
from theratwin.response.oxygen.vessels import VesselSheets, vessel_sheets

__all__ = [
    "OxygenDistribution",
    "VesselSheets",
    "constant_oxygen",
    "effective_enhancement",
    "greatest_resistance",
    "oxygen_enhancement_ratio",
    "radioresistance",
    "relative_sensitivity",
    "reoxygenation",
    "vessel_sheets",
]
