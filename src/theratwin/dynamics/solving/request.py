"""What is asked of the engine in one call."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from theratwin.core.errors import InputError
from theratwin.dynamics.solving.dosing import Plan
from theratwin.dynamics.solving.inputs import Inputs

if TYPE_CHECKING:
    from jaxtyping import Float, Int

#: Time (h) after which a system is taken to have come to rest: a thousand years.
FOREVER = 1e7


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


@dataclass(frozen=True, eq=False)
class Request:
    """Everything that a run needs to know.

    Parameters
    ----------
    inputs, plan, settings
        Parameters and times, doses, tolerances.
    kept, curves
        Places of the states to keep at the times, and as curves.
    directions
        What to differentiate by.
    first_amounts
        Added to the states at the start, before any dose; none if None.
    first_slopes
        Derivatives of these by direction.
    """

    inputs: Inputs
    plan: Plan
    settings: Settings
    kept: Int[np.ndarray, " kept"]
    curves: Int[np.ndarray, " curve"]
    directions: tuple[str, ...] = ()
    first_amounts: Float[np.ndarray, "patient state"] | None = None
    first_slopes: Float[np.ndarray, "patient state direction"] | None = None

    def lengthened(self) -> Request:
        """Return the request with two more times, long after everything else."""
        times, last = self.inputs.times, np.max(self.inputs.ends)
        late = np.broadcast_to([last + FOREVER / 2.0, last + FOREVER], (*times.shape[:-1], 2))
        ends = np.full(self.inputs.patients, last + FOREVER)
        times = np.ascontiguousarray(np.concatenate([times, late], axis=-1))
        return replace(self, inputs=replace(self.inputs, times=times, ends=ends))

    def events(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return times, targets, amounts and slopes of all events, sorted by time."""
        plan, patients = self.plan, self.inputs.patients
        slopes = np.zeros((*plan.times.shape, len(self.directions)))
        for k, direction in enumerate(self.directions):
            if direction in plan.directions:
                slopes[..., k] = plan.slopes[..., plan.directions.index(direction)]
        if self.first_amounts is None or self.first_slopes is None:
            return plan.times, plan.targets, plan.amounts, slopes
        states = self.first_amounts.shape[1]
        # Before all time: where a patient starts is no dose that state events could see.
        first = np.full((patients, states), -np.inf)
        order = np.broadcast_to(np.arange(states), (patients, states))
        pairs = (
            (first, plan.times),
            (order, plan.targets),
            (self.first_amounts, plan.amounts),
            (self.first_slopes, slopes),
        )
        times, targets, amounts, slopes = (
            np.ascontiguousarray(np.concatenate(pair, axis=1)) for pair in pairs
        )
        return times, targets, amounts, slopes
