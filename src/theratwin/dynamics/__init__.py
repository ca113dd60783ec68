"""Equations written once, coupled, compiled, solved in batches, differentiated.

Diagrams and populations are loaded on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

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
from theratwin.dynamics.networks.opened import opened
from theratwin.dynamics.networks.port import SwitchChange, schedule
from theratwin.dynamics.solving.dosing import Bolus, Dose, Infusion, Jump
from theratwin.dynamics.solving.engine import Engine
from theratwin.dynamics.solving.solution import Solution
from theratwin.dynamics.solving.status import Status
from theratwin.dynamics.system import State, StateEvent, System

if TYPE_CHECKING:
    from theratwin.dynamics.diagrams.diagram import diagram
    from theratwin.dynamics.populations import (
        Population,
        Summary,
        log_normal_population,
        sample_population,
        simulate_population,
    )

_HOME = {
    "diagram": "diagrams.diagram",
    **dict.fromkeys(
        (
            *("Population", "Summary"),
            *("log_normal_population", "sample_population", "simulate_population"),
        ),
        "populations",
    ),
}

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
    "Population",
    "Solution",
    "State",
    "StateEvent",
    "Status",
    "Summary",
    "SwitchChange",
    "System",
    "couple",
    "diagram",
    "evaluate",
    "exp",
    "hill",
    "initial_values",
    "log",
    "log_normal_population",
    "mass_action",
    "maximum",
    "michaelis_menten",
    "minimum",
    "model",
    "model_names",
    "model_summary",
    "network_latex",
    "observables",
    "opened",
    "piecewise",
    "right_hand_side",
    "sample_population",
    "schedule",
    "select",
    "simulate_population",
    "to_latex",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'theratwin.dynamics' has no attribute {name!r}")
    found = getattr(import_module(f"theratwin.dynamics.{_HOME[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
