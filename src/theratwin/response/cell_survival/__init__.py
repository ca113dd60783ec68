"""The fraction of cells that survive an exposure, by models that share one interface."""

from theratwin.response.cell_survival.kinetic import KineticModel
from theratwin.response.cell_survival.library import (
    cell_model,
    cell_model_class,
    cell_model_names,
)
from theratwin.response.cell_survival.model import CellModel

__all__ = ["CellModel", "KineticModel", "cell_model", "cell_model_class", "cell_model_names"]
