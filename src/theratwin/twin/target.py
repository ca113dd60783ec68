"""What a twin estimates: log-parameters with normal priors and log-normal observations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from jaxtyping import Float

from theratwin.case import Measurement, Schedule
from theratwin.core import Curve, LogNormal

_STEP = 1e-30

#: The model is asked for parameters at most so many prior standard deviations from the median.
FARTHEST = 6.0


class Alternative(Protocol):
    """One structure of one block, as any kinetic model offers it to the twin.

    Without a method ``linearized(theta)``, `predicted` must accept complex ``theta`` (derivatives
    are taken by complex steps, exact to rounding) and the first parameter scales all predictions.
    With it, which returns for a batch of draws the predictions and their exact derivatives by
    ``theta``, shapes ``(draws, measurements)`` and ``(draws, measurements, parameters)``, neither
    needs to hold (`theratwin.twin.sloped_target`); ``roughly(theta)`` then predicts as well as
    weights of draws need. Predictions are not-a-number where the model has no solution.

    `measured` is what was measured, in the order of `observed`, the logarithms of its values.

    `curves` gives, by region, the curve (MBq, or MBq/mL) of each administration of any course,
    with batch ``(draws,)``; None before the region appears. The curve of an administration is
    the activity that counts as its own, such that the curves add up to the whole.
    """

    @property
    def name(self) -> str: ...
    @property
    def parameter_names(self) -> tuple[str, ...]: ...
    @property
    def priors(self) -> tuple[LogNormal, ...]: ...
    @property
    def measured(self) -> tuple[Measurement, ...]: ...
    @property
    def observed(self) -> Float[Any, " measurements"]: ...
    @property
    def observed_sd(self) -> Float[Any, " measurements"]: ...
    @property
    def regions(self) -> tuple[str, ...]: ...
    def predicted(self, theta: Any) -> Any: ...
    def curves(
        self, theta: Any, schedule: Schedule, generator: np.random.Generator
    ) -> Mapping[str, tuple[Curve | None, ...]]: ...


class Target:
    r"""The posterior density of an alternative as a sum of squares.

    .. math:: -2 \ln p(\theta \mid y) = \sum_i r_i(\theta)^2 + \mathrm{const}

    with residuals of the logarithms of the data, then of the priors, each over its standard
    deviation.
    """

    def __init__(self, alternative: Any) -> None:
        self.alternative = alternative
        self.prior_mean = np.array([prior.log_mean for prior in alternative.priors])
        self.prior_sd = np.array([prior.log_sd for prior in alternative.priors])

    @property
    def size(self) -> int:
        """The number of parameters."""
        return self.prior_mean.size

    @property
    def observations(self) -> int:
        """The number of measurements."""
        return self.alternative.observed.size

    def data_residuals(self, theta: Any) -> Any:
        """Return the residuals of the data, shape ``(*draws, measurements)``."""
        difference = self.alternative.predicted(self._within(theta)) - self.alternative.observed
        return difference / self.alternative.observed_sd

    def _within(self, theta: Any) -> Any:
        """Hold the model's parameters where its numbers are finite, whatever a search tries.

        The prior's residuals are those of ``theta`` itself: they lead the search back.
        """
        away = (np.real(theta) - self.prior_mean) / self.prior_sd
        return theta - self.prior_sd * (away - np.clip(away, -FARTHEST, FARTHEST))

    def residuals(self, theta: Any) -> Any:
        """Return the residuals of data and priors, shape ``(*draws, measurements + size)``."""
        prior = (theta - self.prior_mean) / self.prior_sd
        return np.concatenate([self.data_residuals(theta), prior], axis=-1)

    def log_density(self, theta: Any) -> Any:
        """Return the log posterior density up to a constant, shape ``draws``."""
        return -0.5 * np.sum(self.residuals(theta) ** 2, axis=-1)

    def log_likelihood(self, theta: Any) -> Any:
        """Return the part of the data, shape ``draws``."""
        return -0.5 * np.sum(self.data_residuals(theta) ** 2, axis=-1)

    def leveled(self, theta: Any) -> Any:
        r"""Replace the first parameter by the mean logarithm of the predictions.

        .. math:: \varphi_0 = \sum_i w_i \ln \hat y_i(\theta), \qquad w_i \propto \sigma_i^{-2}

        The scale of a curve is stated at one time and measured at others, so that with few scans
        it is tied to the half-lives along a bent ridge. Its level at the scans is not. Since the
        scale adds to every logarithm, the change has a unit Jacobian, and densities carry over.
        """
        return np.concatenate([self._level(theta)[..., None], theta[..., 1:]], axis=-1)

    def unleveled(self, leveled: Any) -> Any:
        """Return the parameters of which `leveled` made this."""
        anywhere = leveled.copy()
        anywhere[..., 0] = self.prior_mean[0]
        scale = leveled[..., 0] - self._level(anywhere) + self.prior_mean[0]
        return np.concatenate([scale[..., None], leveled[..., 1:]], axis=-1)

    def _level(self, theta: Any) -> Any:
        weights = self.alternative.observed_sd**-2.0
        return self.alternative.predicted(self._within(theta)) @ (weights / weights.sum())

    def leveled_covariance(self, mode: Any, covariance: Any) -> Any:
        """Return a covariance at the mode as one of `leveled` parameters."""
        stepped = self.leveled(mode + 1j * _STEP * np.eye(self.size))
        slope = stepped.imag.T / _STEP
        return slope @ covariance @ slope.T

    def jacobian(self, theta: Float[Any, " parameters"]) -> Float[Any, "residuals parameters"]:
        """Return the derivatives of the residuals, exact to rounding (complex steps)."""
        stepped = theta + 1j * _STEP * np.eye(self.size)
        return self.residuals(stepped).imag.T / _STEP

    def gradient(self, theta: Float[Any, " parameters"]) -> Float[Any, " parameters"]:
        """Return the gradient of minus the log density."""
        return self.jacobian(theta).T @ self.residuals(theta)

    def hessian(self, theta: Float[Any, " parameters"]) -> Float[Any, "parameters parameters"]:
        """Return the second derivatives of minus the log density.

        Central differences of the exact gradient, in steps of 1e-5 of a prior's spread.
        """
        columns = []
        for k in range(self.size):
            step = np.zeros(self.size)
            step[k] = 1e-5 * self.prior_sd[k]
            rise = self.gradient(theta + step) - self.gradient(theta - step)
            columns.append(rise / (2.0 * step[k]))
        matrix = np.array(columns)
        return 0.5 * (matrix + matrix.T)

    def mode(self) -> np.ndarray | None:
        """Return the most probable point that a search from a few starts finds; None if none."""
        from scipy.optimize import least_squares

        best = None
        for start in self._starts():
            found = least_squares(
                self.residuals,
                start,
                jac=self.jacobian,  # pyright: ignore[reportArgumentType]
                method="lm",
                xtol=1e-12,
                ftol=1e-12,
            )
            if (
                found.success
                and np.all(np.isfinite(found.x))
                and (best is None or found.cost < best.cost)
            ):
                best = found
        return None if best is None else best.x

    def _starts(self) -> list[np.ndarray]:
        """Return the prior means and points half a prior's spread away, scaled to the data."""
        starts = []
        for shift in (0.0, -0.7, 0.7):
            start = self.prior_mean + shift * self.prior_sd
            start[0] = self.prior_mean[0]
            offset = self.alternative.observed - self.alternative.predicted(start)
            start[0] += np.mean(offset)
            if np.all(np.isfinite(self.residuals(start))):
                starts.append(start)
        return starts
