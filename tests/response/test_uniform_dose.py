"""Equivalent uniform doses: limits, bounds and scale."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from theratwin.core import InputError
from theratwin.response import generalized_eud, survival_eud

DOSES = np.array([10.0, 20.0, 40.0])
exponents = st.floats(-30, 30).filter(lambda a: abs(a) > 1e-3)
voxels = st.lists(st.floats(0.1, 300.0), min_size=1, max_size=20)


def test_generalized_by_hand():
    assert_allclose(generalized_eud(DOSES, 2.0), np.sqrt((100 + 400 + 1600) / 3), rtol=1e-14)
    assert_allclose(generalized_eud(DOSES, 1.0, [1, 1, 2]), 27.5, rtol=1e-14)


def test_survival_by_hand():
    expected = -np.log(np.mean(np.exp(-0.2 * DOSES))) / 0.2
    assert_allclose(survival_eud(DOSES, 0.2), expected, rtol=1e-14)


def test_limits_of_the_exponent():
    # (1/3)^(1/a) is what is left of the limit: 1.1e-3 at |a| = 1000.
    assert_allclose(generalized_eud(DOSES, 1000.0), 40.0, rtol=2e-3)
    assert_allclose(generalized_eud(DOSES, -1000.0), 10.0, rtol=2e-3)
    assert generalized_eud([0.0, 50.0], -5.0) == 0
    assert_allclose(survival_eud(DOSES, 1e-9), DOSES.mean(), rtol=1e-6)
    assert_allclose(survival_eud(DOSES, 1e3), 10.0, rtol=1e-3)


def test_doses_beyond_double_precision():
    # exp(-0.3 * 5000) is 0 in double precision.
    assert_allclose(survival_eud([5000.0, 5000.0], 0.3), 5000.0, rtol=1e-14)


@settings(deadline=None)
@given(voxels, exponents)
def test_between_the_coldest_and_the_hottest(doses, a):
    slack = 1e-9
    assert min(doses) * (1 - slack) <= generalized_eud(doses, a) <= max(doses) * (1 + slack)
    alpha = abs(a) / 30
    given = survival_eud(doses, alpha)
    assert min(doses) - slack / alpha <= given <= np.mean(doses) + slack / alpha


@settings(deadline=None)
@given(voxels, exponents, st.floats(0.1, 10))
def test_scale(doses, a, factor):
    doses = np.array(doses)
    assert_allclose(generalized_eud(factor * doses, a), factor * generalized_eud(doses, a), 1e-9)


def test_batch_and_volumes():
    doses = np.stack([DOSES, 2 * DOSES])
    assert generalized_eud(doses, 3.0).shape == (2,)
    assert_allclose(generalized_eud(DOSES, 3.0, [0, 0, 1]), 40.0, rtol=1e-14)


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: generalized_eud(DOSES, 0.0), "a:"),
        (lambda: generalized_eud(-DOSES, 1.0), "doses"),
        (lambda: generalized_eud(DOSES, 1.0, [0, 0, 0]), "volumes"),
        (lambda: generalized_eud(DOSES, 1.0, [-1, 1, 1]), "volumes"),
        (lambda: survival_eud(DOSES, 0.0), "alpha"),
    ],
)
def test_wrong_values_are_named(call, field):
    with pytest.raises(InputError, match=field):
        call()
