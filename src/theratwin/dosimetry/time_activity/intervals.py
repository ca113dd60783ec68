"""Intervals of the integral that do not rest on a linearized fit: profile and bootstrap."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from jaxtyping import Float

from theratwin.core.errors import InputError
from theratwin.core.seed import stream
from theratwin.dosimetry.time_activity.compare import quantile
from theratwin.dosimetry.time_activity.fit import Fit, bounds, residuals
from theratwin.dosimetry.time_activity.least_squares import minimize


def profile_interval(fit: Fit, probability: float = 0.9) -> tuple[float, float]:
    r"""Return the interval of the integral (MBq h) by profile likelihood.

    It holds the integrals for which the least :math:`\chi^2` over all other parameters exceeds the
    least of all by no more than the square of the interval's quantile (for relative weights, times
    the estimated variance). A side on which it never does is unbounded: 0 or infinity.

    Examples
    --------
    >>> from theratwin.dosimetry.time_activity import Samples, fit_model
    >>> times = np.array([2.0, 24.0, 96.0])
    >>> samples = Samples(times, 50.0 * np.exp(-0.02 * times), np.full(3, 1.0))
    >>> low, high = profile_interval(fit_model(samples, "mono", 0.004))
    >>> low < 2500.0 < high
    True
    """
    allowed = quantile(fit, probability) ** 2
    if fit.samples.relative:
        freedom = len(fit.samples) - fit.theta.size + len(fit.at_bound)
        allowed *= fit.chi_square / freedom if freedom > 0 else math.inf
    first = min(max(fit.relative_sd, 1e-6), 0.3)
    return (
        math.exp(_crossing(fit, -first, allowed)),
        math.exp(_crossing(fit, first, allowed)),
    )


def _crossing(fit: Fit, step: float, allowed: float) -> float:
    """Return the logarithm of the integral at which the profile crosses, on one side."""
    center, phi = fit.theta[0], fit.theta
    inside = 0.0
    for _ in range(30):
        excess, phi = _profile(fit, center + step, phi)
        if excess > allowed:
            break
        inside, step = step, 1.6 * step
        if abs(step) > 12.0:
            return math.copysign(math.inf, step)
    return center + _refined(fit, inside, step, excess, allowed, phi)


def _refined(
    fit: Fit, inside: float, outside: float, excess: float, allowed: float, phi: np.ndarray
) -> float:
    """Return the crossing between two steps by false position on the root of the excess."""
    goal = math.sqrt(allowed)
    at_inside = -goal if inside == 0.0 else None
    at_outside = math.sqrt(excess) - goal
    for _ in range(60):
        if abs(outside - inside) <= 1e-4 * abs(outside):
            break
        # The root of the excess is nearly linear; halving now and then guards against a kink.
        share = 0.5 if at_inside is None else at_inside / (at_inside - at_outside)
        middle = inside + min(max(share, 0.02), 0.98) * (outside - inside)
        excess, phi = _profile(fit, fit.theta[0] + middle, phi)
        value = math.sqrt(max(excess, 0.0)) - goal
        if abs(value) < 1e-5 * goal:
            return middle
        if value > 0:
            outside, at_outside = middle, value
            at_inside = at_inside if at_inside is None else 0.5 * at_inside
        else:
            inside, at_inside, at_outside = middle, value, 0.5 * at_outside
    return 0.5 * (inside + outside)


def _profile(fit: Fit, log_integral: float, near: np.ndarray) -> tuple[float, np.ndarray]:
    """Return by how much the least chi-square at an integral exceeds the least of all."""
    low, high = bounds(fit.shape, fit.samples, fit.decay_constant)
    starts = np.stack([near, fit.theta])
    starts[:, 0] = log_integral
    solved = minimize(
        residuals(fit.shape, fit.samples, fit.samples.activities[None, :], fit.decay_constant),
        starts,
        low,
        high,
        fixed=np.arange(fit.theta.size) == 0,
        iterations=60,
        tolerance=1e-7,
    )
    best = int(np.argmin(solved.chi_square))
    return float(solved.chi_square[best]) - fit.chi_square, solved.theta[best]


def bootstrap(
    fit: Fit,
    *,
    draws: int = 500,
    seed: int = 1,
    kind: Literal["parametric", "residual"] = "parametric",
) -> Float[np.ndarray, " draws"]:
    """Return integrals (MBq h) of refits to simulated data.

    Parameters
    ----------
    fit
        The fit whose curve is the truth of the simulation.
    draws
        Number of simulated data sets.
    seed
        Of the random stream.
    kind
        ``parametric``: normal errors of the standard deviations given (of the estimated scale
        for relative weights); ``residual``: the standardized residuals, centered, drawn with
        replacement and enlarged for the parameters they lost.

    Raises
    ------
    InputError
        If residuals are asked for and there are no more points than parameters.
    """
    samples, generator = fit.samples, stream(seed, "time-activity bootstrap")
    expected = np.asarray(fit.curve(samples.times))
    freedom = len(samples) - fit.theta.size + len(fit.at_bound)
    if freedom < 1 and (kind == "residual" or samples.relative):
        raise InputError(
            "no more points than parameters: the residuals tell nothing",
            field="kind",
            value=kind,
            remedy="Give standard deviations and take the parametric bootstrap",
        )
    if kind == "residual":
        left = (samples.activities - expected) / samples.spread
        left = (left - left.mean()) * math.sqrt(len(samples) / freedom)
        errors = generator.choice(left, (draws, len(samples)))
    else:
        scale = math.sqrt(fit.chi_square / freedom) if samples.relative else 1.0
        errors = scale * generator.standard_normal((draws, len(samples)))
    data = expected + errors * samples.spread
    low, high = bounds(fit.shape, samples, fit.decay_constant)
    start = np.tile(fit.theta, (draws, 1))
    solved = minimize(
        residuals(fit.shape, samples, data, fit.decay_constant), start, low, high, tolerance=1e-7
    )
    return np.exp(solved.theta[:, 0])
