"""Repair parameters are checked when they are given."""

from __future__ import annotations

import math

import pytest

from theratwin.core import InputError
from theratwin.response import Repair


def test_half_time_is_when_half_is_left():
    assert Repair.single(2.8).left(2.8) == pytest.approx(0.5, rel=1e-15)


def test_rates_and_half_times():
    assert Repair.from_rates([1.0], [0.2]).rates == pytest.approx((0.2,))
    assert Repair.single(2.0).rates == pytest.approx((math.log(2) / 2,))


def test_printed_fractions_are_taken_to_one():
    repair = Repair((0.333, 0.333, 0.333), (1.0, 2.0, 3.0))
    assert math.fsum(repair.fractions) == pytest.approx(1.0, abs=1e-15)


@pytest.mark.parametrize(
    ("fractions", "half_times", "field"),
    [
        ((0.5, 0.4), (1.0, 2.0), "Repair.fractions"),
        ((1.0,), (0.0,), r"Repair.half_times\[0\]"),
        ((1.0,), (math.inf,), r"Repair.half_times\[0\]"),
        ((1.5, -0.5), (1.0, 2.0), r"Repair.fractions\[1\]"),
        ((1.0,), (1.0, 2.0), "Repair.half_times"),
        ((), (), "Repair.half_times"),
    ],
)
def test_wrong_values_are_named(fractions, half_times, field):
    with pytest.raises(InputError, match=field):
        Repair(fractions, half_times)
