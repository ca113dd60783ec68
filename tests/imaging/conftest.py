"""NIfTI files made for the tests."""

from __future__ import annotations

import nibabel
import numpy as np
import pytest

GRID = np.array([[-4.0, 0, 0, 60], [0, -4.0, 0, 50], [0, 0, 5.0, -40], [0, 0, 0, 1]])


@pytest.fixture
def grid():
    """An affine with voxels of 4 x 4 x 5 mm (0.08 mL), toward left, posterior, superior."""
    return GRID.copy()


@pytest.fixture
def nifti(tmp_path):
    """A function that writes an array as a NIfTI file and returns its path."""

    def write(data, name="scan.nii.gz", affine=GRID, unit="mm"):
        image = nibabel.Nifti1Image(np.asarray(data), affine)
        image.header.set_xyzt_units(unit)
        path = tmp_path / name
        nibabel.save(image, path)
        return path

    return write


@pytest.fixture
def labeled():
    """Labels on 12 x 10 x 8 voxels: 1 and 2 are blocks, 5 is a single voxel."""
    labels = np.zeros((12, 10, 8), dtype=np.int16)
    labels[1:5, 2:6, 1:4] = 1
    labels[7:10, 2:5, 2:5] = 2
    labels[11, 9, 7] = 5
    return labels
