"""The slow coefficients of the equations as numbers, for peers that know only constants."""

from __future__ import annotations

import numpy as np

from peers import workload
from theratwin.dynamics.expressions.evaluate import evaluate
from theratwin.dynamics.expressions.expression import Binding, Expression


def slots() -> dict[Expression, int]:
    """Return the slot of every value that does not change in time."""
    return {node: place.slot for node, place in workload.programs().environment.places.items()}


def values(rows: np.ndarray) -> np.ndarray:
    """Return the value of every slot, shape ``(patient, slot)``."""
    environment = workload.programs().environment
    if environment.hoisted[Binding.SEGMENT]:
        raise ValueError("the workload has no segments")
    nodes = list(environment.places)
    found = evaluate(nodes, workload.named(rows))
    return np.stack([np.broadcast_to(value, len(rows)) for value in found], axis=1)


def initial(rows: np.ndarray) -> np.ndarray:
    """Return the states at the start, shape ``(patient, state)``."""
    roots = [state.initial for state in workload.system().states]
    found = evaluate(roots, workload.named(rows))
    return np.stack([np.broadcast_to(value, len(rows)) for value in found], axis=1)
