r"""A course of administrations in one body, with what was measured: predictions and slopes.

Predictions are logarithms, :math:`\ln A`; slopes :math:`\partial \ln A / \partial p` by the
parameters as the engine knows them, integrated along with the states.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Float

from theratwin.case import Administration, Measurement
from theratwin.dynamics import Dose, Jump, Solution
from theratwin.kinetics.body_fit.model import BodyModel
from theratwin.kinetics.body_fit.model_error import model_error

#: Relative tolerance of predictions, their slopes, and curves. Logarithms then err by less than
#: 3e-5 and doses by 1e-6; differences of gradients over 3 % of a prior's spread by 1e-4.
TOLERANCE = 1e-5
#: Where weights of draws are all that is asked: logarithms err by less than 3e-4, of which a log
#: density of fifty values feels 1e-3.
ROUGH = 1e-4
#: What the cold ligand of several administrations is called, to be differentiated by together.
AMOUNT = "amount"
#: Added to every prediction (MBq, or MBq/mL): nothing that is measured, and above what a solver
#: leaves of what has decayed, which would be the logarithm of noise.
_NOTHING = 1e-9

#: Parameter to its draws.
Values = Mapping[str, Float[Any, " draws"]]


@dataclass(frozen=True, eq=False)
class Experiment:
    """Administrations in a body, and what was measured of them.

    Parameters
    ----------
    model
        The body with its radiopharmaceutical.
    administrations
        In order of time, from the first.
    measurements
        What was measured; it may be nothing.
    lesions
        Which regions are lesions.
    diagnostic
        Whether it is a diagnostic study: the model's error is then that of such studies.
    """

    model: BodyModel
    administrations: Sequence[Administration]
    measurements: Sequence[Measurement]
    lesions: Sequence[str] = ()
    diagnostic: bool = False

    @cached_property
    def observed(self) -> Float[Any, " measurements"]:
        """Logarithms of the measured values."""
        return np.log([measurement.value for measurement in self.measurements])

    @cached_property
    def observed_sd(self) -> Float[Any, " measurements"]:
        """Standard deviations of the logarithms: of the measurement and of the model together."""
        own = np.array([m.relative_uncertainty for m in self.measurements])
        of_model = np.array(
            [
                model_error(m.region, self.lesions, diagnostic=self.diagnostic)
                for m in self.measurements
            ]
        )
        return np.sqrt(np.log1p(own**2) + np.log1p(of_model**2))

    @cached_property
    def _at(self) -> tuple[np.ndarray, np.ndarray]:
        """The times of measurement, each once, and the place of every measurement among them."""
        begin = {a.name: a.time for a in self.administrations}
        return np.unique(
            [begin[m.administration] + m.time for m in self.measurements], return_inverse=True
        )

    def predicted(
        self, values: Values, jumps: Sequence[Jump], draws: int, tolerance: float = TOLERANCE
    ) -> Any:
        """Return logarithms of the predicted values, shape ``(draws, measurements)``."""
        if not self.measurements:
            return np.empty((draws, 0))
        times, _ = self._at
        solution = self.solve(values, times, jumps=jumps, tolerance=tolerance, fallback=False)
        return self._logarithms(self._measured(solution.observables), solution)

    def linearized(
        self, values: Values, jumps: Sequence[Jump], directions: Sequence[str], draws: int
    ) -> tuple[Any, Any]:
        """Return logarithms of the predicted values and their derivatives.

        Parameters
        ----------
        values, jumps
            Parameters, and what changes in the course.
        directions
            Names of parameters and of jumps to differentiate by.
        draws
            Number of draws.

        Returns
        -------
        tuple
            Shapes ``(draws, measurements)`` and ``(draws, measurements, directions)``.
        """
        if not self.measurements:
            return np.empty((draws, 0)), np.empty((draws, 0, len(directions)))
        times, _ = self._at
        solution = self.solve(
            values, times, jumps=jumps, fallback=False, sensitivities=tuple(directions)
        )
        found = self._measured(solution.observables)
        slopes = np.stack([self._measured(solution.slopes[each]) for each in directions], axis=-1)
        return self._logarithms(found, solution), slopes / _positive(found)[..., None]

    def solve(
        self,
        values: Values,
        times: np.ndarray,
        *,
        administrations: Sequence[Administration] | None = None,
        jumps: Sequence[Jump] = (),
        keep: Sequence[str] = (),
        tolerance: float = TOLERANCE,
        by_amount_of: Collection[str] = (),
        **options: Any,
    ) -> Solution:
        """Solve for all draws, by default over the experiment's own administrations.

        The cold ligand of the administrations ``by_amount_of`` is the one direction `AMOUNT`.
        """
        model = self.model
        given = self.administrations if administrations is None else administrations
        return model.engine.solve(
            {**model.fixed, **values},
            times,
            doses=[*self._doses(given, by_amount_of), *jumps],
            start=given[0].time,
            keep=keep,
            rtol=tolerance,
            **options,
        )

    def _doses(
        self, administrations: Sequence[Administration], by_amount_of: Collection[str]
    ) -> list[Dose]:
        tied = {f"{name}.cold" for name in by_amount_of}
        doses = self.model.doses(administrations)
        return [replace(dose, name=AMOUNT) if dose.name in tied else dose for dose in doses]

    def _measured(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        _, place = self._at
        names = [self.model.activities[m.region] for m in self.measurements]
        columns = [values[name][:, at] for name, at in zip(names, place, strict=True)]
        return np.stack(columns, axis=-1)

    def _logarithms(self, values: np.ndarray, solution: Solution) -> np.ndarray:
        return np.where(solution.good[:, None], np.log(_positive(values)), np.nan)


def _positive(values: np.ndarray) -> np.ndarray:
    return np.maximum(values, 0.0) + _NOTHING
