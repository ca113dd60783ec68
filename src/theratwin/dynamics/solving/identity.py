"""A system as text, as far as its code depends on it: equal texts, equal code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from theratwin.dynamics.expressions.expression import Expression, walk_new
from theratwin.dynamics.system import System


def identity(system: System, **options: Any) -> str:
    """Return all that the code for a system is written from, as text.

    Names and their order, every node of every expression, and the tolerance scales belong to it;
    units and the parameters' defaults do not, for the code is given the values.

    Parameters
    ----------
    system
        The equations.
    **options
        What else decides: numbers, and sequences of names.

    Examples
    --------
    >>> from theratwin.dynamics.expressions.expression import ONE, Binding, symbol
    >>> from theratwin.dynamics.system import State
    >>> x = symbol("x", Binding.STATE)
    >>> once, twice = (
    ...     identity(System((State("x", ONE, -number * x),), {})) for number in (0.5, 0.25)
    ... )
    >>> once == twice
    False
    """
    nodes = _Nodes()
    parts = {
        "states": [
            (s.name, nodes.place(s.initial), nodes.place(s.derivative), float(s.tolerance_scale))
            for s in system.states
        ],
        "parameters": list(system.parameters),
        "switches": list(system.switches),
        "observables": nodes.named(system.observables),
        "quadratures": nodes.named(system.quadratures),
        "events": [
            (e.name, nodes.place(e.trigger), nodes.named(e.assignments), e.initially, e.final)
            for e in system.events
        ],
        "options": sorted(options.items()),
    }
    return "\n".join((*nodes.rows, repr(parts)))


class _Nodes:
    """Every node once, as a row of its operation and the places of its operands before it."""

    def __init__(self) -> None:
        self.rows: list[str] = []
        self._places: dict[Expression, int] = {}

    def named(self, roots: Mapping[str, Expression]) -> list[tuple[str, int]]:
        """Return names with the places of what they stand for."""
        return [(name, self.place(root)) for name, root in roots.items()]

    def place(self, root: Expression) -> int:
        """Return the place of an expression, after adding what is new in it."""
        places, rows = self._places, self.rows
        for node in walk_new(root, places):
            places[node] = len(rows)
            rows.append(_row(node, [places[arg] for arg in node.args]))
        return places[root]


def _row(node: Expression, args: list[int]) -> str:
    # An operation changes when its operands do; a leaf says so itself.
    return f"{node.op} {args}" if args else f"{node.op} {node.value!r} {int(node.binding)}"
