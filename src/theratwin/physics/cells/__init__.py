"""Cells: the dose to a nucleus, cytoplasm and cell from activity in or on a cell."""

from theratwin.physics.cells.cluster import Cluster, ball, populate, sheet
from theratwin.physics.cells.cluster_dose import ClusterDose, cluster_dose
from theratwin.physics.cells.crowd import crowd_s_value, nuclear_energy_share
from theratwin.physics.cells.geometry import Cell
from theratwin.physics.cells.layer import medium_s_value
from theratwin.physics.cells.medium import medium_event
from theratwin.physics.cells.mixed_event import mixed_event
from theratwin.physics.cells.multi_event import MultiEvent, multi_event
from theratwin.physics.cells.s_value import CellSValue, cell_s_value
from theratwin.physics.cells.specific_energy import SingleEvent, single_event

__all__ = [
    "Cell",
    "CellSValue",
    "Cluster",
    "ClusterDose",
    "MultiEvent",
    "SingleEvent",
    "ball",
    "cell_s_value",
    "cluster_dose",
    "crowd_s_value",
    "medium_event",
    "medium_s_value",
    "mixed_event",
    "multi_event",
    "nuclear_energy_share",
    "populate",
    "sheet",
    "single_event",
]
