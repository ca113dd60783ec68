"""One patient solved again and again from other starts: set up once, then only run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from theratwin.dynamics.llvm.layout import CONTEXT
from theratwin.dynamics.llvm.memory import Context, Scratch
from theratwin.dynamics.solving.request import Settings
from theratwin.dynamics.solving.run import Run
from theratwin.dynamics.solving.status import Status

if TYPE_CHECKING:
    from theratwin.dynamics.solving.engine import Engine

_COUNT = CONTEXT.index("times_count")


class Restarts:
    """An engine's solutions for one patient, from one start after the other.

    What lies between two events is often a few steps, which `Engine.solve` takes many times as
    long to set up and hand over as to make. Nothing is checked here: times rise from the start.

    Parameters
    ----------
    engine
        The engine.
    parameters
        Of the patient; `parameters` may be written to between two solutions.
    most
        Times that results can be asked for at once.
    **settings
        `Settings`.

    Attributes
    ----------
    parameters
        In the order of the system's, shape ``(parameter,)``.
    final
        The states at the end of the last solution, shape ``(state,)``.
    switches
        The switches then, shape ``(switch,)``.
    """

    def __init__(
        self, engine: Engine, parameters: Mapping[str, float], most: int, **settings: Any
    ) -> None:
        asked = engine.request(parameters, np.zeros(most), [], 0.0, None, Settings(**settings))
        run = Run(engine, replace(asked, kept=np.arange(engine.slots.size)))
        scratch = Scratch(run.interface.layout)
        self._values = {
            **run.shared,
            "starts": np.zeros(1),
            "ends": np.zeros(1),
            "scratch": scratch.numbers,
            "next": np.zeros(1, np.int64),
            "stop": 1,
            "record": np.empty(0),
            "record_used": np.zeros(1, np.int64),
            "record_capacity": 0,
        }
        self._context = Context(self._values)
        self._address = run.compiled.addresses["theratwin_integrate"]
        self._kept = run.shared["out_states"].reshape(-1)
        self._width = len(run.kept)
        self.parameters = run.inputs.parameters[0]
        count = len(engine.slots.parameters)
        environment = scratch.lane("environment")
        self.switches = environment[count : count + len(engine.slots.switches)]
        self.final = scratch.lane("state")

    @property
    def reached(self) -> float:
        """The time at which the last solution ended."""
        return float(self._values["reached"][0])

    def solve(self, start: float, end: float, times: np.ndarray) -> tuple[Status, np.ndarray]:
        """Return how it ended, and the states at the times, shape ``(time, state)``."""
        values, count = self._values, len(times)
        values["starts"][0], values["ends"][0], values["next"][0] = start, end, 0
        values["times"][:count] = times
        self._context.words[_COUNT] = count
        self._context.call(self._address)
        kept = self._kept[: count * self._width].reshape(count, self._width)
        return Status(int(values["status"][0])), kept.copy()
