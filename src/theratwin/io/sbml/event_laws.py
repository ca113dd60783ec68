"""The laws of events: when they are triggered, when they happen, in which order, what they set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from theratwin.dynamics.expressions.expression import (
    ONE,
    Binding,
    Expression,
    negation,
    symbol,
)
from theratwin.dynamics.expressions.scalar import scalar_function
from theratwin.dynamics.system import StateEvent, System
from theratwin.io.sbml.event_equations import law_of, new_values, volumes_of

if TYPE_CHECKING:
    from theratwin.io.sbml.model import SbmlModel

#: A function of parameters, states and `[time]`.
Law = Callable[[Sequence[float], Sequence[float], Sequence[float]], list[float]]


@dataclass(frozen=True)
class EventLaw:
    """An event, ready to be evaluated.

    Parameters
    ----------
    id, trigger
        The event, and the expression of its trigger.
    delay, priority
        One value each; None where the file has none.
    values
        New values of ids.
    places
        Of their states.
    volumes
        What makes the values amounts; None if no value is a concentration.
    at_trigger, initially, persistent
        As of `parts.Event`.
    """

    id: str
    trigger: Expression
    delay: Law | None
    priority: Law | None
    values: Law
    places: tuple[int, ...]
    volumes: Law | None
    at_trigger: bool
    initially: bool
    persistent: bool


class EventLaws:
    """All events of a model that have a trigger.

    Parameters
    ----------
    model
        The model.
    system
        Its equations between events.
    """

    def __init__(self, model: SbmlModel, system: System) -> None:
        self._model, self._system = model, system
        events = [self._law(id_) for id_, e in model.document.events.items() if e.trigger]
        self.events = tuple(events)
        #: The triggers' values.
        self.triggers = self._made([event.trigger for event in events])

    def _made(self, roots: Sequence[Expression]) -> Law:
        system = self._system
        arguments = {"p": [*system.parameters], "s": system.names, "t": ["time"]}
        return scalar_function(roots, arguments)

    def _law(self, id_: str) -> EventLaw:
        event, equations = self._model.document.events[id_], self._model.equations
        trigger = law_of(equations, event, "trigger")
        assert trigger is not None  # those without have been left out
        delay, priority = (law_of(equations, event, part) for part in ("delay", "priority"))
        values, volumes = new_values(equations, event), volumes_of(equations, event)
        names = self._model.bare_names
        return EventLaw(
            id_,
            trigger,
            None if delay is None else self._made([delay]),
            None if priority is None else self._made([priority]),
            self._made([*values.values()]),
            tuple(names.index(equations.states[target]) for target in values),
            self._made([volumes.get(target, ONE) for target in values]) if volumes else None,
            event.at_trigger,
            event.initially,
            event.persistent,
        )

    def going(self) -> System:
        """Return equations that start anywhere: their last parameters are the first states."""
        system = self._system
        states = tuple(
            replace(state, initial=symbol(f"{state.name} now", Binding.PATIENT))
            for state in system.states
        )
        starts = {f"{state.name} now": 0.0 for state in system.states}
        return System(states, {**system.parameters, **starts})

    def halting(self) -> System:
        """Return those equations with an end at the first change of a trigger.

        Switch ``2 i`` tells whether trigger ``i`` has become true there, and ``2 i + 1`` whether
        it has become false, which is looked for only where it may call an event off.
        """
        stops, switches = [], {}
        for i, event in enumerate(self.events):
            rises, falls = f"events.rises_{i}", f"events.falls_{i}"
            switches |= {rises: 0.0, falls: 0.0}
            stops.append(StateEvent(rises, event.trigger, {rises: ONE}, final=True))
            if not event.persistent:
                changed = negation(event.trigger)
                stops.append(StateEvent(falls, changed, {falls: ONE}, final=True))
        return replace(self.going(), switches=switches, events=tuple(stops))
