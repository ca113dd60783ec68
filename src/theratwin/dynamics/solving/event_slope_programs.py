"""Derivatives of triggers and assignments of state events, as programs.

Along a tangent dy of the states and dt of time, a trigger changes by g_y dy + g_t dt and an
assigned value by h_y dy + h_t dt; by a direction at fixed states and time by g_p and h_p.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from theratwin.dynamics.expressions.expression import (
    TIME,
    Binding,
    Expression,
    derivatives,
    is_constant,
    symbol,
)
from theratwin.dynamics.solving.operations import Environment, Operations, Place, Program
from theratwin.dynamics.system import System

_MOMENT = symbol("slope of the moment of an event", Binding.STATE)

Rows = list[tuple[Place, Expression]]


@dataclass(frozen=True)
class EventSlopePrograms:
    """Programs that carry derivatives over state events.

    Parameters
    ----------
    shared
        ``change_of_trigger`` of all triggers, and ``change_of_assign_E`` of each event.
    own
        ``source_of_trigger`` and ``source_of_assign_E``: for each direction what it adds.
    """

    shared: Mapping[str, Program]
    own: Mapping[str, tuple[Program, ...]]


class EventRows:
    """What the programs compute, before the slots of slow values are known.

    Parameters
    ----------
    along
        A direction to the tangents of the slow symbols.
    tangents
        The states to their tangents.
    """

    def __init__(
        self,
        system: System,
        operations: Operations,
        directions: tuple[str, ...],
        along: Callable[[str], dict[Expression, Expression]],
        tangents: Mapping[Expression, Expression],
    ) -> None:
        names = ["trigger", *(f"assign_{e}" for e in range(len(system.events)))]
        roots = {name: list(operations.programs[name].outputs) for name in names}
        moving = {**tangents, TIME: _MOMENT}
        self.shared = {
            f"change_of_{name}": [(to, derivatives(value, moving)) for to, value in rows]
            for name, rows in roots.items()
        }
        self.own = {
            f"source_of_{name}": [_nonzero(rows, along(d)) for d in directions]
            for name, rows in roots.items()
        }

    def hoist(self, environment: Environment) -> None:
        """Give slots to the slow parts."""
        for rows in (*self.shared.values(), *(rows for many in self.own.values() for rows in many)):
            for _, value in rows:
                environment.hoist(value)

    def programs(self, leaves: Mapping[Expression, Place]) -> EventSlopePrograms:
        """Return the programs, with the places of all that is known before."""
        leaves = {**leaves, _MOMENT: Place("moment", 0)}
        return EventSlopePrograms(
            {name: Program(name, tuple(rows), leaves) for name, rows in self.shared.items()},
            {
                name: tuple(
                    Program(f"{name}_{d}", tuple(rows), leaves) for d, rows in enumerate(many)
                )
                for name, many in self.own.items()
            },
        )


def _nonzero(rows: Rows, along: dict[Expression, Expression]) -> Rows:
    found = ((to, derivatives(value, along)) for to, value in rows)
    return [(to, slope) for to, slope in found if not is_constant(slope, 0.0)]
