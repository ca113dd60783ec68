"""Single-time-point methods: one scan, one assumption on the half-life."""

from __future__ import annotations

from typing import Any

import numpy as np

from theratwin.core._arrays import as_float


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
