"""Oxygen: how it changes what dose does, how it is distributed, and how it returns."""

from theratwin.response.oxygen.course import constant_oxygen, reoxygenation
from theratwin.response.oxygen.distribution import OxygenDistribution, effective_enhancement
from theratwin.response.oxygen.enhancement import (
    greatest_resistance,
    oxygen_enhancement_ratio,
    radioresistance,
    relative_sensitivity,
)
from theratwin.response.oxygen.stochastic_kinetic import (
    OxygenCell,
    OxygenDomainCell,
    oxygen_cell,
    oxygen_domain_cell,
)

__all__ = [
    "OxygenCell",
    "OxygenDistribution",
    "OxygenDomainCell",
    "constant_oxygen",
    "effective_enhancement",
    "greatest_resistance",
    "oxygen_cell",
    "oxygen_domain_cell",
    "oxygen_enhancement_ratio",
    "radioresistance",
    "relative_sensitivity",
    "reoxygenation",
]
