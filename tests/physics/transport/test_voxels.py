"""Energy by voxel: published S values, stopping at an uncertainty, wrong input."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from theratwin.core.errors import InputError
from theratwin.physics import emissions
from theratwin.physics.matter import material
from theratwin.physics.transport import (
    Emission,
    VoxelMatter,
    WeightedVoxels,
    region_deposition,
    voxel_deposition,
)

TABLE = Path(__file__).parents[4] / "shared/reference/voxel_s_values/90Y4.42mmsoft.txt"
MGY_PER_MEV_PER_GRAM = 1.602176634e-7  # times 1e6 decays a MBq s
LU = Emission.of_nuclide(emissions("Lu-177"))


def block(size: int, edge: float, name: str = "water") -> tuple[VoxelMatter, np.ndarray]:
    """Return a cube of voxels and a source in its middle."""
    shape = (size,) * 3
    matter = VoxelMatter(
        (material(name),), np.zeros(shape, int), material(name).density, (edge,) * 3
    )
    point = np.zeros(shape)
    point[(size // 2,) * 3] = 1.0
    return matter, point


@pytest.mark.skipif(not TABLE.exists(), reason="needs ../shared/reference/voxel_s_values")
def test_yttrium_against_published_voxel_s_values():
    """Lanconelli et al. 2012, soft tissue at 1.04 g/mL, three digits; 2 % holds their noise."""
    matter, point = block(9, 4.42, "soft")
    source = Emission.of_nuclide(emissions("Y-90"))
    found = voxel_deposition(matter, point, source, histories=100_000, workers=1)
    s = found.energy * MGY_PER_MEV_PER_GRAM * 1e6 / matter.mass_of_voxels
    rows = np.loadtxt(TABLE, skiprows=2, encoding="latin-1")
    known = {tuple(row[:3].astype(int)): row[3] for row in rows}
    apart = -np.sort(-np.abs(np.indices(s.shape) - 4), axis=0)
    for at in ((0, 0, 0), (1, 0, 0), (1, 1, 0)):
        here = np.all(apart == np.reshape(at, (3, 1, 1, 1)), axis=0)
        assert s[here].mean() == pytest.approx(known[at[::-1]], rel=0.02)


def test_it_stops_at_the_uncertainty():
    matter, point = block(5, 4.0)
    loose, tight = (
        voxel_deposition(
            matter, point, LU, histories=200_000, uncertainty=u, batches=100, workers=1
        )
        for u in (0.01, 0.004)
    )
    assert loose.uncertainty() < 0.01
    assert tight.uncertainty() < 0.004
    assert tight.histories < 200_000
    # the error goes as one over the root: 6.25 times the histories, as far as batches know it
    assert 2 < tight.histories / loose.histories < 20


def test_errors_cover_what_repeats_scatter():
    """Of 20 runs the spread about their mean agrees with the errors that they state."""
    matter, point = block(3, 2.0)
    runs = [
        voxel_deposition(matter, point, LU, histories=2000, seed=seed, workers=1)
        for seed in range(20)
    ]
    spread = np.std([run.energy[1, 1, 1] for run in runs], ddof=1)
    stated = np.mean([run.standard_error[1, 1, 1] for run in runs])
    # of 20 numbers a standard deviation is known to 16 %
    assert spread == pytest.approx(stated, rel=0.5)


def test_regions_sum_their_voxels():
    matter, point = block(5, 3.0)
    labels = np.arange(125).reshape(5, 5, 5) % 3 - 1
    found = voxel_deposition(matter, point, LU, histories=4000, regions=labels, workers=1)
    sums = [found.energy[labels == i].sum() for i in (0, 1)]
    assert found.region_energy == pytest.approx(sums, rel=1e-9)


def test_weighted_voxels_overlap_and_agree_with_labels():
    matter, point = block(5, 3.0)
    labels = np.arange(125).reshape(5, 5, 5) % 3 - 1
    places = [np.flatnonzero(labels == 0), np.flatnonzero(labels == 1), np.arange(125)]
    weighted = [WeightedVoxels(voxels, np.full(voxels.shape, 2.0)) for voxels in places]
    known = {"histories": 4000, "workers": 1}
    one = voxel_deposition(matter, point, LU, regions=labels, **known)
    two = voxel_deposition(matter, point, LU, regions=weighted, **known)
    assert two.region_energy[:2] == pytest.approx(2 * one.region_energy, rel=1e-12)
    assert two.region_error[:2] == pytest.approx(2 * one.region_error, rel=1e-9)
    assert two.region_energy[2] == pytest.approx(2 * one.energy.sum(), rel=1e-12)


def test_a_region_that_holds_every_track_has_no_error():
    """Of alphas that end in it a region gets all their energy, however voxels share it."""
    matter, point = block(9, 0.02)
    everything = np.zeros(point.shape, int)
    alpha = Emission.single("alpha", 5.0)  # 0.037 mm in water
    found = voxel_deposition(matter, point, alpha, histories=400, regions=everything, workers=1)
    assert found.region_energy == pytest.approx(5.0, rel=1e-12)
    assert found.region_error == pytest.approx(0.0, abs=1e-12)
    assert np.sqrt(np.sum(found.standard_error**2)) > 0.01


def test_activity_is_drawn_by_its_weights():
    matter, point = block(5, 8.0)
    point[0, 0, 0], point[4, 4, 4] = 3.0, 2.0
    weak = Emission.single("electron", 0.02)
    found = voxel_deposition(matter, point, weak, histories=30_000, workers=1)
    got = [found.energy[at] for at in ((0, 0, 0), (4, 4, 4), (2, 2, 2))]
    assert np.array(got) / 0.02 == pytest.approx([3 / 6, 2 / 6, 1 / 6], abs=0.005)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"activity": np.zeros((5, 5, 5))}, "activity"),
        ({"activity": np.ones((4, 5, 5))}, "activity"),
        ({"activity": -np.ones((5, 5, 5))}, "activity"),
        ({"regions": np.zeros((2, 2, 2))}, "regions"),
        ({"regions": [WeightedVoxels(np.array([125]), np.ones(1))]}, "regions"),
        ({"regions": [WeightedVoxels(np.array([3, 4]), np.ones(1))]}, "regions"),
        ({"histories": 10}, "histories"),
        ({"uncertainty": 0.0}, "uncertainty"),
    ],
)
def test_errors_name_the_field(changed, field):
    matter, point = block(5, 4.0)
    given = {"activity": point, "histories": 1000, **changed}
    with pytest.raises(InputError, match=field):
        voxel_deposition(matter, given.pop("activity"), LU, **given)


def test_regions_and_sources_are_checked():
    matter, _ = block(3, 4.0)
    inside = np.zeros((3, 3, 3), int)
    known = {"particle": "photon", "energy": 0.1, "histories": 100}
    with pytest.raises(InputError, match="source"):
        region_deposition(matter, inside, [27], **known)
    with pytest.raises(InputError, match="regions"):
        region_deposition(matter, inside - 1, [0], **known)
    with pytest.raises(InputError, match="particle"):
        region_deposition(matter, inside, [0], **{**known, "particle": "proton"})
    with pytest.raises(InputError, match="energy"):
        region_deposition(matter, inside, [0], **{**known, "energy": 20.0})
    with pytest.raises(InputError, match="index"):
        VoxelMatter((material("water"),), np.ones((2, 2, 2), int), 1.0, (1, 1, 1))
