"""Weights of structures by Akaike's criterion."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theratwin.twin.averaging import akaike, akaike_weights
from theratwin.twin.laplace import laplace
from theratwin.twin.posterior import _counts
from theratwin.twin.target import Target


@given(criteria=st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=6), shift=st.floats(-1e3, 1e3))
def test_weights_sum_to_one_and_depend_on_differences_only(criteria, shift):
    weights = akaike_weights(criteria)
    assert weights.sum() == pytest.approx(1.0)
    shifted = akaike_weights([criterion + shift for criterion in criteria])
    np.testing.assert_allclose(shifted, weights, rtol=1e-6, atol=1e-12)
    assert weights[np.argmin(criteria)] == weights.max()


def test_a_difference_of_two_weighs_as_e():
    first, second = akaike_weights([7.0, 9.0])
    assert first / second == pytest.approx(np.e)


def test_the_criterion_is_chi_square_and_twice_the_parameters_that_the_data_determine(line):
    exact = laplace(Target(line(sd=1e-4)))
    assert akaike(exact) == pytest.approx(4.0, abs=1e-3)


def test_the_criterion_estimates_the_error_of_prediction_without_bias():
    # The reason for no small-sample term: with known uncertainties, chi-square + 2 k is, whatever
    # the number of data, on average the chi-square of new data at the same points. A line through
    # four points, 20000 times.
    rng = np.random.default_rng(1)
    slope = np.stack([np.ones(4), np.arange(4.0)], axis=1)
    hat = slope @ np.linalg.pinv(slope)
    seen, new = rng.standard_normal((2, 20_000, 4))
    fitted = seen @ hat
    criterion = np.sum((seen - fitted) ** 2, axis=1) + 2.0 * 2
    error = np.sum((new - fitted) ** 2, axis=1)
    # Standard error of the difference of the means: about 0.04.
    assert criterion.mean() == pytest.approx(error.mean(), abs=0.15)
    # The small-sample term, 2 k (k + 1) / (n - k - 1) = 12, would be far off.
    assert criterion.mean() + 12.0 > error.mean() + 10.0


@given(weights=st.lists(st.floats(0.01, 1.0), min_size=1, max_size=5), draws=st.integers(100, 3000))
def test_draws_are_shared_in_proportion(weights, draws):
    share = np.array(weights) / np.sum(weights)
    counts = _counts(share, draws)
    assert counts.sum() == draws
    assert np.all(np.abs(counts - share * draws) < 1.0)
