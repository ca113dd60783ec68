"""One patient solved the slow way: an implicit Runge-Kutta method with pivoting."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from theratwin.dynamics.llvm.layout import HEADER, POWERS
from theratwin.dynamics.llvm.memory import Scratch

#: Evaluations of the derivatives after which the fallback gives up.
MOST_EVALUATIONS = 200_000


#: Why it is not tried.
NO_SLOPES = "the fallback has no sensitivities; ask without them for the values"
NO_EVENTS = "the fallback does not know state events"


class FallbackError(Exception):
    """The fallback could not solve a patient; the message says why."""


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
            raise FallbackError(
                f"the fallback failed too: {MOST_EVALUATIONS} evaluations were not enough"
            )
        self.state[:], self.time[0] = state, time
        self.call("slope")
        return self.scratch.lane("slope").copy()


def solve_one(run: Any, patient: int) -> np.ndarray:
    """Solve one patient of a run by SciPy's Radau; write the results, return rows of pieces.

    Raises
    ------
    FallbackError
        If it cannot; nothing is written then.
    """
    if run.directions:
        raise FallbackError(NO_SLOPES)
    if run.engine.system.events:
        raise FallbackError(NO_EVENTS)
    solver = _Solver(run, patient)
    try:
        solver.solve()
    except (FloatingPointError, np.linalg.LinAlgError, ValueError) as error:
        raise FallbackError(f"the fallback failed too: {error}") from error
    return solver.write()


class _Solver:
    """The way of one patient from dose to dose."""

    def __init__(self, run: Any, patient: int) -> None:
        self.run, self.patient, self.probe = run, patient, _Probe(run)
        inputs, slots = run.inputs, run.engine.slots
        n = len(slots.parameters)
        self.size, self.first_switch = slots.size, n
        self.probe.environment[:n] = inputs.parameters[patient]
        self.probe.environment[n : n + len(slots.switches)] = inputs.switches[patient]
        self.probe.time[0] = inputs.start
        self.probe.call("prepare")
        self.state = self.probe.scratch.lane("reached_state").copy()
        self.times = inputs.times if inputs.times.ndim == 1 else inputs.times[patient]
        self.doses = list(zip(*(column[patient] for column in run.events), strict=True))
        self.kept: list[np.ndarray] = []
        self.observed: list[np.ndarray] = []
        self.pieces: list[np.ndarray] = []

    def solve(self) -> None:
        """Solve from dose to dose."""
        now, end = float(self.run.inputs.start), float(self.run.inputs.ends[self.patient])
        while True:
            limit = min(self._apply_due(now), end)
            ended, rest = now >= end, self.times[len(self.kept) :]
            # At the limit itself the state after the next doses counts.
            inside = rest if ended else rest[rest < limit]
            for time, state in zip(inside, self._states(now, limit, inside), strict=True):
                self._keep(float(time), state)
            if ended:
                return
            now = limit

    def _apply_due(self, now: float) -> float:
        """Give the doses due by now; return the time of the next one."""
        while self.doses and self.doses[0][0] <= now:
            _, target, amount = self.doses.pop(0)
            if target < self.size:
                self.state[target] += amount
            else:
                self.probe.environment[self.first_switch + target - self.size] = amount
        self.probe.call("segment")
        return float(self.doses[0][0]) if self.doses else np.inf

    def _states(self, now: float, limit: float, times: np.ndarray) -> np.ndarray:
        """Return the states at the times, and go on to the limit."""
        if limit <= now:
            return np.broadcast_to(self.state, (len(times), self.size))
        from scipy.integrate import solve_ivp

        settings = self.run.settings
        with np.errstate(all="ignore"):
            found = solve_ivp(
                self.probe.slope,
                (now, limit),
                self.state,
                method="Radau",
                t_eval=np.append(times, limit),
                dense_output=bool(len(self.run.curves)),
                max_step=settings.largest_step,
                rtol=max(settings.rtol, 1e-12),
                atol=self.run.shared["tolerance"],
            )
        if not found.success or not np.all(np.isfinite(found.y)):
            reason = "a state is no finite number" if found.success else found.message
            raise FallbackError(f"the fallback failed too: {reason}")
        if found.sol is not None:
            self.pieces += [self._piece(step) for step in found.sol.interpolants]
        self.state = found.y[:, -1].copy()
        return found.y.T[:-1]

    def _piece(self, step: Any) -> np.ndarray:
        """Return a step, a cubic, as a row of the records."""
        length = step.t - step.t_old
        fractions = np.arange(4) / 3.0
        values = step(step.t_old + length * fractions)[self.run.curves]
        row = np.zeros((len(self.run.curves), POWERS))
        row[:, :4] = np.linalg.solve(np.vander(fractions, increasing=True), values.T).T
        return np.concatenate([[self.patient, step.t_old, length], row.ravel()])

    def _keep(self, time: float, state: np.ndarray) -> None:
        self.kept.append(state[self.run.kept])
        row = np.empty(self.run.shared["out_observables"].shape[-1])
        if row.size:
            layout = self.run.interface.layout
            first = layout.rows["output"] * layout.lanes
            self.probe.scratch.numbers[first : first + self.size] = state
            self.probe.scratch.lane("output_time")[0] = time
            self.probe.call("observe", row.ctypes.data)
        self.observed.append(row)

    def write(self) -> np.ndarray:
        """Write the results; return the rows of the pieces."""
        shared, patient = self.run.shared, self.patient
        if len(self.times):
            shared["out_states"][patient] = self.kept
            shared["out_observables"][patient] = self.observed
        shared["reached"][patient] = self.run.inputs.ends[patient]
        width = HEADER + POWERS * len(self.run.curves)
        return np.array(self.pieces).reshape(-1, width)
