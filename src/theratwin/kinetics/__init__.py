"""Where the activity goes: whole bodies, empirical curves."""

from theratwin.kinetics.body import WholeBody
from theratwin.kinetics.curves import Block, empirical_curves, region_block
from theratwin.kinetics.models import psma_body, sstr_body
from theratwin.kinetics.priors import effective_half_life, region_prior
from theratwin.kinetics.region_curve import CycleChange, RegionCurve, RegionPrior
from theratwin.kinetics.structure import STRUCTURES, Structure

__all__ = [
    "STRUCTURES",
    "Block",
    "CycleChange",
    "RegionCurve",
    "RegionPrior",
    "Structure",
    "WholeBody",
    "effective_half_life",
    "empirical_curves",
    "psma_body",
    "region_block",
    "region_prior",
    "sstr_body",
]
