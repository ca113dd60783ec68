"""Events with delay, priority and persistence, one patient at a time.

The engine solves from one moment to the next: up to the first trigger that becomes true (or false,
where that would call a waiting event off), or to the time when a waiting event is due. There, as
SBML level 3 has it, triggers are looked at, events begin to wait or are called off, and of those
due the one of highest priority happens; then the triggers are looked at again, until none is due.
Among events of equal priority chance decides, by a seed; events without a priority come last, in
the order of the file.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from theratwin.core.errors import FitError
from theratwin.dynamics.expressions.evaluate import evaluate, initial_values
from theratwin.dynamics.expressions.expression import (
    TIME,
    ZERO,
    Binding,
    Expression,
    both,
    constant,
    negation,
    select,
    symbol,
)
from theratwin.dynamics.solving.engine import Engine
from theratwin.dynamics.solving.status import Status
from theratwin.dynamics.system import StateEvent, System

if TYPE_CHECKING:
    from theratwin.io.sbml.model import SbmlModel

#: Events at one moment after which a model is given up.
MOST_AT_ONCE = 2_000
#: Stops in a row, each within such a part of the time that has passed, after which it is given up.
MOST_STOPS, NO_PART = 100, 1e-12

_HALTED, _HALT_TIME = "events.halted", "events.halt_time"


@dataclass(frozen=True)
class _Laws:
    """An event's expressions; new values of ids, and the volumes that make them amounts."""

    id: str
    trigger: Expression
    delay: Expression | None
    priority: Expression | None
    assignments: Mapping[str, Expression]
    volumes: Mapping[str, Expression]
    at_trigger: bool
    initially: bool
    persistent: bool


@dataclass
class _Waiting:
    """An event that was triggered and has not happened yet."""

    event: int
    time: float
    values: Mapping[str, float] | None


@dataclass
class _Patient:
    """Where a patient is."""

    parameters: Mapping[str, float]
    state: np.ndarray
    truth: list[bool]
    chance: np.random.Generator
    time: float = 0.0
    stops: int = 0
    ahead: int = 64
    waiting: list[_Waiting] = field(default_factory=list)


class EventRun:
    """A model with events, ready to be simulated.

    Parameters
    ----------
    model
        The model.
    observed
        What is reported.
    settings
        Of the engine.
    seed
        Of the order of events of equal priority.
    """

    def __init__(
        self,
        model: SbmlModel,
        observed: Mapping[str, Expression],
        settings: Mapping[str, Any],
        seed: int,
    ) -> None:
        self.settings, self.seed = dict(settings), seed
        self.places = {
            id_: model.bare_names.index(name) for id_, name in model.equations.states.items()
        }
        self.system = model.bare_system(observed)
        self.events = [_laws(model, id_) for id_ in model.document.events]
        self.events = [event for event in self.events if event.trigger is not ZERO]
        self.engine = Engine(_halting(self.system, self.events), level=0)

    def patient(self, times: np.ndarray, parameters: Mapping[str, float]) -> dict[str, np.ndarray]:
        """Return the observables of one patient at the times."""
        known = {**self.system.parameters}
        unknown = set(parameters) - set(known)
        if unknown:
            initial_values(self.system, parameters)  # raises, with the nearest name
        known |= parameters
        at = _Patient(
            known,
            np.array(initial_values(self.system, known), dtype=float),
            [event.initially for event in self.events],
            np.random.default_rng(self.seed),
        )
        self._happen(at, set())
        rows: list[np.ndarray] = []
        while len(rows) < len(times):
            while len(rows) < len(times) and times[len(rows)] <= at.time:
                rows.append(at.state.copy())
            if len(rows) < len(times):
                rows += self._advance(at, times[len(rows) :])
        states = np.stack(rows)
        values = {name: states[:, i] for i, name in enumerate(self.system.names)}
        values = {**known, **values, "time": np.asarray(times, dtype=float)}
        found = evaluate(list(self.system.observables.values()), values)
        return {
            name: np.broadcast_to(value, len(times)).astype(float)
            for name, value in zip(self.system.observables, found, strict=True)
        }

    def _advance(self, at: _Patient, times: np.ndarray) -> list[np.ndarray]:
        """Go on to the next moment; return the states at the times before it."""
        due = min([w.time for w in at.waiting], default=math.inf)
        times = times[: at.ahead]
        limit = min(float(times[-1]), due)
        inner = times[times < limit]
        now = dict(zip((f"{n} now" for n in self.system.names), at.state, strict=True))
        solution = self.engine.solve(
            {**at.parameters, **now},
            np.append(inner, limit),
            start=at.time,
            end=limit,
            keep=self.system.names,
            fallback=False,
            **self.settings,
        )
        status = Status(int(solution.status[0]))
        if not status.is_good:
            raise FitError(
                f"the model could not be solved after time {at.time:g}: {status.text}",
                remedy=status.remedy,
            )
        states = np.stack([solution.states[name][0] for name in self.system.names], axis=1)
        fired, before, at.time = set(), at.time, limit
        if solution.observables[_HALTED][0, -1]:
            at.time = float(solution.observables[_HALT_TIME][0, -1])
            fired = {i for i in range(len(self.events)) if solution.observables[_fired(i)][0, -1]}
        at.state = states[-1].copy()
        at.stops = at.stops + 1 if at.time - before <= NO_PART * at.time else 0
        if at.stops > MOST_STOPS:
            raise _chattering(at)
        kept = states[:-1][inner < at.time]
        # What was solved beyond a stop was in vain: look less far ahead, or farther.
        at.ahead = max(2, 2 * len(kept) if at.time < limit else 4 * at.ahead)
        self._happen(at, fired)
        return list(kept)

    # What happens at one moment.

    def _happen(self, at: _Patient, fired: set[int]) -> None:
        """Make all events happen that are due at the present moment."""
        for _ in range(MOST_AT_ONCE):
            self._look(at, fired)
            fired = set()
            due = [w for w in at.waiting if w.time <= at.time]
            if not due:
                return
            chosen = max(due, key=lambda w: self._rank(at, w))
            at.waiting.remove(chosen)
            self._assign(at, chosen)
        raise _chattering(at)

    def _look(self, at: _Patient, fired: set[int]) -> None:
        """Look at the triggers: events begin to wait, or are called off."""
        triggers = self._values(at, [event.trigger for event in self.events])
        begun = []
        for i, (event, value) in enumerate(zip(self.events, triggers, strict=True)):
            now = bool(value) or i in fired
            if now and (not at.truth[i] or i in fired):
                begun.append(i)
            if not now and not event.persistent:
                at.waiting = [w for w in at.waiting if w.event != i]
            at.truth[i] = now
        for i in begun:
            at.waiting.append(self._begun(at, i))

    def _begun(self, at: _Patient, index: int) -> _Waiting:
        event = self.events[index]
        delay = 0.0 if event.delay is None else self._values(at, [event.delay])[0]
        values = self._new_values(at, event) if event.at_trigger else None
        return _Waiting(index, at.time + max(delay, 0.0), values)

    def _rank(self, at: _Patient, waiting: _Waiting) -> tuple[float, float]:
        priority = self.events[waiting.event].priority
        if priority is None:
            return -math.inf, -waiting.event
        return self._values(at, [priority])[0], at.chance.random()

    def _assign(self, at: _Patient, waiting: _Waiting) -> None:
        event = self.events[waiting.event]
        values = self._new_values(at, event) if waiting.values is None else waiting.values
        # The volumes are those just before; values may be from the time of the trigger.
        found = self._values(at, list(event.volumes.values()))
        volumes = dict(zip(event.volumes, found, strict=True))
        for id_, value in values.items():
            at.state[self.places[id_]] = value * volumes.get(id_, 1.0)

    def _new_values(self, at: _Patient, event: _Laws) -> dict[str, float]:
        found = self._values(at, list(event.assignments.values()))
        return dict(zip(event.assignments, found, strict=True))

    def _values(self, at: _Patient, laws: list[Expression]) -> list[float]:
        states = dict(zip(self.system.names, at.state, strict=True))
        values = {**at.parameters, **states, "time": at.time}
        return [float(value) for value in evaluate(laws, values)]


def _chattering(at: _Patient) -> FitError:
    status = Status.CHATTERING
    return FitError(f"at time {at.time:g} {status.text}", remedy=status.remedy)


def _laws(model: SbmlModel, id_: str) -> _Laws:
    event, equations = model.document.events[id_], model.equations
    trigger = equations.law_of(event, "trigger")
    return _Laws(
        id_,
        ZERO if trigger is None else trigger,
        equations.law_of(event, "delay"),
        equations.law_of(event, "priority"),
        equations.assignments(event),
        {id_: equations.value(p) for id_ in event.assignments if (p := equations.place_of(id_))},
        event.at_trigger,
        event.initially,
        event.persistent,
    )


def _fired(index: int) -> str:
    return f"events.fired_{index}"


def _halting(system: System, events: list[_Laws]) -> System:
    """Return equations that start anywhere and stand still from the first change of a trigger on.

    A trigger that becomes false counts only where it may call an event off.
    """
    halted = symbol(_HALTED, Binding.SEGMENT)
    going = negation(halted)
    stops, switches = [], {_HALTED: 0.0, _HALT_TIME: 0.0}
    for i, event in enumerate(events):
        switches[_fired(i)] = 0.0
        stop = {_HALTED: constant(1.0), _HALT_TIME: TIME}
        rising = {**stop, _fired(i): constant(1.0)}
        stops.append(StateEvent(f"{event.id} rises", both(event.trigger, going), rising))
        if not event.persistent:
            falling = both(negation(event.trigger), going)
            stops.append(StateEvent(f"{event.id} falls", falling, stop))
    states = tuple(
        replace(
            state,
            initial=symbol(f"{state.name} now"),
            derivative=select(halted, ZERO, state.derivative),
        )
        for state in system.states
    )
    shown = {name: symbol(name, Binding.SEGMENT) for name in switches}
    starts = {f"{state.name} now": 0.0 for state in system.states}
    return System(
        states,
        {**system.parameters, **starts},
        switches,
        observables=shown,
        events=tuple(stops),
    )
