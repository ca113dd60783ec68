"""Values of expressions by NumPy, for initial values, observables, checks and tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from theratwin.core.errors import InputError
from theratwin.dynamics.expressions.expression import Expression, walk
from theratwin.dynamics.system import System

_ARRAY: dict[str, Callable[..., Any]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "pow": np.power,
    "min": np.minimum,
    "max": np.maximum,
    "neg": np.negative,
    "exp": np.exp,
    "log": np.log,
    "sin": np.sin,
    "cos": np.cos,
    "atan": np.arctan,
    "floor": np.floor,
    "less": lambda a, b: np.less(a, b).astype(float),
    "less_equal": lambda a, b: np.less_equal(a, b).astype(float),
    "and": lambda a, b: np.logical_and(a, b).astype(float),
    "or": lambda a, b: np.logical_or(a, b).astype(float),
    "not": lambda a: np.logical_not(a).astype(float),
    "select": lambda condition, then, otherwise: np.where(condition, then, otherwise),
}


def evaluate(roots: Sequence[Expression], values: Mapping[str, Any]) -> list[Any]:
    """Return the values of expressions, each node computed once.

    Parameters
    ----------
    roots
        The expressions.
    values
        Symbol to a number, or to an array over patients; complex ones are allowed where the
        operations are smooth.

    Raises
    ------
    InputError
        If a symbol has no value.

    Examples
    --------
    >>> from theratwin.dynamics.expressions.expression import symbol
    >>> k, x = symbol("k"), symbol("x")
    >>> product, total = evaluate([k * x, k + 1.0], {"k": 2.0, "x": np.array([1.0, 3.0])})
    >>> product, float(total)
    (array([2., 6.]), 3.0)
    """
    known: dict[int, Any] = {}
    # A branch that is not selected may divide by zero: what it gives is not used.
    with np.errstate(all="ignore"):
        for node in walk(*roots):
            known[id(node)] = _value(node, [known[id(arg)] for arg in node.args], values)
    return [known[id(root)] for root in roots]


def _value(node: Expression, args: list[Any], values: Mapping[str, Any]) -> Any:
    if node.op == "constant":
        return np.float64(node.value)  # type: ignore[arg-type]
    if node.op != "symbol":
        return _ARRAY[node.op](*args)
    name = str(node.value)
    if name not in values:
        raise InputError("the symbol has no value", field="values", value=name, allowed=[*values])
    return np.asarray(values[name])[()]


def initial_values(system: System, parameters: Mapping[str, Any] | None = None) -> np.ndarray:
    """Return the states at the start, shape ``(*patients, states)``.

    Parameters
    ----------
    system
        The system.
    parameters
        Parameters and switches that differ from their defaults: numbers, or arrays over patients.
    """
    return _stacked([state.initial for state in system.states], _known(system, parameters))


def right_hand_side(
    system: System,
    time: Any,
    states: np.ndarray,
    parameters: Mapping[str, Any] | None = None,
) -> np.ndarray:
    """Return the rates of change (per h) of states of shape ``(*patients, states)``."""
    values = _at(system, time, states, parameters)
    return _stacked([state.derivative for state in system.states], values)


def observables(
    system: System,
    time: Any,
    states: np.ndarray,
    parameters: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the observables by name, for states of shape ``(*patients, states)``."""
    values = _at(system, time, states, parameters)
    found = evaluate([*system.observables.values()], values)
    return dict(zip(system.observables, found, strict=True))


def _known(system: System, given: Mapping[str, Any] | None) -> dict[str, Any]:
    known = {**system.parameters, **system.switches}
    for name, value in (given or {}).items():
        if name not in known:
            raise InputError(
                "unknown parameter", field="parameters", value=name, allowed=sorted(known)
            )
        known[name] = value
    return known


def _at(
    system: System, time: Any, states: np.ndarray, parameters: Mapping[str, Any] | None
) -> dict[str, Any]:
    states = np.asarray(states)
    if states.shape[-1:] != (len(system.states),):
        raise InputError(
            f"the last axis must hold {len(system.states)} states",
            field="states",
            value=states.shape,
        )
    by_name = {name: states[..., i] for i, name in enumerate(system.names)}
    return {**_known(system, parameters), **by_name, "time": time}


def _stacked(roots: Sequence[Expression], values: Mapping[str, Any]) -> np.ndarray:
    found = evaluate(roots, values)
    shape = np.broadcast_shapes(*(np.shape(value) for value in found))
    return np.stack([np.broadcast_to(value, shape) for value in found], axis=-1)
