"""Images: what is read as it stands, what is refused and how the refusal reads."""

from __future__ import annotations

import nibabel
import numpy as np
import pytest

from theratwin.core.errors import InputError
from theratwin.imaging import Image, read_image

ONES = np.ones((4, 3, 2), dtype=np.float32)


def test_reads_numbers_grid_and_voxel_volume(nifti, grid):
    image = read_image(nifti(np.arange(24, dtype=np.float32).reshape(4, 3, 2)))
    assert image.data[3, 2, 1] == 23
    assert image.voxel_volume == 0.08
    assert image.orientation == "LPS"
    np.testing.assert_array_equal(image.affine, grid)
    assert image.scaled


def test_applies_the_scale_of_the_header(tmp_path, grid):
    file = nibabel.Nifti1Image(np.array([[[0.0, 250.0, 1000.0]]]), grid)
    file.set_data_dtype(np.uint16)
    nibabel.save(file, tmp_path / "scaled.nii")
    image = read_image(tmp_path / "scaled.nii")
    assert image.scaled
    # 16 bits over a range of 1000: half a step is 0.008
    np.testing.assert_allclose(image.data, [[[0.0, 250.0, 1000.0]]], atol=0.008)


def test_whole_numbers_without_scale_are_told_apart(nifti):
    assert not read_image(nifti(ONES.astype(np.uint16))).scaled


def test_a_fourth_axis_of_one_is_no_fourth_dimension(nifti):
    assert read_image(nifti(ONES[..., None])).shape == (4, 3, 2)


@pytest.mark.parametrize(("unit", "volume"), [("mm", 0.08), ("meter", 8e7), ("micron", 8e-11)])
def test_the_length_unit_of_the_header_counts(nifti, unit, volume):
    # the volume is rounded at 1e-12 mm^3: 1e-15 mL
    assert read_image(nifti(ONES, unit=unit)).voxel_volume == pytest.approx(volume, rel=1e-4)


def test_voxel_volume_of_a_rotated_grid(grid):
    turn = np.eye(4)
    turn[:2, :2] = [[np.cos(0.3), -np.sin(0.3)], [np.sin(0.3), np.cos(0.3)]]
    image = Image(ONES, turn @ grid, "", "turned")
    assert image.voxel_volume == pytest.approx(0.08, rel=1e-12)


def _refusal(path):
    with pytest.raises(InputError) as refused:
        read_image(path)
    assert path.name in str(refused.value)
    return str(refused.value)


def _with(value):
    data = ONES.copy()
    data[1, 1, 1] = value
    return data


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (np.ones((4, 3, 2, 5), np.float32), ["4 dimensions (4, 3, 2, 5)", "file of its own"]),
        (np.ones((4, 3), np.float32), ["2 dimensions (4, 3)", "allowed: three"]),
        (_with(np.nan), ["1 of 24 voxels are not finite"]),
        (_with(np.inf), ["1 of 24 voxels are not finite"]),
        (_with(-3.5), ["1 of 24 voxels are negative, down to -3.5", "Is this a CT"]),
        (0 * ONES, ["every voxel is zero"]),
        (ONES.astype(np.complex64), ["type complex64", "one real number a voxel"]),
        (
            np.ones((4, 3, 2), dtype=[("R", "u1"), ("G", "u1"), ("B", "u1")]),
            ["not a color picture"],
        ),
    ],
)
def test_refuses_what_cannot_be_activity(nifti, data, says):
    text = _refusal(nifti(data))
    for words in says:
        assert words in text


def test_refuses_a_missing_file(tmp_path):
    assert "no such file" in _refusal(tmp_path / "absent.nii.gz")


def test_refuses_a_folder_of_dicom(tmp_path):
    assert "dcm2niix" in _refusal(tmp_path)


@pytest.mark.parametrize("name", ["scan.nii.gz", "scan.nii", "scan.dcm", "scan.csv"])
def test_refuses_what_is_no_image(tmp_path, name):
    (tmp_path / name).write_bytes(b"no image, whatever its name says" * 30)
    assert "cannot be read as a NIfTI image" in _refusal(tmp_path / name)


def test_refuses_an_empty_file(tmp_path):
    (tmp_path / "scan.nii").write_bytes(b"")
    assert "cannot be read as a NIfTI image" in _refusal(tmp_path / "scan.nii")


@pytest.mark.parametrize("name", ["scan.nii.gz", "scan.nii"])
def test_refuses_a_file_cut_short(nifti, name):
    path = nifti(np.random.default_rng(1).random((20, 20, 20)), name)
    path.write_bytes(path.read_bytes()[:20000])
    assert "cut short" in _refusal(path)


def test_refuses_another_format(tmp_path, grid):
    path = tmp_path / "scan.mgz"
    nibabel.save(nibabel.MGHImage(ONES, grid), path)
    assert "no NIfTI image but MGHImage" in _refusal(path)


def test_refuses_a_flat_grid(tmp_path, grid):
    grid[:, 2] = 0
    file = nibabel.Nifti1Image(ONES, None)
    file.header.set_sform(grid, "scanner")
    file.to_filename(tmp_path / "flat.nii")
    assert "no usable grid" in _refusal(tmp_path / "flat.nii")
