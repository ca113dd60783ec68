"""The posterior's density, its derivatives, and parameters that straighten it."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.kinetics import region_block
from theratwin.physics import nuclide
from theratwin.twin.target import Target

THETA = np.array([3.5, 3.9])


def test_density_is_that_of_normal_data_and_priors(line):
    model = line()
    target = Target(model)
    by_hand = 0.0
    for time, value in zip(model.times, model.values, strict=True):
        predicted = THETA[0] - np.log(2.0) / np.exp(THETA[1]) * time
        by_hand += ((predicted - np.log(value)) / model.sd) ** 2
    for theta, prior in zip(THETA, model.priors, strict=True):
        by_hand += ((theta - np.log(prior.median)) / np.log(prior.gsd)) ** 2
    assert target.log_density(THETA) == pytest.approx(-0.5 * by_hand, rel=1e-12)


def test_gradient_and_hessian_agree_with_differences(line):
    target = Target(line())
    step = 1e-5
    axes = step * np.eye(2)
    slope = [-(target.log_density(THETA + a) - target.log_density(THETA - a)) for a in axes]
    # Central differences: truncation 1e-10 of values of order 100.
    np.testing.assert_allclose(target.gradient(THETA), np.array(slope) / (2 * step), rtol=1e-6)
    bend = [(target.gradient(THETA + a) - target.gradient(THETA - a)) / (2 * step) for a in axes]
    np.testing.assert_allclose(target.hessian(THETA), bend, rtol=1e-6)


def test_leveling_is_undone_and_keeps_densities(make_case, rows):
    case = make_case(
        rows("kidneys", "cycle 1", (24, 96), at_zero=100, half_life=40)
        + rows("kidneys", "cycle 2", (48,), at_zero=70, half_life=40)
    )
    block = region_block(case, "kidneys", nuclide("Lu-177").decay_constant)
    rng = np.random.default_rng(1)
    for alternative in block.alternatives:
        target = Target(alternative)
        theta = target.prior_mean + target.prior_sd * rng.uniform(-2, 2, (50, target.size))
        np.testing.assert_allclose(target.unleveled(target.leveled(theta)), theta, atol=1e-9)
        stepped = target.leveled(theta[0] + 1e-30j * np.eye(target.size)).imag.T / 1e-30
        assert np.linalg.det(stepped) == pytest.approx(1.0, rel=1e-9)


def test_leveled_covariance_is_that_of_leveled_draws(line):
    target = Target(line())
    covariance = 1e-6 * np.array([[4.0, 1.0], [1.0, 9.0]])  # so small that leveling is linear
    draws = np.random.default_rng(1).multivariate_normal(THETA, covariance, 200_000)
    found = target.leveled_covariance(THETA, covariance)
    # Standard error of a covariance: sqrt(2 / n) = 0.3 %.
    np.testing.assert_allclose(found, np.cov(target.leveled(draws).T), rtol=0.03)


def test_a_search_that_strays_meets_finite_numbers(line):
    target = Target(line())
    for theta in ([3.0, -50.0], [900.0, 3.0], [-900.0, 900.0]):
        theta = np.array(theta)
        assert np.isfinite(target.log_density(theta))
        assert np.all(np.isfinite(target.gradient(theta)))
    # The priors lead back: the density falls on.
    assert target.log_density(np.array([3.0, -50.0])) < target.log_density(np.array([3.0, -20.0]))
