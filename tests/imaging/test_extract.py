"""Extraction: known totals, conservation, orientation, recovery, warnings, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from theratwin.core.errors import InputError
from theratwin.imaging import Concentration, Image, Scan, Sensitivity, extract, segmentation

VOXEL = 0.08
BQ_PER_ML = Concentration(1e-6)
NAMES = {1: "liver", 2: "lesion_1"}


@pytest.fixture
def regions(labeled, grid):
    return segmentation(Image(labeled, grid, "label", "labels.nii"), NAMES)


@pytest.fixture
def known(labeled):
    """2 kBq/mL in the liver, 50 kBq/mL in the lesion, 0.1 kBq/mL elsewhere; in Bq/mL."""
    data = np.full(labeled.shape, 100.0)
    data[labeled == 1] = 2000.0
    data[labeled == 2] = 50000.0
    return data


def test_known_concentrations_give_known_activities(nifti, known, regions):
    found = extract([Scan(nifti(known), 24.0, BQ_PER_ML)], regions)
    liver, lesion = found.rows
    assert (liver.region, liver.labels, liver.voxels) == ("liver", (1,), 48)
    assert liver.volume == pytest.approx(48 * VOXEL, rel=1e-14)
    assert liver.activity == pytest.approx(48 * VOXEL * 2e-3, rel=1e-12)
    assert lesion.mean == pytest.approx(0.05, rel=1e-12)
    assert found.regions == ("liver", "lesion_1")


def test_a_sphere_holds_its_activity(nifti, grid):
    # 1 mm voxels: the counted volume of a sphere of radius 15 mm is within 0.5 % of 4/3 pi r^3
    axis = np.arange(-20, 21)
    inside = sum(x**2 for x in np.meshgrid(axis, axis, axis, indexing="ij")) <= 15**2
    affine = np.diag([1.0, 1.0, 1.0, 1.0])
    sphere = segmentation(Image(inside.astype(np.uint8), affine, "", "sphere"), {1: "lesion_1"})
    scan = nifti(np.where(inside, 40000.0, 0.0), affine=affine)
    (row,) = extract([Scan(scan, 4.0, BQ_PER_ML)], sphere).rows
    assert row.activity == pytest.approx(0.04 * 4 / 3 * np.pi * 1.5**3, rel=5e-3)


def test_counts_give_the_activity_that_made_them(nifti, known, regions):
    camera = Sensitivity(23.5, 1 / 3)
    counts = known * 1e-6 * VOXEL * 23.5 * 1200
    (liver, _) = extract([Scan(nifti(counts), 24.0, camera)], regions).rows
    assert liver.activity == pytest.approx(48 * VOXEL * 2e-3, rel=1e-12)


def test_each_scan_has_its_own_calibration_and_place_in_time(nifti, known, regions):
    late = Scan(nifti(known, "late.nii"), 48.0, Concentration(0.5e-6))
    early = Scan(nifti(known, "early.nii"), 4.0, BQ_PER_ML)
    liver = extract([late, early], regions).of("liver")
    assert [row.time for row in liver] == [4.0, 48.0]
    assert liver[0].activity == pytest.approx(2 * liver[1].activity, rel=1e-14)


@settings(max_examples=30, deadline=None)
@given(
    data=arrays(np.float64, (6, 5, 4), elements=st.floats(0, 1e6, width=32)),
    labels=arrays(np.int16, (6, 5, 4), elements=st.integers(0, 3)),
)
def test_regions_and_remainder_add_up_to_the_image(tmp_path_factory, data, labels):
    import nibabel

    data[0, 0, 0], labels[0, 0, :3] = 1.0, (1, 2, 3)
    path = tmp_path_factory.mktemp("scan") / "scan.nii"
    nibabel.save(nibabel.Nifti1Image(data, np.eye(4)), path)
    names = {1: "liver", 2: "spleen", 3: "lesion_1"}
    regions = segmentation(Image(labels, np.eye(4), "", "labels"), names)
    found = extract([Scan(path, 1.0, BQ_PER_ML)], regions, remainder=True)
    (whole,) = found.of("whole_body")
    parts = sum(row.activity for row in found.rows if row.region != "whole_body")
    # some hundred numbers added in double precision, in two orders: 1e-14 each, 1e-12 is ample
    assert parts == pytest.approx(whole.activity, rel=1e-12)
    assert found.totals[1.0] == whole.activity
    assert sum(row.voxels for row in found.rows) == 2 * whole.voxels


@pytest.mark.parametrize("dtype", [np.float32, np.uint16])
def test_sums_are_in_double_precision(nifti, dtype):
    # single precision holds no whole numbers beyond 2^24, 16 bits none beyond 65535
    labels = Image(np.ones((256, 256, 8), np.uint8), np.eye(4), "", "labels")
    data = np.full(labels.shape, 65535, dtype)
    data[0, 0, 0] = 1
    (row,) = extract(
        [Scan(nifti(data, affine=np.eye(4)), 1.0, Concentration(1.0))],
        segmentation(labels, {1: "liver"}),
    ).rows
    assert row.activity == pytest.approx((65535 * (2**19 - 1) + 1) * 1e-3, rel=1e-15)


def test_a_flipped_scan_gives_the_same(nifti, known, regions, grid):
    straight = nifti(known, "straight.nii")
    back = grid @ np.array([[-1, 0, 0, 11], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    flipped = nifti(known[::-1], "flipped.nii", affine=back)
    found = [extract([Scan(path, 1.0, BQ_PER_ML)], regions) for path in (straight, flipped)]
    assert found[0] == found[1]


def test_only_the_header_turns_a_scan(nifti, known, regions):
    found = extract([Scan(nifti(known[::-1]), 1.0, BQ_PER_ML)], regions)
    assert found.of("liver")[0].mean > 0.01


def test_refuses_a_shifted_scan_with_both_names(nifti, known, regions, grid):
    shifted = grid.copy()
    shifted[0, 3] += 4.0
    with pytest.raises(InputError, match="does not resample") as refused:
        extract([Scan(nifti(known, "shifted.nii", affine=shifted), 1.0, BQ_PER_ML)], regions)
    assert "shifted.nii: the grid differs from that of labels.nii" in str(refused.value)


def test_recovery_is_taken_from_the_remainder(nifti, known, regions):
    scan = Scan(nifti(known), 1.0, BQ_PER_ML)
    plain = extract([scan], regions, remainder=True)
    corrected = extract([scan], regions, remainder=True, recovery={"liver": 0.8})
    activity = {row.region: row.activity for row in corrected.rows}
    (before,) = plain.of("liver")
    assert activity["liver"] == pytest.approx(before.activity / 0.8, rel=1e-14)
    assert corrected.of("liver")[0].recovery == 0.8
    total = activity["liver"] + activity["lesion_1"] + activity["remainder"]
    assert total == pytest.approx(activity["whole_body"], rel=1e-12)


@pytest.mark.parametrize(
    ("recovery", "says"),
    [
        ({"spleen": 0.8}, "no such region"),
        ({"liver": 0.0}, "is at most 1"),
        ({"liver": 1.4}, "is at most 1"),
        ({"lesion_1": 0.3}, "MBq more than the whole image"),
    ],
)
def test_refuses_wrong_recovery(nifti, known, regions, recovery, says):
    with pytest.raises(InputError, match=says):
        extract([Scan(nifti(known), 1.0, BQ_PER_ML)], regions, remainder=True, recovery=recovery)


@pytest.mark.parametrize(
    ("times", "says"),
    [((-1.0, 4.0), "follows its administration"), ((4.0, 4.0), "two scans at one time")],
)
def test_refuses_impossible_times(nifti, known, regions, times, says):
    path = nifti(known)
    with pytest.raises(InputError, match=says):
        extract([Scan(path, time, BQ_PER_ML) for time in times], regions)


def test_refuses_a_label_that_is_named_remainder(nifti, known, labeled, grid):
    regions = segmentation(Image(labeled, grid, "", "labels"), {1: "remainder"})
    with pytest.raises(InputError, match="Leave the label unnamed"):
        extract([Scan(nifti(known), 1.0, BQ_PER_ML)], regions, remainder=True)


def test_warns_of_activity_from_nowhere_and_of_unnamed_labels(nifti, known, regions):
    scans = [
        Scan(nifti(known, "early.nii"), 4.0, BQ_PER_ML),
        Scan(nifti(1.2 * known, "late.nii"), 24.0, BQ_PER_ML),
    ]
    unnamed, rise = extract(scans, regions).warnings
    assert "label values 5" in unnamed
    assert "at 4 h to" in rise
    assert "differ in scale" in rise


def test_a_fall_is_no_warning(nifti, known, labeled, grid):
    regions = segmentation(Image(labeled, grid, "", "labels"), {**NAMES, 5: "spleen"})
    scans = [
        Scan(nifti(known, "early.nii"), 4.0, BQ_PER_ML),
        Scan(nifti(0.5 * known, "late.nii"), 24.0, BQ_PER_ML),
    ]
    assert extract(scans, regions).warnings == ()
