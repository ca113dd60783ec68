"""Late decline of filtration: closed form, the groups it was drawn through, shapes."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core import InputError, parameter_set
from theratwin.response import Repair, bed
from theratwin.response.organs import gfr_decline_rate, gfr_left

YEAR = 365.25 * 24.0


def test_decline_is_one_exponential():
    years = np.array([0.0, 1.0, 2.0, 4.0])
    left = gfr_left(30.0, years * YEAR)
    assert left[0] == 1.0
    np.testing.assert_allclose(left[2], left[1] ** 2, rtol=1e-12)
    np.testing.assert_allclose(-np.log(left), 0.06 * years, rtol=1e-12)


def test_the_two_groups_it_was_drawn_through():
    # Middle of the ranges of valkema_2005 (Gy, cycles), effective half-lives of kidneys 51.6 h
    # for Lu-177 and about 30 h for Y-90: within a fifth of 3.8 and 7.3 % a year.
    for dose, cycles, half_life, percent in ((17.0, 5, 51.6, 3.8), (28.5, 3, 30.0, 7.3)):
        protraction = Repair.single(2.8).rates[0]
        rate = np.log(2.0) / half_life
        one = bed(dose / cycles, rate / (rate + protraction), 2.5)
        assert 100.0 * gfr_decline_rate(cycles * one) * YEAR == pytest.approx(percent, rel=0.2)


def test_draws_of_the_slope_broadcast():
    slope = parameter_set("response", "late_kidney")["decline_per_bed"]
    draws = slope.distribution.median * np.array([0.5, 1.0, 2.0])
    left = gfr_left(np.array([[10.0], [40.0]]), 3 * YEAR, draws)
    assert left.shape == (2, 3)
    assert np.all(np.diff(left, axis=1) < 0.0)


def test_jax_differentiates():
    jax = pytest.importorskip("jax")
    slope = jax.grad(lambda b: gfr_left(b, 5 * YEAR))(20.0)
    assert float(slope) == pytest.approx(-0.01 * np.exp(-0.2), rel=1e-5)


def test_negative_bed():
    with pytest.raises(InputError, match="bed"):
        gfr_decline_rate(-1.0)
