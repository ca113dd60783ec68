"""Whole bodies built from organs: blood flow, permeation, receptors, kidneys, excretion, decay."""

from theratwin.kinetics.body.dosing import specific_activity, split
from theratwin.kinetics.body.draft import Label
from theratwin.kinetics.body.graph import whole_body
from theratwin.kinetics.body.plan import BodyPlan, LigandPlan, Organ
from theratwin.kinetics.body.whole_body import WholeBody

__all__ = [
    "BodyPlan",
    "Label",
    "LigandPlan",
    "Organ",
    "WholeBody",
    "specific_activity",
    "split",
    "whole_body",
]
