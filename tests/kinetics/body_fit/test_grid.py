"""Knots, and curves from values and integrals."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.curve import decay_integral
from theratwin.kinetics.body_fit import integral_pieces, knots
from theratwin.kinetics.body_fit.grid import course_knots


@pytest.mark.parametrize(("length", "duration"), [(1008.0, 0.0), (1008.0, 0.5), (24.0, 4.0)])
def test_knots_rise_from_the_start_to_the_end_and_meet_the_infusion(length, duration):
    found = knots(length, duration)
    assert found[0] == 0
    assert found[-1] == length
    assert np.all(np.diff(found) > 0)
    assert duration in found


def test_an_infusion_that_lasts_until_the_next_administration_has_knots():
    np.testing.assert_allclose(knots(4.0, 6.0), np.linspace(0.0, 4.0, 7))


def test_courses_meet_without_overlap():
    first, second = course_knots([0.0, 10.0], [1.0, 0.0], 0.004)
    assert first[-1] < 10.0 == second[0]
    assert second[-1] == pytest.approx(10.0 + 20 * np.log(2) / 0.004)


def test_a_parabola_is_met_exactly():
    times = np.array([0.0, 1.0, 3.0])
    values, integrals = 1 + times - 0.2 * times**2, times + times**2 / 2 - times**3 / 15
    curve = integral_pieces(times, values, integrals)
    at = np.linspace(0, 3, 31)
    np.testing.assert_allclose(curve(at), 1 + at - 0.2 * at**2, atol=1e-14)


def test_an_exponential_has_its_integral_and_errs_by_the_third_power():
    rate, errors = 0.05, []
    for count in (20, 40):
        times = np.linspace(0.0, 100.0, count + 1)
        curve = integral_pieces(times, np.exp(-rate * times), decay_integral(rate, times))
        assert curve.integral() == pytest.approx(decay_integral(rate, 100.0), rel=1e-14)
        at = np.linspace(0, 100, 5001)
        errors.append(np.abs(curve(at) - np.exp(-rate * at)).max())
    assert np.log2(errors[0] / errors[1]) == pytest.approx(3.0, abs=0.3)
