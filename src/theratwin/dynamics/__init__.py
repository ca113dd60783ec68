"""Equations written once, coupled, compiled, solved in batches, differentiated."""

from theratwin.dynamics.diagrams.diagram import diagram
from theratwin.dynamics.expressions.evaluate import (
    evaluate,
    initial_values,
    observables,
    right_hand_side,
)
from theratwin.dynamics.expressions.expression import (
    TIME,
    Expression,
    exp,
    log,
    maximum,
    minimum,
    select,
)
from theratwin.dynamics.expressions.rate_laws import hill, mass_action, michaelis_menten, piecewise
from theratwin.dynamics.models import model, model_names, model_summary
from theratwin.dynamics.networks.builder import NetworkBuilder
from theratwin.dynamics.networks.couple import couple
from theratwin.dynamics.networks.latex import network_latex, to_latex
from theratwin.dynamics.networks.network import Network
from theratwin.dynamics.networks.port import SwitchChange, schedule
from theratwin.dynamics.solving.dosing import Bolus, Dose, Infusion, Jump
from theratwin.dynamics.solving.engine import Engine
from theratwin.dynamics.solving.solution import Solution
from theratwin.dynamics.solving.status import Status
from theratwin.dynamics.system import State, StateEvent, System

__all__ = [
    "TIME",
    "Bolus",
    "Dose",
    "Engine",
    "Expression",
    "Infusion",
    "Jump",
    "Network",
    "NetworkBuilder",
    "Solution",
    "State",
    "StateEvent",
    "Status",
    "SwitchChange",
    "System",
    "couple",
    "diagram",
    "evaluate",
    "exp",
    "hill",
    "initial_values",
    "log",
    "mass_action",
    "maximum",
    "michaelis_menten",
    "minimum",
    "model",
    "model_names",
    "model_summary",
    "network_latex",
    "observables",
    "piecewise",
    "right_hand_side",
    "schedule",
    "select",
    "to_latex",
]
