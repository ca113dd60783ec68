"""Amount of ligand, infusion and interval: chosen, bounded, refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.planning import (
    Regimen,
    at_most,
    bed,
    bounds,
    dose,
    log_cell_kill,
    plan,
    scan_value,
    sensitivity,
)
from theratwin.planning.amount_course import AmountCourses
from theratwin.planning.course import course_of
from theratwin.planning.outcome import BY_LABEL
from theratwin.planning.premises import scans_text, sensitivity_text
from theratwin.twin import calibrate, predict
from theratwin.twin.models import MODELS, KineticModel

KIDNEYS = at_most("12 Gy", bed("kidneys"), probability=0.9)
GROWING = log_cell_kill(doubling_time="60 days")


@pytest.fixture(scope="module", autouse=True)
def _registered(small_body):
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(MODELS, "small", KineticModel(small_body.blocks, ()))
        yield


@pytest.fixture(scope="module")
def case(small_body):
    rows = small_body.scans("cycle 1")
    return small_body.simulated_case(rows, small_body.cycles(1), seed=5, model="small")[0]


@pytest.fixture(scope="module")
def twin(case):
    return calibrate(case, seed=1, draws=200)


@pytest.fixture(scope="module")
def curves(case):
    kept = tuple(m for m in case.measurements if m.region in ("kidneys", "lesion_1"))
    known = replace(case, measurements=type(case.measurements)(kept))
    return calibrate(known, seed=1, draws=200, model="curves")


@pytest.fixture(scope="module")
def given(case):
    return case.schedule.administrations


def plan_of(twin, **chosen):
    return plan(twin, maximize=chosen.pop("maximize", None), limits=[KIDNEYS], glands=0, **chosen)


def test_the_course_between_solved_amounts_is_that_of_the_engine(twin, given):
    regimen = Regimen(1008.0, 60.0, 0.5)
    courses = AmountCourses.solved(twin, given, 3, regimen, (20.0, 180.0))
    assert len(courses.amounts) == 3
    for amount, error in ((20.0, 1e-12), (180.0, 1e-12), (35.0, 3e-3), (110.0, 3e-3)):
        exact = course_of(twin, given, 3, regimen.changed("amount", amount))
        found = courses.at(amount)
        for name, doses in exact.regions.items():
            np.testing.assert_allclose(found.regions[name].dose, doses.dose, rtol=error)
            if doses.tissue is not None:
                np.testing.assert_allclose(
                    found.regions[name].quadratic, doses.quadratic, rtol=2 * error
                )


def test_the_best_amount_is_better_than_both_ends_and_predicted_as_said(twin):
    made = plan_of(twin, bounds=bounds(amount="15..300 nmol", cycles=4))
    ends = [plan_of(twin, bounds=bounds(amount=f"{a} nmol", cycles=4)) for a in (15, 300)]
    # On all draws; the amount was chosen on the same 200.
    assert made.best.score >= max(end.best.score for end in ends) - 1e-9
    assert made.schedule.administrations[-1].amount == made.regimen.amount
    total = predict(twin, made.schedule)["kidneys"].bed.sum(axis=1)
    assert np.median(total) == pytest.approx(made.best.bed["kidneys"].median, rel=1e-5)
    assert {trial.setting for trial in made.tried} == {"amount"}
    assert "The best course by amount of ligand" in made.summary()
    assert "Amount of ligand" in made.reason
    assert made.to_dict()["regimen"]["amount"] == made.regimen.amount


def test_growth_makes_the_shortest_interval_best_and_without_it_a_choice_is_refused(twin):
    made = plan_of(twin, bounds=bounds(interval="6..10 weeks", cycles=3), maximize=GROWING)
    assert made.regimen.interval == 1008.0
    assert "the least that the bounds allow" in made.reason
    scores = [trial.score for trial in made.tried]
    assert scores == sorted(scores, reverse=True)
    with pytest.raises(InputError, match="growth"):
        plan_of(twin, bounds=bounds(interval="6..10 weeks"))


def test_a_longer_infusion_is_predicted_as_such(twin):
    made = plan_of(twin, bounds=bounds(infusion="10..240 min", cycles=2))
    assert 1 / 6 <= made.regimen.duration <= 4.0
    assert made.next.duration == made.regimen.duration
    assert len(made.tried) == 4


def test_curves_know_neither_amount_nor_infusion(curves):
    with pytest.raises(UnsupportedError, match="amount"):
        plan_of(curves, bounds=bounds(amount="60 nmol"))
    with pytest.raises(UnsupportedError, match="infusion"):
        plan_of(curves, bounds=bounds(infusion="1..2 h"))


def test_ligand_carries_no_more_than_every_molecule_labeled(twin):
    made = plan_of(twin, bounds=bounds(amount="4 nmol", cycles=2))
    # 726.8 MBq of Lu-177 are one nmol.
    assert made.activity == pytest.approx(4 * 726.8, rel=1e-4)
    assert made.best.decided_by == BY_LABEL
    assert "every molecule of 4 nmol is labeled" in made.reason


def test_the_plan_of_another_twin_is_seen_by_this_one(twin, curves, case):
    other = plan_of(curves, bounds=bounds(cycles=4))
    made = plan_of(twin, bounds=bounds(cycles=4), beside=other)
    rival = made.rival
    assert (rival.model, rival.outcome.cycles) == ("curves", other.cycles)
    again = predict(twin, other.schedule)["kidneys"].bed.sum(axis=1)
    assert rival.outcome.bed["kidneys"].median == pytest.approx(np.median(again), rel=1e-5)
    assert "plan by curves" in made.summary()
    assert "The plan by the model curves" in made.reason
    later = replace(other, delivered=2, schedule=predict(twin, other.schedule).schedule)
    with pytest.raises(InputError, match="other cycles"):
        plan_of(twin, beside=later)


def test_the_standard_course_has_the_ligand_as_before(twin):
    usual, little = (plan_of(twin, bounds=bounds(amount=a)) for a in (None, "20 nmol"))
    assert little.standard_outcome.dose == usual.standard_outcome.dose
    assert little.best.dose != usual.best.dose


@pytest.fixture(scope="module")
def made(twin):
    return plan_of(twin, bounds=bounds(cycles=4))


def test_shifts_are_what_planning_anew_finds(twin, made):
    shifts = {shift.assumption: shift for shift in sensitivity(twin, made).shifts}
    wider = at_most("13.2 Gy", KIDNEYS.quantity, probability=0.9)
    anew = plan(twin, limits=[wider], glands=0, bounds=bounds(cycles=4))
    found = shifts["BED to the kidneys at most 13.2 Gy"]
    assert (found.cycles, found.activity) == (anew.cycles, pytest.approx(anew.activity, rel=1e-6))
    assert found.objective == pytest.approx(anew.best.objective, rel=1e-6)
    more = plan(twin, limits=[KIDNEYS], glands=0, bounds=bounds(cycles=4, amount="66 nmol"))
    found = shifts["66 nmol of ligand"]
    # Along the derivative; what it leaves out is of second order in a tenth.
    assert found.activity == pytest.approx(more.activity, rel=5e-3)


def test_more_protraction_and_less_sensitivity_shift_as_they_must(twin, made):
    found = sensitivity(twin, made)
    shifts = {shift.assumption: shift for shift in found.shifts}
    slower = shifts["1.25 times the repair half-time of kidneys"]
    assert slower.activity < made.activity
    assert shifts["1.25 times the alpha/beta of kidneys"].activity > made.activity
    assert shifts["1/1.25 of the alpha of prostate metastasis"].objective < made.best.objective
    assert found.limit == str(KIDNEYS)
    shares = [each.share for each in found.decisive]
    assert shares == sorted(shares, reverse=True)
    assert all(0.0 <= share <= 1.0 + 1e-12 for share in shares)
    text = sensitivity_text(made, found)
    assert "(as assumed)" in text
    assert found.decisive[0].parameter in text


def test_a_scan_that_shows_nothing_is_worth_nothing(twin, made):
    blind = scan_value(twin, made, "cycle 1", "96 h", uncertainty="99 %", scans=8)
    seeing = scan_value(twin, made, "cycle 2", "48 h", uncertainty="5 %", scans=8)
    width = [v.activity.high - v.activity.low for v in (blind, seeing)]
    assert width[0] < 0.3 * width[1]
    assert abs(blind.gain) < 0.1 * abs(made.best.score)
    assert seeing.regions == ("kidneys", "lesion_1")
    assert "cycle 2, 48 h" in scans_text([blind, seeing])


@pytest.mark.parametrize(
    ("administration", "time", "words"),
    [("cycle 4", "24 h", "alone"), ("cycle 9", "24 h", "alone"), ("cycle 1", "24", "unit")],
)
def test_scans_that_cannot_be_are_refused(twin, made, administration, time, words):
    with pytest.raises(InputError, match=words):
        scan_value(twin, made, administration, time)


def test_a_limit_on_what_was_never_measured_is_told(case, made):
    kept = tuple(m for m in case.measurements if m.region != "kidneys")
    blind = calibrate(replace(case, measurements=type(case.measurements)(kept)), seed=1, draws=100)
    told = "The BED to the kidneys was not measured: the model foretells it from other regions."
    assert told in plan_of(blind, bounds=bounds(cycles=3)).notes
    assert told not in made.notes


def test_the_plan_of_another_patient_is_no_rival(twin, curves):
    other = plan_of(curves, bounds=bounds(cycles=3))
    stranger = replace(other, case=replace(other.case, name="somebody else"))
    with pytest.raises(InputError, match="another patient"):
        plan_of(twin, beside=stranger)


def test_ligand_that_carries_next_to_nothing_is_refused(twin):
    with pytest.raises(InputError, match="carries less than 1 GBq") as caught:
        plan_of(twin, bounds=bounds(amount="0.5..5 nmol"))
    assert caught.value.field == "bounds.amount"


def test_a_scan_after_the_next_cycle_is_refused(twin, made):
    for scan in (("cycle 1", "7 weeks"), ("cycle 2", "500 weeks")):
        with pytest.raises(InputError, match="next cycle is given"):
            scan_value(twin, made, *scan)


def test_the_model_of_the_marrow_is_among_what_decides(twin):
    marrow = at_most("0.2 Gy", dose("red_marrow"), probability=0.9)
    made = plan(twin, limits=[marrow], glands=0, bounds=bounds(cycles=2))
    decisive = {each.parameter: each.share for each in sensitivity(twin, made).decisive}
    assert decisive["model of the red marrow"] > 0.1


def test_ligand_that_differs_is_named_beside_the_standard(twin):
    heads = plan_of(twin, bounds=bounds(amount="20 nmol")).summary()
    assert "standard: 5 x 7.40 GBq in 60 nmol" in heads
