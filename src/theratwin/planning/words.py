"""Numbers in words, as text, table and reason share them."""

from __future__ import annotations

import math

from theratwin.twin import Interval


def gigabecquerel(activity: float) -> str:
    """Write an activity (MBq), rounded down so that a limit that binds still holds.

    Examples
    --------
    >>> gigabecquerel(7838.2)
    '7.83'
    """
    return f"{math.floor(activity / 10.0 + 1e-6) / 100.0:.2f}"


def chance(probability: float) -> str:
    """Write a probability, rounded down.

    Examples
    --------
    >>> chance(0.9999), chance(1.0)
    ('0.999', '1.000')
    """
    return f"{math.floor(probability * 1000.0 + 1e-6) / 1000.0:.3f}"


def spread(interval: Interval) -> str:
    """Write a median with its 90 % interval."""
    return f"{number(interval.median)} ({number(interval.low)} to {number(interval.high)})"


def number(value: float) -> str:
    """Write a number with three digits, without exponent where it can be read.

    Examples
    --------
    >>> number(1234.5), number(0.01234), number(23.45)
    ('1234', '0.0123', '23.4')
    """
    return f"{value:.0f}" if 1000 <= abs(value) < 1e6 else f"{value:.3g}"


def against(first: float, second: float) -> str:
    """Write two numbers with as many digits as tell them apart, six at most.

    Examples
    --------
    >>> against(-14.21, -14.23), against(2.0, 3.0)
    ('-14.21 against -14.23', '2 against 3')
    """
    for digits in range(3, 7):
        words = f"{first:.{digits}g}", f"{second:.{digits}g}"
        if words[0] != words[1]:
            break
    return " against ".join(words)


def cycles(count: int, kind: str = "") -> str:
    """Write a number of cycles.

    Examples
    --------
    >>> cycles(1), cycles(3, "further")
    ('1 cycle', '3 further cycles')
    """
    return f"{count} {kind + ' ' if kind else ''}cycle{'' if count == 1 else 's'}"
