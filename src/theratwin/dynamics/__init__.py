"""Equations written once, coupled, compiled, solved in batches, differentiated."""

from theratwin.dynamics.dosing import Bolus, Dose, Infusion, Jump
from theratwin.dynamics.engine import Engine
from theratwin.dynamics.solution import Solution
from theratwin.dynamics.status import Status
from theratwin.dynamics.system import State, StateEvent, System

__all__ = [
    "Bolus",
    "Dose",
    "Engine",
    "Infusion",
    "Jump",
    "Solution",
    "State",
    "StateEvent",
    "Status",
    "System",
]
