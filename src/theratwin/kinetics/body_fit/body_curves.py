r"""The whole-body model as one block of the twin: predictions, slopes, curves.

With the parameters :math:`p = e^\theta` and, in cycle :math:`k`, the ratios
:math:`R_k = e^{\sum_{j \le k} \theta_j}` that switches carry, the chain rule gives

.. math:: \frac{\partial \ln A}{\partial \theta} = \frac{p}{A}\,\frac{\partial A}{\partial p},
          \qquad \frac{\partial \ln A}{\partial \theta_j} = \frac{1}{A}
          \sum_{k \ge j} R_k\,\frac{\partial A}{\partial R_k}

with derivatives that the engine integrates along with the states.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Float

from theratwin.case import Administration, Measurement, Schedule
from theratwin.core import LogNormal, Pieces
from theratwin.dynamics import Jump, Solution
from theratwin.kinetics.body_fit.cycle_walk import CycleWalk
from theratwin.kinetics.body_fit.grid import course_knots, integral_pieces
from theratwin.kinetics.body_fit.model import BodyModel
from theratwin.kinetics.body_fit.model_error import model_error

#: Relative tolerance of predictions, their slopes, and curves. Logarithms then err by less than
#: 3e-5 and doses by 1e-6; differences of gradients over 3 % of a prior's spread by 1e-4.
_TOLERANCE = 1e-5
#: Where weights of draws are all that is asked: logarithms err by less than 3e-4, of which a log
#: density of fifty values feels 1e-3.
_ROUGH = 1e-4
#: Draws solved at once for their curves, which bounds what is held beside the curves.
_CHUNK = 500
#: Added to every prediction (MBq, or MBq/mL): nothing that is measured, and above what a solver
#: leaves of what has decayed, which would be the logarithm of noise.
_NOTHING = 1e-9


@dataclass(frozen=True, eq=False)
class BodyCurves:
    """A whole-body model over the administrations up to the last that was measured.

    Parameters
    ----------
    model
        The model.
    administrations
        In order of time, from the first.
    measurements
        What was measured.
    appears
        Lesion to the number of the administration, from 0, at which it is first seen.
    """

    model: BodyModel
    administrations: Sequence[Administration]
    measurements: Sequence[Measurement]
    appears: Mapping[str, int]

    @property
    def name(self) -> str:
        """The model's name."""
        return self.model.name

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions that it has curves of."""
        return tuple(self.model.integrals)

    @cached_property
    def fingerprint(self) -> str:
        """A digest of the equations and of what is fixed: draws mean nothing with others."""
        model = self.model
        fixed = [f"{name} = {value!r}" for name, value in sorted(model.fixed.items())]
        text = "\n".join([str(model.network), *fixed])
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def walk(self) -> CycleWalk:
        """The vector of what is estimated."""
        return CycleWalk(self.model.priors, self.model.changes, self.model.begins)

    @cached_property
    def priors(self) -> tuple[LogNormal, ...]:
        """The prior of each element of ``theta``."""
        return self.walk.all_priors(len(self.administrations))

    @cached_property
    def parameter_names(self) -> tuple[str, ...]:
        """The dotted name of each element of ``theta``, without the logarithm."""
        return self.walk.names(a.name for a in self.administrations)

    @cached_property
    def observed(self) -> Float[Any, " measurements"]:
        """Logarithms of the measured values."""
        return np.log([measurement.value for measurement in self.measurements])

    @cached_property
    def observed_sd(self) -> Float[Any, " measurements"]:
        """Standard deviations of the logarithms: of the measurement and of the model together."""
        own = np.array([m.relative_uncertainty for m in self.measurements])
        of_model = np.array([model_error(m.region, self.appears) for m in self.measurements])
        return np.sqrt(np.log1p(own**2) + np.log1p(of_model**2))

    @cached_property
    def _times(self) -> np.ndarray:
        begin = {a.name: a.time for a in self.administrations}
        return np.array([begin[m.administration] + m.time for m in self.measurements])

    @cached_property
    def _directions(self) -> tuple[str, ...]:
        """What the engine differentiates by, in the order of ``theta``."""
        steps = self.walk.steps(len(self.administrations))
        return (*self.walk.parameters, *(_jump_name(name, k) for name, k in steps))

    def predicted(self, theta: Float[Any, "*draws parameters"]) -> Any:
        """Return logarithms of the predicted values, shape ``(*draws, measurements)``."""
        return self._predicted(theta, _TOLERANCE)

    def roughly(self, theta: Float[Any, "*draws parameters"]) -> Any:
        """Return the same as well as weights of draws need it."""
        return self._predicted(theta, _ROUGH)

    def _predicted(self, theta: np.ndarray, tolerance: float) -> np.ndarray:
        flat = np.reshape(theta, (-1, theta.shape[-1]))
        times, place = np.unique(self._times, return_inverse=True)
        solution = self._solve(
            flat, self.administrations, times, fallback=False, tolerance=tolerance
        )
        values = self._logarithms(self._measured(solution.observables, place), solution)
        return values.reshape(*theta.shape[:-1], len(self.measurements))

    def linearized(self, theta: Float[Any, "draws parameters"]) -> tuple[Any, Any]:
        """Return logarithms of the predicted values and their derivatives by ``theta``.

        Shapes ``(draws, measurements)`` and ``(draws, measurements, parameters)``.
        """
        times, place = np.unique(self._times, return_inverse=True)
        solution = self._solve(
            theta, self.administrations, times, fallback=False, sensitivities=self._directions
        )
        values = self._measured(solution.observables, place)
        slopes = np.stack(
            [self._measured(solution.slopes[each], place) for each in self._directions], axis=-1
        )
        by_log = self._by_logarithm(theta, slopes) / _positive(values)[..., None]
        return self._logarithms(values, solution), by_log

    def _by_logarithm(self, theta: np.ndarray, slopes: np.ndarray) -> np.ndarray:
        """Turn derivatives by parameters and ratios of cycles into those by ``theta``."""
        walk, cycles = self.walk, len(self.administrations)
        found = np.empty_like(slopes)
        base = len(walk.parameters)
        found[..., :base] = slopes[..., :base] * np.exp(theta[:, None, :base])
        ratios = walk.ratios(theta, cycles)
        for name in walk.changing:
            columns = walk.columns(name, cycles)
            scaled = slopes[..., columns] * ratios[name][:, None, cycles - len(columns) :]
            # A step acts on its own cycle and on all later ones.
            found[..., columns] = np.cumsum(scaled[..., ::-1], axis=-1)[..., ::-1]
        return found

    def _measured(self, values: Mapping[str, np.ndarray], place: np.ndarray) -> np.ndarray:
        names = [self.model.activities[m.region] for m in self.measurements]
        columns = [values[name][:, at] for name, at in zip(names, place, strict=True)]
        return np.stack(columns, axis=-1)

    def _logarithms(self, values: np.ndarray, solution: Solution) -> np.ndarray:
        return np.where(solution.good[:, None], np.log(_positive(values)), np.nan)

    def _solve(
        self,
        theta: np.ndarray,
        administrations: Sequence[Administration],
        times: np.ndarray,
        *,
        keep: Sequence[str] = (),
        tolerance: float = _TOLERANCE,
        **options: Any,
    ) -> Solution:
        """Solve for all draws, with the ratios of every cycle jumping at its administration."""
        model, walk = self.model, self.walk
        ratios = walk.ratios(theta, len(administrations))
        jumps = [
            Jump(
                model.switches[name],
                administrations[k].time,
                ratios[name][:, k],
                _jump_name(name, k),
            )
            for name, k in walk.steps(len(administrations))
        ]
        return model.engine.solve(
            {**model.fixed, **walk.values(theta)},
            times,
            doses=[*model.doses(administrations), *jumps],
            start=administrations[0].time,
            keep=keep,
            rtol=tolerance,
            **options,
        )

    def curves(
        self,
        theta: Float[Any, "draws parameters"],
        schedule: Schedule,
        generator: np.random.Generator,
    ) -> dict[str, tuple[Pieces | None, ...]]:
        """Return the curve of every region by each administration of a course, of any length.

        That of an administration ends where the next begins, what is left of earlier ones
        included, so that they add up to the whole. Cycles not measured take their ratios from
        the priors.
        """
        administrations = schedule.administrations
        carried = self.walk.carried(theta, len(administrations), generator)
        grid = course_knots(
            [a.time for a in administrations],
            [a.duration for a in administrations],
            self.model.decay_constant,
        )
        parts = [
            self._sampled(carried[begin : begin + _CHUNK], administrations, np.concatenate(grid))
            for begin in range(0, len(carried), _CHUNK)
        ]
        ends = np.cumsum([len(times) for times in grid])
        found = {}
        for region in self.regions:
            values, integrals = (np.concatenate([p[region][k] for p in parts]) for k in (0, 1))
            pieces = (
                integral_pieces(
                    times, values[:, end - len(times) : end], integrals[:, end - len(times) : end]
                )
                for times, end in zip(grid, ends, strict=True)
            )
            first = self.appears.get(region, 0)
            found[region] = tuple(p if k >= first else None for k, p in enumerate(pieces))
        return found

    def _sampled(
        self, theta: np.ndarray, administrations: Sequence[Administration], times: np.ndarray
    ) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Return values and integrals at some times, by region."""
        model = self.model
        keep = list(model.integrals.values())
        solution = self._solve(theta, administrations, times, keep=keep)
        solution.require()
        return {
            region: (solution[model.activities[region]], solution[model.integrals[region]])
            for region in self.regions
        }


def _positive(values: np.ndarray) -> np.ndarray:
    return np.maximum(values, 0.0) + _NOTHING


def _jump_name(parameter: str, cycle: int) -> str:
    return f"{parameter}@{cycle + 1}"
