"""A whole-body model fitted to a patient: the engine behind it, seen as a block of the twin."""

from theratwin.kinetics.body_fit.block import body_block
from theratwin.kinetics.body_fit.body_curves import BodyCurves
from theratwin.kinetics.body_fit.cycle_walk import CycleWalk
from theratwin.kinetics.body_fit.diagnostic import DiagnosticBody
from theratwin.kinetics.body_fit.estimated import UNDELINEATED, Estimated, estimated
from theratwin.kinetics.body_fit.experiment import Experiment
from theratwin.kinetics.body_fit.fit_model import fit_model
from theratwin.kinetics.body_fit.grid import integral_pieces, knots
from theratwin.kinetics.body_fit.model import BodyModel
from theratwin.kinetics.body_fit.model_error import model_error
from theratwin.kinetics.body_fit.psma import psma_block
from theratwin.kinetics.body_fit.sstr import sstr_block

__all__ = [
    "UNDELINEATED",
    "BodyCurves",
    "BodyModel",
    "CycleWalk",
    "DiagnosticBody",
    "Estimated",
    "Experiment",
    "body_block",
    "estimated",
    "fit_model",
    "integral_pieces",
    "knots",
    "model_error",
    "psma_block",
    "sstr_block",
]
