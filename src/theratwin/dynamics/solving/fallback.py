"""One patient solved the slow way: an implicit Runge-Kutta method with pivoting."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from theratwin.dynamics.llvm.memory import Scratch

#: Evaluations of the derivatives after which the fallback gives up.
MOST_EVALUATIONS = 200_000


class _BudgetError(Exception):
    """The budget of evaluations is used up."""


class _Probe:
    """The compiled programs, called for one patient."""

    def __init__(self, run: Any) -> None:
        self.scratch = Scratch(run.interface.layout)
        self.state, self.time = self.scratch.lane("state"), self.scratch.lane("time")
        self.environment = self.scratch.lane("environment")
        self.addresses = run.compiled.addresses
        self.evaluations = 0

    def call(self, name: str, *more: int) -> None:
        kind = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * (1 + len(more)))
        kind(self.addresses[f"theratwin_{name}"])(self.scratch.numbers.ctypes.data, *more)

    def slope(self, time: float, state: np.ndarray) -> np.ndarray:
        self.evaluations += 1
        if self.evaluations > MOST_EVALUATIONS:
            raise _BudgetError
        self.state[:], self.time[0] = state, time
        self.call("slope")
        return self.scratch.lane("slope").copy()


def solve_one(run: Any, patient: int) -> bool:
    """Solve one patient of a run by SciPy's Radau, and write its results; whether it succeeded.

    Its steps are not recorded, so that a run that keeps curves is not mended.
    """
    if len(run.curves):
        return False
    probe = _Probe(run)
    inputs, slots = run.inputs, run.engine.slots
    n = len(slots.parameters)
    probe.environment[:n] = inputs.parameters[patient]
    probe.environment[n : n + len(slots.switches)] = inputs.switches[patient]
    probe.time[0] = inputs.start
    probe.call("prepare")
    try:
        return _segments(run, patient, probe, probe.scratch.lane("reached_state").copy())
    except (_BudgetError, FloatingPointError, np.linalg.LinAlgError, ValueError):
        return False


def _segments(run: Any, patient: int, probe: _Probe, state: np.ndarray) -> bool:
    """Solve from event to event."""
    end = float(run.inputs.ends[patient])
    now, done = run.inputs.start, 0
    times = run.inputs.times if run.inputs.times.ndim == 1 else run.inputs.times[patient]
    while True:
        limit = min(_apply_due(run, patient, probe, state, now), end)
        ended, rest = now >= end, times[done:]
        # At the limit itself the state after the next events counts.
        inside = rest if ended else rest[rest < limit]
        states, following = _solve(run, probe, state, now, limit, inside)
        if states is None:
            return False
        for time, row in zip(inside, states, strict=True):
            _write(run, patient, done, probe, time, row)
            done += 1
        run.shared["reached"][patient] = now
        if ended:
            return True
        state, now = following, limit


def _apply_due(run: Any, patient: int, probe: _Probe, state: np.ndarray, now: float) -> float:
    """Do the events at this time, in place; return the time of the next one."""
    size = run.engine.slots.size
    offset = len(run.engine.slots.parameters) - size
    following = np.inf
    events = zip(*(column[patient] for column in run.events), strict=True)
    for time, target, amount in events:
        if time > now:
            following = min(following, time)
        elif time == now and target < size:
            state[target] += amount
        elif time == now:
            probe.environment[offset + target] = amount
    probe.call("segment")
    return float(following)


def _solve(
    run: Any, probe: _Probe, state: np.ndarray, now: float, limit: float, times: np.ndarray
) -> tuple[np.ndarray | None, np.ndarray]:
    """Return the states at the times and at the limit; None where it fails."""
    if limit <= now:
        return np.broadcast_to(state, (len(times), len(state))), state
    from scipy.integrate import solve_ivp

    settings = run.settings
    with np.errstate(all="ignore"):
        found = solve_ivp(
            probe.slope,
            (now, limit),
            state,
            method="Radau",
            t_eval=np.append(times, limit),
            rtol=max(settings.rtol, 1e-12),
            atol=run.shared["tolerance"],
        )
    if not found.success or not np.all(np.isfinite(found.y)):
        return None, state
    return found.y.T[:-1], found.y[:, -1].copy()


def _write(
    run: Any, patient: int, place: int, probe: _Probe, time: float, state: np.ndarray
) -> None:
    run.shared["out_states"][patient, place] = state[run.kept]
    observed = run.shared["out_observables"]
    if observed.shape[-1]:
        size = run.engine.slots.size
        first = run.interface.layout.rows["output"] * run.interface.layout.lanes
        probe.scratch.numbers[first : first + size] = state
        probe.scratch.lane("output_time")[0] = time
        row = np.empty(observed.shape[-1])
        probe.call("observe", row.ctypes.data)
        observed[patient, place] = row
