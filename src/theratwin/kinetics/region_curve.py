"""The curve of one region over the cycles: its parameters, priors, predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Float

from theratwin.case import Administration, Measurement, Schedule
from theratwin.core import Exponentials, LogNormal
from theratwin.kinetics.structure import CYCLE_PARAMETERS, LN2, Structure

#: Added to every predicted value (MBq), so that one decayed to nothing still has a logarithm.
_NOTHING = 1e-300


@dataclass(frozen=True)
class CycleChange:
    """How a parameter changes from one cycle to the next: its ratio, log-normal."""

    ratios: tuple[LogNormal, ...]

    def ratio(self, step: int) -> LogNormal:
        """Return the ratio of the step from cycle ``step`` to the next; the last one repeats."""
        return self.ratios[min(step, len(self.ratios)) - 1]


@dataclass(frozen=True)
class RegionPrior:
    """Priors of one region's curve.

    Parameters
    ----------
    base
        Log-normal prior of every parameter of every structure, by name.
    changes
        How the cycle parameters change between cycles.
    """

    base: Mapping[str, LogNormal]
    changes: Mapping[str, CycleChange]


@dataclass(frozen=True, eq=False)
class RegionCurve:
    """One structure for one region, over the administrations that can have reached it.

    Its vector ``theta`` holds the logarithms of the structure's parameters at the first of the
    administrations, then, for every later one, the logarithms of the ratios to the cycle before.
    The cycles are a random walk, so that each scan informs the cycles around its own.

    Parameters
    ----------
    region
        Name of the region.
    structure
        The curve's shape.
    prior
        Its priors.
    administrations
        The administrations in order of time, the first that reaches the region first.
    measurements
        What was measured in the region.
    decay_constant
        Physical decay constant (1/h).
    first_cycle
        Number of the first of the administrations in the whole schedule, from 1.
    """

    region: str
    structure: Structure
    prior: RegionPrior
    administrations: Sequence[Administration]
    measurements: Sequence[Measurement]
    decay_constant: float
    first_cycle: int = 1

    @property
    def name(self) -> str:
        """The structure's name."""
        return self.structure.name

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions that it has curves of: its own."""
        return (self.region,)

    @cached_property
    def priors(self) -> tuple[LogNormal, ...]:
        """The prior of each element of ``theta``."""
        base = tuple(self.prior.base[name] for name in self.structure.parameters)
        steps = range(self.first_cycle, self.first_cycle + len(self.administrations) - 1)
        return base + tuple(
            self.prior.changes[name].ratio(step) for step in steps for name in CYCLE_PARAMETERS
        )

    @cached_property
    def parameter_names(self) -> tuple[str, ...]:
        """The dotted name of each element of ``theta``, without the logarithm."""
        later = (administration.name for administration in list(self.administrations)[1:])
        return tuple(f"{self.region}.{name}" for name in self.structure.parameters) + tuple(
            f"{self.region}.{name}_ratio[{cycle}]" for cycle in later for name in CYCLE_PARAMETERS
        )

    @property
    def measured(self) -> tuple[Measurement, ...]:
        """What was measured."""
        return tuple(self.measurements)

    @cached_property
    def observed(self) -> Float[Any, " measurements"]:
        """Logarithms of the measured values."""
        return np.log([measurement.value for measurement in self.measurements])

    @cached_property
    def observed_sd(self) -> Float[Any, " measurements"]:
        """Standard deviations of the logarithms of the measured values."""
        relative = np.array([m.relative_uncertainty for m in self.measurements])
        return np.sqrt(np.log1p(relative**2))

    def predicted(self, theta: Float[Any, "*draws parameters"]) -> Any:
        """Return logarithms of the predicted values, shape ``(*draws, measurements)``.

        Works for complex ``theta``, so that derivatives can be taken by complex steps.
        """
        total = sum(self._contribution(*terms) for terms in self._terms(theta))
        return np.log(total + _NOTHING)

    def _contribution(self, start: float, amplitudes: Any, rates: Any) -> Any:
        """Return one administration's part of every predicted value."""
        elapsed = self._measurement_times - start
        running = np.maximum(elapsed, 0.0)[:, None]
        decayed = np.sum(amplitudes[..., None, :] * np.exp(-rates[..., None, :] * running), axis=-1)
        return np.where(elapsed >= 0, decayed, 0.0)

    @cached_property
    def _measurement_times(self) -> np.ndarray:
        begin = {a.name: a.time for a in self.administrations}
        return np.array([begin[m.administration] + m.time for m in self.measurements])

    def _terms(self, theta: Any) -> list[tuple[float, Any, Any]]:
        """Return start time, amplitudes (MBq) and rates for each administration."""
        found = []
        for number, administration in enumerate(self.administrations):
            values = self.values(theta, number)
            amplitudes, rates = self.structure.terms(values, self.decay_constant)
            # An infusion acts as a bolus in its middle, exact to first order in its length.
            start = administration.time + 0.5 * administration.duration
            found.append((start, administration.activity * amplitudes, rates))
        return found

    def values(self, theta: Any, cycle: int) -> dict[str, Any]:
        """Return the parameters by name in one cycle, counted from 0 at the first."""
        size = len(self.structure.parameters)
        logarithms = {name: theta[..., k] for k, name in enumerate(self.structure.parameters)}
        for step in range(cycle):
            for k, name in enumerate(CYCLE_PARAMETERS):
                logarithms[name] = logarithms[name] + theta[..., size + 2 * step + k]
        return {name: np.exp(logarithm) for name, logarithm in logarithms.items()}

    def cycle_curves(self, theta: Float[Any, "*draws parameters"]) -> tuple[Exponentials, ...]:
        """Return the curve of each administration: activity (MBq) or concentration (MBq/mL)."""
        return tuple(
            Exponentials(amplitudes, rates, start)
            for start, amplitudes, rates in self._terms(theta)
        )

    def curve(self, theta: Float[Any, "*draws parameters"]) -> Exponentials:
        """Return the curve over all administrations together."""
        return Exponentials.joined(self.cycle_curves(theta))

    def curves(
        self,
        theta: Float[Any, "draws parameters"],
        schedule: Schedule,
        generator: np.random.Generator,
    ) -> dict[str, tuple[Exponentials | None, ...]]:
        """Return the region's curve by each administration of a course, of any length.

        None for those before the region appears; cycles not measured take their ratios from the
        priors.
        """
        first = self.first_cycle - 1
        course = schedule.administrations[first:]
        if not course:
            return {self.region: (None,) * len(schedule)}
        carried = self.carried(theta, len(course), generator)
        return {self.region: (None,) * first + self.over(course).cycle_curves(carried)}

    def effective_half_life(self, theta: Any, cycle: int = 0) -> Any:
        """Return the effective half-life (h) of the terminal phase."""
        values = self.values(theta, cycle)
        return LN2 / (self.decay_constant + LN2 / values["biological_half_life"])

    def over(self, administrations: Sequence[Administration]) -> RegionCurve:
        """Return the same curve over another course of administrations."""
        return replace(self, administrations=tuple(administrations))

    def carried(
        self,
        theta: Float[Any, "draws parameters"],
        administrations: int,
        generator: np.random.Generator,
    ) -> Float[Any, "draws longer"]:
        """Return draws of ``theta`` for a course of another length.

        Cycles beyond those measured take their ratios from the priors, draw by draw.
        """
        size = len(self.structure.parameters) + len(CYCLE_PARAMETERS) * (administrations - 1)
        if size <= theta.shape[-1]:
            return theta[:, :size]
        priors = self.over((self.administrations[0],) * administrations).priors
        future = [
            generator.normal(prior.log_mean, prior.log_sd, len(theta))
            for prior in priors[theta.shape[-1] :]
        ]
        return np.concatenate([theta, np.stack(future, axis=-1)], axis=-1)
