r"""One scan and a library of whole curves.

Each curve of a population, scaled through the activity measured, has an integral of its own
(Jackson et al. 2020):

.. math:: \hat A = A(t)\, \frac1n \sum_i r_i(t), \qquad
          r_i(t) = \frac{\int_0^\infty f_i\,dt}{f_i(t)}
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from theratwin.core import Curve
from theratwin.core.errors import InputError
from theratwin.dosimetry.time_activity.one_scan import OneScan, check_scan


def normalized_integrals(curves: Sequence[Curve], time: float) -> Float[np.ndarray, " curves"]:
    """Return each curve's integral over its value at a time (h).

    Raises
    ------
    InputError
        If there is no curve, or one of them is not positive then.

    Examples
    --------
    >>> from theratwin.core import Exponentials
    >>> np.round(normalized_integrals([Exponentials([3.0], [0.02])], 0.0), 6)
    array([50.])
    """
    if not curves:
        raise InputError("a library needs curves", field="curves", value=0)
    values = np.array([float(curve(time)) for curve in curves])
    integrals = np.array([float(curve.integral()) for curve in curves])
    wrong = np.flatnonzero(~((values > 0) & np.isfinite(integrals) & (integrals > 0)))
    if wrong.size:
        raise InputError(
            "a curve of the library is not positive at the time of the scan, or has no integral",
            field=f"curves[{wrong[0]}]",
            value=float(values[wrong[0]]),
        )
    return integrals / values


def jackson(activity: Any, time: float, curves: Sequence[Curve]) -> np.ndarray:
    """Estimate the time-integrated activity (MBq h) by the mean over a library of curves.

    Source: Jackson et al. 2020.

    Parameters
    ----------
    activity
        Activity at the time of the scan (MBq).
    time
        Time of the scan after the administration (h).
    curves
        Curves of the population, in any unit: only their shapes count.

    Examples
    --------
    >>> from theratwin.core import Exponentials
    >>> library = [Exponentials([1.0], [0.02]), Exponentials([1.0], [0.01])]
    >>> float(jackson(2.0, 0.0, library).round(6))
    150.0
    """
    return np.asarray(activity) * normalized_integrals(curves, time).mean()


def jackson_scan(
    activity: float,
    time: float,
    curves: Sequence[Curve],
    *,
    relative_sd: float = 0.0,
    probability: float = 0.9,
) -> OneScan:
    r"""Return what `jackson` says of one scan, with the interval that the library's spread gives.

    The logarithms of :math:`r_i(t)` are taken as normal; a new patient's then lies within
    Student's quantile of :math:`n - 1` degrees of freedom times
    :math:`\sqrt{s^2 (1 + 1/n) + u^2}`, with the activity's relative standard deviation u.

    Raises
    ------
    InputError
        If there are fewer than two curves, or a number is out of its range.

    Examples
    --------
    >>> from theratwin.core import Exponentials
    >>> library = [Exponentials([1.0], [rate]) for rate in (0.012, 0.014, 0.016)]
    >>> found = jackson_scan(100.0, 72.0, library)
    >>> round(found.integral), round(found.relative_sd, 4)
    (19707, 0.0069)
    """
    from scipy.special import stdtrit

    check_scan(activity, time, relative_sd, probability)
    if len(curves) < 2:
        raise InputError("a spread needs two curves", field="curves", value=len(curves))
    logs = np.log(activity * normalized_integrals(curves, time))
    n = logs.size
    sd = math.sqrt(float(np.var(logs, ddof=1)) * (1.0 + 1.0 / n) + relative_sd**2)
    reach = float(stdtrit(n - 1, 0.5 + 0.5 * probability)) * sd
    center = float(logs.mean())
    return OneScan(
        "jackson",
        float(jackson(activity, time, curves)),
        (math.exp(center - reach), math.exp(center + reach)),
        sd,
        f"spread of {n} curves",
    )
