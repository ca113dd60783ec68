"""Grids: one and the same, the same but flipped, or different."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest

from theratwin.core.errors import InputError
from theratwin.imaging import Image, reorient_like, require_same_grid
from theratwin.imaging.geometry import TOLERANCE, corner_distance

SIZE = (5, 4, 3)


@pytest.fixture
def scan(grid):
    return Image(np.arange(60.0).reshape(SIZE), grid, "Bq/mL", "scan.nii")


def _moved(scan, change):
    return Image(scan.data, change @ scan.affine, "", "labels.nii")


def _shift(x):
    change = np.eye(4)
    change[0, 3] = x
    return change


@pytest.mark.parametrize("axes", list(permutations(range(3))))
@pytest.mark.parametrize("flips", list(product((1, -1), repeat=3)))
def test_every_flip_and_permutation_is_undone_exactly(scan, axes, flips):
    steps = tuple(slice(None, None, flip) for flip in flips)
    index_of = np.zeros((4, 4))
    index_of[3, 3] = 1
    for new, old in enumerate(axes):
        index_of[old, new] = flips[new]
        index_of[old, 3] = 0 if flips[new] == 1 else SIZE[old] - 1
    turned = Image(scan.data.transpose(axes)[steps], scan.affine @ index_of, "Bq/mL", "turned")
    back = reorient_like(turned, scan)
    np.testing.assert_array_equal(back.data, scan.data)
    np.testing.assert_allclose(back.affine, scan.affine, atol=1e-12)
    require_same_grid(back, scan)


def test_a_shift_within_the_tolerance_is_the_same_grid(scan):
    require_same_grid(_moved(scan, _shift(0.9 * TOLERANCE * 4.0)), scan)


def test_a_shift_beyond_it_is_not(scan):
    with pytest.raises(InputError, match="does not resample") as refused:
        require_same_grid(_moved(scan, _shift(1.1 * TOLERANCE * 4.0)), scan)
    assert "labels.nii" in str(refused.value)
    assert "scan.nii" in str(refused.value)


def test_a_small_turn_shows_at_the_corners(scan):
    angle = 0.002
    turn = np.eye(4)
    turn[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    # the corner farthest from the origin: x 62, y 52 mm
    far = angle * np.hypot(62, 52)
    assert corner_distance(_moved(scan, turn), scan) == pytest.approx(far, rel=1e-3)
    with pytest.raises(InputError, match="corners lie up to"):
        require_same_grid(_moved(scan, turn), scan)


def test_says_what_differs(scan, grid):
    other = Image(np.ones((5, 4, 6)), grid @ np.diag([1, 1, 0.5, 1]), "", "labels.nii")
    with pytest.raises(InputError, match="does not resample") as refused:
        require_same_grid(other, scan)
    assert "shape (5, 4, 6) against (5, 4, 3) voxels" in str(refused.value)
    assert "voxels 4 x 4 x 2.5 mm against 4 x 4 x 5 mm" in str(refused.value)


def test_says_how_far_it_is_shifted(scan):
    with pytest.raises(InputError, match=r"first voxels \[12.0, 0.0, 0.0\] mm"):
        require_same_grid(_moved(scan, _shift(12.0)), scan)


def test_says_the_orientation_of_a_mirrored_grid(scan):
    with pytest.raises(InputError, match="orientation RPS against LPS"):
        require_same_grid(_moved(scan, np.diag([-1.0, 1, 1, 1])), scan)
