"""Straight lines between the measured activities, and an exponential tail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from theratwin.core.curve import Curve, Exponentials, Pieces
from theratwin.core.errors import InputError
from theratwin.dosimetry.time_activity.samples import Samples


@dataclass(frozen=True, eq=False)
class Trapezoid:
    """A curve through all points.

    Parameters
    ----------
    curve
        Activity (MBq) over time.
    sd
        Standard deviation of its integral (MBq h), first order; None without those of the
        activities.
    tail_rate
        Rate of the tail (1/h).
    at_floor
        Whether the last two points decline no faster than physical decay, which then holds.
    """

    curve: Curve
    sd: float | None
    tail_rate: float
    at_floor: bool

    @property
    def integral(self) -> float:
        """Time-integrated activity to infinity (MBq h)."""
        return float(self.curve.integral())


def trapezoid(
    samples: Samples,
    decay_constant: float,
    *,
    tail: Literal["physical", "last_two"] = "last_two",
    head: Literal["zero", "constant"] = "zero",
) -> Trapezoid:
    r"""Integrate by trapezoids, with a tail from the last point on.

    .. math::

        \tilde A = \sum_i \tfrac12 (A_i + A_{i+1})(t_{i+1} - t_i) + A_n / k

    Parameters
    ----------
    samples
        Activities of the region.
    decay_constant
        Physical decay constant (1/h).
    tail
        ``physical``: :math:`k` is physical decay, an upper bound; ``last_two``: the decline
        between the last two points, never slower than physical decay.
    head
        What precedes the first point: a rise from ``zero`` at the administration, or the first
        activity, ``constant``.

    Raises
    ------
    InputError
        If the tail needs two points and there is one.

    Examples
    --------
    >>> samples = Samples([0.0, 10.0, 20.0], [8.0, 4.0, 2.0])
    >>> found = trapezoid(samples, 0.01)
    >>> round(found.integral - 90.0, 6), round(float(2.0 / found.tail_rate), 4)
    (28.853901, 28.8539)
    """
    times, activities = samples.times, samples.activities
    if tail == "last_two" and len(samples) < 2:
        raise InputError(
            "a tail by the last two points needs two",
            field="samples",
            value=len(samples),
            remedy='Take the tail "physical"',
        )
    slope = (
        np.log(activities[-2] / activities[-1]) / (times[-1] - times[-2])
        if tail != ("physical")
        else decay_constant
    )
    rate = max(float(slope), decay_constant)
    curve = Exponentials(activities[-1:], [rate], [times[-1]])
    before = _lines(times, activities, head)
    whole = curve if before is None else before + curve
    at_floor = tail == "last_two" and float(slope) <= decay_constant
    sd = _sd(samples, rate, head, free_tail=tail == "last_two" and not at_floor)
    return Trapezoid(whole, sd, rate, at_floor)


def _lines(times: np.ndarray, activities: np.ndarray, head: str) -> Pieces | None:
    if times[0] > 0:
        times = np.array([0.0, *times])
        activities = np.array([0.0 if head == "zero" else activities[0], *activities])
    return Pieces.from_samples(times, activities) if times.size > 1 else None


def _sd(samples: Samples, rate: float, head: str, *, free_tail: bool) -> float | None:
    """Propagate the activities' standard deviations to first order."""
    if samples.sd is None:
        return None
    times, steps = samples.times, np.diff(samples.times)
    weights = np.zeros(len(samples))
    weights[:-1] += 0.5 * steps
    weights[1:] += 0.5 * steps
    weights[0] += times[0] * (0.5 if head == "zero" else 1.0)
    weights[-1] += 1.0 / rate
    if free_tail:  # the rate moves with both logarithms
        slope = samples.activities[-1] / (rate**2 * steps[-1])
        weights[-2] -= slope / samples.activities[-2]
        weights[-1] += slope / samples.activities[-1]
    return float(np.sqrt(np.sum((weights * samples.sd) ** 2)))
