r"""From values and integrals at some times to a curve that has both exactly.

On each interval of length :math:`h` the curve is the parabola with the values :math:`f_0` and
:math:`f_1` at the ends and the mean :math:`m = \Delta Q / h` that the solver's quadrature
:math:`Q` gives:

.. math:: f_0 + (6 m - 4 f_0 - 2 f_1)\, u + 3 (f_0 + f_1 - 2 m)\, u^2, \qquad 0 \le u \le 1.

It is the derivative of the cubic Hermite interpolant of :math:`Q`: doses are as exact as the
solver, and between the knots the curve errs by the third power of the interval.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float

from theratwin.core import Pieces

#: Knots after the end of an infusion, and within it.
_KNOTS, _WHILE_INFUSED = 60, 6
#: The first knot after an infusion or bolus (h): half a minute, of the order of a circulation.
_FIRST = 0.008
#: Half-lives after the last administration at which curves end: less than 1e-6 of what was
#: given then could still decay.
_HALF_LIVES = 20.0


def knots(length: float, duration: float) -> Float[np.ndarray, " knots"]:
    """Return times (h) after an administration, dense where the blood changes fast.

    Parameters
    ----------
    length
        Until when (h).
    duration
        Of the infusion (h), 0 for a bolus.

    Examples
    --------
    >>> knots(24.0, 6.0)[:8].round(2)
    array([0.  , 1.  , 2.  , 3.  , 4.  , 5.  , 6.  , 6.01])
    """
    infused = np.linspace(0.0, min(duration, length), _WHILE_INFUSED + 1 if duration > 0 else 1)
    left = length - duration
    if left <= 0:
        return infused
    first = min(_FIRST, 0.01 * left)
    after = duration + np.geomspace(first, left, _KNOTS)
    after[-1] = length
    return np.concatenate([infused, after])


def course_knots(
    starts: Any, durations: Any, decay_constant: float
) -> tuple[Float[np.ndarray, " knots"], ...]:
    """Return the times (h) for each administration: up to just before the next, or to the end."""
    end = starts[-1] + durations[-1] + _HALF_LIVES * np.log(2.0) / decay_constant
    found = []
    for start, duration, following in zip(starts, durations, [*starts[1:], end], strict=True):
        times = start + knots(following - start, duration)
        # So that no instant counts for two administrations.
        times[-1] = np.nextafter(following, -np.inf)
        found.append(times)
    return tuple(found)


def integral_pieces(
    times: Float[Any, " knots"],
    values: Float[Any, "*draws knots"],
    integrals: Float[Any, "*draws knots"],
) -> Pieces:
    """Return the curve with the given values and integrals up to each time.

    Examples
    --------
    >>> curve = integral_pieces(np.array([0.0, 1.0]), np.array([1.0, 0.0]), np.array([0.0, 0.25]))
    >>> float(curve.integral()), float(curve(0.0)), float(curve(0.5))
    (0.25, 1.0, 0.125)
    """
    lengths = np.diff(times)
    begin, end, mean = values[..., :-1], values[..., 1:], np.diff(integrals) / lengths
    linear = (6.0 * mean - 4.0 * begin - 2.0 * end) / lengths
    square = 3.0 * (begin + end - 2.0 * mean) / lengths**2
    return Pieces(times, np.stack([begin, linear, square], axis=-1))
