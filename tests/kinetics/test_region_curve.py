"""The curve of a region over the cycles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from theratwin.kinetics import STRUCTURES, region_block
from theratwin.physics import nuclide

DECAY = nuclide("Lu-177").decay_constant
ROWS = [("kidneys", "cycle 1", 24.0, 90.0), ("kidneys", "cycle 2", 72.0, 40.0)]


@pytest.fixture
def alternatives(make_case):
    return region_block(make_case(ROWS, duration=0.5), "kidneys", DECAY).alternatives


def _theta(curve, rng=None, size=()):
    rng = rng or np.random.default_rng(3)
    mean = [prior.log_mean for prior in curve.priors]
    return mean + 0.3 * rng.standard_normal((*size, len(mean)))


@pytest.mark.parametrize("number", range(len(STRUCTURES)))
def test_predictions_are_the_curve_at_the_scans(alternatives, number):
    curve = alternatives[number]
    theta = _theta(curve, size=(5,))
    scans = np.array([24.0, 1008.0 + 72.0])
    np.testing.assert_allclose(
        np.exp(curve.predicted(theta)), curve.curve(theta)(scans), rtol=1e-12
    )


@pytest.mark.parametrize("number", range(len(STRUCTURES)))
def test_what_is_left_of_the_cycle_before_counts(alternatives, number):
    curve = alternatives[number]
    theta = _theta(curve)
    first, second = curve.cycle_curves(theta)
    total = np.exp(curve.predicted(theta))
    assert total[0] == pytest.approx(first(24.0), rel=1e-12)
    assert total[1] == pytest.approx(first(1080.0) + second(1080.0), rel=1e-12)
    assert first(1080.0) > 0


def test_parameters_are_named_in_their_order(alternatives):
    curve = alternatives[3]
    names = curve.parameter_names
    assert len(names) == len(curve.priors) == 5 + 2
    assert names[0] == "kidneys.uptake"
    assert names[5:] == (
        "kidneys.uptake_ratio[cycle 2]",
        "kidneys.biological_half_life_ratio[cycle 2]",
    )


def test_activity_scales_with_what_was_administered(alternatives):
    curve = alternatives[3]
    theta = _theta(curve)
    twice = curve.over(tuple(replace(a, activity=2.0 * a.activity) for a in curve.administrations))
    np.testing.assert_allclose(twice.predicted(theta), curve.predicted(theta) + np.log(2.0))


def test_ratios_carry_over_from_cycle_to_cycle(alternatives):
    curve = alternatives[0]
    theta = np.log([0.01, 50.0, 0.8, 1.2])
    assert curve.values(theta, 1)["uptake"] == pytest.approx(0.008)
    assert curve.effective_half_life(theta, 1) == pytest.approx(
        1.0 / (1.0 / 60.0 + DECAY / np.log(2.0))
    )


def test_an_infusion_is_a_bolus_in_its_middle_to_second_order(alternatives):
    curve = alternatives[0]
    theta = np.log([0.01, 5.0, 1.0, 1.0])
    duration = 0.5
    single = replace(curve, administrations=curve.administrations[:1])
    (bolus,) = single.over([replace(curve.administrations[0], duration=0.0)]).cycle_curves(theta)
    starts = (np.arange(4000) + 0.5) / 4000 * duration
    infused = np.mean(bolus(24.0 - starts))
    (ours,) = single.cycle_curves(theta)
    rate = float(bolus.rates[0])
    # The mean of exp(rate s) over the infusion is sinh(x) / x of its value in the middle, with
    # x half the infusion times the rate; sinh(x) / x = 1 + x^2 / 6 + ...
    x = 0.5 * rate * duration
    assert infused / ours(24.0) == pytest.approx(np.sinh(x) / x, rel=1e-8)  # sum in place of mean
    assert 0 < infused / ours(24.0) - 1.0 < 3e-4


def test_derivatives_by_complex_steps_are_exact(alternatives):
    for curve in alternatives:
        theta = _theta(curve)
        size = len(theta)
        exact = curve.predicted(theta + 1e-30j * np.eye(size)).imag / 1e-30
        step = 1e-6 * np.eye(size)
        numeric = (curve.predicted(theta + step) - curve.predicted(theta - step)) / 2e-6
        # Central differences of order one: rounding 1e-16 / 1e-6, truncation 1e-12.
        np.testing.assert_allclose(exact, numeric, rtol=1e-7, atol=1e-9)


def test_carried_draws_keep_what_was_measured_and_follow_the_priors_after(alternatives):
    curve = alternatives[0]
    theta = _theta(curve, size=(20_000,))
    longer = curve.carried(theta, 4, np.random.default_rng(1))
    assert longer.shape == (20_000, 2 + 2 * 3)
    np.testing.assert_array_equal(longer[:, :4], theta)
    # 15 % from cycle to cycle, no trend; standard errors of mean and spread about 0.001.
    np.testing.assert_allclose(longer[:, 4:].mean(axis=0), 0.0, atol=0.005)
    np.testing.assert_allclose(longer[:, 4:].std(axis=0), np.log(1.15), rtol=0.03)


def test_a_shorter_course_takes_the_first_cycles(alternatives):
    theta = _theta(alternatives[0], size=(7,))
    np.testing.assert_array_equal(
        alternatives[0].carried(theta, 1, np.random.default_rng(1)), theta[:, :2]
    )


def test_a_prediction_decayed_to_nothing_has_a_logarithm(alternatives):
    theta = np.log([1e-5, 0.05, 1.0, 1.0])
    assert np.all(np.isfinite(alternatives[0].predicted(theta)))
