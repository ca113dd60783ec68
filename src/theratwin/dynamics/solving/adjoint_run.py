"""Two runs of compiled code for a gradient: along the patients' tapes, and back."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from theratwin.core.errors import UnsupportedError
from theratwin.dynamics.llvm.compile import Compiled
from theratwin.dynamics.llvm.layout import ADJOINT_CONTEXT, DONE, PULL_BACK, TAPE_HEADER
from theratwin.dynamics.llvm.memory import Context, Scratch
from theratwin.dynamics.llvm.ready import Interface
from theratwin.dynamics.solving.run import Run
from theratwin.dynamics.solving.solution import Solution
from theratwin.dynamics.solving.status import Status

#: Patients whose tape a thread keeps at once.
TAPED = 64
#: Rows for which a tape first has room, by patient.
ROWS = 256
#: Bytes that one chunk's tape may take, and that all those may take which wait to be followed back.
MOST_TAPE, MOST_WAITING = 2**30, 2**29

Chunk = tuple[int, int]


@dataclass(eq=False)
class TapedRun(Run):
    """A run that keeps tapes, and follows them back."""

    waiting: dict[Chunk, np.ndarray] = field(default_factory=dict)
    _lock: Any = field(default_factory=threading.Lock)
    _own: Any = field(default_factory=threading.local)

    def _code(self) -> tuple[Interface, Compiled]:
        return self.engine.adjoint_code()

    @property
    def out_shape(self) -> tuple[int, int]:
        """Numbers of patients and times."""
        return self.inputs.patients, self.inputs.times.shape[-1]

    def solved(self) -> Solution:
        """Solve, and keep the tapes as far as there is room for them."""
        self._each_chunk(self._solve_and_keep, TAPED)
        return self.found

    @cached_property
    def found(self) -> Solution:
        """The solution, once all has been solved."""
        return self._gathered()

    def _scratch(self) -> Scratch:
        """Return this thread's working memory: whatever ran in it has left its lanes idle."""
        if not hasattr(self._own, "scratch"):
            self._own.scratch = Scratch(self.interface.layout)
        return self._own.scratch

    def pulled_back(self, cotangents: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return cotangents of "parameters", "initial" states and "events", by patient.

        Parameters
        ----------
        cotangents
            Of outputs, each of shape ``(patient, time)``. Chunks whose tape was not kept are
            solved anew.
        """
        ops, n = self.engine.slots, self.inputs.patients
        known = self.engine.slots.public_names
        chosen = [name for name in cotangents if name not in ops.observables]
        shape = self.out_shape
        zero = np.zeros(shape)
        observed = [cotangents.get(name, zero) for name in ops.observables]
        states = [cotangents[name] for name in chosen]
        self.back = {
            **self.shared,
            "chosen": np.array([known.index(name) for name in chosen], np.int64),
            "chosen_count": len(chosen),
            "state_cotangents": np.stack(states, axis=-1) if states else np.empty((*shape, 0)),
            "observable_cotangents": np.stack(observed, -1) if observed else np.empty((*shape, 0)),
            "out_parameters": np.full((n, len(ops.parameters) + len(ops.switches)), np.nan),
            "out_initial": np.full((n, ops.size), np.nan),
            "out_events": np.zeros(self.events[0].shape),
        }
        self._each_chunk(self._follow_back, TAPED)
        failed = self.shared["status"] != int(Status.DONE)
        self.back["out_events"][failed] = np.nan
        return {name: self.back[f"out_{name}"] for name in ("parameters", "initial", "events")}

    def _solve_and_keep(self, chunk: Chunk) -> None:
        tape = self._taped(chunk)
        with self._lock:
            size = sum(kept.nbytes for kept in self.waiting.values())
            if size + tape.nbytes <= MOST_WAITING:
                self.waiting[chunk] = tape

    def _follow_back(self, chunk: Chunk) -> None:
        with self._lock:
            tape = self.waiting.pop(chunk, None)
        tape = self._taped(chunk) if tape is None else tape
        first, stop = chunk
        last = np.empty(stop - first, np.int64)
        # Of several rows of one patient the last one stays.
        last[tape[:, 0].astype(np.int64) - first] = np.arange(len(tape))
        good = self.shared["status"][first:stop] == int(Status.DONE)
        todo = first + np.flatnonzero(good)
        scratch = self._scratch()
        told = {
            **self._unrecorded(scratch),
            **self.back,
            "next": np.zeros(1, np.int64),
            "stop": len(todo),
            "todo": todo,
            "spread": len(todo) == 1,
            "tape": tape,
            "tape_base": first,
            "tape_last": last,
        }
        Context(told, ADJOINT_CONTEXT).call(self.compiled.addresses[PULL_BACK])

    def _unrecorded(self, scratch: Scratch) -> dict[str, Any]:
        return {
            "scratch": scratch.numbers,
            "record": 0,
            "record_used": 0,
            "record_capacity": 0,
        }

    def _taped(self, chunk: Chunk) -> np.ndarray:
        """Solve a chunk and return its tape."""
        first, stop = chunk
        ops = self.engine.slots
        width = TAPE_HEADER + len(ops.switches) + ops.size
        tape = np.empty((ROWS * (stop - first), width))
        used, position = np.zeros(1, np.int64), np.array([first])
        scratch = self._scratch()
        shared = {**self.shared, "scratch": scratch.numbers, "next": position, "stop": stop}
        shared |= {"recorded_count": 1, "spread": 0, "record_used": used}
        address = self.compiled.addresses["theratwin_integrate"]
        while True:
            more = {"record": tape, "record_capacity": len(tape)}
            if Context({**shared, **more}).call(address) == DONE:
                return tape[: used[0]]
            tape = self._grown(tape, used[0])

    def _grown(self, tape: np.ndarray, used: int) -> np.ndarray:
        if 2 * tape.nbytes > MOST_TAPE:
            raise UnsupportedError(
                "the steps to follow back do not fit into the memory set aside",
                field="chunk",
                value=f"{tape.nbytes / 2**20:.0f} MiB",
                remedy="Give a smaller chunk or a looser rtol, or ask for sensitivities.",
            )
        larger = np.empty((2 * len(tape), tape.shape[1]))
        larger[:used] = tape[:used]
        return larger
