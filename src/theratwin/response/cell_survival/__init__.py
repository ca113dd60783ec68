"""The fraction of cells that survive an exposure, by models that share one interface."""

from theratwin.response.cell_survival.compare import Answer, Comparison, compare
from theratwin.response.cell_survival.consistency import departure, matched_models
from theratwin.response.cell_survival.kinetic import KineticModel
from theratwin.response.cell_survival.library import (
    cell_model,
    cell_model_class,
    cell_model_names,
)
from theratwin.response.cell_survival.linear import Linear
from theratwin.response.cell_survival.lpl import LethalPotentiallyLethal
from theratwin.response.cell_survival.lq import LinearQuadratic
from theratwin.response.cell_survival.lq_l import LinearQuadraticLinear
from theratwin.response.cell_survival.model import CellModel
from theratwin.response.cell_survival.neira import Neira
from theratwin.response.cell_survival.neira_population import neira_population
from theratwin.response.cell_survival.rmr import RepairMisrepair
from theratwin.response.cell_survival.tlk import TwoLesionKinetic

__all__ = [
    "Answer",
    "CellModel",
    "Comparison",
    "KineticModel",
    "LethalPotentiallyLethal",
    "Linear",
    "LinearQuadratic",
    "LinearQuadraticLinear",
    "Neira",
    "RepairMisrepair",
    "TwoLesionKinetic",
    "cell_model",
    "cell_model_class",
    "cell_model_names",
    "compare",
    "departure",
    "matched_models",
    "neira_population",
]
