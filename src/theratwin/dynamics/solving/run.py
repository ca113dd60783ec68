"""One run of the compiled code: arrays in, threads over chunks of patients, arrays out."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from theratwin.dynamics.llvm.layout import DONE, HEADER, POWERS
from theratwin.dynamics.llvm.memory import Context, Scratch
from theratwin.dynamics.solving.request import Request
from theratwin.dynamics.solving.solution import Records, Solution
from theratwin.dynamics.solving.status import Status

if TYPE_CHECKING:
    from theratwin.dynamics.llvm.compile import Compiled
    from theratwin.dynamics.llvm.ready import Interface
    from theratwin.dynamics.solving.engine import Engine

#: Patients that a thread takes at once, at least and at most.
LEAST_CHUNK, MOST_CHUNK = 32, 1024
#: Steps for which room is made when curves are kept.
ROOM = 4096


@dataclass(eq=False)
class Run:
    """One call of `Engine.solve`: the arrays that the compiled code fills."""

    engine: Engine
    request: Request
    shared: dict[str, Any] = field(default_factory=dict)
    records: list[tuple[int, np.ndarray]] = field(default_factory=list)

    def __post_init__(self) -> None:
        request, slots = self.request, self.engine.slots
        self.inputs, self.settings = request.inputs, request.settings
        self.kept, self.curves, self.directions = request.kept, request.curves, request.directions
        self.interface, self.compiled = self._code()
        times, targets, amounts, slopes = request.events()
        self.events = times, targets, amounts
        self.shared = {
            "event_begin": np.arange(self.inputs.patients + 1) * times.shape[1],
            "event_target": targets,
            "event_slopes": slopes,
            "event_time": times,
            "event_amount": amounts,
            "tolerance": self.settings.atol * np.array(slots.scales),
            **self._inputs(),
            **self._outputs(),
        }

    def _code(self) -> tuple[Interface, Compiled]:
        return self.engine.code(self.directions)

    def _inputs(self) -> dict[str, Any]:
        given, settings = self.inputs, self.settings
        count = given.times.shape[-1]
        return {
            "parameters": given.parameters,
            "switches": given.switches,
            "times": given.times,
            "times_stride": count if given.times.ndim == 2 else 0,
            "times_count": count,
            "starts": np.full(given.patients, given.start),
            "ends": given.ends,
            "options": np.array([settings.rtol, settings.largest_step, settings.first_step]),
            "most_steps": settings.most_steps,
            "chosen": self.kept,
            "chosen_count": len(self.kept),
            "recorded": self.curves,
            "recorded_count": len(self.curves),
            "spread": self._spreads(),
        }

    def _spreads(self) -> bool:
        """Whether the lanes share out the directions of one patient, not patients.

        For the time of a run, a lane with a patient of its own is better as long as there are
        patients for all; curves are recorded from every lane.
        """
        lanes, patients = self.engine.lanes, self.inputs.patients
        directions = len(self.directions)
        rounds = -(-directions // lanes)
        waiting = -(-patients // lanes) * (1 + directions)
        return not len(self.curves) and directions > 1 and patients * (1 + rounds) < waiting

    def _outputs(self) -> dict[str, np.ndarray]:
        n, count = self.inputs.patients, self.inputs.times.shape[-1]
        kept, slopes = len(self.kept), len(self.directions)
        observed = len(self.engine.slots.observables)

        # Of the times not reached, the compiled code writes NaN to the first two itself.
        return {
            "out_states": np.empty((n, count, kept)),
            "out_observables": np.empty((n, count, observed)),
            "out_state_slopes": np.full((n, count, slopes, kept), np.nan),
            "out_observable_slopes": np.full((n, count, slopes, observed), np.nan),
            "status": np.full(n, int(Status.NOT_RUN)),
            "counts": np.zeros((n, 2), np.int64),
            "reached": np.full(n, self.inputs.start),
        }

    def solution(self, fallback: bool) -> Solution:
        """Run all chunks, then what failed, and return the results."""
        self._each_chunk(self._solve_chunk, MOST_CHUNK)
        found = self._gathered()
        return self._mended(found) if fallback else found

    def _each_chunk(self, work: Callable[[tuple[int, int]], None], most: int) -> None:
        """Do some work for all chunks of patients, in threads."""
        n = self.inputs.patients
        threads = min(self.settings.threads or _processors(), -(-n // self.engine.lanes)) or 1
        # At the end of a chunk lanes run empty; several chunks a thread share out the work.
        share = n if threads == 1 else -(-n // (4 * threads))
        size = self.settings.chunk or min(most, max(LEAST_CHUNK, share))
        chunks = [(first, min(n, first + size)) for first in range(0, n, size)]
        if threads == 1 or len(chunks) == 1:
            for chunk in chunks:
                work(chunk)
        else:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(work, chunks))

    def _solve_chunk(self, chunk: tuple[int, int]) -> None:
        width = HEADER + POWERS * len(self.curves)
        record = np.empty((ROOM if len(self.curves) else 0, width))
        used, position = np.zeros(1, np.int64), np.array([chunk[0]])
        scratch = Scratch(self.interface.layout)
        context = Context(
            {
                **self.shared,
                "scratch": scratch.numbers,
                "next": position,
                "stop": chunk[1],
                "record": record,
                "record_used": used,
                "record_capacity": len(record),
            }
        )
        address = self.compiled.addresses["theratwin_integrate"]
        while True:
            ended = context.call(address)
            if used[0]:
                self.records.append((chunk[0], record[: used[0]].copy()))
                used[0] = 0
            if ended == DONE:
                return

    def _gathered(self) -> Solution:
        observed, data = self.engine.slots.observables, self.shared
        known = self.engine.slots.public_names
        names = [known[i] for i in self.kept]
        values = dict(zip(names, data["out_states"].transpose(2, 0, 1), strict=True))
        sums = self.engine.system.quadratures
        slopes = {
            direction: {
                **{n: data["out_state_slopes"][..., k, i] for i, n in enumerate(names)},
                **{n: data["out_observable_slopes"][..., k, i] for i, n in enumerate(observed)},
            }
            for k, direction in enumerate(self.directions)
        }
        return Solution(
            times=self.inputs.times,
            quadratures={name: values.pop(name) for name in sums if name in values},
            states=values,
            observables=dict(
                zip(observed, data["out_observables"].transpose(2, 0, 1), strict=True)
            ),
            slopes=slopes,
            status=data["status"],
            steps=data["counts"][:, 0],
            rejections=data["counts"][:, 1],
            reached=data["reached"],
            records=self._sorted_records(),
        )

    def _sorted_records(self) -> Records | None:
        if not len(self.curves):
            return None
        width = HEADER + POWERS * len(self.curves)
        rows = [rows for _, rows in sorted(self.records, key=lambda part: part[0])]
        steps = np.concatenate([np.empty((0, width)), *rows])
        steps = steps[np.argsort(steps[:, 0], kind="stable")]
        known = self.engine.slots.public_names
        return Records(tuple(known[i] for i in self.curves), steps)

    def _mended(self, found: Solution) -> Solution:
        """Return the solution with failed patients solved by the fallback, or why they were not."""
        retried = np.isin(found.status, [Status.TOO_MANY_STEPS, Status.STEP_TOO_SMALL])
        if not np.any(retried):
            return found
        from theratwin.dynamics.solving.fallback import FallbackError, solve_one

        status, notes = found.status.copy(), {}
        for patient in np.flatnonzero(retried).tolist():
            try:
                pieces = solve_one(self, patient)
            except FallbackError as reason:
                notes[patient] = str(reason)
                continue
            status[patient] = Status.FALLBACK
            self._replace_records(patient, pieces)
        return replace(found, status=status, notes=notes, records=self._sorted_records())

    def _replace_records(self, patient: int, pieces: np.ndarray) -> None:
        """Put the fallback's steps of a patient in the place of those made before it failed."""
        if len(self.curves):
            others = [(first, rows[rows[:, 0] != patient]) for first, rows in self.records]
            self.records = [*others, (patient, pieces)]


def _processors() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
