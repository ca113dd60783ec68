"""Regions and intervals as a reader wants them: titles, and as many digits as are borne."""

from __future__ import annotations

import math

from theratwin.case import find_region
from theratwin.twin.twin import Interval


def title(region: str) -> str:
    """Return a region's or lesion's name as a reader sees it.

    Examples
    --------
    >>> title("parotid_glands"), title("lesion_1")
    ('Parotid glands', 'Lesion 1')
    """
    known = find_region(region)
    if known is not None:
        return known.title
    words = region.replace("_", " ")
    return words[:1].upper() + words[1:]


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


def _exponent(value: float) -> int:
    return math.floor(math.log10(value)) if value > 0 else 0
