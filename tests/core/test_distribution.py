"""Distributions: central values, moments of draws, bounds."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core import Fixed, InputError, LogNormal, Normal, Uniform


@pytest.mark.parametrize(
    ("distribution", "median", "spread"),
    [
        (Fixed(3.0), 3.0, 0.0),
        (Normal(3.0, 0.5), 3.0, 0.5),
        (LogNormal(3.0, 1.2), 3.0, 3.0 * np.log(1.2)),
        (Uniform(2.0, 4.0), 3.0, 2.0 / np.sqrt(12)),
    ],
)
def test_draws_have_the_median_and_spread(distribution, median, spread):
    draws = distribution.sample(np.random.default_rng(1), 100_000)
    assert distribution.median == median
    # The median of n draws scatters by 1.25 sd / sqrt(n) (normal), 1.7 (uniform): five of it.
    assert np.median(draws) == pytest.approx(median, abs=5 * 1.7 * spread / np.sqrt(1e5) + 1e-12)
    # A log-normal's sd exceeds median * log gsd by 3 % at a gsd of 1.2.
    assert np.std(draws) == pytest.approx(spread, rel=0.04, abs=1e-12)


@pytest.mark.parametrize(
    ("form", "numbers"),
    [
        (Fixed, (np.inf,)),
        (Normal, (np.nan, 1.0)),
        (Normal, (1.0, 0.0)),
        (LogNormal, (0.0, 1.5)),
        (LogNormal, (1.0, 0.9)),
        (LogNormal.from_mean_sd, (0.0, 1.0)),
        (LogNormal.from_mean_sd, (1.0, -1.0)),
        (Uniform, (1.0, 1.0)),
        (Uniform, (-np.inf, 1.0)),
        (Uniform, (0.0, np.nan)),
    ],
)
def test_wrong_numbers_are_refused(form, numbers):
    with pytest.raises(InputError, match="out of range"):
        form(*numbers)
