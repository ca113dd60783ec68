"""A real patient's scans, and the labels of a patient-derived phantom."""

from __future__ import annotations

import zipfile
from pathlib import Path

import nibabel
import numpy as np
import pytest

from theratwin.core.errors import InputError
from theratwin.imaging import (
    Concentration,
    Image,
    Scan,
    calibrations,
    extract,
    read_image,
    read_labels,
    segmentation,
)

REFERENCE = Path(__file__).parents[2].parent / "shared" / "reference"
SERIES = REFERENCE / "lu177_fap_spect"
PHANTOM = REFERENCE / "lu177_dotatate_phantom" / "patient_LuDOTATATE_phantoms.zip"
HOURS = (4, 24, 48, 168)

needs_series = pytest.mark.skipif(not SERIES.is_dir(), reason=f"no reference data at {SERIES}")
needs_phantom = pytest.mark.skipif(not PHANTOM.is_file(), reason=f"no reference data at {PHANTOM}")


@pytest.fixture(scope="module")
def hot_half():
    """The upper and the lower half of the series' field as two regions."""
    first = read_image(SERIES / "SPECT-004H_reg.nii.gz")
    halves = np.ones(first.shape, np.uint8)
    halves[:, :, first.shape[2] // 2 :] = 2
    return segmentation(Image(halves, first.affine, "", "halves"), {1: "liver", 2: "lesion_1"})


def _scans(each):
    files = [SERIES / f"SPECT-{hour:03d}H_reg.nii.gz" for hour in HOURS]
    return [Scan(*scan) for scan in zip(files, HOURS, each, strict=True)]


@needs_series
def test_the_series_lies_on_one_grid():
    image = read_image(SERIES / "SPECT-168H_reg.nii.gz")
    assert image.shape == (64, 64, 87)
    assert image.orientation == "LPS"
    assert image.voxel_volume == pytest.approx(8.8335**3 / 1000, rel=2e-5)
    assert not image.scaled


@needs_series
def test_the_series_is_refused_without_the_scale_of_each_volume(hot_half):
    with pytest.raises(InputError, match="the scale is lost") as refused:
        extract(_scans(calibrations(4, unit="Bq/mL")), hot_half)
    assert "SPECT-004H_reg.nii.gz" in str(refused.value)
    assert "uint16, up to 39175" in str(refused.value)


@needs_series
def test_one_scale_for_all_of_the_series_is_impossible_and_said_to_be(hot_half):
    found = extract(_scans([Concentration(1e-6)] * 4), hot_half, remainder=True)
    # the stored numbers add up to 56.8, 219, 200 and 365 million: Lu-177 does not grow
    rises = [warning for warning in found.warnings if "rises" in warning]
    assert len(rises) == 2
    halves = [sum(r.activity for r in found.rows if r.labels and r.time == t) for t in HOURS]
    assert halves == pytest.approx(list(found.totals.values()), rel=1e-12)
    assert all(row.activity == 0 for row in found.of("remainder"))


@needs_phantom
def test_the_phantoms_labels_give_its_volumes_and_activities(tmp_path):
    names = {
        15000: "liver",
        16000: "spleen",
        17000: "kidney_left",
        18000: "kidney_right",
        19000: "lesion_1",
        20000: "lesion_2",
        21000: "lesion_3",
    }
    affine = np.diag([3.9063, 3.9063, 4.4196, 1.0])
    with zipfile.ZipFile(PHANTOM) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith("_src.i33"))
        source = np.frombuffer(archive.read(name), "<u2").reshape(108, 70, 90, order="F")
    labels = np.where(source >= 15000, source, 0)
    nibabel.save(nibabel.Nifti1Image(labels, affine), tmp_path / "labels.nii.gz")
    # one kBq/mL for a thousand of the label's value: 15 kBq/mL in the liver
    scan = tmp_path / "scan.nii.gz"
    nibabel.save(nibabel.Nifti1Image(labels.astype(np.float32), affine), scan)
    regions = read_labels(tmp_path / "labels.nii.gz", names)
    found = extract([Scan(scan, 24.0, Concentration(1e-6))], regions, remainder=True)
    # single precision in the header's voxel size: 1e-7
    voxel = 3.9063**2 * 4.4196 / 1000
    for value, region in names.items():
        (row,) = found.of(region)
        assert row.voxels == np.count_nonzero(source == value)
        assert row.volume == pytest.approx(row.voxels * voxel, rel=1e-6)
        assert row.mean == pytest.approx(value * 1e-6, rel=1e-12)
    assert 500 < found.of("liver")[0].volume < 4000
    assert found.of("remainder")[0].activity == 0.0
