r"""Any system of equations as a block of the twin: predictions of readings, and their slopes.

A reading of relative error is log-normal, one of absolute error normal. With :math:`p = e^\theta`

.. math:: \frac{\partial \ln y}{\partial \theta} = \frac{p}{y}\,\frac{\partial y}{\partial p},
          \qquad \frac{\partial y}{\partial \theta} = p\,\frac{\partial y}{\partial p},

with derivatives that the engine integrates along with the states.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import isfinite
from typing import Any

import numpy as np
from jaxtyping import Float

from theratwin.core import LogNormal
from theratwin.core.errors import InputError
from theratwin.dynamics import Dose, Engine, Solution, System

#: Relative tolerance where weights of draws are all that is asked.
_ROUGH = 1e-4
#: Added to predictions of log-normal readings, as a part of the value read: nothing that counts,
#: and above what a solver leaves of what is gone, which would be the logarithm of noise.
_NOTHING = 1e-9


@dataclass(frozen=True)
class Reading:
    """A measured value of an observable.

    Parameters
    ----------
    observable
        What was measured, by the name of the system's observable.
    time
        When, in the system's unit of time.
    value
        The value, in the observable's unit.
    relative_error
        Its uncertainty as a part of the value, which is then log-normal;
    error
        or its standard deviation, in the observable's unit: the value is then normal.

    Raises
    ------
    InputError
        If a number is out of range, or not one of the two errors is given.

    Examples
    --------
    >>> Reading("kidneys", 24.0, 3.1, relative_error=0.1).log_normal
    True
    """

    observable: str
    time: float
    value: float
    relative_error: float | None = None
    error: float | None = None

    def __post_init__(self) -> None:
        place = f"reading of {self.observable}"
        if (self.relative_error is None) == (self.error is None):
            raise InputError(
                "a value has one error",
                field=place,
                value=self.value,
                remedy="Give relative_error=0.1, or error=0.5 in the value's unit",
            )
        size = self.relative_error if self.error is None else self.error
        for name, number, least in (
            ("time", self.time, self.time >= 0.0),
            ("value", self.value, self.value > 0.0 or self.error is not None),
            ("error", size, size is not None and size > 0.0),
        ):
            if number is None or not isfinite(number) or not least:
                raise InputError(
                    f"the {name} is out of range",
                    field=place,
                    value=number,
                    allowed="times from zero, positive errors; a value of zero or less needs an "
                    "absolute error",
                )

    @property
    def log_normal(self) -> bool:
        """Whether its logarithm is normal."""
        return self.error is None

    @property
    def region(self) -> str:
        """What residuals are sorted by: the observable."""
        return self.observable


@dataclass(frozen=True, eq=False)
class SystemFit:
    """A system with log-normal priors on some of its parameters, and readings.

    It is what `theratwin.twin.target.Alternative` asks, without curves by administration.

    Parameters
    ----------
    name
        The model's name.
    system
        The equations; the readings are of its observables.
    prior
        Parameter of the system to its prior.
    readings
        What was measured.
    given
        Other values of parameters that are not estimated.
    doses
        Boluses, infusions and jumps.
    labels
        Parameter to the name under which it is reported, where that is another.
    settings
        Of the engine: ``rtol``, ``atol`` and the others.
    """

    name: str
    system: System
    prior: Mapping[str, LogNormal]
    readings: Sequence[Reading]
    given: Mapping[str, float] = field(default_factory=dict)
    doses: Sequence[Dose] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)

    #: It has no curves of regions.
    regions: tuple[str, ...] = ()

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """The names of what is estimated."""
        return tuple(self.labels.get(name, name) for name in self.prior)

    @property
    def priors(self) -> tuple[LogNormal, ...]:
        """The prior of each element of ``theta``."""
        return tuple(self.prior.values())

    @property
    def measured(self) -> tuple[Reading, ...]:
        """What was measured."""
        return tuple(self.readings)

    @cached_property
    def _logarithmic(self) -> np.ndarray:
        return np.array([reading.log_normal for reading in self.readings])

    @cached_property
    def _values(self) -> np.ndarray:
        return np.array([reading.value for reading in self.readings])

    @cached_property
    def observed(self) -> Float[np.ndarray, " measurements"]:
        """The values, of log-normal ones the logarithms."""
        safe = np.where(self._logarithmic, self._values, 1.0)
        return np.where(self._logarithmic, np.log(safe), self._values)

    @cached_property
    def observed_sd(self) -> Float[np.ndarray, " measurements"]:
        """Their standard deviations."""
        relative = [r.relative_error or 0.0 for r in self.readings]
        absolute = [r.error or 0.0 for r in self.readings]
        return np.where(self._logarithmic, np.sqrt(np.log1p(np.square(relative))), absolute)

    @cached_property
    def _at(self) -> tuple[np.ndarray, np.ndarray]:
        """The times of readings, each once, and the place of every reading among them."""
        return np.unique([reading.time for reading in self.readings], return_inverse=True)

    @cached_property
    def engine(self) -> Engine:
        """The equations, compiled the quick way: a fit solves them some thousand times."""
        return Engine(self.system, level=0)

    def solve(
        self, theta: Float[np.ndarray, "draws parameters"], times: np.ndarray, **options: Any
    ) -> Solution:
        """Solve for draws of the logarithms of what is estimated."""
        values = dict(zip(self.prior, np.exp(theta).T, strict=True))
        options = {"keep": (), "doses": self.doses, **self.settings, **options}
        return self.engine.solve({**self.given, **values}, times, **options)

    def require_center(self) -> None:
        """Raise the solver's own `FitError` if the center of the priors cannot be solved."""
        center = np.array([[prior.log_mean for prior in self.priors]])
        self.solve(center, self._at[0], sensitivities=tuple(self.prior)).require()

    def predicted(self, theta: Float[np.ndarray, "*draws parameters"]) -> np.ndarray:
        """Return what stands beside `observed`, shape ``(*draws, measurements)``."""
        return self._predicted(theta)

    def roughly(self, theta: Float[np.ndarray, "*draws parameters"]) -> np.ndarray:
        """Return the same as well as weights of draws need it."""
        return self._predicted(theta, rtol=max(_ROUGH, self.settings.get("rtol", 0.0)))

    def _predicted(self, theta: np.ndarray, **options: Any) -> np.ndarray:
        flat = np.reshape(theta, (-1, theta.shape[-1]))
        solution = self.solve(flat, self._at[0], fallback=False, **options)
        values, _ = self._on_scale(self._read(solution.observables))
        found = np.where(solution.good[:, None], values, np.nan)
        return found.reshape(*theta.shape[:-1], found.shape[-1])

    def linearized(
        self, theta: Float[np.ndarray, "draws parameters"]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the same and its derivatives by ``theta``.

        Shapes ``(draws, measurements)`` and ``(draws, measurements, parameters)``.
        """
        names = tuple(self.prior)
        solution = self.solve(theta, self._at[0], fallback=False, sensitivities=names)
        values, factor = self._on_scale(self._read(solution.observables))
        slopes = np.stack([self._read(solution.slopes[name]) for name in names], axis=-1)
        slopes = slopes * factor[..., None] * np.exp(theta)[:, None, :]
        return np.where(solution.good[:, None], values, np.nan), slopes

    def _read(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return the values of an observable where it was read, shape ``(draws, measurements)``."""
        pairs = zip(self.readings, self._at[1], strict=True)
        return np.stack([values[r.observable][:, at] for r, at in pairs], axis=-1)

    def _on_scale(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return values, of log-normal readings the logarithms, and their derivative by values."""
        shifted = np.maximum(values, 0.0) + _NOTHING * np.abs(self._values)
        safe = np.where(self._logarithmic, shifted, 1.0)
        return np.where(self._logarithmic, np.log(safe), values), 1.0 / safe
