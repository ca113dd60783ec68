"""Quantities that are fixed, or free between two ends."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theratwin.core.errors import InputError
from theratwin.planning import Span, bounds


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("6 weeks", 1008.0, 1008.0),
        ("6..10 weeks", 1008.0, 1680.0),
        ("6 .. 10 weeks", 1008.0, 1680.0),
        ("1e2..1.5e3 h", 100.0, 1500.0),
    ],
)
def test_text_is_read(text, low, high):
    assert Span.parse(text, "h", field="interval") == Span(low, high)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("10..6 weeks", "rises"),
        ("6..6 weeks", "rises"),
        ("6..10", "unit"),
        ("6..10 nmol", "nmol"),
        ("six weeks", "number"),
    ],
)
def test_bad_text_is_named_with_its_field(text, words):
    with pytest.raises(InputError, match=words) as caught:
        Span.parse(text, "h", field="interval")
    assert caught.value.field == "interval"


@given(st.floats(0.1, 10.0), st.floats(1.1, 100.0), st.integers(2, 30))
def test_values_rise_evenly_on_a_logarithm_from_end_to_end(low, ratio, points):
    values = Span(low, low * ratio).spaced(points)
    assert (values[0], values[-1], len(values)) == (low, low * ratio, points)
    np.testing.assert_allclose(np.diff(np.log(values)), np.log(ratio) / (points - 1), rtol=1e-6)


@pytest.mark.parametrize("name", ["interval", "amount", "infusion"])
def test_bounds_must_be_positive(name):
    unit = "nmol" if name == "amount" else "h"
    with pytest.raises(InputError, match="positive"):
        bounds(**{name: f"0..3 {unit}"})


def test_what_is_free_is_told():
    assert bounds().free == ()
    assert bounds(amount="57 nmol", infusion="1 h").free == ()
    free = bounds(interval="6..8 weeks", amount="20..60 nmol", infusion="1..2 h").free
    assert free == ("interval", "amount", "duration")


def test_infusions_end_before_the_next_cycle_and_cycles_are_weeks_apart():
    with pytest.raises(InputError, match="before the next") as caught:
        bounds(infusion="30 weeks")
    assert caught.value.field == "bounds.infusion"
    with pytest.raises(InputError, match="do not add up"):
        bounds(interval="1..2 h")
    with pytest.raises(InputError, match="0 to 3 min") as caught:
        bounds(infusion="0..3 min")
    assert caught.value.field == "bounds.infusion"
