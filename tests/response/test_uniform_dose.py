"""Equivalent uniform doses: limits, bounds and scale."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import lognorm, norm

from theratwin.core import InputError
from theratwin.response import (
    bed,
    generalized_eud,
    linear_quadratic_eud,
    survival,
    survival_eud,
)

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


def test_linear_quadratic_eud_keeps_mean_survival():
    doses, volumes = np.array([5.0, 20.0, 60.0]), np.array([1.0, 2.0, 0.5])
    alpha, alpha_beta, G = 0.2, 10.0, 0.3
    uniform = linear_quadratic_eud(doses, G, alpha, alpha_beta, volumes)
    survived = survival(doses, G, alpha, alpha / alpha_beta) @ volumes / volumes.sum()
    assert survival(uniform, G, alpha, alpha / alpha_beta) == pytest.approx(survived, rel=1e-12)
    eubed = survival_eud(bed(doses, G, alpha_beta), alpha, volumes)
    assert bed(uniform, G, alpha_beta) == pytest.approx(eubed, rel=1e-12)
    assert linear_quadratic_eud(np.full(4, 7.0), G, alpha, alpha_beta) == pytest.approx(7.0)


@pytest.mark.parametrize("sd", [1.0, 4.0])
def test_survival_eud_of_normally_distributed_doses(sd):
    # ln of the mean of exp(-alpha D) is -alpha m + alpha^2 sd^2 / 2
    alpha, n = 0.3, 400_001
    doses = norm(30.0, sd).ppf((np.arange(n) + 0.5) / n)
    closed = 30.0 - alpha * sd**2 / 2
    assert survival_eud(doses, alpha) == pytest.approx(closed, rel=1e-4)


@pytest.mark.parametrize("a", [-5.0, 0.5, 3.0])
def test_generalized_eud_of_log_normally_distributed_doses(a):
    # the a-th moment of exp(m + s z) is exp(a m + a^2 s^2 / 2)
    n = 400_001
    doses = lognorm(0.3, scale=10.0).ppf((np.arange(n) + 0.5) / n)
    assert generalized_eud(doses, a) == pytest.approx(10.0 * np.exp(a * 0.045), rel=1e-4)
