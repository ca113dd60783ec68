"""The uncertainty budget: parts add in squares."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theratwin.core import InputError
from theratwin.dosimetry import Budget, relative_spread

PARTS = st.dictionaries(
    st.text(min_size=1, max_size=5), st.just(0.0) | st.floats(1e-6, 1.0), max_size=6
)


@given(parts=PARTS)
def test_shares_add_up_and_the_total_is_between_largest_and_sum(parts):
    budget = Budget(parts)
    largest = max(parts.values(), default=0.0)
    assert largest * (1 - 1e-12) <= budget.total <= sum(parts.values()) * (1 + 1e-12)
    if budget.total:
        assert sum(budget.shares.values()) == pytest.approx(1.0)


@pytest.mark.parametrize("wrong", [-0.1, float("nan"), float("inf")])
def test_a_part_must_be_a_number_from_0(wrong):
    with pytest.raises(InputError, match=r"Budget\.mass"):
        Budget({"mass": wrong})


def test_spread_of_draws_is_their_relative_uncertainty():
    draws = np.exp(0.08 * np.random.default_rng(1).standard_normal(100_000))
    # Standard error of a standard deviation: 1 / sqrt(2 n) = 0.2 %.
    assert relative_spread(draws) == pytest.approx(0.08, rel=0.01)
    assert relative_spread(5.0 * draws) == pytest.approx(relative_spread(draws))
