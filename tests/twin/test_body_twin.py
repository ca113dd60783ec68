"""A twin with a model of the whole body: calibrated, predicted, updated, relabeled."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from theratwin.case import Measurements, Radiopharmaceutical, Schedule
from theratwin.core import InputError, UnsupportedError
from theratwin.core.seed import stream
from theratwin.planning import Regimen
from theratwin.planning.course import course_of
from theratwin.report.bands import activity_bands
from theratwin.report.quality import quality
from theratwin.twin import calibrate, predict, update
from theratwin.twin.budget import budget
from theratwin.twin.laplace import laplace
from theratwin.twin.models import MODELS, KineticModel
from theratwin.twin.sloped_target import SlopedTarget, target_of


@pytest.fixture(autouse=True)
def _registered(monkeypatch, small_body):
    monkeypatch.setitem(MODELS, "small", KineticModel(small_body.blocks, ()))


@pytest.fixture(scope="module")
def case(small_body):
    rows = small_body.scans("cycle 1")
    return small_body.simulated_case(rows, small_body.cycles(2), seed=5, model="small")[0]


@pytest.fixture(scope="module")
def truth(small_body):
    return small_body.simulated_case(small_body.scans("cycle 1"), small_body.cycles(2), seed=5)[1]


@pytest.fixture(scope="module")
def twin(case, small_body):
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(MODELS, "small", KineticModel(small_body.blocks, ()))
        return calibrate(case, seed=1, draws=400)


def _imaged(case):
    """Return the case without urine, of which no curve is fitted."""
    kept = (m for m in case.measurements if m.region != "excreted_urine")
    return replace(case, measurements=Measurements(tuple(kept)))


def test_the_case_chooses_the_model_and_the_caller_overrides_it(case, twin):
    assert twin.model == "small"
    assert [p.name for p in twin.posteriors] == ["whole_body_model"]
    assert set(twin.regions) >= {"kidneys", "liver", "lesion_1", "blood", "whole_body"}
    assert calibrate(_imaged(case), seed=1, draws=100, model="curves").model == "curves"
    with pytest.raises(InputError, match="adds up"):
        calibrate(case, seed=1, draws=100, model="curves")


def test_the_hidden_patient_lies_within_the_posterior(twin, truth):
    fit = twin.posterior("kidneys").best
    draws = fit.resampled.draws
    away = (truth[: draws.shape[1]] - draws.mean(axis=0)) / draws.std(axis=0)
    # Chi-square of 7 degrees of freedom over 7; 24.3 is exceeded once in a thousand times.
    assert np.sum(away**2) < 24.3
    assert twin.warnings == ()


def test_the_mode_has_no_slope_and_the_curvature_is_that_of_differences(twin):
    alternative = twin.posterior("kidneys").best.alternative
    target = target_of(alternative)
    assert isinstance(target, SlopedTarget)
    fit = laplace(target)
    spread = np.sqrt(np.diag(fit.covariance))
    gradient = target.gradient(fit.mode) * spread
    np.testing.assert_allclose(gradient, 0.0, atol=1e-3)  # of a log density, per spread
    rise = [
        target.log_density(fit.mode + away) + target.log_density(fit.mode - away)
        for away in np.diag(0.3 * spread)
    ]
    bend = (2 * target.log_density(fit.mode) - np.array(rise)) / (0.3 * spread) ** 2
    # Fourth derivatives: a few percent at a third of a spread.
    np.testing.assert_allclose(bend, np.diag(np.linalg.inv(fit.covariance)), rtol=0.05)


def test_both_roads_to_the_posterior_agree(case, twin):
    full = calibrate(case, seed=1, draws=1000, posterior="smc")
    resampled = full.posterior("kidneys").best.resampled
    assert resampled.tempering is not None
    assert full.method == "smc"
    one, other = (t.posterior("kidneys").best.resampled.draws for t in (full, twin))
    # 400 and 1000 draws: standard errors 6 % of a spread together; four of them.
    np.testing.assert_allclose(
        (one.mean(axis=0) - other.mean(axis=0)) / one.std(axis=0), 0.0, atol=0.24
    )
    np.testing.assert_allclose(one.std(axis=0) / other.std(axis=0), 1.0, atol=0.2)
    assert full.warnings == ()


def test_doses_bed_and_marrow_come_as_from_curves(twin, small_body):
    prediction = predict(twin)
    assert set(prediction.regions) == {"kidneys", "liver", "lesion_1", "red_marrow"}
    for region in prediction:
        assert region.dose.shape == (400, 2)
        assert np.all(region.dose > 0)
    kidneys = prediction["kidneys"]
    # Protraction lowers the effect: G lies between 0 and 1.
    factor = kidneys.quadratic / kidneys.dose**2
    assert np.all((factor > 0) & (factor < 1))
    assert prediction.bed().rows["kidneys"][0].median > prediction.dose().rows["kidneys"][0].median


def test_cycles_of_a_longer_course_are_those_of_the_shorter(twin, small_body):
    short = predict(twin, Schedule(small_body.cycles(2)))["lesion_1"].dose
    long = predict(twin, Schedule(small_body.cycles(4)))["lesion_1"].dose
    # The last administration of the shorter course counts to infinity, not to the next one.
    np.testing.assert_allclose(long[:, :2], short, rtol=2e-3)
    falling = np.median(long, axis=0) / np.median(long[:, 0])
    # Receptors fall to 73, 50, 50 % in the median; the dose follows less than linearly.
    assert falling[1] < 0.9
    assert falling[2] < 0.75


def test_hot_activity_is_linear_at_a_fixed_amount_so_that_planning_holds(twin, small_body):
    one, two = (
        predict(twin, Schedule(small_body.cycles(1, activity=a)))["kidneys"].dose
        for a in (3700.0, 7400.0)
    )
    np.testing.assert_allclose(two, 2.0 * one, rtol=1e-5)  # the solver's tolerance
    course = course_of(twin, twin.case.schedule.administrations[:1], 2, Regimen(1008.0, 60.0, 0.0))
    assert np.all(course.regions["kidneys"].dose[:, 1] < course.regions["kidneys"].dose[:, 0])


def test_more_ligand_saturates(twin, small_body):
    little, much = (
        predict(twin, Schedule(small_body.cycles(1, amount=a)))["kidneys"].dose
        for a in (20.0, 400.0)
    )
    assert np.median(much / little) < 0.7


def test_a_second_cycle_narrows_and_is_told(twin, small_body):
    both = small_body.simulated_case(
        small_body.scans("cycle 1") + small_body.scans("cycle 2", times=(24.0,)),
        small_body.cycles(2),
        seed=5,
    )[0]
    later = update(twin, both.measurements.of("cycle 2"))
    assert len(later.history) == 1
    names = later.posterior("lesion_1").best.alternative.parameter_names
    assert "lesion_1.capacity_ratio[cycle 2]" in names
    before, after = (np.std(np.log(predict(t)["lesion_1"].dose[:, 1])) for t in (twin, later))
    assert after < before


def test_another_label_keeps_the_patient(twin, small_body):
    yttrium = Radiopharmaceutical("90Y-PSMA", twin.case.radiopharmaceutical.ligand, "Y-90")
    course = Schedule(small_body.cycles(1, activity=2000.0))
    labeled = predict(twin, course, radiopharmaceutical=yttrium)
    plain = predict(twin, course)
    assert labeled.case.radiopharmaceutical.nuclide == "Y-90"
    assert twin.case.radiopharmaceutical.nuclide == "Lu-177"
    ratio = (
        labeled["kidneys"].total_activity.integral() / plain["kidneys"].total_activity.integral()
    )
    # The effective half-life of Y-90 (64 h) is shorter: less activity is integrated, draw by draw.
    assert np.all((ratio > 0.3) & (ratio < 1.0))
    correlation = np.corrcoef(
        np.log(labeled["kidneys"].dose[:, 0]), np.log(plain["kidneys"].dose[:, 0])
    )
    assert correlation[0, 1] > 0.9
    again = predict(twin, course, radiopharmaceutical=twin.case.radiopharmaceutical)
    np.testing.assert_array_equal(again["kidneys"].dose, plain["kidneys"].dose)


def test_curves_know_no_other_label(case):
    fitted = calibrate(_imaged(case), seed=1, draws=100, model="curves")
    other = replace(case.radiopharmaceutical, nuclide="Y-90")
    with pytest.raises(UnsupportedError, match="curves hold for"):
        predict(fitted, radiopharmaceutical=other)


def test_report_and_budget_read_it_as_they_read_curves(twin):
    (band,) = activity_bands(twin, "kidneys")
    at = np.interp(band.measured_times, band.times, band.median)
    np.testing.assert_allclose(np.log(at / band.measured), 0.0, atol=0.5)
    (row,) = quality(twin)
    assert row.scans == len(twin.case.measurements)
    assert row.sound
    for region in ("kidneys", "red_marrow", "lesion_1"):
        assert budget(twin, region).shares


def test_the_same_seed_gives_the_same_bytes(case):
    one, two = (
        calibrate(case, seed=3, draws=100, posterior="smc").posterior("liver").best.resampled.draws
        for _ in range(2)
    )
    assert one.tobytes() == two.tobytes()


def test_where_pareto_k_is_bad_the_full_posterior_is_drawn(case, monkeypatch):
    monkeypatch.setattr("theratwin.twin.posterior.PARETO_K_AIM", -1.0)
    resampled = calibrate(case, seed=1, draws=100).posterior("liver").best.resampled
    assert resampled.tempering is not None
    kept = calibrate(case, seed=1, draws=100, posterior="laplace").posterior("liver").best.resampled
    assert kept.tempering is None


def test_a_wrong_method_is_refused(case):
    with pytest.raises(InputError, match="unknown method"):
        calibrate(case, seed=1, posterior="nuts")


def test_blood_alone_leaves_the_priors(case, small_body):
    """One sample tells little: draws follow the priors, and the sampler says no more."""
    one = replace(case, measurements=Measurements((small_body.row("blood", "cycle 1", 1.0, 0.3),)))
    fit = calibrate(one, seed=1, draws=1000, posterior="smc").posterior("blood").best
    names = fit.alternative.parameter_names
    release = fit.resampled.draws[:, names.index("liver.release")]
    prior = fit.alternative.priors[names.index("liver.release")]
    generator = stream(9, "prior")
    expected = generator.normal(prior.log_mean, prior.log_sd, 1000)
    assert release.std() == pytest.approx(expected.std(), rel=0.15)
