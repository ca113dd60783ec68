"""Administrations and schedules: named once, in order of time."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from theratwin.case import Administration, Ligand, Radiopharmaceutical, Schedule
from theratwin.core import InputError


def cycles(*times: float) -> tuple[Administration, ...]:
    return tuple(
        Administration(f"cycle {number}", time, 7400.0) for number, time in enumerate(times, 1)
    )


@pytest.mark.parametrize("activity", [0.0, -1.0, float("nan"), float("inf")])
def test_activity_must_be_positive(activity):
    with pytest.raises(InputError, match=r"cycle 1\.activity"):
        Administration("cycle 1", 0.0, activity)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"time": -1.0}, "time"),
        ({"time": float("nan")}, "time"),
        ({"time": float("inf")}, "time"),
        ({"amount": 0.0}, "amount"),
        ({"amount": -5.0}, "amount"),
        ({"amount": float("inf")}, "amount"),
        ({"amount": float("nan")}, "amount"),
        ({"duration": -0.1}, "duration"),
        ({"duration": float("inf")}, "duration"),
        ({"duration": float("nan")}, "duration"),
    ],
)
def test_what_makes_no_sense_is_refused(changed, field):
    sound = {"name": "cycle 1", "time": 0.0, "activity": 7400.0}
    with pytest.raises(InputError, match=rf"cycle 1\.{field}"):
        Administration(**sound | changed)


def test_an_administration_holds_what_is_known():
    start = datetime(2024, 3, 1, 9, 30, tzinfo=UTC)
    given_once = Administration("cycle 1", 0.0, 7400.0, 120.0, 0.5, start)
    assert (given_once.amount, given_once.duration, given_once.start) == (120.0, 0.5, start)
    bolus = Administration("cycle 1", 0.0, 7400.0)
    assert (bolus.amount, bolus.duration, bolus.start) == (None, 0.0, None)
    with pytest.raises(dataclasses.FrozenInstanceError):
        bolus.activity = 1.0


@given(number=st.integers(1, 12), first=st.integers(1, 5), weeks=st.integers(1, 12))
def test_regular_cycles_are_equal_and_equally_spaced(number, first, weeks):
    schedule = Schedule.regular(
        "7.4 GBq", cycles=number, every=f"{weeks} weeks", amount="0.15 umol", first=first
    )
    assert len(schedule) == number
    assert schedule.names == tuple(f"cycle {first + k}" for k in range(number))
    assert [a.time for a in schedule] == [k * weeks * 168.0 for k in range(number)]
    assert {a.activity for a in schedule} == {7400.0}
    assert all(a.amount == pytest.approx(150.0, rel=1e-15) for a in schedule)
    assert schedule.activity == pytest.approx(7400.0 * number, rel=1e-15)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"cycles": 0}, "cycles"),
        ({"activity": "7.4"}, "activity"),
        ({"activity": "7.4 GHz"}, "activity"),
        ({"activity": "0 GBq"}, "activity"),
        ({"every": "6 cycles"}, "every"),
        ({"every": "0 weeks"}, "every"),
        ({"every": "-6 weeks"}, "every"),
        ({"amount": "150 ug"}, "amount"),
    ],
)
def test_wrong_schedules_name_the_field(changed, field):
    arguments = {"activity": "7.4 GBq", "cycles": 2, "every": "6 weeks"} | changed
    with pytest.raises(InputError) as error:
        Schedule.regular(**arguments)
    assert field in error.value.field


def test_administrations_are_found_by_name():
    schedule = Schedule(cycles(0.0, 1008.0))
    assert schedule["cycle 2"].time == 1008.0
    with pytest.raises(InputError, match="nearest match 'cycle 2'"):
        schedule["Cycle 2"]


@pytest.mark.parametrize(
    ("administrations", "problem"),
    [
        ((), "at least one"),
        (cycles(0.0) * 2, "stands twice"),
        (cycles(0.0, 0.0), "must increase"),
        (cycles(10.0, 0.0), "must increase"),
    ],
)
def test_wrong_orders_are_refused(administrations, problem):
    with pytest.raises(InputError, match=problem):
        Schedule(administrations)


def test_a_radiopharmaceutical_is_a_ligand_with_its_nuclide():
    drug = Radiopharmaceutical("[177Lu]Lu-PSMA-617", Ligand("psma-617", "psma"), "Lu-177")
    assert drug == dataclasses.replace(drug)
    assert drug.ligand.target == "psma"
    assert Ligand("new").target == ""


def test_an_infusion_ends_before_the_next_administration():
    first = Administration("cycle 1", 0.0, 7400.0, duration=1344.0)
    with pytest.raises(InputError, match="lasts longer") as caught:
        Schedule((first, Administration("cycle 2", 1008.0, 7400.0)))
    assert caught.value.field == "cycle 1.duration"
