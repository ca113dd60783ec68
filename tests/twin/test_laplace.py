"""The mode and the normal approximation there."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core import FitError, LogNormal
from theratwin.twin.laplace import laplace
from theratwin.twin.target import Target


class Linear:
    """Three values that are linear in two parameters: everything is known in closed form."""

    name = "linear"
    parameter_names = ("a", "b")
    priors = (LogNormal(1.0, np.exp(3.0)), LogNormal(2.0, np.exp(0.5)))
    slope = np.array([[1.0, 0.3], [1.0, 1.0], [1.0, 2.0]])
    observed = np.array([0.2, 0.9, 1.4])
    observed_sd = np.array([0.1, 0.2, 0.1])

    def predicted(self, theta):
        return theta @ self.slope.T


class Bent(Linear):
    """Values whose second derivative beats the priors at a stationary point of the density."""

    name = "bent"
    priors = (LogNormal(1.0, np.e), LogNormal(1.0, np.e))
    observed = np.array([3.0])
    observed_sd = np.array([0.1])

    def predicted(self, theta):
        # At theta = 0: no slope in b, and upward bend times a residual below zero.
        return theta[..., :1] + theta[..., 1:] ** 2


class Nowhere(Linear):
    """A model without a finite value."""

    def predicted(self, theta):
        return np.full((*np.shape(theta)[:-1], 3), np.nan)


def test_a_linear_model_has_its_closed_form():
    found = laplace(Target(Linear()))
    precision = np.diag(Linear.observed_sd**-2.0)
    prior = np.diag([3.0**-2, 0.5**-2])
    data = Linear.slope.T @ precision @ Linear.slope
    covariance = np.linalg.inv(data + prior)
    shift = Linear.slope.T @ precision @ Linear.observed + prior @ [0.0, np.log(2.0)]
    np.testing.assert_allclose(found.mode, covariance @ shift, rtol=1e-9)
    np.testing.assert_allclose(found.covariance, covariance, rtol=1e-6)  # differences of gradients
    assert found.positive_definite
    assert found.effective_parameters == pytest.approx(np.trace(covariance @ data), rel=1e-9)
    residual = (Linear.slope @ found.mode - Linear.observed) / Linear.observed_sd
    assert found.chi_square == pytest.approx(residual @ residual, rel=1e-9)


def test_data_of_no_information_determine_no_parameter(line):
    assert laplace(Target(line(sd=1e3))).effective_parameters == pytest.approx(0.0, abs=1e-4)
    assert laplace(Target(line(sd=1e-3))).effective_parameters == pytest.approx(2.0, abs=1e-4)


def test_a_mode_that_is_none_is_flagged(monkeypatch):
    # The search is made to stop at a saddle: there the exact curvature is not positive definite.
    monkeypatch.setattr(Target, "mode", lambda self: np.zeros(2))
    found = laplace(Target(Bent()))
    assert not found.positive_definite
    assert np.all(np.linalg.eigvalsh(found.covariance) > 0)  # Gauss-Newton's


def test_a_model_without_finite_values_is_refused():
    with pytest.raises(FitError, match="no solution"):
        laplace(Target(Nowhere()))


def test_exact_data_of_one_exponential_recover_it(line):
    times = (4.0, 24.0, 72.0, 144.0)
    values = tuple(80.0 * 2.0 ** (-t / 55.0) for t in times)
    found = laplace(Target(line(times, values, sd=1e-5)))
    # Priors pull by (sd of the data / sd of the prior)^2, about 1e-9.
    np.testing.assert_allclose(np.exp(found.mode), [80.0, 55.0], rtol=1e-6)
