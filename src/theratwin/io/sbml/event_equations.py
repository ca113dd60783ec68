"""What events say of ids, as equations of states: triggers, new values, what they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from theratwin.core.errors import InputError
from theratwin.dynamics.expressions.expression import Expression
from theratwin.dynamics.system import StateEvent
from theratwin.io.sbml.parts import Event
from theratwin.io.sbml.triggers import margin

if TYPE_CHECKING:
    from theratwin.io.sbml.equations import Equations


def is_simple(event: Event) -> bool:
    """Whether compiled equations can do an event: at once, in no order, whatever follows."""
    return event.delay is None and event.priority is None and event.persistent and event.at_trigger


def law_of(equations: Equations, event: Event, part: str) -> Expression | None:
    """Return the trigger, delay or priority of an event."""
    tree = getattr(event, part)
    return None if tree is None else equations.mathematics(tree)


def new_values(equations: Equations, event: Event) -> dict[str, Expression]:
    """Return the new values of an event's targets, by id.

    Raises
    ------
    InputError
        If it sets what no event can.
    """
    for id_ in event.assignments:
        if id_ not in equations.states:
            raise InputError(
                "the event sets what does not exist, or what a rule sets",
                field=f"event {event.id}",
                value=id_,
                allowed=sorted(equations.states),
            )
    return {id_: equations.mathematics(tree) for id_, tree in event.assignments.items()}


def volumes_of(equations: Equations, event: Event) -> dict[str, Expression]:
    """Return, by id, the volume that makes a new value an amount; none where it is one.

    It is the volume just before: one event that sets both changes the concentration by the volume
    once more (case 01779 of SBML's tests).
    """
    species = equations.document.species
    concentrations = [
        id_ for id_ in event.assignments if id_ in species and not species[id_].symbol_is_amount
    ]
    return {id_: equations.value(species[id_].compartment) for id_ in concentrations}


def expressions_of(equations: Equations, event: Event) -> list[Expression]:
    """Return everything that must be known for an event to happen."""
    laws = [law_of(equations, event, part) for part in ("trigger", "delay", "priority")]
    values = [*new_values(equations, event).values(), *volumes_of(equations, event).values()]
    return [*(law for law in laws if law is not None), *values]


def state_event(equations: Equations, event: Event) -> StateEvent:
    """Return a simple event with a trigger for compiled equations."""
    trigger = law_of(equations, event, "trigger")
    assert trigger is not None  # those without never happen, and have been left out
    volumes = volumes_of(equations, event)
    values = {
        equations.states[id_]: value * volumes[id_] if id_ in volumes else value
        for id_, value in new_values(equations, event).items()
    }
    return StateEvent(event.id, margin(trigger), values, event.initially)
