"""Averages over another grid: integrals kept, flips, cover, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import InputError
from theratwin.imaging import Image, box_mean

RANDOM = np.random.default_rng(6)


def _image(shape, size, start, flips=(1, 1, 1)):
    """An image of random numbers whose first corner lies at ``start`` (mm)."""
    affine = np.eye(4)
    affine[:3, :3] = np.diag(np.multiply(size, flips))
    affine[:3, 3] = [
        a + 0.5 * d if f > 0 else a + (n - 0.5) * d
        for a, d, n, f in zip(start, size, shape, flips, strict=True)
    ]
    return Image(RANDOM.random(shape), affine, "HU", "ct.nii")


def test_the_integral_is_kept():
    fine = _image((20, 18, 15), (1.1, 1.3, 2.0), (0.0, 0.0, 0.0))
    wide = _image((8, 9, 8), (4.0, 4.0, 5.0), (-3.0, -4.0, -2.5))
    found = box_mean(fine, wide)
    total = np.sum(found.image.data * found.covered) * wide.voxel_volume
    assert total == pytest.approx(fine.data.sum() * fine.voxel_volume, rel=1e-12)
    assert found.covered.sum() * wide.voxel_volume == pytest.approx(
        fine.data.size * fine.voxel_volume, rel=1e-12
    )
    assert found.covered.min() == 0.0


def test_the_same_grid_and_whole_multiples():
    fine = _image((12, 8, 6), (2.0, 2.0, 2.0), (5.0, 6.0, 7.0))
    assert box_mean(fine, fine).image.data == pytest.approx(fine.data, rel=1e-12)
    coarse = _image((6, 4, 2), (4.0, 4.0, 6.0), (5.0, 6.0, 7.0))
    by_hand = fine.data.reshape(6, 2, 4, 2, 2, 3).mean(axis=(1, 3, 5))
    assert box_mean(fine, coarse).image.data == pytest.approx(by_hand, rel=1e-12)


def test_a_finer_grid_repeats_the_numbers():
    coarse = _image((3, 3, 3), (6.0, 6.0, 6.0), (0.0, 0.0, 0.0))
    fine = _image((9, 9, 9), (2.0, 2.0, 2.0), (0.0, 0.0, 0.0))
    repeated = np.kron(coarse.data, np.ones((3, 3, 3)))
    assert box_mean(coarse, fine).image.data == pytest.approx(repeated, rel=1e-12)


def test_axes_may_point_the_other_way():
    shape, size, start = (12, 8, 6), (2.0, 2.0, 3.0), (1.0, -2.0, 3.0)
    along = _image(shape, size, start)
    against = _image(shape, size, start, flips=(-1, 1, -1))
    flipped = Image(along.data[::-1, :, ::-1], against.affine, "HU", "flipped")
    wide = _image((6, 4, 3), (4.0, 4.0, 6.0), start, flips=(-1, -1, 1))
    one, other = box_mean(along, wide), box_mean(flipped, wide)
    assert one.image.data == pytest.approx(other.image.data, rel=1e-12)
    assert np.array_equal(one.image.affine, wide.affine)


def test_tilted_axes_are_refused():
    image = _image((10, 10, 10), (2.0, 2.0, 2.0), (0.0, 0.0, 0.0))
    turn = np.eye(4)
    turn[:2, :2] = [[np.cos(0.05), -np.sin(0.05)], [np.sin(0.05), np.cos(0.05)]]
    with pytest.raises(InputError, match="not parallel to those of spect"):
        box_mean(image, Image(image.data, turn @ image.affine, "", "spect"))
