"""Numbers as a reader wants them: as many digits as the interval bears."""

from __future__ import annotations

import math
from collections.abc import Sequence

from theratwin.twin import Interval

_NO_BREAK = "\u202f"


def decimals(interval: Interval) -> int:
    """Return how many decimals to show: two digits of the median, and of the half-width up to 35.

    Above that the half-width needs but one.

    Examples
    --------
    >>> decimals(Interval(0.318, 0.271, 0.377)), decimals(Interval(4.69, 3.68, 5.99))
    (2, 1)
    >>> decimals(Interval(246.0, 149.0, 485.0)), decimals(Interval(0.78, 0.5, 1.26))
    (0, 2)
    """
    half = 0.5 * (interval.high - interval.low)
    needed = [1 - _exponent(abs(interval.median))]
    if half > 0:
        needed.append((half < 3.55 * 10.0 ** _exponent(half)) - _exponent(half))
    return max(0, *needed)


def _exponent(value: float) -> int:
    return math.floor(math.log10(value)) if value > 0 else 0


def significant(value: float) -> str:
    """Return a number with three digits at least, and never an exponent.

    Examples
    --------
    >>> significant(1800.0), significant(34.0), significant(0.98765)
    ('1800', '34', '0.988')
    """
    return f"{value:.0f}" if abs(value) >= 100.0 else f"{value:.3g}"


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
    return f"{significant(activity)}{_NO_BREAK}MBq"


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
