"""Errors of regions' means by Monte Carlo: batches against repeats, and against voxels alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from theratwin.core import Exponentials, InputError
from theratwin.dosimetry.voxel import (
    RegionMean,
    Source,
    VoxelDose,
    region_voxels,
    voxel_course,
    voxel_dose,
)

SHAPE = (9, 9, 9)
AT = np.indices(SHAPE)
POINT = np.zeros(SHAPE)
POINT[4, 4, 4] = 1.0
REPEATS = 60
#: Three standard errors of a standard deviation of 60 numbers, 9 % each.
WITHIN = 0.28
REGIONS = {
    "octant": np.flatnonzero((AT > 4).all(axis=0)),
    "half": AT[2] > 4,
    "block": (np.abs(AT - 4) < 2).all(axis=0),
}


def noise_of(found: VoxelDose, name: str, regions=REGIONS, **given) -> tuple[float, float]:
    """Return the noise of a region's mean by batches, and with its voxels as independent."""
    alone = replace(found, region_means={})
    return tuple(
        region_voxels(each, regions[name], name=name, **given).noise for each in (found, alone)
    )


@pytest.fixture(scope="module")
def yttrium():
    """Y-90 in the middle of voxels of 1 mm, of which a track crosses several, again and again."""
    given = {"density": 1.0, "histories": 1000, "regions": REGIONS}
    return [
        voxel_dose(POINT, (1.0,) * 3, "Y-90", "full", **given, seed=seed) for seed in range(REPEATS)
    ]


@pytest.mark.parametrize("name", REGIONS)
def test_batches_tell_the_scatter_of_repeats_and_voxels_do_not(yttrium, name):
    means = [found.region_means[name].dose for found in yttrium]
    scatter = np.std(means, ddof=1) / np.mean(means)
    batches, voxels = np.mean([noise_of(found, name) for found in yttrium], axis=0)
    assert batches == pytest.approx(scatter, rel=WITHIN)
    # a track leaves energy in one voxel after the other of an octant or a half; around the
    # source what one voxel lacks its neighbor has
    if name == "block":
        assert voxels > 1.4 * batches
    else:
        assert voxels < 0.65 * batches


def test_the_mean_is_that_of_the_voxels_that_count():
    rho = np.random.default_rng(2).uniform(0.2, 2.0, SHAPE)
    rho[:, :, 7:] = 0.0012
    regions = {"all": np.ones(SHAPE, bool), "few": [364, 365, 8], "air": AT[2] > 7}
    given = {"density": rho, "histories": 2000, "regions": regions}
    found = voxel_dose(POINT, (2.0, 3.0, 4.0), "Y-90", "full", **given)
    assert set(found.region_means) == {"all", "few"}
    for name, known in found.region_means.items():
        region = region_voxels(found, regions[name], name=name, density=rho)
        assert region.distribution.mean == pytest.approx(known.dose, rel=1e-12)
        assert region.noise == known.noise > 0
        assert region.budget.parts == {"noise of the voxels": known.noise}
    with pytest.raises(InputError, match=r"few: .* other voxels"):
        region_voxels(found, [364], name="few", density=rho)
    with pytest.raises(InputError, match=r"all: .* density"):
        region_voxels(found, regions["all"], name="all")


def test_one_voxel_has_its_own_error():
    regions = {"source": POINT > 0}
    found = voxel_dose(
        POINT, (3.0,) * 3, "Lu-177", "photons", density=1.0, histories=2000, regions=regions
    )
    batches, voxels = noise_of(found, "source", regions)
    assert batches == pytest.approx(voxels, rel=1e-9)


def test_what_stays_has_no_noise():
    """Below the cutoff of Monte Carlo nothing is drawn: Ni-63 has no photons."""
    regions = {"source": POINT > 0}
    given = {"density": 1.0, "regions": regions}
    found = voxel_dose(POINT, (3.0,) * 3, "Ni-63", "photons", **given)
    local = voxel_dose(POINT, (3.0,) * 3, "Ni-63", "local", density=1.0)
    mean = found.region_means["source"]
    assert mean == RegionMean(pytest.approx(local.dose[4, 4, 4]), 0.0)


def two_sources(seed: int | None = None, dose_seed: int = 0):
    """Return the course of two equal voxels, far apart, of two half-lives."""
    scan = np.zeros((9, 3, 3))
    scan[1, 1, 1] = scan[7, 1, 1] = 1.0
    lines = [Exponentials.from_half_lives([1.0], [half_life]) for half_life in (40.0, 60.0)]
    sources = [
        Source("left", np.arange(40), lines[0]),
        Source("right", np.arange(40, 81), lines[1]),
    ]

    def dose_of(activity, seed=dose_seed):
        both = {"both": scan > 0}
        return voxel_dose(
            activity, (4.0,) * 3, "Lu-177", "full", density=1.0, histories=400, regions=both,
            seed=seed,
        )  # fmt: skip

    return voxel_course(scan, 0.0, sources, dose_of, seed=seed)


def relative(course) -> list[float]:
    """Return what each source gives to its own voxel for each of its decays."""
    left, right = course.parts
    return [left.dose[1, 1, 1] / 40.0, right.dose[7, 1, 1] / 60.0]


def test_each_source_has_its_own_histories():
    alike = relative(two_sources(dose_seed=5))
    assert alike[0] == pytest.approx(alike[1], rel=1e-6)  # one error, twice
    apart = two_sources(seed=5)
    assert relative(apart)[0] != pytest.approx(relative(apart)[1], rel=1e-6)
    assert relative(two_sources(seed=5)) == relative(apart)
    assert not set(relative(two_sources(seed=6))) & set(relative(apart))


def test_the_errors_of_two_sources_are_independent():
    courses = [two_sources(seed=seed) for seed in range(REPEATS)]
    shared = np.corrcoef([relative(course) for course in courses], rowvar=False)[0, 1]
    assert abs(shared) < 3 / np.sqrt(REPEATS)  # 1 with the same histories in both
    means = [course.total.region_means["both"] for course in courses]
    scatter = np.std([mean.dose for mean in means], ddof=1)
    assert np.mean([mean.standard_error for mean in means]) == pytest.approx(scatter, rel=WITHIN)


def test_a_single_source_keeps_the_seed():
    line = Exponentials([1.0], [1.0])
    drawn = []

    def dose_of(activity, seed):
        drawn.append(seed)
        return voxel_dose(activity, (4.0,) * 3, "Lu-177", "local", density=1.0)

    voxel_course(POINT, 0.0, [Source("all", np.arange(POINT.size), line)], dose_of, seed=7)
    assert drawn == [7]


def test_wrong_input_is_named():
    given = {"density": 1.0, "histories": 100}
    with pytest.raises(InputError, match="a voxel lies outside the map"):
        voxel_dose(POINT, (1.0,) * 3, "Y-90", "full", **given, regions={"far": [729]})
    with pytest.raises(InputError, match="seed: a seed is a whole number"):
        voxel_dose(POINT, (1.0,) * 3, "Y-90", "full", **given, seed=-1)
    with pytest.raises(InputError, match="no effect on the method local"):
        voxel_dose(POINT, (1.0,) * 3, "Y-90", "local", density=1.0, regions={"a": [1]})
