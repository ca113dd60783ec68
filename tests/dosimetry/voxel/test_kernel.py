"""Kernel convolution: the direct sum, no wrap-around, energy, density, memory."""

from __future__ import annotations

import itertools
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theratwin.core.errors import InputError
from theratwin.dosimetry.voxel import convolve_octant, kernel_dose
from theratwin.physics import VoxelKernel

SIZES = st.tuples(*[st.integers(1, 6)] * 3)


def kernel_of(s, density=1.04) -> VoxelKernel:
    return VoxelKernel(s, (2.0, 3.0, 4.0), "soft tissue", density, "Lu-177", np.nan, "made up")


def direct_sum(values, octant):
    """Add the kernel around every voxel, one after the other."""
    found = np.zeros(values.shape)
    for i in np.ndindex(*values.shape):
        for j in np.ndindex(*values.shape):
            apart = tuple(abs(a - b) for a, b in zip(i, j, strict=True))
            if all(a < size for a, size in zip(apart, octant.shape, strict=True)):
                found[i] += values[j] * octant[apart]
    return found


@settings(max_examples=30, deadline=None)
@given(SIZES, SIZES, st.integers(0, 99))
def test_direct_sum(shape, reach, seed):
    """Also where the kernel is wider than the map, along any axis."""
    random = np.random.default_rng(seed)
    values, octant = random.random(shape), random.random(reach)
    expected = direct_sum(values, octant)
    # rounding grows with the sum of the kernel, not with the voxel's own value
    assert convolve_octant(values, octant) == pytest.approx(expected, abs=1e-10, rel=1e-10)


def test_point_source_gives_the_kernel():
    octant = np.random.default_rng(3).random((3, 4, 2))
    point = np.zeros((5, 7, 3))
    point[2, 3, 1] = 2.0
    kernel = kernel_of(octant)
    found = kernel_dose(point, kernel, (2.0, 3.0, 4.0))
    assert found.dose == pytest.approx(2.0 * kernel.expanded(), abs=1e-12)


@pytest.mark.parametrize("corner", list(itertools.product((0, -1), repeat=3)))
def test_nothing_wraps_around(corner):
    """A kernel of height 1 and reach 3 in every corner of a map of 8: the other side is empty."""
    values = np.zeros((8, 8, 8))
    values[corner] = 1.0
    found = convolve_octant(values, np.ones((4, 4, 4)))
    near = tuple(slice(0, 4) if side == 0 else slice(4, 8) for side in corner)
    assert found[near] == pytest.approx(1.0, abs=1e-14)
    found[near] = 0.0
    assert np.abs(found).max() < 1e-14


def test_energy_is_conserved_inside():
    """What 10 MBq h emit within the kernel's reach is absorbed, in any density."""
    random = np.random.default_rng(4)
    kernel = kernel_of(random.random((3, 3, 3)))
    activity = np.zeros((9, 9, 9))
    activity[2:7, 2:7, 2:7] = random.random((5, 5, 5))
    density = random.uniform(0.2, 1.9, activity.shape)
    found = kernel_dose(activity, kernel, (2.0, 3.0, 4.0), density)
    absorbed = (found.dose * density).sum() * found.voxel_volume / (1.602176634e-10 * 3.6e9)
    assert absorbed == pytest.approx(activity.sum() * kernel.energy_absorbed, rel=1e-12)


def test_single_precision_agrees_and_stays_single():
    random = np.random.default_rng(5)
    values, octant = random.random((20, 30, 25)), random.random((4, 5, 6))
    single = convolve_octant(values.astype(np.float32), octant)
    assert single.dtype == np.float32
    expected = convolve_octant(values, octant)
    # float32 holds 6e-8; the sums of some 25 stages of an FFT lose a few times that
    assert np.abs(single - expected).max() < 2e-6 * expected.max()


def test_threads_change_nothing():
    values, octant = np.random.default_rng(6).random((2, 20, 9, 11)), np.ones((3, 3, 3))
    assert np.array_equal(
        convolve_octant(values[0], octant), convolve_octant(values[0], octant, workers=2)
    )


def test_air_is_set_apart():
    activity, density = np.ones((3, 3, 3)), np.full((3, 3, 3), 1.04)
    density[1, 1, 1] = 0.0012
    found = kernel_dose(activity, kernel_of(np.ones((2, 2, 2))), (2.0, 3.0, 4.0), density)
    assert found.dose[1, 1, 1] == 0.0
    assert found.dose[0, 0, 0] == pytest.approx(8.0)
    assert (found.apart, found.activity_apart) == (1, 1.0)


def test_kernel_of_other_voxels_is_refused():
    with pytest.raises(InputError, match=r"other voxels.*2 x 3 x 4 mm"):
        kernel_dose(np.ones((3, 3, 3)), kernel_of(np.ones((2, 2, 2))), (2.0, 3.0, 4.02))


def test_memory_stays_below_four_maps():
    """Map, result and all work at their peak, in single precision."""
    tracemalloc.start()
    values = np.ones((96, 100, 90), np.float32)
    dose = kernel_dose(values, kernel_of(np.ones((9, 9, 9))), (2.0, 3.0, 4.0)).dose
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert dose.dtype == np.float32
    assert peak < 4 * values.nbytes


def test_the_noise_of_the_kernel_is_shared_by_all_voxels():
    s = np.array([[[8.0, 1.0], [1.0, 0.5]], [[1.0, 0.5], [0.5, 0.25]]])
    spread = np.where(s == 8.0, 0.01, 0.05)
    noisy = VoxelKernel(s, (4, 4, 4), "water", 1.0, "Lu-177", spread, "made up")
    found = kernel_dose(np.ones((3, 3, 3)), noisy, (4, 4, 4))
    whole = noisy.expanded().sum()  # 8 of the source voxel, the rest of its 26 neighbors
    by_hand = (8.0 * 0.01 + (whole - 8.0) * 0.05) / whole
    assert found.systematic == {"S values": pytest.approx(by_hand, rel=1e-12)}
    unknown = VoxelKernel(s, (4, 4, 4), "water", 1.0, "Lu-177", np.nan, "made up")
    assert kernel_dose(np.ones((3, 3, 3)), unknown, (4, 4, 4)).systematic == {}
