r"""One scan and a population of effective half-lives.

If the curve is one exponential, an activity :math:`A(t)` leaves the half-life :math:`T` open:

.. math:: \tilde A(T) = A(t)\, \frac{T}{\ln 2}\, 2^{t / T}

With half-lives log-normal over the population (Hou et al. 2021), cut off at physical decay, the
integral has the distribution of :math:`\tilde A(T)`. Madsen's estimate is its value at the median
half-life; the one named after Hou is its mean. The interval is the distribution's own, whichever
estimate is taken.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from theratwin.core import LogNormal
from theratwin.core.errors import InputError
from theratwin.dosimetry.time_activity.one_scan import OneScan, check_scan, madsen

_HALF_LIVES, _ERRORS = 1001, 101


class ScanTime(NamedTuple):
    """When to scan once (h), and the root mean square relative error then."""

    time: float
    error: float


def half_lives(
    population: LogNormal, decay_constant: float, count: int = _HALF_LIVES
) -> Float[np.ndarray, " count"]:
    """Return effective half-lives (h) of equal probability over a population.

    The distribution is cut off at the physical half-life: a single exponential cannot be slower.

    Parameters
    ----------
    population
        Effective half-lives (h).
    decay_constant
        Physical decay constant (1/h).
    count
        How many.

    Raises
    ------
    InputError
        If the median is not below the physical half-life.

    Examples
    --------
    >>> found = half_lives(LogNormal(50.0, 1.3), 0.00434, 3)
    >>> np.round(found, 1)
    array([38.8, 50. , 64.4])
    """
    from scipy.special import ndtr, ndtri

    physical = np.log(2.0) / decay_constant
    if not population.median < physical:
        raise InputError(
            "the median effective half-life must be below the physical one",
            field="population.median",
            value=population.median,
            allowed=f"below {physical:.4g} h",
        )
    whole = ndtr((np.log(physical) - population.log_mean) / population.log_sd)
    at = ndtri((np.arange(count) + 0.5) / count * whole)
    return np.exp(population.log_mean + population.log_sd * at)


def hou(
    activity: float | np.ndarray, time: float, population: LogNormal, decay_constant: float
) -> np.ndarray:
    r"""Estimate the time-integrated activity (MBq h) as its mean over the population.

    .. math:: \hat A = A(t)\, \operatorname{E}_T \frac{T}{\ln 2}\, 2^{t / T}

    That half-lives are log-normal is Hou et al. 2021; to take the mean over them, which has the
    least mean square error, is a choice made here.

    Examples
    --------
    >>> population = LogNormal(50.0, 1.3)
    >>> found = hou(100.0, 72.0, population, 0.00434)
    >>> round(float(found / madsen(100.0, 72.0, 50.0)), 3)
    1.037
    """
    factors = madsen(1.0, time, half_lives(population, decay_constant))
    return np.asarray(activity) * factors.mean()


def madsen_scan(
    activity: float,
    time: float,
    population: LogNormal,
    decay_constant: float,
    *,
    relative_sd: float = 0.0,
    probability: float = 0.9,
) -> OneScan:
    """Return what `madsen` says of one scan at the median half-life, with its interval.

    Parameters
    ----------
    activity, time
        Activity (MBq) at a time (h).
    population
        Effective half-lives (h).
    decay_constant
        Physical decay constant (1/h).
    relative_sd
        Relative standard deviation of the activity.
    probability
        Of the interval.

    Raises
    ------
    InputError
        If a number is out of its range.

    Examples
    --------
    >>> found = madsen_scan(100.0, 72.0, LogNormal(50.0, 1.3), 0.00434, relative_sd=0.05)
    >>> round(found.integral), [round(edge) for edge in found.interval]
    (19572, [18338, 22896])
    """
    check_scan(activity, time, relative_sd, probability)
    estimate = float(madsen(activity, time, population.median))
    return _scan(
        "madsen", estimate, activity, time, population, decay_constant, relative_sd, probability
    )


def hou_scan(
    activity: float,
    time: float,
    population: LogNormal,
    decay_constant: float,
    *,
    relative_sd: float = 0.0,
    probability: float = 0.9,
) -> OneScan:
    """Return what `hou` says of one scan, with its interval; arguments as of `madsen_scan`.

    Examples
    --------
    >>> found = hou_scan(100.0, 72.0, LogNormal(50.0, 1.3), 0.00434)
    >>> round(found.integral), round(found.relative_sd, 3)
    (20295, 0.051)
    """
    check_scan(activity, time, relative_sd, probability)
    estimate = float(hou(activity, time, population, decay_constant))
    return _scan(
        "hou", estimate, activity, time, population, decay_constant, relative_sd, probability
    )


def best_scan_time(population: LogNormal, decay_constant: float) -> ScanTime:
    r"""Return when one scan errs least by `madsen`, over the population.

    For a narrow population it is :math:`T / \ln 2`, where :math:`T\,2^{t/T}` is stationary in
    :math:`T`.

    Examples
    --------
    >>> found = best_scan_time(LogNormal(50.0, 1.02), 0.00434)
    >>> round(found.time, 1), float(np.round(50.0 / np.log(2.0), 1))
    (72.1, 72.1)
    """
    from scipy.optimize import minimize_scalar

    lives = half_lives(population, decay_constant)

    def error(log_time: float) -> float:
        time = np.exp(log_time)
        ratio = madsen(1.0, time, population.median) / madsen(1.0, time, lives)
        return float(np.sqrt(np.mean((ratio - 1.0) ** 2)))

    grid = np.log(population.median) + np.linspace(np.log(0.05), np.log(10.0), 120)
    at = int(np.clip(np.argmin([error(log_time) for log_time in grid]), 1, grid.size - 2))
    found = minimize_scalar(error, bounds=(grid[at - 1], grid[at + 1]), method="bounded")
    return ScanTime(float(np.exp(found.x)), float(found.fun))


def _scan(
    method: str,
    estimate: float,
    activity: float,
    time: float,
    population: LogNormal,
    decay_constant: float,
    relative_sd: float,
    probability: float,
) -> OneScan:
    """Put the interval to an estimate: half-life and error of the activity together."""
    from scipy.special import ndtri

    logs = np.log(madsen(activity, time, half_lives(population, decay_constant)))
    if relative_sd > 0:
        logs = np.add.outer(logs, relative_sd * ndtri((np.arange(_ERRORS) + 0.5) / _ERRORS))
    low, high = np.exp(np.quantile(logs, (0.5 - 0.5 * probability, 0.5 + 0.5 * probability)))
    return OneScan(
        method,
        estimate,
        (float(low), float(high)),
        float(np.std(logs)),
        f"effective half-lives log-normal, median {population.median:.3g} h, geometric standard "
        f"deviation {population.gsd:.3g}, none above physical decay",
    )
