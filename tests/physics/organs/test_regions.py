"""Sources and targets made of a phantom's structures."""

from __future__ import annotations

import pytest

from theratwin.core.errors import InputError
from theratwin.physics.organs.regions import (
    AIR,
    SOURCES,
    TARGETS,
    members,
    region_name,
)
from theratwin.physics.organs.saf_case import group_index, groups, source_voxels
from theratwin.physics.organs.saf_plan import saf_sources


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("kidneys", "kidneys"),
        ("Left kidney", "kidney_left"),
        ("urinary bladder content", "bladder_contents"),
        ("right_colon_content", "right_colon_contents"),
        ("heart content", "heart_contents"),
        ("total body", "whole_body"),
        ("RBM", "red_marrow"),
        ("lens of eye left", None),
    ],
)
def test_names(given, name):
    known = (*SOURCES, "kidneys")
    if name is None:
        with pytest.raises(InputError, match="source: no such region"):
            region_name(given, known, "source")
    else:
        assert region_name(given, known, "source") == name


def test_both_sexes_have_their_sources(reference):
    sources = saf_sources(reference)
    assert len(sources) >= 25
    assert ("prostate" in sources) == (reference.sex == "AM")
    assert ("uterus" in sources) == (reference.sex == "AF")


def test_every_voxel_of_the_body_is_in_one_group(reference):
    parts = groups(reference)
    index = group_index(parts)
    inside = {n for n in reference.organs if reference.voxels[n] and n not in AIR}
    assert {n for numbers in parts for n in numbers} == inside
    assert sum(len(numbers) for numbers in parts) == len(inside)
    assert index[0] == index[140] == -1


def test_targets_are_unions_of_groups(small):
    parts = groups(small)
    for name in TARGETS:
        inside = set(members(small, name))
        assert all(set(numbers) <= inside or not inside & set(numbers) for numbers in parts)
    left = next(numbers for numbers in parts if 89 in numbers)
    assert left == (89, 90)  # nothing tells cortex and medulla apart
    assert (50,) in parts  # bones differ in marrow
    assert (52,) in parts


def test_activity_goes_by_mass(small):
    where, weights = source_voxels(small, "lungs")
    lung = small.organ.ravel()[where]
    assert set(lung) == {96, 97}
    assert weights is not None
    assert weights[lung == 96][0] / weights[lung == 97][0] == pytest.approx(1.06 / 0.382)
    assert source_voxels(small, "liver")[1] is None
    where, weights = source_voxels(small, "red_marrow")
    marrow = small.organ.ravel()[where]
    assert set(marrow) == {50, 52}
    assert weights is not None
    assert weights[marrow == 50][0] / weights[marrow == 52][0] == pytest.approx(
        0.56 * 1.07 / (0.48 * 1.11)
    )
    with pytest.raises(InputError, match="no such region"):
        source_voxels(small, "uterus")
