"""Numbers with sensible digits."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from theratwin.report.numbers import bounds, gigabecquerel, listed, middle, percent, significant
from theratwin.twin import Interval

_POSITIVE = st.floats(1e-6, 1e6)


@given(_POSITIVE, st.floats(1.01, 20.0))
def test_digits_tell_bounds_apart_and_lose_little(median, factor):
    interval = Interval(median, median / factor, median * factor)
    low, high = (float(part) for part in bounds(interval).split("–"))
    half = 0.5 * (interval.high - interval.low)
    # Rounded to a digit of the half-width: off by half of it at most, and never the same.
    assert abs(low - interval.low) <= 0.5 * half or half > 1
    assert low < high or half < 0.51
    assert math.isclose(float(middle(interval)), median, rel_tol=0.05, abs_tol=0.51)


def test_without_a_spread_two_digits_are_shown():
    assert middle(Interval(0.0344, 0.0344, 0.0344)) == "0.034"
    assert middle(Interval(0.0, 0.0, 0.0)) == "0.0"


def test_words():
    assert percent(1.0) == ">\u202f99\u202f%"
    assert percent(0.0) == "0\u202f%"
    assert gigabecquerel(9300.0) == "9.3\u202fGBq"
    assert significant(1008.0) == "1008"
    assert listed(["cycle 1"]) == "cycle 1"
    assert listed([]) == ""
