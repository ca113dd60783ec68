"""Numbers as a reader wants them: as many digits as the interval bears."""

from __future__ import annotations

import math
from collections.abc import Sequence

from theratwin.twin import Interval

_NO_BREAK = "\u202f"


def decimals(interval: Interval) -> int:
    """Return how many decimals show two digits of the interval's half-width.

    Examples
    --------
    >>> decimals(Interval(0.318, 0.271, 0.377)), decimals(Interval(246.0, 149.0, 485.0))
    (2, 0)
    """
    half = 0.5 * (interval.high - interval.low)
    scale = half if half > 0 else abs(interval.median)
    if scale == 0:
        return 0
    return max(0, 1 - math.floor(math.log10(scale) + 1e-9))


def middle(interval: Interval) -> str:
    """Return the median alone."""
    return f"{interval.median:.{decimals(interval)}f}"


def bounds(interval: Interval) -> str:
    """Return the interval alone.

    Examples
    --------
    >>> bounds(Interval(4.69, 3.68, 5.99))
    '3.7–6.0'
    """
    places = decimals(interval)
    return f"{interval.low:.{places}f}–{interval.high:.{places}f}"


def with_bounds(interval: Interval, unit: str = "") -> str:
    """Return median, unit and interval.

    Examples
    --------
    >>> with_bounds(Interval(4.69, 3.68, 5.99), "Gy")
    '4.7\u202fGy (3.7–6.0)'
    """
    return f"{middle(interval)}{_NO_BREAK + unit if unit else ''} ({bounds(interval)})"


def gigabecquerel(activity: float) -> str:
    """Return an activity (MBq) in the unit that suits its size.

    Examples
    --------
    >>> gigabecquerel(7400.0), gigabecquerel(5.5)
    ('7.4\u202fGBq', '5.5\u202fMBq')
    """
    if activity >= 500.0:
        return f"{activity / 1e3:.3g}{_NO_BREAK}GBq"
    return f"{activity:.3g}{_NO_BREAK}MBq"


def percent(fraction: float) -> str:
    """Return a fraction in percent; what rounds to none or all is given as a bound.

    Examples
    --------
    >>> percent(0.953), percent(0.9999), percent(0.0002)
    ('95 %', '> 99 %', '< 1 %')
    """
    if fraction > 0.99:
        return f">{_NO_BREAK}99{_NO_BREAK}%"
    if 0 < fraction < 0.01:
        return f"<{_NO_BREAK}1{_NO_BREAK}%"
    return f"{100 * fraction:.0f}{_NO_BREAK}%"


def listed(words: Sequence[str]) -> str:
    """Join words as prose does.

    Examples
    --------
    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""
