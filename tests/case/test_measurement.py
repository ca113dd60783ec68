"""Measurements: what one may be, and how many are sorted."""

from __future__ import annotations

import pytest

from theratwin.case import Kind, Measurement, Measurements
from theratwin.core import InputError


def scan(region="kidneys", administration="cycle 1", time=24.0, value=120.0, **others):
    return Measurement(region, administration, time, value, 0.05, **others)


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_value_must_be_positive(value):
    with pytest.raises(InputError, match="measurement of kidneys: value") as error:
        scan(value=value)
    assert "Leave the time point out" in error.value.remedy


@pytest.mark.parametrize("time", [-0.1, float("nan"), float("inf")])
def test_time_must_not_lie_before_the_administration(time):
    with pytest.raises(InputError, match="before the administration"):
        scan(time=time)
    assert scan(time=0.0).time == 0.0


@pytest.mark.parametrize("volume", [0.0, -3.0, float("nan"), float("inf")])
def test_a_delineated_volume_must_be_positive(volume):
    with pytest.raises(InputError, match="measurement of kidneys: volume"):
        scan(volume=volume)


@pytest.mark.parametrize("uncertainty", [0.0, 1.0, -0.1, float("nan")])
def test_uncertainty_must_lie_between_0_and_1(uncertainty):
    with pytest.raises(InputError, match="uncertainty"):
        Measurement("kidneys", "cycle 1", 24.0, 120.0, uncertainty)


def test_errors_name_the_line_that_it_was_read_from():
    with pytest.raises(InputError, match=r"^scans\.csv line 3: value"):
        scan(value=0.0, source="scans.csv line 3")


def test_kinds_are_written_as_words():
    assert scan().kind == "activity"
    assert scan(kind=Kind("concentration")).kind is Kind.CONCENTRATION


SCANS = Measurements(
    (
        scan("kidneys", "cycle 1", 24.0),
        scan("liver", "cycle 1", 24.0),
        scan("kidneys", "cycle 1", 96.0),
        scan("lesion_1", "cycle 2", 24.0),
        scan("kidneys", "cycle 2", 24.0),
    )
)


def test_regions_and_administrations_stand_in_order_of_first_appearance():
    assert SCANS.regions == ("kidneys", "liver", "lesion_1")
    assert SCANS.administrations == ("cycle 1", "cycle 2")
    assert Measurements().regions == ()


def test_selection_keeps_order_and_splits_without_loss():
    kidneys = SCANS.of_region("kidneys")
    assert [(m.administration, m.time) for m in kidneys] == [
        ("cycle 1", 24.0),
        ("cycle 1", 96.0),
        ("cycle 2", 24.0),
    ]
    assert sorted(map(id, SCANS)) == sorted(
        id(m) for region in SCANS.regions for m in SCANS.of_region(region)
    )
    assert SCANS.of("cycle 1") + SCANS.of("cycle 2") == SCANS
    assert len(SCANS.of("cycle 3")) == 0


def test_adding_leaves_both_as_they_were():
    more = SCANS + (scan("spleen", "cycle 2"),)  # noqa: RUF005
    assert isinstance(more, Measurements)
    assert (len(more), len(SCANS)) == (6, 5)
