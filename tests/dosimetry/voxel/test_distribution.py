"""Dose-volume histograms against closed forms: uniform, two-level, normal and log-normal doses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import lognorm, norm

from theratwin.core.errors import InputError
from theratwin.dosimetry.voxel import DoseDistribution, VoxelDose, region_voxels

N = 200_000


def _quantiles(distribution):
    """Doses that fall on a distribution as evenly as their number allows."""
    return distribution.ppf((np.arange(N) + 0.5) / N)


def test_a_uniform_dose_is_its_own_histogram():
    found = DoseDistribution(np.full(10, 3.0), 0.2)
    assert found.volume == pytest.approx(2.0, rel=1e-12)
    assert (found.mean, found.minimum, found.maximum) == pytest.approx((3.0, 3.0, 3.0))
    assert found.sd == pytest.approx(0.0, abs=1e-12)
    assert [found.to_hottest(x) for x in (1e-9, 0.02, 0.95, 1.0)] == [3.0] * 4
    assert found.fraction_above([0.0, 3.0, np.nextafter(3.0, 4.0)]).tolist() == [1.0, 1.0, 0.0]


def test_two_levels():
    # 3 voxels of 0.5 mL at 40 Gy, 2 of 1 mL at 10 Gy
    found = DoseDistribution([10.0, 40.0, 40.0, 10.0, 40.0], [1.0, 0.5, 0.5, 1.0, 0.5])
    assert found.mean == pytest.approx((1.5 * 40 + 2 * 10) / 3.5)
    share = 1.5 / 3.5
    assert found.sd == pytest.approx(30 * np.sqrt(share * (1 - share)))
    assert (found.to_hottest(share), found.to_hottest(share + 1e-6)) == (40.0, 10.0)
    assert (found.to_hottest_volume(1.5), found.to_hottest_volume(1.6)) == (40.0, 10.0)
    assert found.volume_above([5.0, 10.0, 10.1, 40.0, 41.0]).tolist() == [3.5, 3.5, 1.5, 1.5, 0.0]
    assert found.differential([0.0, 20.0, 40.0]).tolist() == [2.0 / 20, 1.5 / 20]


@pytest.mark.parametrize(
    "distribution", [norm(20.0, 3.0), lognorm(0.5, scale=8.0)], ids=["normal", "log-normal"]
)
def test_continuous_distributions(distribution):
    # Quantiles at the middles of N equal parts: off by less than a part of the volume, 1/N.
    found = DoseDistribution(_quantiles(distribution), 1e-3)
    assert found.mean == pytest.approx(distribution.mean(), rel=1e-4)
    assert found.sd == pytest.approx(distribution.std(), rel=2e-3)  # the far tail is cut off
    for x in (0.02, 0.5, 0.95, 0.98):
        assert found.to_hottest(x) == pytest.approx(distribution.isf(x), rel=1e-4)
    doses = distribution.isf(np.array([0.9, 0.5, 0.1]))
    assert found.fraction_above(doses) == pytest.approx([0.9, 0.5, 0.1], abs=2 / N)
    edges = np.linspace(*distribution.isf([0.99, 0.01]), 40)
    parts = -np.diff(distribution.sf(edges)) / np.diff(edges)
    # a bin holds its volume to one part, 1 of N
    within = 1.0 / N / np.diff(edges)[0]
    assert found.differential(edges) / found.volume == pytest.approx(parts, rel=1e-6, abs=within)


@given(st.lists(st.floats(0.0, 1e3), min_size=1, max_size=40), st.floats(0.01, 1.0))
def test_d_and_v_are_inverse_to_each_other(doses, fraction):
    found = DoseDistribution(doses, 0.1)
    dose = found.to_hottest(fraction)
    assert found.fraction_above(dose) >= fraction - 1e-9
    hotter = np.nextafter(dose, np.inf)
    assert found.fraction_above(hotter) <= fraction + 1e-9
    assert found.minimum <= dose <= found.maximum


def test_the_area_below_the_cumulative_histogram_is_the_mean():
    random = np.random.default_rng(3)
    found = DoseDistribution(random.gamma(2.0, 5.0, 500), random.uniform(0.1, 1.0, 500))
    steps = np.concatenate([[0.0], found.doses[::-1]])
    area = np.sum(found.fraction_above(steps[1:]) * np.diff(steps))
    assert area == pytest.approx(found.mean, rel=1e-12)


def test_noise_averages_out_and_what_is_shared_does_not():
    shape = (10, 10, 10)
    dose = np.full(shape, 2.0)
    spread = np.full(shape, 0.1)
    found = VoxelDose(dose, (4.0, 4.0, 4.0), "made up", 0, 0.1, 0.0, spread)
    whole = region_voxels(found, systematic={"calibration": 0.03})
    assert whole.noise == pytest.approx(0.1 / np.sqrt(1000))
    assert whole.budget.total == pytest.approx(np.hypot(0.1 / np.sqrt(1000), 0.03))
    few = region_voxels(found, np.arange(16))
    assert few.noise == pytest.approx(0.1 / 4)
    assert few.budget.parts == {"noise of the voxels": few.noise}
    assert region_voxels(found, np.arange(16), noise=0.04).noise == 0.04


def test_noise_of_the_mean_is_that_of_repeated_maps():
    random = np.random.default_rng(5)
    dose = random.uniform(1.0, 9.0, (4, 5, 6))
    spread = random.uniform(0.05, 0.3, dose.shape)
    means = [(dose * (1 + spread * random.standard_normal(dose.shape))).mean() for _ in range(4000)]
    found = VoxelDose(dose, (1.0, 1.0, 1.0), "made up", 0, 0.1, 0.0, spread)
    told = region_voxels(found).noise
    # of 4000 repeats the standard deviation is known to 1.1 %; three of these
    assert told == pytest.approx(np.std(means) / dose.mean(), rel=0.034)


def test_thin_voxels_do_not_count():
    dose = np.array([[[4.0, 0.0, 2.0]]])
    found = VoxelDose(dose, (1.0, 1.0, 1.0), "made up", 1, 0.1, 0.0)
    region = region_voxels(found, np.ones(dose.shape, bool), density=[[[1.0, 0.01, 1.0]]])
    assert (region.distribution.mean, region.apart) == (3.0, 1)
    with pytest.raises(InputError, match="no voxel that gets a dose"):
        region_voxels(found, [1], name="lung", density=[[[1.0, 0.01, 1.0]]])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: DoseDistribution([]), "no voxel"),
        (lambda: DoseDistribution([1.0, -1.0]), "doses: negative"),
        (lambda: DoseDistribution([1.0, np.nan]), "not finite"),
        (lambda: DoseDistribution([1.0, 2.0], [1.0, 2.0, 3.0]), "as many as doses"),
        (lambda: DoseDistribution([1.0], 0.0), "no volume"),
        (lambda: DoseDistribution([1.0]).to_hottest(0.0), "part of the volume"),
        (lambda: DoseDistribution([1.0], 2.0).to_hottest_volume(2.1), "2 mL"),
        (lambda: DoseDistribution([1.0]).differential([1.0, 1.0]), "rising"),
    ],
)
def test_wrong_input_is_named(call, words):
    with pytest.raises(InputError, match=words):
        call()
