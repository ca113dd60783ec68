"""Complication curves: half, slope, scale of dose, and voxels."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from theratwin.core import InputError
from theratwin.response import (
    Complication,
    complication,
    eqd2,
    logistic_ntcp,
    probit_ntcp,
)

KIDNEYS = complication("kidneys", alpha_beta=2.5)


def test_kidneys_on_the_scale_of_bed():
    assert_allclose(KIDNEYS.bed50, 50.4, rtol=1e-14)
    assert KIDNEYS.probability(KIDNEYS.bed50) == pytest.approx(0.5)


def test_bed_and_eqd2_give_the_same():
    beds = np.linspace(20.0, 70.0, 11)
    by_eqd2 = probit_ntcp(eqd2(beds, 2.5), 28.0, 0.10)
    assert_allclose(KIDNEYS.probability(beds), by_eqd2, rtol=1e-10)  # the tail amplifies rounding


def test_probit_against_the_error_function():
    for bed in (30.0, 45.0, 60.0):
        t = (bed - 50.4) / (0.10 * 50.4)
        expected = 0.5 * math.erfc(-t / math.sqrt(2))
        assert_allclose(KIDNEYS.probability(bed), expected, rtol=1e-10)


def test_slope_of_the_logistic_curve():
    step = 1e-4
    up, down = logistic_ntcp(np.array([50.0 + step, 50.0 - step]), 50.0, 2.5)
    assert_allclose(50.0 * (up - down) / (2 * step), 2.5, rtol=1e-8)  # central difference


def test_no_dose_no_complication():
    assert logistic_ntcp(0.0, 50.0, 2.5) == 0


def test_uniform_voxels_are_the_uniform_dose():
    beds = np.full(7, 44.0)
    assert_allclose(KIDNEYS.probability_of_voxels(beds), KIDNEYS.probability(44.0), rtol=1e-12)


def test_half_the_organ_is_harmed_less():
    half = KIDNEYS.probability_of_voxels(np.array([50.4, 0.0]))
    # The effective volume: TD50(v) = TD50 v^-n.
    assert_allclose(half, KIDNEYS.probability(50.4 * 0.5**0.7), rtol=1e-10)


@settings(deadline=None)
@given(st.floats(0, 200), st.floats(0, 200))
def test_more_is_never_less(first, second):
    low, high = sorted((first, second))
    assert 0 <= KIDNEYS.probability(low) <= KIDNEYS.probability(high) <= 1
    assert 0 <= logistic_ntcp(low, 50.0, 2.0) <= logistic_ntcp(high, 50.0, 2.0) <= 1


@pytest.mark.parametrize("field", ["bed50", "m", "n", "alpha_beta"])
def test_wrong_values_are_named(field):
    good = {"bed50": 50.4, "m": 0.1, "n": 0.7, "alpha_beta": 2.5}
    with pytest.raises(InputError, match=field):
        Complication(**good | {field: 0.0})


def test_unknown_tissue_and_negative_dose():
    with pytest.raises(InputError, match="nearest match 'kidneys'"):
        complication("kidney", alpha_beta=2.5)
    with pytest.raises(InputError, match="dose"):
        logistic_ntcp(-1.0, 50.0, 2.0)
