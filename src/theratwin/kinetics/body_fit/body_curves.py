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
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Float

from theratwin.case import Administration, Measurement, Schedule
from theratwin.core import LogNormal
from theratwin.dynamics import Jump, Solution
from theratwin.kinetics.body_fit.course_curves import Course, CourseCurves
from theratwin.kinetics.body_fit.cycle_walk import CycleWalk
from theratwin.kinetics.body_fit.diagnostic import DiagnosticBody
from theratwin.kinetics.body_fit.experiment import ROUGH, TOLERANCE, Experiment
from theratwin.kinetics.body_fit.model import BodyModel


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
        What was measured of them; it may be nothing if there are diagnostics.
    appears
        Lesion to the number of the administration, from 0, at which it is first seen.
    diagnostics
        Diagnostic studies of the same patient, each with a body of its own.
    """

    model: BodyModel
    administrations: Sequence[Administration]
    measurements: Sequence[Measurement]
    appears: Mapping[str, int]
    diagnostics: Sequence[DiagnosticBody] = ()

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
        models = [self.model, *(each.experiment.model for each in self.diagnostics)]
        text = "\n".join(
            line
            for model in models
            for line in (
                str(model.network),
                *(f"{name} = {value!r}" for name, value in sorted(model.fixed.items())),
            )
        )
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def walk(self) -> CycleWalk:
        """The vector of what is estimated; deviations of diagnostics follow the parameters."""
        deviations = {name: p for each in self.diagnostics for name, p in each.priors.items()}
        priors = {**self.model.priors, **deviations}
        return CycleWalk(priors, self.model.changes, self.model.begins)

    @cached_property
    def priors(self) -> tuple[LogNormal, ...]:
        """The prior of each element of ``theta``."""
        return self.walk.all_priors(len(self.administrations))

    @cached_property
    def parameter_names(self) -> tuple[str, ...]:
        """The dotted name of each element of ``theta``, without the logarithm."""
        return self.walk.names(a.name for a in self.administrations)

    @cached_property
    def _therapy(self) -> Experiment:
        lesions = tuple(self.appears)
        return Experiment(self.model, self.administrations, self.measurements, lesions)

    @cached_property
    def _experiments(self) -> tuple[Experiment, ...]:
        return (self._therapy, *(each.experiment for each in self.diagnostics))

    @property
    def measured(self) -> tuple[Measurement, ...]:
        """What was measured: of the therapy, then of each diagnostic."""
        return tuple(m for each in self._experiments for m in each.measurements)

    @cached_property
    def observed(self) -> Float[Any, " measurements"]:
        """Logarithms of the values of `measured`."""
        return np.concatenate([each.observed for each in self._experiments])

    @cached_property
    def observed_sd(self) -> Float[Any, " measurements"]:
        """Standard deviations of the logarithms: of the measurement and of the model together."""
        return np.concatenate([each.observed_sd for each in self._experiments])

    def predicted(self, theta: Float[Any, "*draws parameters"]) -> Any:
        """Return logarithms of the predicted values, shape ``(*draws, measurements)``."""
        return self._predicted(theta, TOLERANCE)

    def roughly(self, theta: Float[Any, "*draws parameters"]) -> Any:
        """Return the same as well as weights of draws need it."""
        return self._predicted(theta, ROUGH)

    def _predicted(self, theta: np.ndarray, tolerance: float) -> np.ndarray:
        flat = np.reshape(theta, (-1, theta.shape[-1]))
        values, jumps = self.walk.values(flat), self._jumps(flat, self.administrations)
        therapy = self._therapy.predicted(self._own(values), jumps, len(flat), tolerance)
        others = (each.predicted(values, len(flat), tolerance) for each in self.diagnostics)
        found = np.concatenate([therapy, *others], axis=-1)
        return found.reshape(*theta.shape[:-1], found.shape[-1])

    def linearized(self, theta: Float[Any, "draws parameters"]) -> tuple[Any, Any]:
        """Return logarithms of the predicted values and their derivatives by ``theta``.

        Shapes ``(draws, measurements)`` and ``(draws, measurements, parameters)``.
        """
        values, jumps = self.walk.values(theta), self._jumps(theta, self.administrations)
        own = self._own(values)
        directions = (*own, *(jump.name for jump in jumps))
        predicted, slopes = self._therapy.linearized(own, jumps, directions, len(theta))
        parts = [(predicted, self._by_logarithm(theta, slopes))]
        names = (*self.walk.parameters, *(jump.name for jump in jumps))
        parts += [each.linearized(values, names, len(theta)) for each in self.diagnostics]
        return (
            np.concatenate([predicted for predicted, _ in parts], axis=1),
            np.concatenate([slopes for _, slopes in parts], axis=1),
        )

    def _own(self, values: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return what the therapy's body has a use for."""
        return {name: values[name] for name in self.model.priors}

    def _by_logarithm(self, theta: np.ndarray, slopes: np.ndarray) -> np.ndarray:
        """Turn derivatives by parameters and ratios of cycles into those by ``theta``."""
        walk, cycles = self.walk, len(self.administrations)
        own, base = len(self.model.priors), len(walk.parameters)
        found = np.zeros((*slopes.shape[:-1], theta.shape[-1]))
        found[..., :own] = slopes[..., :own] * np.exp(theta[:, None, :own])
        ratios = walk.ratios(theta, cycles)
        for name in walk.changing:
            columns = walk.columns(name, cycles)
            among = [own + column - base for column in columns]
            scaled = slopes[..., among] * ratios[name][:, None, cycles - len(columns) :]
            # A step acts on its own cycle and on all later ones.
            found[..., columns] = np.cumsum(scaled[..., ::-1], axis=-1)[..., ::-1]
        return found

    def _jumps(
        self, theta: np.ndarray, administrations: Sequence[Administration]
    ) -> tuple[Jump, ...]:
        """Return the ratios of every cycle, which jump at its administration."""
        walk, cycles = self.walk, len(administrations)
        ratios = walk.ratios(theta, cycles)
        return tuple(
            Jump(
                self.model.switches[name],
                administrations[k].time,
                ratios[name][:, k],
                f"{name}@{k + 1}",
            )
            for name, k in walk.steps(cycles)
        )

    def _solve(
        self,
        theta: np.ndarray,
        administrations: Sequence[Administration],
        times: np.ndarray,
        **options: Any,
    ) -> Solution:
        """Solve a course of the therapy for all draws."""
        return self._therapy.solve(
            self._own(self.walk.values(theta)),
            times,
            administrations=administrations,
            jumps=self._jumps(theta, administrations),
            **options,
        )

    def curves(
        self,
        theta: Float[Any, "draws parameters"],
        schedule: Schedule,
        generator: np.random.Generator,
    ) -> CourseCurves:
        """Return the curve of every region by each administration of a course, of any length.

        That of an administration ends where the next begins, what is left of earlier ones
        included, so that they add up to the whole. Cycles not measured take their ratios from
        the priors.
        """
        return self.curves_by_amount(theta, schedule, generator, ())[0]

    def curves_by_amount(
        self,
        theta: Float[Any, "draws parameters"],
        schedule: Schedule,
        generator: np.random.Generator,
        administrations: Collection[str],
    ) -> tuple[CourseCurves, CourseCurves]:
        """Return the curves, and their derivatives by the amount of ligand (per nmol).

        The derivative is by cold ligand added to each of ``administrations``, whose activities
        stay: exact, as the engine integrates it along with the states.
        """
        carried = self.walk.carried(theta, len(schedule), generator)
        course = Course(self.model, schedule.administrations, self.appears)
        return course.curves(carried, self._solve, administrations)
