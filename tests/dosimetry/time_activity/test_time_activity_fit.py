"""Fits of time-activity models: closed forms, derivatives, recovery, the floor."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import least_squares

from theratwin.core import InputError
from theratwin.dosimetry.time_activity import SHAPES, GammaVariate, Samples, fit_model

LU = np.log(2.0) / 159.53
TIMES = np.array([1.0, 4.0, 10.0, 24.0, 48.0, 72.0, 120.0, 168.0])
# Shape parameters: logarithms of rate steps (1/h), then of amplitude ratios.
TRUTH = {
    "mono": [-4.5],
    "bi": [-4.5, -2.0, 0.3],
    "tri": [-4.7, -2.6, -0.5, 0.3, 0.1],
    "mono_uptake": [-4.5, -1.0],
    "bi_uptake": [-4.7, -2.7, 0.0, 0.3],
    "gamma": [-4.0, np.log(0.4)],
}


def curve_of(name: str):
    return SHAPES[name].curve(2000.0, np.array(TRUTH[name]), LU)


@pytest.mark.parametrize("name", SHAPES)
def test_integral_is_the_closed_form(name):
    curve = curve_of(name)
    assert float(curve.integral()) == pytest.approx(2000.0, rel=1e-12)
    parts = [
        quad(lambda t: float(curve(t)), a, b, epsrel=1e-10)[0]
        for a, b in ((0.0, 5.0), (5.0, 100.0), (100.0, 6000.0))
    ]
    assert sum(parts) == pytest.approx(2000.0, rel=1e-6)  # quadrature's own error
    assert float(curve.integral(5.0, 100.0)) == pytest.approx(parts[1], rel=1e-8)


@pytest.mark.parametrize("name", SHAPES)
def test_derivatives_are_those_of_central_differences(name):
    shape, phi = SHAPES[name], np.array([TRUTH[name]])
    _, exact = shape.evaluate(phi, TIMES, LU)
    for k in range(shape.size):
        nudge = 1e-5 * (np.arange(shape.size) == k)
        up, down = (shape.evaluate(phi + s * nudge, TIMES, LU)[0] for s in (1, -1))
        near = pytest.approx((up - down)[0] / 2e-5, rel=1e-6, abs=1e-9 * up.max())
        assert exact[0, :, k] == near


@pytest.mark.parametrize("name", SHAPES)
def test_truth_is_recovered_from_noiseless_data(name):
    samples = Samples(TIMES, curve_of(name)(TIMES), 0.03 * curve_of(name)(TIMES))
    found = fit_model(samples, name, LU)
    assert found.chi_square < 1e-10
    assert found.integral == pytest.approx(2000.0, rel=1e-5)
    assert np.allclose(found.theta[1:], TRUTH[name], atol=1e-3)


def test_fit_and_covariance_are_those_of_scipy():
    errors = np.array([1.03, 0.98, 1.01, 0.97, 1.02, 1.0, 0.99, 1.02])
    activities = curve_of("bi")(TIMES) * errors
    samples = Samples(TIMES, activities, 0.05 * activities)
    found = fit_model(samples, "bi", LU)

    def residual(theta):
        curve = SHAPES["bi"].curve(np.exp(theta[0]), theta[1:], LU)
        return (curve(TIMES) - activities) / samples.spread

    peer = least_squares(residual, [np.log(2000.0), *TRUTH["bi"]], xtol=1e-12, ftol=1e-12)
    assert found.chi_square == pytest.approx(2.0 * peer.cost, rel=1e-8)
    assert found.integral == pytest.approx(np.exp(peer.x[0]), rel=1e-5)
    covariance = np.linalg.inv(peer.jac.T @ peer.jac)  # by finite differences: 1e-3
    assert found.covariance[0, 0] == pytest.approx(covariance[0, 0], rel=1e-3)


def test_the_terminal_phase_is_never_slower_than_physical_decay():
    slower = Samples(TIMES, 50.0 * np.exp(-0.5 * LU * TIMES), np.full(8, 0.5))
    found = fit_model(slower, "mono", LU)
    assert found.at_floor
    assert found.terminal_half_life <= 159.53
    assert found.terminal_half_life == pytest.approx(159.53, rel=1e-3)


def test_the_floor_leaves_the_uptake_free():
    # Uptake with a half-time of 23 h, of what is then lost no faster than by decay.
    activities = 20.0 * (np.exp(-0.95 * LU * TIMES) - np.exp(-0.03 * TIMES))
    found = fit_model(Samples(TIMES, activities, 0.02 * activities), "mono_uptake", LU)
    assert found.at_floor
    rates = SHAPES["mono_uptake"].rates(found.theta[1:], LU)
    assert rates[0] == pytest.approx(LU, rel=1e-3)
    assert rates[1] == pytest.approx(0.03, rel=0.05)  # the floor moves it a little


def test_gamma_variate_can_be_shifted_scaled_and_indexed():
    batch = GammaVariate(np.array([1.0, 3.0]), 0.5, np.array([0.1, 0.2]))
    assert batch(TIMES).shape == (2, 8)
    later = batch[1].shifted(5.0).scaled(2.0)
    assert float(later(15.0)) == pytest.approx(2.0 * float(batch(10.0)[1]))
    assert float(later.integral(end=15.0)) == pytest.approx(
        2.0 * float(batch.integral(end=10.0)[1])
    )


@pytest.mark.parametrize(
    ("times", "activities", "sd", "word"),
    [
        ([4.0, 24.0], [1.0, 0.0], None, r"activities\[1\]"),
        ([4.0, 24.0], [-1.0, 1.0], None, r"activities\[0\]"),
        ([24.0, 4.0], [1.0, 1.0], None, "must increase"),
        ([4.0, 4.0], [1.0, 1.0], None, "must increase"),
        ([-4.0, 4.0], [1.0, 1.0], None, "before the administration"),
        ([4.0, 24.0], [1.0, 1.0], [0.1, 0.0], r"sd\[1\]"),
        ([4.0, 24.0], [1.0], None, "as many as times"),
        ([4.0, np.nan], [1.0, 1.0], None, "finite"),
    ],
)
def test_wrong_samples_are_refused(times, activities, sd, word):
    with pytest.raises(InputError, match=word):
        Samples(times, activities, sd)


def test_too_few_points_name_the_model():
    with pytest.raises(InputError, match="the model bi has 4 parameters"):
        fit_model(Samples([1.0, 2.0, 3.0], [3.0, 2.0, 1.0]), "bi", LU)
    with pytest.raises(InputError, match="allowed: mono, bi"):
        fit_model(Samples([1.0, 2.0, 3.0], [3.0, 2.0, 1.0]), "quad", LU)
