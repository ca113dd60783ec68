"""Alpha particles: all their energy within their range."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.physics.matter import csda_range, material
from theratwin.physics.transport import Emission, VoxelMatter, voxel_deposition
from theratwin.physics.transport.alpha_history import energy_of_range
from theratwin.physics.transport.scenes import _alpha_range

WATER = material("water")


def test_energy_of_range_inverts_the_range():
    ranges = _alpha_range()
    for energy in (0.05, 1.0, 5.83, 8.78):
        reach = float(csda_range(WATER, energy, "alpha"))
        assert energy_of_range.py_func(ranges, reach) == pytest.approx(energy, rel=2e-3)


@pytest.fixture(scope="module")
def track():
    """Return the energies that 5.83 MeV leave about the middle of 15-micrometer voxels."""
    matter = VoxelMatter((WATER,), np.zeros((11, 11, 11), int), 1.0, (0.015,) * 3)
    point = np.zeros(matter.shape)
    point[5, 5, 5] = 1.0
    source = Emission.single("alpha", 5.83)
    return voxel_deposition(matter, point, source, histories=4000, workers=1)


def test_all_energy_stays_within_the_range(track):
    """47.9 micrometers from anywhere in the voxel of the source."""
    assert track.energy.sum() == pytest.approx(5.83, rel=1e-9)
    apart = np.maximum(np.abs(np.indices((11, 11, 11)) - 5) - 1, 0) * 0.015
    beyond = np.sqrt((apart**2).sum(axis=0)) > 0.0481
    assert beyond.any()
    assert np.all(track.energy[beyond] == 0)


def test_energy_in_the_voxel_of_the_source(track):
    """Straight tracks from even points: the mean of what is lost on the way to the surface."""
    random = np.random.default_rng(1)
    start = random.random((100_000, 3)) * 15e-4
    way = random.standard_normal(start.shape)
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    face = np.where(way > 0, (15e-4 - start) / way, -start / way).min(axis=1)
    grid = np.geomspace(1e-2, 6.0, 600)
    left = float(csda_range(WATER, 5.83, "alpha")) - face
    kept = np.interp(left, csda_range(WATER, grid, "alpha"), grid, left=0.0)
    # the track's own noise: 4000 histories of a spread of 0.5 MeV
    assert track.energy[5, 5, 5] == pytest.approx((5.83 - kept).mean(), abs=0.03)
