"""One model fitted to one region's activities by weighted least squares."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float

from theratwin.core.curve import Curve
from theratwin.core.errors import FitError, InputError
from theratwin.dosimetry.time_activity.exponential_shape import ExponentialShape
from theratwin.dosimetry.time_activity.gamma_variate import GammaShape
from theratwin.dosimetry.time_activity.least_squares import Residuals, minimize
from theratwin.dosimetry.time_activity.samples import Samples

Shape = ExponentialShape | GammaShape

#: The models by name.
SHAPES: dict[str, Shape] = {
    shape.name: shape
    for shape in (
        ExponentialShape("mono", 1),
        ExponentialShape("bi", 2),
        ExponentialShape("tri", 3),
        ExponentialShape("mono_uptake", 1, uptake=True),
        ExponentialShape("bi_uptake", 2, uptake=True),
        GammaShape(),
    )
}


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted model.

    Parameters
    ----------
    model
        Its name, one of `SHAPES`.
    samples
        What it was fitted to.
    decay_constant
        Physical decay constant (1/h), the floor of the terminal phase.
    theta
        Logarithm of the integral (MBq h), then the parameters of the shape.
    chi_square
        Sum of squared residuals over the spread of the samples.
    covariance
        Of ``theta``; zero for what is held at a bound.
    at_bound
        Names of the parameters at a bound; ``log_excess_rate_1`` at its lower one is physical
        decay.
    """

    model: str
    samples: Samples
    decay_constant: float
    theta: Float[np.ndarray, " p"]
    chi_square: float
    covariance: Float[np.ndarray, "p p"]
    at_bound: tuple[str, ...]

    @property
    def shape(self) -> Shape:
        """The shape of unit area."""
        return SHAPES[self.model]

    @property
    def parameters(self) -> int:
        """Number estimated, the scale of the error among them if only weights are known."""
        return self.theta.size + self.samples.relative

    @cached_property
    def curve(self) -> Curve:
        """Activity (MBq) over time."""
        return self.shape.curve(np.exp(self.theta[0]), self.theta[1:], self.decay_constant)

    @property
    def integral(self) -> float:
        """Time-integrated activity to infinity (MBq h)."""
        return float(np.exp(self.theta[0]))

    @property
    def relative_sd(self) -> float:
        """Relative standard deviation of the integral, from the covariance."""
        return float(np.sqrt(self.covariance[0, 0]))

    @property
    def terminal_half_life(self) -> float:
        """Effective half-life of the terminal phase (h)."""
        return float(np.log(2.0) / self.shape.terminal_rate(self.theta[1:], self.decay_constant))

    @property
    def at_floor(self) -> bool:
        """Whether the terminal phase is at physical decay, within 0.1 %."""
        return bool(np.exp(self.theta[1]) < 1e-3 * self.decay_constant)


def shape_of(model: str) -> Shape:
    """Return the shape of a model's name.

    Raises
    ------
    InputError
        If there is no such model.
    """
    if model not in SHAPES:
        raise InputError("unknown model", field="model", value=model, allowed=list(SHAPES))
    return SHAPES[model]


def fit_model(samples: Samples, model: str, decay_constant: float) -> Fit:
    r"""Fit one model by weighted least squares, from many starts.

    .. math:: \min_\theta \sum_i \bigl(A_i - \tilde A\, u(t_i; \phi)\bigr)^2 / \sigma_i^2

    with derivatives in closed form and :math:`\theta = (\ln \tilde A, \phi)`, so that the
    covariance of the integral is read off directly.

    Raises
    ------
    InputError
        If there are fewer points than parameters, or no such model.
    FitError
        If no start comes to an end.

    Examples
    --------
    >>> times = [4.0, 24.0, 96.0]
    >>> found = fit_model(Samples(times, 100.0 * np.exp(-0.02 * np.array(times))), "mono", 0.004)
    >>> round(found.integral, 6), round(found.terminal_half_life, 4)
    (5000.0, 34.6574)
    """
    shape = shape_of(model)
    needed = shape.size + 1
    if len(samples) < needed:
        raise InputError(
            f"the model {model} has {needed} parameters and needs as many points",
            field="samples",
            value=len(samples),
            remedy="Take a model with fewer parameters, or one for a single scan",
        )
    if not decay_constant > 0:
        raise InputError("must be positive", field="decay_constant", value=decay_constant)
    low, high = bounds(shape, samples, decay_constant)
    data = samples.activities[None, :]
    solved = minimize(
        residuals(shape, samples, data, decay_constant),
        _starts(shape, samples, decay_constant),
        low,
        high,
    )
    best = int(np.argmin(np.where(np.isfinite(solved.chi_square), solved.chi_square, np.inf)))
    if not np.isfinite(solved.chi_square[best]):
        raise FitError("no start comes to an end", field="model", value=model)
    theta, chi = solved.theta[best], float(solved.chi_square[best])
    at_bound = (theta <= low + 1e-6) | (theta >= high - 1e-6)
    names = np.array(["log_integral", *shape.parameters])
    found = _covariance(shape, samples, decay_constant, theta, at_bound, chi)
    return Fit(model, samples, decay_constant, theta, chi, found, tuple(names[at_bound].tolist()))


def bounds(shape: Shape, samples: Samples, decay_constant: float) -> tuple[np.ndarray, np.ndarray]:
    """Return bounds of ``theta``: those of the shape, and wide ones of the integral."""
    low, high = shape.bounds(samples.times, decay_constant)
    longest = samples.times[-1] + 2.0 / decay_constant
    most = np.log(samples.activities.max() * longest)
    return np.array([most - 30.0, *low]), np.array([most + 5.0, *high])


def residuals(
    shape: Shape, samples: Samples, data: Float[np.ndarray, "batch n"], decay_constant: float
) -> Residuals:
    """Return the residuals of data (one row for all problems, or a row each)."""
    spread = samples.spread

    def function(theta: np.ndarray, which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        u, du = shape.evaluate(theta[:, 1:], samples.times, decay_constant)
        f = np.exp(theta[:, :1]) * u
        jacobian = np.concatenate([f[..., None], np.exp(theta[:, :1, None]) * du], axis=-1)
        rows = data if len(data) == 1 else data[which]
        return (f - rows) / spread, jacobian / spread[:, None]

    return function


def _starts(shape: Shape, samples: Samples, decay_constant: float) -> np.ndarray:
    """Return starts of ``theta``; for each shape the integral that fits best."""
    low, high = shape.bounds(samples.times, decay_constant)
    phi = np.clip(shape.starts(samples.times, decay_constant), low, high)
    u, _ = shape.evaluate(phi, samples.times, decay_constant)
    weighted = u / samples.spread**2
    best = (weighted @ samples.activities) / np.maximum(np.sum(weighted * u, axis=-1), 1e-300)
    return np.column_stack([np.log(np.maximum(best, 1e-300)), phi])


def _covariance(
    shape: Shape,
    samples: Samples,
    decay_constant: float,
    theta: np.ndarray,
    at_bound: np.ndarray,
    chi_square: float,
) -> np.ndarray:
    """Return the covariance of ``theta``, what is at a bound held there."""
    function = residuals(shape, samples, samples.activities[None, :], decay_constant)
    jacobian = function(theta[None, :], np.zeros(1, int))[1][0]
    free = np.flatnonzero(~at_bound)
    found = np.zeros((theta.size, theta.size))
    inverse = np.linalg.pinv(jacobian[:, free].T @ jacobian[:, free], rcond=1e-14, hermitian=True)
    found[np.ix_(free, free)] = inverse
    if not samples.relative:
        return found
    freedom = len(samples) - free.size
    return found * (chi_square / freedom if freedom > 0 else np.inf)
