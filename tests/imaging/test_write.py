"""Images written: what comes back, on which grid, and what is not replaced."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import InputError
from theratwin.imaging import Image, read_image, write_image


@pytest.mark.parametrize("name", ["dose.nii", "dose.nii.gz", "folder/Dose.NII.GZ"])
def test_a_written_image_comes_back(tmp_path, grid, name):
    turn = np.eye(4)
    turn[:2, :2] = [[np.cos(0.3), -np.sin(0.3)], [np.sin(0.3), np.cos(0.3)]]
    data = np.random.default_rng(1).random((4, 3, 2))
    write_image(Image(data, turn @ grid, "Gy", "dose"), tmp_path / name)
    back = read_image(tmp_path / name)
    assert back.data == pytest.approx(data, rel=1e-6)  # single precision
    assert back.affine == pytest.approx(turn @ grid, abs=1e-5)
    assert back.scaled
    assert [path.name for path in (tmp_path / name).parent.iterdir()] == [(tmp_path / name).name]


def test_what_exists_is_kept(tmp_path, grid):
    image = Image(np.ones((4, 3, 2)), grid, "Gy", "dose")
    write_image(image, tmp_path / "dose.nii")
    with pytest.raises(InputError, match="--force"):
        write_image(image, tmp_path / "dose.nii")
    write_image(image, tmp_path / "dose.nii", force=True)
    with pytest.raises(InputError, match=r"\.nii"):
        write_image(image, tmp_path / "dose.mhd")


def test_a_ct_may_hold_negative_numbers(nifti):
    path = nifti(np.array([[[-1000.0, 40.0]]]), name="ct.nii")
    assert read_image(path, negative=True).data.tolist() == [[[-1000.0, 40.0]]]
    with pytest.raises(InputError, match="negative"):
        read_image(path)
    with pytest.raises(InputError, match="not finite"):
        read_image(nifti(np.array([[[np.nan, 40.0]]]), name="nan.nii"), negative=True)
