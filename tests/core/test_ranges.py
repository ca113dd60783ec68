"""Ranges as text: both ends in the inside unit, or told what is wrong."""

from __future__ import annotations

import pytest

from theratwin.core import InputError
from theratwin.core.ranges import parse_range


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("20..500 nmol", "nmol", (20.0, 500.0, "nmol")),
        ("0.02 .. 0.5 umol", "nmol", (20.0, 500.0, "umol")),
        ("1e1..5e2 nmol", "nmol", (10.0, 500.0, "nmol")),
        (".5..4", "", (0.5, 4.0, "")),
        ("0..4", "", (0.0, 4.0, "")),
    ],
)
def test_right_ranges(text, unit, expected):
    low, high, given = parse_range(text, unit, example="1..2", field="vary")
    assert (low, high) == pytest.approx(expected[:2])
    assert given == expected[2]


@pytest.mark.parametrize(
    ("text", "unit", "word"),
    [
        ("20..500", "nmol", "LOW..HIGH UNIT"),
        ("0..4 nmol", "", "no range of numbers"),
        ("20 to 500 nmol", "nmol", "no range"),
        ("20..500 nm", "nmol", "does not convert"),
        ("a..b nmol", "nmol", "no number"),
        ("..4", "", "no number"),
    ],
)
def test_wrong_ranges_are_refused(text, unit, word):
    with pytest.raises(InputError, match=word) as raised:
        parse_range(text, unit, example="20..500 nmol", field="vary.amount")
    assert "vary.amount" in str(raised.value)
