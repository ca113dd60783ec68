"""Mixed effects: a known population found again, one scan against quadrature, honest intervals."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core import FitError, InputError
from theratwin.dosimetry.time_activity import (
    SHAPES,
    CurvePopulation,
    Samples,
    fit_population,
    individual,
)
from theratwin.dosimetry.time_activity import mixed_effects as module
from theratwin.physics import nuclide

LU = nuclide("Lu-177").decay_constant
TIMES = np.array([4.0, 24.0, 72.0, 120.0, 168.0])
MEAN = np.array([np.log(5000.0), np.log(0.009)])
COVARIANCE = np.array([[0.16, -0.056], [-0.056, 0.1225]])
ERROR = 0.05


def simulated(patients, seed, *, model="mono", mean=MEAN, covariance=COVARIANCE, times=TIMES):
    """Return true parameters, and activities with relative errors."""
    generator = np.random.default_rng(seed)
    theta = generator.multivariate_normal(mean, covariance, patients)
    u, _ = SHAPES[model].evaluate(theta[:, 1:], times, LU)
    noise = np.exp(ERROR * generator.standard_normal(u.shape))
    return theta, np.exp(theta[:, :1]) * u * noise


def known(patients=10_000):
    """Return the population as if it had been estimated from very many patients."""
    return CurvePopulation(
        model="mono",
        decay_constant=LU,
        mean=MEAN,
        covariance=COVARIANCE,
        mean_covariance=COVARIANCE / patients,
        relative_error=ERROR,
        thetas=np.tile(MEAN, (patients, 1)),
        minus_two_log_likelihood=0.0,
        points=5 * patients,
    )


@pytest.fixture(scope="module")
def fitted():
    theta, activities = simulated(60, seed=1)
    return theta, fit_population([Samples(TIMES, row) for row in activities], "mono", LU)


def test_a_known_population_is_found_again(fitted):
    _, found = fitted
    apart = found.mean - MEAN
    # Chi-square of two degrees of freedom, 99.9 %.
    assert apart @ np.linalg.solve(found.mean_covariance, apart) < 13.8
    # Standard error of a standard deviation: 1 / sqrt(2 n) = 9 %, three of them.
    np.testing.assert_allclose(
        np.sqrt(np.diag(found.covariance)), np.sqrt(np.diag(COVARIANCE)), rtol=0.27
    )
    # 180 degrees of freedom are left to the error: 5 %, three of them.
    assert found.relative_error == pytest.approx(ERROR, rel=0.16)


def test_rich_data_leave_the_spread_of_the_patients(fitted):
    # Five good scans fix each patient: what is left is mean and covariance of the true parameters.
    theta, found = fitted
    np.testing.assert_allclose(found.mean, theta.mean(axis=0), atol=0.02)
    np.testing.assert_allclose(found.covariance, np.cov(theta.T, bias=True), atol=0.02)
    assert [float(curve.integral()) for curve in found.curves] == pytest.approx(
        np.exp(theta[:, 0]), rel=4 * ERROR
    )


def test_likelihood_is_that_of_quadrature(fitted):
    _, found = fitted
    _, activities = simulated(60, seed=1)
    steps = np.linspace(-0.4, 0.4, 241)
    square = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    constant = TIMES.size * np.log(np.sqrt(2.0 * np.pi) * found.relative_error)
    constant += 0.5 * np.linalg.slogdet(2.0 * np.pi * found.covariance)[1]
    total = 0.0
    for center, row in zip(found.thetas, activities, strict=True):
        theta = center + square
        u, _ = SHAPES["mono"].evaluate(theta[:, 1:], TIMES, LU)
        r = (theta[:, :1] + np.log(u / row)) / found.relative_error
        apart = theta - found.mean
        pulled = np.einsum("ip,pq,iq->i", apart, np.linalg.inv(found.covariance), apart)
        summed = np.exp(-0.5 * np.sum(r**2, axis=-1) - 0.5 * pulled).sum()
        total += np.log(summed * (steps[1] - steps[0]) ** 2) - constant
    # 512 evenly spread draws for each of 60 patients: a tenth in all.
    assert found.minus_two_log_likelihood == pytest.approx(-2.0 * total, abs=0.3)


@pytest.mark.parametrize("time", [24.0, 72.0, 160.0])
def test_one_scan_is_that_of_quadrature(time):
    # Given one scan, the rate alone is open but for the error: integrals over a fine grid.
    activity = 40.0
    found = individual(known(), Samples([time], [activity]))
    grid = np.linspace(MEAN[1] - 3.0, MEAN[1] + 3.0, 1201)
    u, _ = SHAPES["mono"].evaluate(grid[:, None], np.array([time]), LU)
    logs = np.log(activity) - np.log(u[:, 0])
    z = np.linspace(-5.0, 5.0, 201)
    theta = np.stack(
        [logs[:, None] + ERROR * z, np.broadcast_to(grid[:, None], (grid.size, z.size))], axis=-1
    )
    apart = theta - MEAN
    prior = np.einsum("ijp,pq,ijq->ij", apart, np.linalg.inv(COVARIANCE), apart)
    weight = np.exp(-0.5 * prior - 0.5 * z**2)
    order = np.argsort(theta[..., 0], axis=None)
    share = np.cumsum(weight.ravel()[order]) / weight.sum()
    at = np.exp(np.interp([0.05, 0.5, 0.95], share, theta[..., 0].ravel()[order]))
    # 4096 evenly spread draws: about 1 % in the tails.
    assert found.integral == pytest.approx(at[1], rel=5e-3)
    assert found.interval() == pytest.approx((at[0], at[2]), rel=0.015)


@pytest.mark.parametrize("time", [24.0, 72.0, 160.0])
def test_intervals_hold_nine_new_patients_of_ten(time):
    theta, activities = simulated(400, seed=2, times=np.array([time]))
    population = known()
    inside = []
    for truth, row in zip(np.exp(theta[:, 0]), activities, strict=True):
        low, high = individual(population, Samples([time], row), draws=512).interval()
        inside.append(low < truth < high)
    # Binomial standard deviation 1.5 %, three of them.
    assert np.mean(inside) == pytest.approx(0.9, abs=0.045)


def test_more_scans_tell_more():
    _, activities = simulated(1, seed=3)
    population = known()
    sds = [
        individual(population, Samples(TIMES[:count], activities[0, :count])).relative_sd
        for count in (1, 2, 5)
    ]
    assert sds[0] > sds[1] > sds[2]
    assert sds[2] < ERROR


def test_a_scan_with_great_error_leaves_the_population():
    found = individual(known(), Samples([72.0], [20.0], [2000.0]))
    assert found.integral == pytest.approx(5000.0, rel=0.03)
    assert found.relative_sd == pytest.approx(0.4, rel=0.05)


def test_known_standard_deviations_give_the_same_population():
    theta, activities = simulated(20, seed=4)
    samples = [Samples(TIMES, row, ERROR * row) for row in activities]
    found = fit_population(samples, "mono", LU)
    assert found.relative_error is None
    np.testing.assert_allclose(found.mean, theta.mean(axis=0), atol=0.04)


def test_two_phases():
    mean = np.array([np.log(5000.0), np.log(0.009), np.log(0.15), np.log(0.8)])
    covariance = np.diag([0.16, 0.1, 0.04, 0.04])
    times = np.array([1.0, 3.0, 8.0, 24.0, 72.0, 168.0])
    theta, activities = simulated(
        25, seed=5, model="bi", mean=mean, covariance=covariance, times=times
    )
    samples = [Samples(times, row) for row in activities]
    two = fit_population(samples, "bi", LU, draws=256)
    # The integral is well measured in each; the fast phase only in the mean.
    np.testing.assert_allclose(two.mean[:2], theta.mean(axis=0)[:2], atol=0.05)
    np.testing.assert_allclose(two.mean[2:], theta.mean(axis=0)[2:], atol=0.25)
    assert two.aic < fit_population(samples, "mono", LU).aic - 50.0


def test_the_same_seed_gives_the_same_numbers():
    _, activities = simulated(8, seed=6)
    samples = [Samples(TIMES, row) for row in activities]
    one, two = (fit_population(samples, "mono", LU, seed=3) for _ in range(2))
    np.testing.assert_array_equal(one.covariance, two.covariance)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda s: fit_population(s, "gamma", LU), "no such model"),
        (lambda s: fit_population(s[:2], "mono", LU), "too little"),
        (lambda s: fit_population([], "mono", LU), "no patients"),
        (lambda s: fit_population([*s, Samples([4.0], [1.0], [0.1])], "mono", LU), "for all"),
    ],
)
def test_what_makes_no_population_is_refused(call, word):
    _, activities = simulated(6, seed=7)
    with pytest.raises(InputError, match=word):
        call([Samples(TIMES, row) for row in activities])


def test_a_scan_without_error_is_refused_if_the_population_has_none():
    _, activities = simulated(6, seed=8)
    found = fit_population([Samples(TIMES, row, 0.05 * row) for row in activities], "mono", LU)
    with pytest.raises(InputError, match="standard deviation is unknown"):
        individual(found, Samples([72.0], [20.0]))


def test_an_iteration_that_does_not_settle_is_an_error(monkeypatch):
    monkeypatch.setattr(module, "_ITERATIONS", 1)
    _, activities = simulated(6, seed=9)
    with pytest.raises(FitError, match="fewer parameters"):
        fit_population([Samples(TIMES, row) for row in activities], "mono", LU)
