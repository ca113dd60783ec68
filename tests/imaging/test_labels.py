"""Label images: regions told apart; images that are no labels."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import InputError
from theratwin.imaging import Image, label_counts, read_labels, segmentation


def _image(data):
    return Image(np.asarray(data), np.eye(4), "label", "labels.nii")


def test_regions_unnamed_and_outside_are_a_partition(labeled):
    found = segmentation(_image(labeled), {1: "liver", 2: "lesion_1"})
    liver, lesion = found.segments
    assert (labeled.reshape(-1)[liver.voxels] == 1).all()
    assert len(liver.voxels) == 4 * 4 * 3
    assert len(lesion.voxels) == 27
    assert found.unnamed == {5: 1}
    everything = np.concatenate([liver.voxels, lesion.voxels, found.outside])
    np.testing.assert_array_equal(np.sort(everything), np.arange(labeled.size))


def test_labels_with_one_name_are_one_region(labeled):
    (kidneys,) = segmentation(_image(labeled), {1: "kidneys", 2: "kidneys"}).segments
    assert kidneys.labels == (1, 2)
    assert len(kidneys.voxels) == 48 + 27


def test_real_numbers_that_are_whole_are_labels(labeled, nifti):
    path = nifti(labeled.astype(np.float32), "labels.nii.gz")
    assert len(read_labels(path, {2: "liver"}).segments[0].voxels) == 27


def test_counts_by_label(labeled):
    assert label_counts(_image(labeled)) == {1: 48, 2: 27, 5: 1}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ([[[0.0, 1.0, 1.5]]], "whole numbers, this one 1.5"),
        (np.arange(2000).reshape(20, 10, 10), "2000 different values: this is an image"),
        ([[[0, 2, 2]]], "the labels in labels.nii: 2 (2 voxels)"),
    ],
)
def test_refuses_what_are_no_labels_or_not_those_named(data, says):
    with pytest.raises(InputError) as refused:
        segmentation(_image(data), {1: "liver"})
    assert says in str(refused.value)
    assert "labels.nii" in str(refused.value)


def test_names_the_labels_that_are_there_when_one_is_not(labeled):
    with pytest.raises(InputError, match=r"5 \(1 voxels\)"):
        segmentation(_image(labeled), {3: "spleen"})
