"""Cells: the dose to a nucleus, cytoplasm and cell from activity in or on a cell."""

from theratwin.physics.cells.chain import chain_weights
from theratwin.physics.cells.geometry import Cell
from theratwin.physics.cells.multi_event import MultiEvent, multi_event
from theratwin.physics.cells.s_value import CellSValue, cell_s_value
from theratwin.physics.cells.specific_energy import SingleEvent, single_event

__all__ = [
    "Cell",
    "CellSValue",
    "MultiEvent",
    "SingleEvent",
    "cell_s_value",
    "chain_weights",
    "multi_event",
    "single_event",
]
