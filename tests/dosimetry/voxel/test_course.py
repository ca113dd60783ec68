"""Dose rate by voxel: one scan, a curve for each region; totals, linearity, neighbors' courses."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core import Exponentials, InputError, Pieces
from theratwin.dosimetry.time_activity import Samples, trapezoid
from theratwin.dosimetry.voxel import Source, voxel_course, voxel_dose
from theratwin.physics import VoxelKernel

SIZE = (4.0, 4.0, 4.0)
SHAPE = (6, 4, 4)
SCAN = np.random.default_rng(7).uniform(0.5, 2.0, SHAPE)
LEFT, RIGHT = (np.flatnonzero(part) for part in (np.arange(96) < 48, np.arange(96) >= 48))
SLOW = Exponentials([-1.0, 1.0], [0.3, 0.01])
SAMPLES = Samples([2.0, 24.0, 72.0], [5.0, 4.0, 1.0])
KERNEL = VoxelKernel(
    np.array([[[8.0, 1.0], [1.0, 0.5]], [[1.0, 0.5], [0.5, 0.25]]]) * 1e-2,
    SIZE, "water", 1.0, "Lu-177", 0.0, "made up",
)  # fmt: skip


def _local(activity):
    return voxel_dose(activity, SIZE, "Lu-177", "local", density=1.0)


def _kernel(activity):
    return voxel_dose(activity, SIZE, "Lu-177", "kernel", kernel=KERNEL)


def _sources():
    fast = trapezoid(SAMPLES, 0.004).curve
    return [Source("left", LEFT, SLOW), Source("right", RIGHT, fast)]


@pytest.mark.parametrize("dose_of", [_local, _kernel])
def test_the_rate_at_the_scan_is_that_of_the_scan(dose_of):
    course = voxel_course(SCAN, 24.0, _sources(), dose_of)
    assert course.rate(24.0) == pytest.approx(dose_of(SCAN).dose, rel=1e-12)


@pytest.mark.parametrize("dose_of", [_local, _kernel])
def test_dose_is_the_integral_of_the_rate(dose_of):
    course = voxel_course(SCAN, 24.0, _sources(), dose_of)
    times = np.linspace(0.0, 40.0, 1001)
    rates = [course.rate(time) for time in times]
    between = course.dose(40.0) - course.dose(0.0)
    # trapezoids of 0.04 h: second order in the uptake's rate of 0.3 1/h
    assert np.trapezoid(rates, times, axis=0) == pytest.approx(between, rel=1e-4)
    whole = sum(part.dose for part in course.parts)
    assert course.dose() == pytest.approx(whole, rel=1e-12)


def test_a_neighbor_keeps_its_own_course():
    sources = [
        Source("left", LEFT, Exponentials([1.0], [0.05])),
        Source("right", RIGHT, Pieces.from_samples([0.0, 30.0], [1.0, 1.0])),
    ]
    course = voxel_course(SCAN, 10.0, sources, _kernel)
    only_left = np.where(np.arange(96).reshape(SHAPE) < 48, SCAN, 0.0)
    # after 30 h the right side is over: what is left comes from the left side, everywhere
    left = _kernel(only_left).dose * np.exp(-0.05 * 30.0)
    assert course.rate(40.0) == pytest.approx(left, rel=1e-12, abs=1e-15)
    assert course.rate(40.0).reshape(-1)[RIGHT].max() > 0


@pytest.mark.parametrize(
    ("sources", "words"),
    [
        ([Source("left", LEFT, SLOW)], "lies in no source"),
        ([Source("a", np.arange(96), SLOW), Source("b", RIGHT, SLOW)], "b: a voxel belongs"),
        ([Source("a", np.arange(96), SLOW.shifted(30.0))], "a: its curve must be positive"),
        ([Source("a", np.arange(96), Exponentials([1.0], [0.0]))], "finite integral"),
    ],
)
def test_wrong_input_is_named(sources, words):
    with pytest.raises(InputError, match=words):
        voxel_course(SCAN, 24.0, sources, _local)
