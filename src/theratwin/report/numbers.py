"""Numbers as a reader wants them: as many digits as the interval bears."""

from __future__ import annotations

from collections.abc import Sequence

from theratwin.twin import Interval
from theratwin.twin.words import bounds, middle

__all__ = [
    "bounds",
    "gigabecquerel",
    "listed",
    "middle",
    "nanomoles",
    "percent",
    "significant",
    "with_bounds",
]

_NO_BREAK = "\u202f"


def significant(value: float) -> str:
    """Return a number with three digits at least, and never an exponent.

    Examples
    --------
    >>> significant(1800.0), significant(34.0), significant(0.98765)
    ('1800', '34', '0.988')
    """
    return f"{value:.0f}" if abs(value) >= 100.0 else f"{value:.3g}"


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


def nanomoles(amount: float) -> str:
    """Return an amount of ligand (nmol).

    Examples
    --------
    >>> nanomoles(98.0)
    '98\u202fnmol'
    """
    return f"{amount:.3g}{_NO_BREAK}nmol"


def percent(fraction: float) -> str:
    """Return a fraction in percent; what rounds to none or all is given as a bound.

    Examples
    --------
    >>> percent(0.953), percent(0.9999), percent(0.0002)
    ('95\u202f%', '>\u202f99\u202f%', '<\u202f1\u202f%')
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
