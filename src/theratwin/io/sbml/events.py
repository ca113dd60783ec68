"""Events with delay, priority and persistence, one patient at a time.

The engine solves from one moment to the next: up to the first trigger that becomes true (or false,
where that would call a waiting event off), or to the time when a waiting event is due. There, as
SBML level 3 has it, triggers are looked at, events begin to wait or are called off, and of those
due the one of highest priority happens; then the triggers are looked at again, until none is due.
Among events of equal priority chance decides, by a seed; events without a priority come last, in
the order of the file.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from theratwin.core.errors import FitError
from theratwin.dynamics.expressions.evaluate import evaluate, initial_values
from theratwin.dynamics.expressions.expression import ZERO, Expression
from theratwin.dynamics.solving.engine import Engine
from theratwin.dynamics.solving.restarts import Restarts
from theratwin.dynamics.solving.status import Status
from theratwin.io.sbml.event_laws import EventLaw, EventLaws

if TYPE_CHECKING:
    from theratwin.io.sbml.model import SbmlModel

_LOG = logging.getLogger(__name__)

#: Events at one moment after which a model is given up.
MOST_AT_ONCE = 2_000
#: A part of the time that cannot be told from none.
NO_PART = 1e-12
#: Stops in a row, each so soon after the one before, after which the patient goes on for that long
#: without a look at the triggers; and after which it is given up.
FEW_STOPS, MOST_STOPS = 20, 100
#: Times of reports that one stretch can hold.
MOST_AHEAD = 128


@dataclass
class _Waiting:
    """An event that was triggered and has not happened yet."""

    event: int
    time: float
    values: Sequence[float] | None


@dataclass
class _Patient:
    """Where a patient is."""

    parameters: list[float]
    state: list[float]
    truth: list[bool]
    chance: np.random.Generator
    halting: Restarts
    time: float = 0.0
    stops: int = 0
    passed: bool = False
    waiting: list[_Waiting] = field(default_factory=list)

    def values(self, law: Any) -> list[float]:
        """Return the values of a law now."""
        return law(self.parameters, self.state, (self.time,))


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
        self.system = model.bare_system(observed)
        self.laws = EventLaws(model, self.system)
        self.events = self.laws.events
        # What only events change stands still between them, to the last digit.
        derivatives = [state.derivative for state in self.system.states]
        self.moving = [i for i, rate in enumerate(derivatives) if rate is not ZERO]
        self.halting = Engine(self.laws.halting(), level=0, lanes=1)

    @cached_property
    def going(self) -> Engine:
        """The equations without a look at the triggers."""
        return Engine(self.laws.going(), level=0, lanes=1)

    def patient(self, times: np.ndarray, parameters: Mapping[str, float]) -> dict[str, np.ndarray]:
        """Return the observables of one patient at the times."""
        first = initial_values(self.system, parameters)
        known = {**self.system.parameters, **parameters}
        at = _Patient(
            [float(value) for value in known.values()],
            np.asarray(first, dtype=float).tolist(),
            [event.initially for event in self.events],
            np.random.default_rng(self.seed),
            Restarts(self.halting, known, MOST_AHEAD, **self.settings),
        )
        states = self._states(at, times)
        values = {name: states[:, i] for i, name in enumerate(self.system.names)}
        values = {**known, **values, "time": np.asarray(times, dtype=float)}
        found = evaluate(list(self.system.observables.values()), values)
        return {
            name: np.broadcast_to(value, len(times)).astype(float)
            for name, value in zip(self.system.observables, found, strict=True)
        }

    def _states(self, at: _Patient, times: np.ndarray) -> np.ndarray:
        """Return the states at the times, after what happens then."""
        states, reported = np.empty((len(times), len(at.state))), 0
        self._happen(at, (), ())
        while True:
            while reported < len(times) and times[reported] <= at.time:
                states[reported] = at.state
                reported += 1
            if reported == len(times):
                return states
            before = self._advance(at, times[reported : reported + MOST_AHEAD])
            states[reported : reported + len(before)] = before
            reported += len(before)

    def _advance(self, at: _Patient, times: np.ndarray) -> np.ndarray:
        """Go on to the next moment; return the states at the times before it."""
        if at.stops >= FEW_STOPS and not at.passed:
            return self._pass(at, float(times[-1]))
        due, before = min([w.time for w in at.waiting], default=math.inf), at.time
        limit = min(float(times[-1]), due)
        states = self._solve(at, at.halting, limit, times[: np.searchsorted(times, limit)])
        at.stops = at.stops + 1 if at.time - before <= NO_PART * at.time else 0
        at.passed = False
        changed = at.halting.switches.reshape(-1, 2).T
        self._happen(at, *(np.flatnonzero(row).tolist() for row in changed))
        return states

    def _pass(self, at: _Patient, end: float) -> np.ndarray:
        """Go past a moment at which events heap up, by a time that cannot be told from none.

        They may hold a state where it is, for ever; or their triggers, once true, stay so, and no
        more events follow.
        """
        if at.stops > MOST_STOPS:
            raise _chattering(at)
        if at.stops == FEW_STOPS:
            _LOG.warning("events heap up at time %g; what follows is just after them", at.time)
        known = dict(zip(self.system.parameters, at.parameters, strict=True))
        going = Restarts(self.going, known, 1, **self.settings)
        states = self._solve(at, going, min(at.time + NO_PART * end, end), np.empty(0))
        at.stops, at.passed = at.stops + 1, True
        self._happen(at, (), ())
        return states

    def _solve(self, at: _Patient, solved: Restarts, limit: float, times: np.ndarray) -> np.ndarray:
        """Solve up to a time, or the first change of a trigger; return the states before it."""
        solved.parameters[-len(at.state) :] = at.state
        status, states = solved.solve(at.time, limit, times)
        if not status.is_good:
            raise FitError(
                f"the model could not be solved after time {at.time:g}: {status.text}",
                remedy=status.remedy,
            )
        reported = np.tile(at.state, (int(np.searchsorted(times, solved.reached)), 1))
        reported[:, self.moving] = states[: len(reported), self.moving]
        for i in self.moving:
            at.state[i] = float(solved.final[i])
        at.time = solved.reached
        return reported

    # What happens at one moment.

    def _happen(self, at: _Patient, risen: Collection[int], fallen: Collection[int]) -> None:
        """Make all events happen that are due at the present moment."""
        for _ in range(MOST_AT_ONCE):
            self._look(at, risen, fallen)
            risen = fallen = ()
            due = [w for w in at.waiting if w.time <= at.time]
            if not due:
                return
            chosen = max(due, key=lambda w: self._rank(at, w))
            at.waiting.remove(chosen)
            self._assign(at, chosen)
        raise _chattering(at)

    def _look(self, at: _Patient, risen: Collection[int], fallen: Collection[int]) -> None:
        """Look at the triggers: events begin to wait, or are called off."""
        begun = []
        for i, value in enumerate(at.values(self.laws.triggers)):
            # What the engine has found just so is true or false, whatever the last digit says.
            now = i in risen or (bool(value) and i not in fallen)
            if now and (not at.truth[i] or i in risen):
                begun.append(i)
            if not now and not self.events[i].persistent:
                at.waiting = [w for w in at.waiting if w.event != i]
            at.truth[i] = now
        at.waiting += [self._begun(at, i) for i in begun]

    def _begun(self, at: _Patient, index: int) -> _Waiting:
        event = self.events[index]
        delay = 0.0 if event.delay is None else at.values(event.delay)[0]
        values = at.values(event.values) if event.at_trigger else None
        return _Waiting(index, at.time + max(delay, 0.0), values)

    def _rank(self, at: _Patient, waiting: _Waiting) -> tuple[float, float]:
        priority = self.events[waiting.event].priority
        if priority is None:
            return -math.inf, -waiting.event
        return at.values(priority)[0], at.chance.random()

    def _assign(self, at: _Patient, waiting: _Waiting) -> None:
        event: EventLaw = self.events[waiting.event]
        values = at.values(event.values) if waiting.values is None else waiting.values
        # The volumes are those just before; values may be from the time of the trigger.
        volumes = [1.0] * len(values) if event.volumes is None else at.values(event.volumes)
        for place, value, volume in zip(event.places, values, volumes, strict=True):
            at.state[place] = value * volume


def _chattering(at: _Patient) -> FitError:
    status = Status.CHATTERING
    return FitError(f"at time {at.time:g} {status.text}", remedy=status.remedy)
