"""Recovery of blurred spheres: closed forms against the blur itself, curves against phantoms."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core import InputError
from theratwin.dosimetry import (
    RecoveryCurve,
    fit_recovery,
    outline_slope,
    outline_uncertainty,
    sphere_recovery,
)

SIGMA = 10.0 / np.sqrt(8.0 * np.log(2.0))  # of a blur of 10 mm


def volume_of(radius):
    return 4.0 / 3.0 * np.pi * radius**3 / 1000.0


@pytest.mark.parametrize("radius", [4.0, 8.0, 15.0, 40.0])
def test_recovery_is_the_mean_of_random_displacements(radius):
    generator = np.random.default_rng(1)
    inside = generator.standard_normal((400_000, 3))
    inside *= (
        radius
        * generator.random((400_000, 1)) ** (1 / 3)
        / np.linalg.norm(inside, axis=1, keepdims=True)
    )
    moved = inside + SIGMA * generator.standard_normal(inside.shape)
    kept = np.mean(np.linalg.norm(moved, axis=1) < radius)
    # Binomial standard deviation 0.0008, four of them.
    assert float(sphere_recovery(volume_of(radius), 10.0)) == pytest.approx(kept, abs=3.2e-3)


@pytest.mark.parametrize("radius", [4.0, 8.0, 15.0])
def test_outline_slope_is_the_concentration_at_the_edge(radius):
    # The counts of a shell at the edge over the mean: the sphere's profile there, off axis by
    # symmetry the same as on it, from displacements of a point at the edge.
    generator = np.random.default_rng(2)
    points = np.array([radius, 0.0, 0.0]) + SIGMA * generator.standard_normal((400_000, 3))
    edge = np.mean(np.linalg.norm(points, axis=1) < radius)
    volume = volume_of(radius)
    recovery = sphere_recovery(volume, 10.0)
    # Binomial standard deviation 0.0008 over a recovery of 0.1 or more: four of them.
    expected = edge / float(recovery)
    assert float(outline_slope(volume, 10.0, recovery)) == pytest.approx(
        expected, abs=3.2e-3 / float(recovery)
    )


def test_large_spheres_keep_all_and_gather_half():
    assert float(sphere_recovery(1e9, 10.0)) == pytest.approx(1.0, abs=2e-3)
    assert float(outline_slope(1e9, 10.0, 1.0)) == pytest.approx(0.5, abs=2e-3)


def test_slope_of_the_curve_is_its_derivative():
    curve = RecoveryCurve(2.3, 0.9, np.zeros((2, 2)))
    volumes = np.array([0.3, 2.3, 50.0])
    rise = np.log(curve.value(volumes * 1.0001) / curve.value(volumes / 1.0001))
    np.testing.assert_allclose(curve.slope(volumes), rise / (2.0 * np.log(1.0001)), rtol=1e-6)


def test_a_phantom_gives_its_curve_and_its_spread():
    true = RecoveryCurve(2.0, 0.8, np.zeros((2, 2)))
    volumes = np.array([0.5, 1.2, 2.6, 5.6, 11.5, 26.5])
    generator = np.random.default_rng(3)
    fits = [
        fit_recovery(volumes, true.value(volumes) + 0.01 * generator.standard_normal(6), 0.01)
        for _ in range(300)
    ]
    logs = np.log([[fit.midpoint, fit.steepness] for fit in fits])
    expected = np.mean([fit.covariance for fit in fits], axis=0)
    # Standard error of a standard deviation of 300: 4 %; three of them.
    np.testing.assert_allclose(logs.std(axis=0), np.sqrt(np.diag(expected)), rtol=0.12)
    np.testing.assert_allclose(logs.mean(axis=0), np.log([2.0, 0.8]), atol=0.01)


def test_outline_of_a_larger_body_is_surer():
    # Relative uncertainty goes with the inverse diameter: eight times the volume, half of it.
    one, eight = outline_uncertainty(np.array([10.0, 80.0]), 4.0, 9.0)
    assert one == pytest.approx(2.0 * eight)
    # By hand: 26.7 mm across, sqrt(16/6 + 14.6) = 4.16 mm, times three.
    assert one == pytest.approx(3.0 * 4.156 / 26.73, rel=1e-3)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: RecoveryCurve(0.0, 1.0, np.zeros((2, 2))), "midpoint"),
        (lambda: fit_recovery([1.0, 2.0], [0.3, 0.5], 0.1), "three inserts"),
        (lambda: fit_recovery([1.0, 2.0, 9.0], [0.3, 0.5, 1.1], 0.1), "between 0 and 1"),
        (lambda: sphere_recovery(-1.0, 10.0), "volume"),
    ],
)
def test_wrong_numbers_are_refused(call, word):
    with pytest.raises(InputError, match=word):
        call()
