"""Limits: read, shown, refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from theratwin.core.errors import InputError
from theratwin.planning import Limit, Quantity, at_most, bed, default_limits, dose, parse_limit


def test_a_limit_reads_as_the_design_writes_it():
    limit = at_most("40 Gy", bed("kidneys"), probability=0.95)
    assert (limit.quantity, limit.bound, limit.probability) == (bed("kidneys"), 40.0, 0.95)


@given(
    st.sampled_from(["bed", "dose"]),
    st.sampled_from(["kidneys", "red_marrow", "lesion_1"]),
    st.floats(0.01, 1000.0),
    st.floats(0.01, 1.0),
)
def test_text_and_limit_are_the_same(kind, region, bound, probability):
    text = f"{kind}({region}) <= {bound!r} Gy @ {probability!r}"
    assert parse_limit(text) == Limit(Quantity(kind, region), bound, probability)


def test_text_may_use_synonyms_percent_and_other_units():
    limit = parse_limit("dose(red bone marrow)<=200 cGy @95 %")
    assert limit.quantity == dose("red_marrow")
    # Rounding of the conversions only.
    assert (limit.bound, limit.probability) == pytest.approx((2.0, 0.95), rel=1e-14)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kidneys <= 40 Gy", "this is no limit"),
        ("bed(kidneys) <= 40 Gy", "this is no limit"),
        ("bed(kidneys) <= 40 @ 0.95", "unit is missing"),
        ("bed(kidneys) <= 40 MBq @ 0.95", "does not convert to Gy"),
        ("bid(kidneys) <= 40 Gy @ 0.95", "nearest match 'bed'"),
        ("bed(kidneys) <= 40 Gy @ 95", "out of range"),
        ("bed(kidneys) <= -4 Gy @ 0.95", "must be positive"),
    ],
)
def test_what_is_no_limit_is_refused_in_words(text, words):
    with pytest.raises(InputError) as refused:
        parse_limit(text)
    assert words in str(refused.value)


def test_default_limits_carry_their_sources():
    kidneys, marrow = default_limits()
    assert (kidneys.quantity, kidneys.bound, kidneys.probability) == (bed("kidneys"), 40.0, 0.95)
    assert (marrow.quantity, marrow.bound, marrow.probability) == (dose("red_marrow"), 2.0, 0.95)
    assert kidneys.source.startswith("Bodei et al. 2008.")
    assert "Bergsma" in marrow.source


def test_only_a_limit_that_stands_can_be_left_out():
    assert default_limits(without=["red bone marrow"]) == default_limits()[:1]
    with pytest.raises(InputError, match="nearest match 'kidneys'"):
        default_limits(without=["kidnys"])
