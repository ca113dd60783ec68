"""The engine: a system compiled once and solved for any number of patients."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from theratwin.core.errors import InputError
from theratwin.dynamics.compile import Compiled, compiled, target
from theratwin.dynamics.dosing import Dose, Number, Plan, plan, shapes
from theratwin.dynamics.emit_integrate import DONE
from theratwin.dynamics.emit_llvm import LANES, Module, module
from theratwin.dynamics.emit_output import HEADER, POWERS
from theratwin.dynamics.emit_sensitivity import Slopes
from theratwin.dynamics.inputs import Inputs
from theratwin.dynamics.memory import Context, Scratch
from theratwin.dynamics.operations import QUADRATURE, Operations, operations
from theratwin.dynamics.slope_programs import check_directions
from theratwin.dynamics.solution import Records, Solution
from theratwin.dynamics.status import Status
from theratwin.dynamics.system import System

#: Patients that a thread takes at once, at least and at most.
LEAST_CHUNK, MOST_CHUNK = 32, 1024
#: Steps for which room is made when curves are kept.
ROOM = 4096


@dataclass(frozen=True)
class Settings:
    """How exactly, and how far, to solve.

    Parameters
    ----------
    rtol, atol
        Relative tolerance, and absolute tolerance times each state's `tolerance_scale`.
    most_steps
        Steps after which a patient is given up.
    largest_step, first_step
        Bounds on the length of a step, and of the first one of a segment (h).
    threads
        Number of threads; all processors if None.
    chunk
        Patients that a thread takes at once.
    """

    rtol: float = 1e-6
    atol: float = 1e-9
    most_steps: int = 100_000
    largest_step: float = float("inf")
    first_step: float = 1e-8
    threads: int | None = None
    chunk: int | None = None

    def __post_init__(self) -> None:
        for name in ("rtol", "atol", "largest_step", "first_step", "most_steps"):
            if not getattr(self, name) > 0:
                raise InputError("must be positive", field=name, value=getattr(self, name))
        for name in ("threads", "chunk"):
            if getattr(self, name) is not None and getattr(self, name) < 1:
                raise InputError("must be one or more", field=name, value=getattr(self, name))


class Engine:
    """A system, compiled.

    Parameters
    ----------
    system
        The equations.
    lanes
        Patients solved side by side in one instruction; the results do not depend on it.
    level
        Of code generation: 1, or 0 for code that is made in less time and runs slower.

    Examples
    --------
    >>> from theratwin.dynamics.expression import Binding, symbol
    >>> from theratwin.dynamics.system import State
    >>> x, k, x0 = symbol("x", Binding.STATE), symbol("k"), symbol("x0")
    >>> engine = Engine(System((State("x", x0, -k * x),), {"k": 1.0, "x0": 1.0}))
    >>> solution = engine.solve({"k": [0.5, 1.0]}, times=[0.0, 2.0])
    >>> solution["x"].round(5)
    array([[1.     , 0.36788],
           [1.     , 0.13534]])
    """

    def __init__(self, system: System, lanes: int = LANES, level: int = 1) -> None:
        self.system = system
        self.operations: Operations = operations(system)
        self.lanes = lanes
        self.level = level
        self._made: dict[tuple[str, ...], tuple[Module, Compiled]] = {}

    def code(self, directions: tuple[str, ...] = ()) -> tuple[Module, Compiled]:
        """Return the compiled module for some directions of sensitivity."""
        if directions not in self._made:
            slopes = Slopes.of(self.system, self.operations, directions)
            made = module(self.operations, self.lanes, target().is_x86, slopes)
            self._made[directions] = made, compiled(made.text, made.exports, self.level)
        return self._made[directions]

    def solve(
        self,
        parameters: Mapping[str, Number | Sequence[float]] | None = None,
        times: Any = (),
        *,
        doses: Iterable[Dose] = (),
        start: float = 0.0,
        end: Any = None,
        keep: Iterable[str] | None = None,
        curves: Iterable[str] = (),
        sensitivities: Iterable[str] = (),
        fallback: bool = True,
        **settings: Any,
    ) -> Solution:
        """Solve for all patients.

        Parameters
        ----------
        parameters
            Parameters (and starting values of switches) that differ from the system's defaults:
            one number, or one for each patient.
        times
            When to keep results (h), shape ``(time,)`` or ``(patient, time)``, not decreasing.
        doses
            Boluses, infusions and jumps.
        start, end
            When to start and to end (h); without an end, at the last of the times. The end may
            differ by patient.
        keep
            The states and quadratures to keep at the times, all if None; observables are always
            kept.
        curves
            States and quadratures to keep as polynomial pieces.
        sensitivities
            Parameters, states (their initial values) and named doses to differentiate by.
        fallback
            Whether to solve a failed patient anew with a slower method.
        **settings
            `Settings`.

        Raises
        ------
        InputError
            If a name is unknown or a shape does not fit. A patient who cannot be solved is no
            error: see `Solution.status`.
        """
        doses = list(doses)
        given = Inputs.of(
            self.system, self.operations, parameters or {}, times, start, end, shapes(doses)
        )
        chosen = Settings(**settings)
        initial = {s: given.switches[:, i] for i, s in enumerate(self.operations.switches)}
        states = self._public_names()
        events = plan(doses, states, self.operations.switches, given.patients, start, initial)
        run = _Run(
            engine=self,
            inputs=given,
            plan=events,
            settings=chosen,
            kept=self._indices(keep, "keep"),
            curves=self._indices(curves, "curves"),
            directions=tuple(sensitivities),
        )
        return run.solution(fallback)

    def _indices(self, names: Iterable[str] | None, field: str) -> np.ndarray:
        known = self._public_names()
        if names is None:
            return np.arange(len(known))
        for name in (wanted := list(names)):
            if name not in known:
                raise InputError("no such state", field=field, value=name, allowed=known)
        return np.array([known.index(name) for name in wanted], dtype=np.int64)

    def _public_names(self) -> list[str]:
        return [name.removeprefix(QUADRATURE) for name in self.operations.names]


@dataclass(eq=False)
class _Run:
    """One call of `Engine.solve`: the arrays that the compiled code fills."""

    engine: Engine
    inputs: Inputs
    plan: Plan
    settings: Settings
    kept: np.ndarray
    curves: np.ndarray
    directions: tuple[str, ...]
    shared: dict[str, Any] = field(default_factory=dict)
    records: list[tuple[int, np.ndarray]] = field(default_factory=list)

    def __post_init__(self) -> None:
        check_directions(self.directions, self.engine.operations, self.plan.names)
        self.module, self.compiled = self.engine.code(self.directions)
        found, ops = self.inputs, self.engine.operations
        n, count = found.patients, found.times.shape[-1]
        kept, observed, slopes = len(self.kept), len(ops.observables), len(self.directions)
        events = self.plan.times.shape[1]
        settings = self.settings

        def unknown(*shape: int) -> np.ndarray:
            return np.full(shape, np.nan)

        self.shared = {
            "parameters": found.parameters,
            "switches": found.switches,
            "event_begin": np.arange(n + 1) * events,
            "event_target": self.plan.targets,
            "event_slopes": self._event_slopes(),
            "event_time": self.plan.times,
            "event_amount": self.plan.amounts,
            "times": found.times,
            "times_stride": count if found.times.ndim == 2 else 0,
            "times_count": count,
            "starts": np.full(n, found.start),
            "ends": found.ends,
            "tolerance": settings.atol * np.array(ops.scales),
            "options": np.array([settings.rtol, settings.largest_step, settings.first_step]),
            "most_steps": settings.most_steps,
            "chosen": self.kept,
            "chosen_count": kept,
            "out_states": unknown(n, count, kept),
            "out_observables": unknown(n, count, observed),
            "out_state_slopes": unknown(n, count, slopes, kept),
            "out_observable_slopes": unknown(n, count, slopes, observed),
            "status": np.full(n, int(Status.NOT_RUN)),
            "counts": np.zeros((n, 2), np.int64),
            "reached": np.full(n, found.start),
            "recorded": self.curves,
            "recorded_count": len(self.curves),
        }

    def _event_slopes(self) -> np.ndarray:
        """Return the derivative of each event's amount by each direction."""
        shape = (*self.plan.times.shape, len(self.directions))
        slopes = np.zeros(shape)
        for k, direction in enumerate(self.directions):
            if direction in self.plan.names:
                slopes[..., k] = self.plan.slopes[..., self.plan.names.index(direction)]
        return slopes

    def solution(self, fallback: bool) -> Solution:
        """Run all chunks, then what failed, and return the results."""
        n = self.inputs.patients
        threads = min(self.settings.threads or _processors(), -(-n // self.engine.lanes)) or 1
        size = self.settings.chunk or min(MOST_CHUNK, max(LEAST_CHUNK, -(-n // (4 * threads))))
        chunks = [(first, min(n, first + size)) for first in range(0, n, size)]
        if threads == 1 or len(chunks) == 1:
            for chunk in chunks:
                self._solve_chunk(chunk)
        else:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(self._solve_chunk, chunks))
        found = self._gathered()
        return self._mended(found) if fallback and not self.directions else found

    def _solve_chunk(self, chunk: tuple[int, int]) -> None:
        width = HEADER + POWERS * len(self.curves)
        record = np.empty((ROOM if len(self.curves) else 0, width))
        used, position = np.zeros(1, np.int64), np.array([chunk[0]])
        scratch = Scratch(self.module.layout)
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
        ops, data = self.engine.operations, self.shared
        names = [self.engine._public_names()[i] for i in self.kept]
        values = {name: data["out_states"][..., i] for i, name in enumerate(names)}
        sums = set(self.engine.system.quadratures)
        slopes = {
            direction: {
                **{n: data["out_state_slopes"][..., k, i] for i, n in enumerate(names)},
                **{
                    n: data["out_observable_slopes"][..., k, i]
                    for i, n in enumerate(ops.observables)
                },
            }
            for k, direction in enumerate(self.directions)
        }
        return Solution(
            times=self.inputs.times,
            states={name: value for name, value in values.items() if name not in sums},
            quadratures={name: value for name, value in values.items() if name in sums},
            observables={n: data["out_observables"][..., i] for i, n in enumerate(ops.observables)},
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
        known = self.engine._public_names()
        return Records(tuple(known[i] for i in self.curves), steps)

    def _mended(self, found: Solution) -> Solution:
        """Return the solution with failed patients solved by the fallback where it can."""
        retried = np.isin(found.status, [Status.TOO_MANY_STEPS, Status.STEP_TOO_SMALL])
        if not np.any(retried):
            return found
        from theratwin.dynamics.fallback import solve_one

        status = found.status.copy()
        for patient in np.flatnonzero(retried):
            if solve_one(self, int(patient)):
                status[patient] = Status.FALLBACK
        return replace(found, status=status)


def _processors() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
