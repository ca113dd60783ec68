"""Second-order repair, 1 / (1 + t / tau), against its closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import dblquad
from scipy.special import exp1

from theratwin.core import Exponentials, Pieces, Pulses
from theratwin.response import Repair, protraction_factor, protraction_integral

TAU = 2.0
REPAIR = Repair.reciprocal(TAU)


def test_kernel():
    # The mixture errs by 1e-11 of the damage at the start.
    times = np.array([0.0, 1e-3, 0.1, 2.0, 50.0, 1e3, 1e5])
    assert_allclose(REPAIR.left(times), 1.0 / (1.0 + times / TAU), rtol=0.0, atol=1e-11)


@pytest.mark.parametrize("hours", [0.01, 1.0, 24.0, 1000.0])
def test_constant_rate(hours):
    # (2 / T^2) times the integral of (T - t) / (1 + t / tau).
    x = hours / TAU
    expected = 2.0 / x**2 * ((1.0 + x) * np.log1p(x) - x)
    factor = protraction_factor(Pieces([0.0, hours], [[1.0]]), REPAIR)
    # Below x = 0.01 the closed form loses digits itself.
    assert_allclose(factor, expected, rtol=1e-10 if x > 0.01 else 1e-9)


@pytest.mark.parametrize("half_life", [1.0, 51.0, 160.0])
def test_decaying_rate(half_life):
    # lambda tau e^(lambda tau) E1(lambda tau), from the lags' distribution.
    x = np.log(2.0) / half_life * TAU
    factor = protraction_factor(Exponentials.from_half_lives([0.2], [half_life]), REPAIR)
    assert_allclose(factor, x * np.exp(x) * exp1(x), rtol=1e-10)


def test_two_fractions():
    integral = protraction_integral(Pulses([0.0, 6.0], [2.0, 2.0]), REPAIR)
    assert_allclose(integral, 8.0 + 8.0 / (1.0 + 6.0 / TAU), rtol=1e-11)


def test_uptake_and_decay_by_quadrature():
    curve = Exponentials([1.0, -1.0], [0.05, 0.5])

    def integrand(earlier, later):
        rates = float(curve(earlier)) * float(curve(later))
        return 2.0 * rates / (1.0 + (later - earlier) / TAU)

    expected, _ = dblquad(integrand, 0.0, 30.0, 0.0, lambda later: later, epsabs=1e-9, epsrel=1e-9)
    assert_allclose(protraction_integral(curve, REPAIR, 30.0), expected, rtol=1e-8)
