"""Cells: the dose to a nucleus, cytoplasm and cell from activity in or on a cell."""

from theratwin.physics.cells.chain import chain_weights
from theratwin.physics.cells.geometry import Cell
from theratwin.physics.cells.s_value import CellSValue, cell_s_value

__all__ = ["Cell", "CellSValue", "cell_s_value", "chain_weights"]
