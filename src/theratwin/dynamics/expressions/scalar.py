"""Expressions as a function of Python's own numbers: quick where one value is wanted at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from theratwin.core.errors import InputError
from theratwin.dynamics.expressions.expression import Expression, walk

#: What Python's operators do with any numbers; the rest are the functions of `_NAMES`.
_OPERATORS = {
    "add": "{} + {}",
    "sub": "{} - {}",
    "mul": "{} * {}",
    "neg": "-{}",
    "less": "1.0 if {} < {} else 0.0",
    "less_equal": "1.0 if {} <= {} else 0.0",
    "and": "1.0 if {} and {} else 0.0",
    "or": "1.0 if {} or {} else 0.0",
    "not": "0.0 if {} else 1.0",
    "select": "{1} if {0} else {2}",
}


def scalar_function(
    roots: Sequence[Expression], arguments: Mapping[str, Sequence[str]]
) -> Callable[..., list[float]]:
    """Return a function that gives the values of the roots, for lists of numbers.

    It does what `evaluate` does, for one value each, in a small part of the time.

    Parameters
    ----------
    roots
        The expressions.
    arguments
        The arguments of the function in order: to the name of each, the symbols whose values its
        list holds.

    Raises
    ------
    InputError
        If a symbol is in no list.

    Examples
    --------
    >>> from theratwin.dynamics.expressions.expression import symbol
    >>> k, x = symbol("k"), symbol("x")
    >>> law = scalar_function([k * x, 1.0 / x], {"parameters": ["k"], "states": ["x"]})
    >>> law([2.0], [0.0])
    [0.0, inf]
    """
    places = {
        name: f"{argument}[{i}]"
        for argument, names in arguments.items()
        for i, name in enumerate(names)
    }
    known: dict[int, str] = {}
    lines = [f"def law({', '.join(arguments)}):"]
    for node in walk(*roots):
        text = _text(node, [known[id(arg)] for arg in node.args], places)
        if node.args:
            lines.append(f"    _{len(lines)} = {text}")
            text = f"_{len(lines) - 1}"
        known[id(node)] = text
    lines.append(f"    return [{', '.join(known[id(root)] for root in roots)}]")
    space: dict[str, Any] = dict(_NAMES)
    # The text holds numbers, places in lists and the names above; nothing of a file's own.
    exec("\n".join(lines), space)
    return space["law"]


def _text(node: Expression, args: list[str], places: Mapping[str, str]) -> str:
    if node.op == "constant":
        return f"({float(node.value or 0.0)!r})"
    if node.op in _OPERATORS:
        return _OPERATORS[node.op].format(*args)
    if node.op != "symbol":
        return f"{node.op}({', '.join(args)})"
    name = str(node.value)
    if name not in places:
        raise InputError("the symbol has no value", field="values", value=name, allowed=[*places])
    return places[name]


def _never_raising(quick: Callable[..., float], exact: Callable[..., Any]) -> Callable[..., float]:
    """Return Python's function, which falls back to NumPy's where there is no finite value."""

    def found(*args: float) -> float:
        try:
            return quick(*args)
        except (ArithmeticError, ValueError):
            with np.errstate(all="ignore"):
                return float(exact(*args))

    return found


_NAMES: dict[str, Any] = {
    "inf": math.inf,
    "nan": math.nan,
    "div": _never_raising(lambda a, b: a / b, np.divide),
    "pow": _never_raising(math.pow, np.power),
    # A comparison with what is no number is false: what is no number is handed on.
    "min": lambda a, b: a if a <= b or a != a else b,
    "max": lambda a, b: a if a >= b or a != a else b,
    "exp": _never_raising(math.exp, np.exp),
    "log": _never_raising(math.log, np.log),
    "sin": _never_raising(math.sin, np.sin),
    "cos": _never_raising(math.cos, np.cos),
    "atan": math.atan,
    "floor": _never_raising(lambda a: float(math.floor(a)), np.floor),
}
