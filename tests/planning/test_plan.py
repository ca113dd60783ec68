"""From a twin to its plan, and how the plan reads."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from theratwin.case import (
    Administration,
    Case,
    Kind,
    Lesion,
    Ligand,
    Measurement,
    Measurements,
    Patient,
    Radiopharmaceutical,
    Schedule,
    Volume,
)
from theratwin.core.errors import InfeasibleError, InputError, UnsupportedError
from theratwin.planning import at_most, bed, bounds, default_limits, log_cell_kill, plan
from theratwin.twin import calibrate, predict

#: Activity (MBq) at 24 h by region, and effective half-life (h).
UPTAKE = {
    "kidneys": (80.0, 45.0),
    "parotid_glands": (12.0, 35.0),
    "whole_body": (1800.0, 50.0),
    "lesion_1": (60.0, 55.0),
}
ACTIVITY = 5400.0


def simulated(*, cycles: int = 1, without: tuple[str, ...] = ()) -> Case:
    measurements = [
        Measurement(region, "cycle 1", t, value * 2.0 ** (-(t - 24.0) / half_life), 0.05)
        for region, (value, half_life) in UPTAKE.items()
        if region not in without
        for t in (24.0, 48.0, 120.0)
    ]
    measurements += [
        Measurement("blood", "cycle 1", t, c, 0.05, Kind.CONCENTRATION)
        for t, c in ((1.0, 0.2), (24.0, 0.01), (48.0, 0.005))
    ]
    return Case(
        "simulated",
        Patient(
            "male",
            80000.0,
            height=1760.0,
            organs={"kidneys": Volume(310.0, 0.05), "parotid_glands": Volume(50.0, 0.1)},
        ),
        Radiopharmaceutical("177Lu-PSMA-617", Ligand("psma-617", "psma"), "Lu-177"),
        Schedule(
            tuple(Administration(f"cycle {k + 1}", 1008.0 * k, ACTIVITY) for k in range(cycles))
        ),
        lesions=(Lesion("lesion_1", Volume(20.0, 0.1)), Lesion("lesion_9", Volume(5.0, 0.1))),
        measurements=Measurements(tuple(measurements)),
        origin="simulated",
    )


@pytest.fixture(scope="module")
def twin():
    return calibrate(simulated(cycles=3), seed=1, draws=400)


@pytest.fixture(scope="module")
def made(twin):
    return plan(twin)


def test_the_plan_is_what_the_twin_predicts_for_its_schedule(twin, made):
    prediction = predict(twin, made.schedule)
    total = prediction["kidneys"].bed.sum(axis=1)
    # The cycles to come are drawn anew for a course of another length where structures compete.
    assert np.median(total) == pytest.approx(made.best.bed["kidneys"].median, rel=1e-9)
    assert made.schedule.names[0] == "cycle 1"
    assert made.schedule.administrations[0].activity == ACTIVITY
    assert {a.activity for a in made.schedule.administrations[1:]} == {made.activity}


def test_a_limit_that_binds_is_reached_and_broken_by_a_thousandth_more(twin):
    own = at_most("12 Gy", bed("kidneys"), probability=0.95)
    made = plan(twin, limits=[own, *default_limits(without=["kidneys"])], glands=0)
    assert made.best.decided_by == str(own)
    assert 0.95 <= made.best.probabilities[0] < 0.9525 + 1e-9
    assert made.best.bed["kidneys"].high == pytest.approx(12.0, rel=0.01)
    assert made.more_activity.probabilities[0] < 0.95
    assert made.one_more_cycle.first_broken[0] == f"cycle {len(made.schedule) + 1}"
    assert "limit on the BED to the kidneys binds" in made.reason
    assert f"first be broken in cycle {len(made.schedule) + 1}" in made.reason


def test_the_bound_is_named_where_it_decides(twin):
    made = plan(twin, bounds=bounds("2 GBq", 3, "8 weeks"))
    assert (made.activity, made.cycles, len(made.schedule)) == (2000.0, 2, 3)
    assert made.next.time == 8 * 168.0
    assert "bound of 2 GBq a cycle is reached" in made.reason
    assert "bound of 3 cycles in total is reached" in made.reason
    assert any("weigh whether treatment should stop" in note for note in made.notes)


def test_all_limits_broken_in_one_cycle_are_named(twin):
    own = [at_most("12 Gy", bed("kidneys"), probability=p) for p in (0.95, 0.94)]
    made = plan(twin, limits=own, glands=0)
    going_on = made.reason.split("Going on")[1].split("The standard")[0]
    assert going_on.count("limit on the BED to the kidneys") == 2


def test_notes_say_what_is_not_counted(made):
    notes = " ".join(made.notes)
    assert "Not measured, so not counted: lesion_9." in notes
    assert "intended only and replaced: cycle 2, cycle 3." in notes
    assert "weight of 0.1" in notes
    assert "clonogens in a gram" in notes


def test_limits_left_out_on_purpose_are_named(twin):
    made = plan(twin, limits=[])
    assert "left out on purpose: P(bed(kidneys)" in " ".join(made.notes)
    assert made.best.probabilities == ()
    assert "none" in made.summary()


def test_unmeasured_cycles_count_if_they_were_given(twin, made):
    given = plan(twin, delivered="cycle 3")
    assert given.delivered == 3
    assert given.next.name == "cycle 4"
    assert given.best.objective <= made.best.objective + 1e-9
    with pytest.raises(InputError, match="unknown administration"):
        plan(twin, delivered="cycle 7")


def test_a_limit_that_cannot_be_checked_is_an_error_with_advice():
    twin = calibrate(simulated(without=("whole_body",)), seed=1, draws=100)
    with pytest.raises(InputError, match="the limit cannot be checked") as refused:
        plan(twin)
    assert "--without-limit red_marrow" in str(refused.value)
    assert "blood, whole body" in str(refused.value)
    assert plan(twin, limits=default_limits(without=["red_marrow"])).cycles > 0


def test_an_animal_has_no_plan(twin):
    mouse = replace(twin.case, patient=replace(twin.case.patient, species="mouse"))
    with pytest.raises(UnsupportedError, match="those of people"):
        plan(replace(twin, case=mouse))


def test_no_cycle_left_under_the_bound(twin):
    with pytest.raises(InfeasibleError, match="1 were delivered"):
        plan(twin, bounds=bounds(cycles=1))


def test_tumor_control_that_is_zero_for_all_plans_is_said(twin):
    made = plan(twin, maximize=log_cell_kill(alpha="0.0001 1/Gy"))
    assert all(option.tumor_control == 0.0 for option in made.options)
    assert "Tumor control probability is 0 for every feasible plan" in " ".join(made.notes)


def test_standard_course_follows_the_target(twin, made):
    assert made.standard.words == "6 x 7.4 GBq every 6 weeks"
    assert made.standard_outcome.cycles == 5
    case = replace(
        twin.case,
        radiopharmaceutical=Radiopharmaceutical("x", Ligand("dotatate", "sstr"), "Lu-177"),
    )
    sstr = plan(calibrate(case, seed=1, draws=100), glands=0)
    assert sstr.standard.words == "4 x 7.4 GBq every 8 weeks"
    assert sstr.objective.name == "mean-lesion-bed"
    assert "alpha of neuroendocrine_tumor, not known here" in sstr.notes[0]


def test_it_can_be_read_by_people_and_programs(made):
    text, page = made.summary(), made._repr_html_()
    for words in ("GBq", "P(bed(kidneys) <= 40 Gy) >= 0.95", "(chosen)", "simulated patient"):
        assert words in text
    for shown in (text, page):
        assert "Research use only. Not a medical device." in shown
    assert "&lt;= 40 Gy" in page
    content = json.loads(json.dumps(made.to_dict()))
    assert content["next"] == {"name": "cycle 2", "time": 1008.0, "activity": made.activity}
    assert content["cycles"]["total"] == len(made.schedule)
    assert len(content["options"]) == 6
    assert any("N Engl J Med" in each for each in content["citations"])


def test_dates_go_on_from_the_last_delivered():
    from datetime import UTC, datetime

    case = simulated()
    start = datetime(2024, 1, 8, 10, tzinfo=UTC)
    first = replace(case.schedule.administrations[0], start=start, amount=100.0, duration=0.25)
    made = plan(
        calibrate(replace(case, schedule=Schedule((first,))), seed=1, draws=100),
    )
    assert made.next.start == datetime(2024, 2, 19, 10, tzinfo=UTC)
    assert (made.next.amount, made.next.duration) == (100.0, 0.25)
