"""Survival over a spread of uptake: against quadrature, Monte Carlo, series and limits."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad

from theratwin.core import InputError
from theratwin.core.seed import stream
from theratwin.response.mixtures import log_survival_of_spread


def by_quadrature(a, q, cv, shared):
    """Integrate in ln u by an adaptive rule, scaled by its largest value."""
    width = np.sqrt(np.log1p(cv**2))

    def exponent(z):
        w = shared + (1.0 - shared) * np.exp(width * z - 0.5 * width**2)
        return -0.5 * z**2 - a * w - q * w**2

    grid = np.linspace(-60.0, 20.0, 80_001)
    top = grid[np.argmax(exponent(grid))]
    value = quad(lambda z: np.exp(exponent(z) - exponent(top)), top - 12, top + 12, points=[top])[0]
    return exponent(top) + np.log(value / np.sqrt(2.0 * np.pi))


@pytest.mark.parametrize("a", [0.1, 5.0, 60.0, 1000.0])
@pytest.mark.parametrize("q", [0.0, 0.3])
@pytest.mark.parametrize("cv", [0.05, 0.5, 1.5])
@pytest.mark.parametrize("shared", [0.0, 0.4])
def test_against_an_adaptive_rule(a, q, cv, shared):
    found = log_survival_of_spread(a, q * a, cv, shared)
    assert_allclose(found, by_quadrature(a, q * a, cv, shared), rtol=1e-9, atol=1e-9)


def test_against_cells_drawn_at_random():
    cv, a, q, shared = 0.8, 4.0, 0.5, 0.2
    width = np.sqrt(np.log1p(cv**2))
    draws = stream(3, "uptake").standard_normal(400_000)
    uptake = np.exp(width * draws - 0.5 * width**2)
    w = shared + (1.0 - shared) * uptake
    survivals = np.exp(-a * w - q * w**2)
    error = survivals.std() / np.sqrt(survivals.size)
    assert abs(survivals.mean() - np.exp(log_survival_of_spread(a, q, cv, shared))) < 4.0 * error
    assert_allclose(uptake.mean(), 1.0, atol=4.0 * cv / np.sqrt(uptake.size))


def test_without_spread_or_with_all_cross_fire_it_is_the_uniform_dose():
    assert_allclose(log_survival_of_spread(7.0, 1.5, 0.0), -8.5, rtol=1e-12)
    assert_allclose(log_survival_of_spread(7.0, 1.5, 1.2, 1.0), -8.5, rtol=1e-12)
    assert_allclose(log_survival_of_spread(0.0, 0.0, 1.2), 0.0, atol=1e-12)


def test_a_little_spread_costs_half_the_variance():
    # ln E[e^{-aw}] = -a + a² cv² / 2 + O(cv³... ) for small a cv.
    a, cv = 1.0, 1e-2
    assert_allclose(log_survival_of_spread(a, 0.0, cv), -a + 0.5 * (a * cv) ** 2, atol=1e-7)


def test_spread_never_helps():
    cvs = np.linspace(0.0, 2.0, 9)
    assert np.all(np.diff(log_survival_of_spread(20.0, 2.0, cvs)) > 0)


def test_jax_gives_the_same_and_its_slope():
    from theratwin.core._jax import jax

    value, slope = jax.value_and_grad(lambda a: log_survival_of_spread(a, 0.0, 0.6))(
        jax.numpy.asarray(10.0)
    )
    assert_allclose(value, log_survival_of_spread(10.0, 0.0, 0.6), rtol=1e-12)
    step = 1e-4
    ends = log_survival_of_spread(np.array([10.0 - step, 10.0 + step]), 0.0, 0.6)
    assert_allclose(slope, np.diff(ends)[0] / (2 * step), rtol=1e-6)


@pytest.mark.parametrize("arguments", [(-1.0, 0.0, 0.1), (1.0, 0.0, -0.1), (1.0, 0.0, 0.1, 1.2)])
def test_what_is_out_of_range(arguments):
    with pytest.raises(InputError):
        log_survival_of_spread(*arguments)
