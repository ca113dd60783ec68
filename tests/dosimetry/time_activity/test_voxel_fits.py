"""Voxel fits: each is the scalar fit, none is lost, the status says how it came about."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core import InputError
from theratwin.dosimetry.time_activity import (
    Samples,
    VoxelStatus,
    fit_model,
    fit_voxels,
    trapezoid,
)
from theratwin.dosimetry.time_activity import voxels as module

LU = np.log(2.0) / 159.53
TIMES = np.array([4.0, 24.0, 72.0, 120.0])


def noisy(voxels: int, error: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    half_life = 60.0 * np.exp(0.3 * random.standard_normal(voxels))
    amplitude = np.exp(random.standard_normal(voxels))
    true = amplitude[:, None] * np.exp(-np.log(2.0) * TIMES / half_life[:, None])
    return true * (1.0 + error * random.standard_normal(true.shape)), error * true


def test_noiseless_voxels_give_the_truth():
    activities, _ = noisy(2000, 0.0)
    found = fit_voxels(activities, TIMES, LU)
    ok = found.status == VoxelStatus.OK
    rate = np.log(activities[:, 0] / activities[:, 3]) / (TIMES[3] - TIMES[0])
    assert np.array_equal(ok, rate > LU)
    true = activities[:, 0] * np.exp(rate * TIMES[0]) / rate
    assert found.integral[ok] == pytest.approx(true[ok], rel=1e-7)


def test_each_voxel_is_the_scalar_fit():
    activities, sd = noisy(60, 0.1)
    found = fit_voxels(activities, TIMES, LU, sd=sd)
    for v in range(60):
        one = fit_model(Samples(TIMES, activities[v], sd[v]), "mono", LU)
        assert one.at_floor == (found.status[v] == VoxelStatus.AT_FLOOR)
        # At the floor the scalar fit stays a ten-thousandth of physical decay above it.
        rel = 2e-4 if one.at_floor else 1e-6
        assert found.integral[v] == pytest.approx(one.integral, rel=rel)
        assert found.relative_sd[v] == pytest.approx(one.relative_sd, rel=1e-3)


def test_estimated_scale_is_that_of_the_residuals():
    activities, _ = noisy(50, 0.05)
    found = fit_voxels(activities, TIMES, LU)
    known = fit_voxels(activities, TIMES, LU, sd=1.0)
    ok = found.status == VoxelStatus.OK
    amplitude = found.integral * found.rate
    left = activities - amplitude[:, None] * np.exp(-found.rate[:, None] * TIMES)
    scale = np.sqrt(np.sum(left**2, axis=-1) / 2)
    assert found.relative_sd[ok] == pytest.approx((scale * known.relative_sd)[ok], rel=1e-6)


def test_no_rate_is_below_the_floor_and_all_are_accounted_for(monkeypatch):
    random = np.random.default_rng(3)
    activities = random.standard_normal((3000, 4)) + 0.3  # noise alone, negative values too
    found = fit_voxels(activities, TIMES, LU)
    signal = found.status != VoxelStatus.NO_SIGNAL
    assert np.all(found.rate[signal] >= LU)
    assert sum(found.counts.values()) == 3000
    assert min(found.counts[s] for s in ("OK", "AT_FLOOR", "TRAPEZOID", "NO_SIGNAL")) > 0
    assert np.all(np.isfinite(found.integral))
    assert np.all((found.integral > 0) == signal)
    monkeypatch.setattr(module, "CHUNK", 100)
    assert np.array_equal(fit_voxels(activities, TIMES, LU).integral, found.integral)


def test_fallbacks():
    activities = np.array(
        [[0.0, 0.0, 0.0, 0.0], [0.0, 2.0, 0.0, 0.0], [-1.0, -3.0, -1.0, -2.0], [1.0, 2.0, 3.0, 4.0]]
    ).reshape(2, 2, 4)
    found = fit_voxels(activities, TIMES, LU)
    names = [VoxelStatus(code).name for code in found.status.ravel()]
    assert names == ["NO_SIGNAL", "PHYSICAL_DECAY", "NO_SIGNAL", "AT_FLOOR"]
    assert found.integral[0, 1] == pytest.approx(2.0 * np.exp(LU * 24.0) / LU)
    assert found.rate[0, 0] == 0.0


def test_a_decline_too_fast_to_be_believed_falls_back_to_trapezoids():
    times = np.array([10.0, 11.0, 20.0])
    y = np.array([1e6, 1.0, 0.5])
    found = fit_voxels(y, times, LU)
    assert found.status == VoxelStatus.TRAPEZOID
    assert float(found.integral) == pytest.approx(
        trapezoid(Samples(times, y), LU, tail="physical").integral
    )


@pytest.mark.parametrize(
    ("activities", "times", "sd", "word"),
    [
        ([[1.0, 2.0]], [4.0], None, "increasing times"),
        ([[1.0, 2.0]], [4.0, 4.0], None, "increasing times"),
        ([[1.0, 2.0]], [4.0, 5.0, 6.0], None, "last axis"),
        ([[1.0, np.nan]], [4.0, 5.0], None, "finite"),
        ([[1.0, 2.0]], [4.0, 5.0], 0.0, "sd"),
    ],
)
def test_wrong_maps_are_refused(activities, times, sd, word):
    with pytest.raises(InputError, match=word):
        fit_voxels(activities, times, LU, sd=sd)
