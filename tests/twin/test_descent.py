"""Least squares from several starts at once."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.twin.descent import Point, descended


def _rosenbrock(theta):
    return np.stack([10 * (theta[..., 1] - theta[..., 0] ** 2), 1 - theta[..., 0]], axis=-1)


def _points(theta):
    zero, one = np.zeros(len(theta)), np.ones(len(theta))
    rows = [[-20 * theta[:, 0], 10 * one], [-one, zero]]
    jacobian = np.moveaxis(np.array(rows), -1, 0)
    return Point(theta, _rosenbrock(theta), jacobian)


@pytest.mark.parametrize("starts", [[[-1.2, 1.0]], [[-1.2, 1.0], [3.0, -3.0], [0.0, 0.0]]])
def test_the_bottom_of_a_bent_valley_is_found(starts):
    found = descended(_rosenbrock, _points, np.array(starts))
    # Ends when a full step would gain 1e-8 of half the sum of squares.
    np.testing.assert_allclose(found, [1.0, 1.0], atol=2e-3)


def test_the_lower_of_two_bottoms_is_taken():
    def residuals(theta):
        return np.concatenate([theta**2 - 4.0, 0.1 * (theta - 3.0)], axis=-1)

    def points(theta):
        slopes = np.stack([2 * theta, np.full_like(theta, 0.1)], axis=-2)
        return Point(theta, residuals(theta), slopes)

    found = descended(residuals, points, np.array([[-3.0], [-1.0], [1.0]]))
    assert found[0] == pytest.approx(2.0, abs=0.05)


def test_a_start_without_numbers_is_passed_over():
    def broken(theta):
        return np.where(theta[:, :1] < -1, np.nan, _rosenbrock(theta))

    def points(theta):
        at = _points(theta)
        return Point(theta, broken(theta), at.jacobian)

    found = descended(broken, points, np.array([[-1.2, 1.0], [0.0, 0.0]]))
    np.testing.assert_allclose(found, [1.0, 1.0], atol=2e-3)
    assert descended(broken, points, np.array([[-1.2, 1.0]])) is None
