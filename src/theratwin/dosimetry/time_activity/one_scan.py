"""One scan, one exponential: formulas of a single time point, and what is said of one scan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from theratwin.core import parameter_set
from theratwin.core._arrays import as_float
from theratwin.core.errors import InputError


@dataclass(frozen=True)
class OneScan:
    """The time-integrated activity that one scan gives, and its interval.

    Parameters
    ----------
    method
        The method's name.
    integral
        Time-integrated activity (MBq h).
    interval
        Its lower and upper end (MBq h).
    relative_sd
        Standard deviation of the logarithm of what the integral may be; None where the interval
        is a bound and no distribution.
    basis
        What the interval rests on, in words.
    """

    method: str
    integral: float
    interval: tuple[float, float]
    relative_sd: float | None
    basis: str


def haenscheid(activity: Any, time: Any) -> Any:
    r"""Estimate the time-integrated activity from one scan without knowing the half-life.

    .. math:: \tilde A = A(t)\, \frac{2 t}{\ln 2}

    For a monoexponential curve it errs by -12 % to +6 % while the scan lies between 0.75 and 2.5
    effective half-lives after the administration (`haenscheid_ratio`). Source: Haenscheid et al.
    2018.

    Parameters
    ----------
    activity
        Activity at the time of the scan (MBq).
    time
        Time of the scan after the administration (h).

    Returns
    -------
    array
        Time-integrated activity (MBq h).

    Examples
    --------
    >>> bool(abs(haenscheid(50.0, 100.0) - 14426.95) < 0.01)
    True
    """
    return as_float(activity) * 2.0 * as_float(time) / np.log(2.0)


def haenscheid_ratio(time: Any, effective_half_life: Any) -> Any:
    r"""Return the estimate of `haenscheid` over the truth for a monoexponential curve.

    .. math:: 2 x\, 2^{-x}, \qquad x = t / T_\mathrm{eff}

    Parameters
    ----------
    time, effective_half_life
        Both in h.

    Examples
    --------
    >>> float(haenscheid_ratio(50.0, 50.0))
    1.0
    """
    elapsed = as_float(time) / as_float(effective_half_life)
    return 2.0 * elapsed * np.exp2(-elapsed)


def madsen(activity: Any, time: Any, effective_half_life: Any) -> Any:
    r"""Estimate the time-integrated activity from one scan and a population half-life.

    .. math:: \tilde A = A(t)\, e^{k t} / k, \qquad k = \ln 2 / T_\mathrm{eff}

    Source: Madsen et al. 2018.

    Parameters
    ----------
    activity
        Activity at the time of the scan (MBq).
    time
        Time of the scan after the administration (h).
    effective_half_life
        Effective half-life of the population (h).

    Returns
    -------
    array
        Time-integrated activity (MBq h).

    Examples
    --------
    >>> round(float(madsen(50.0, 50.0, 50.0)), 3)
    7213.475
    """
    rate = np.log(2.0) / as_float(effective_half_life)
    return as_float(activity) * np.exp(rate * as_float(time)) / rate


def haenscheid_bounds() -> tuple[float, float]:
    r"""Return the least and greatest ratio of `haenscheid` to the truth where it is valid.

    The ratio :math:`2 x\,2^{-x}` rises to :math:`2 / (e \ln 2)` at :math:`x = 1 / \ln 2` and falls
    from there on, so that its least value is at an end of the range.

    Examples
    --------
    >>> [round(bound, 4) for bound in haenscheid_bounds()]
    [0.8839, 1.0615]
    """
    ends = [float(haenscheid_ratio(share, 1.0)) for share in _valid_shares()]
    return min(ends), float(2.0 / (np.e * np.log(2.0)))


def haenscheid_scan(
    activity: float, time: float, *, relative_sd: float = 0.0, probability: float = 0.9
) -> OneScan:
    """Return what `haenscheid` says of one scan, with the bound of its error.

    The interval holds the truth for every monoexponential curve whose effective half-life has the
    scan in the method's range, widened by the quantile of the activity's own error.

    Parameters
    ----------
    activity, time
        Activity (MBq) at a time (h).
    relative_sd
        Relative standard deviation of the activity.
    probability
        Of the activity's part of the interval.

    Raises
    ------
    InputError
        If activity or time is not positive.

    Examples
    --------
    >>> found = haenscheid_scan(100.0, 72.0)
    >>> [round(edge / found.integral, 3) for edge in found.interval]
    [0.942, 1.131]
    """
    check_scan(activity, time, relative_sd, probability)
    estimate = float(haenscheid(activity, time))
    least, greatest = haenscheid_bounds()
    noise = float(np.exp(normal_quantile(probability) * relative_sd))
    earliest, latest = _valid_shares()
    return OneScan(
        "haenscheid",
        estimate,
        (estimate / greatest / noise, estimate / least * noise),
        None,
        f"bound for monoexponential curves with effective half-lives of {time / latest:.3g} to "
        f"{time / earliest:.3g} h",
    )


def normal_quantile(probability: float) -> float:
    """Return how many standard deviations the central interval reaches."""
    from scipy.special import ndtri

    return float(ndtri(0.5 + 0.5 * probability))


def check_scan(activity: float, time: float, relative_sd: float, probability: float) -> None:
    """Check one scan's numbers.

    Raises
    ------
    InputError
        If one is out of its range.
    """
    for name, value in (("activity", activity), ("time", time)):
        if not (np.isfinite(value) and value > 0):
            raise InputError("must be positive", field=name, value=value)
    if not (np.isfinite(relative_sd) and relative_sd >= 0):
        raise InputError("must not be negative", field="relative_sd", value=relative_sd)
    if not 0 < probability < 1:
        raise InputError("must lie between 0 and 1", field="probability", value=probability)


def _valid_shares() -> tuple[float, float]:
    """Return the range of the method, in effective half-lives."""
    values = parameter_set("dosimetry", "one_scan")
    return values.value("haenscheid.earliest"), values.value("haenscheid.latest")
