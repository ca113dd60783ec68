"""What single-scan methods err by, against the integrals of whole curves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from theratwin.core import Curve, LogNormal
from theratwin.core.errors import InputError
from theratwin.dosimetry.time_activity.curve_library import normalized_integrals
from theratwin.dosimetry.time_activity.one_scan import haenscheid, madsen
from theratwin.dosimetry.time_activity.population import hou

#: Integrals (MBq h) of all curves from their activities (MBq) at a time (h).
Method = Callable[[np.ndarray, float], Any]


@dataclass(frozen=True, eq=False)
class ScanErrors:
    """Relative errors of one method: estimate over the full integral, less one.

    Parameters
    ----------
    times
        Times of the single scan (h).
    relative
        Relative error of each curve at each time.
    """

    times: Float[np.ndarray, " times"]
    relative: Float[np.ndarray, "curves times"]

    @property
    def mean(self) -> Float[np.ndarray, " times"]:
        """Mean error over the curves: the bias."""
        return self.relative.mean(axis=0)

    @property
    def sd(self) -> Float[np.ndarray, " times"]:
        """Standard deviation over the curves."""
        return self.relative.std(axis=0, ddof=1 if len(self.relative) > 1 else 0)

    @property
    def worst(self) -> Float[np.ndarray, " times"]:
        """The error of greatest size, with its sign."""
        rows = np.argmax(np.abs(self.relative), axis=0)
        return self.relative[rows, np.arange(self.times.size)]

    @property
    def rms(self) -> Float[np.ndarray, " times"]:
        """Root mean square error."""
        return np.sqrt(np.mean(self.relative**2, axis=0))


def one_scan_errors(
    curves: Sequence[Curve], times: Any, methods: Mapping[str, Method]
) -> dict[str, ScanErrors]:
    """Compare methods for a single scan with the full integrals of known curves.

    Parameters
    ----------
    curves
        Activity (MBq) of each patient: fitted, or known by simulation.
    times
        Times of the single scan (h), shape ``(times,)``.
    methods
        By name; each turns the activities of all curves at a time into integrals.
        `scan_methods` gives the house's own.

    Raises
    ------
    InputError
        If there is no curve, a time is negative, or a curve is not positive at a time.

    Examples
    --------
    >>> from theratwin.core import Exponentials
    >>> curve = Exponentials([100.0], [np.log(2.0) / 50.0])
    >>> found = one_scan_errors([curve], [50.0, 125.0], {"haenscheid": haenscheid})
    >>> np.round(found["haenscheid"].worst, 4)
    array([ 0.    , -0.1161])
    """
    times = np.atleast_1d(np.asarray(times, float))
    if not np.all(times >= 0):
        raise InputError("must not be negative", field="times", value=float(times.min()))
    scaled = np.stack([normalized_integrals(curves, float(time)) for time in times], axis=-1)
    truth = np.array([float(curve.integral()) for curve in curves])
    seen = truth[:, None] / scaled
    found = {}
    for name, method in methods.items():
        estimates = [method(seen[:, j], float(time)) for j, time in enumerate(times)]
        found[name] = ScanErrors(times, np.stack(estimates, axis=-1) / truth[:, None] - 1.0)
    return found


def scan_methods(
    curves: Sequence[Curve], population: LogNormal | None, decay_constant: float
) -> dict[str, Method]:
    """Return the methods that a library of curves and a population allow.

    `jackson` leaves out the curve that it estimates, and so needs two; `madsen` and `hou` need the
    population's effective half-lives (h).

    Examples
    --------
    >>> from theratwin.core import Exponentials
    >>> curves = [Exponentials([1.0], [0.01])] * 2
    >>> sorted(scan_methods(curves, LogNormal(50.0, 1.3), 0.00434))
    ['haenscheid', 'hou', 'jackson', 'madsen']
    """
    found: dict[str, Method] = {"haenscheid": haenscheid}
    if population is not None:
        found["madsen"] = lambda activity, time: madsen(activity, time, population.median)
        found["hou"] = lambda activity, time: hou(activity, time, population, decay_constant)
    if len(curves) > 1:
        found["jackson"] = lambda activity, time: activity * _of_the_others(curves, time)
    return found


def _of_the_others(curves: Sequence[Curve], time: float) -> np.ndarray:
    """Return for each curve the mean normalized integral of the others."""
    ratios = normalized_integrals(curves, time)
    return (ratios.sum() - ratios) / (ratios.size - 1)
