"""The registry of kinetic models, and the whole body of a PSMA patient in it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from theratwin.case import (
    KINETIC_MODELS,
    Administration,
    AminoAcids,
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
from theratwin.core import InputError, UnsupportedError, parameter_set
from theratwin.core.seed import stream
from theratwin.dosimetry import self_s_value
from theratwin.kinetics import psma_body
from theratwin.kinetics.body_fit import psma_block
from theratwin.physics import nuclide
from theratwin.twin import calibrate, predict
from theratwin.twin.models import MODELS, blocks_of, model_of
from theratwin.twin.relabel import relabeled

REGIONS = ("kidneys", "parotid_glands", "liver", "lesion_1", "whole_body", "blood")


def _scan(region, cycle, time, value=1.0):
    kind = Kind.CONCENTRATION if region == "blood" else Kind.ACTIVITY
    return Measurement(region, cycle, time, value, 0.05, kind)


def _blank(cycles=1, *, appears=None, amount=57.0):
    given = tuple(
        Administration(f"cycle {k + 1}", 1008.0 * k, 7400.0, amount=amount, duration=1 / 6)
        for k in range(cycles)
    )
    rows = [_scan(r, "cycle 1", t) for r in REGIONS for t in (1.0, 24.0, 72.0, 168.0)]
    if appears:
        rows = [_scan(r, "cycle 1", t) for r in REGIONS if "lesion" not in r for t in (1.0, 48.0)]
        rows += [_scan("lesion_1", appears, 24.0), _scan("lesion_1", appears, 96.0)]
    return Case(
        "a PSMA patient",
        Patient(
            "male",
            80_000.0,
            69.0,
            1760.0,
            organs={
                "kidneys": Volume(311.0, 0.08),
                "parotid_glands": Volume(32.0, 0.1),
                "liver": Volume(1700.0, 0.05),
                "spleen": Volume(180.0, 0.1),
            },
        ),
        Radiopharmaceutical("177Lu-PSMA-617", Ligand("psma-617", "psma"), "Lu-177"),
        Schedule(given),
        lesions=(Lesion("lesion_1", Volume(20.0, 0.1), appears=appears),),
        measurements=Measurements(tuple(rows)),
        model="psma",
    )


def _filled(case):
    """Return a case with values of a hidden patient, and the patient's parameters."""
    (alternative,) = blocks_of(MODELS["psma"], case)[0].alternatives
    mean = np.array([prior.log_mean for prior in alternative.priors])
    sd = np.array([prior.log_sd for prior in alternative.priors])
    truth = mean + 0.7 * sd * stream(4, "truth").standard_normal(len(mean))
    noise = alternative.observed_sd * stream(4, "noise").standard_normal(len(case.measurements))
    values = np.exp(alternative.predicted(truth) + noise)
    filled = [
        replace(m, value=float(value)) for m, value in zip(case.measurements, values, strict=True)
    ]
    return replace(case, measurements=Measurements(tuple(filled))), truth


def _measured(case):
    """Return a case with a filtration rate of 50 mL/min, known to 10 %."""
    return replace(case, patient=replace(case.patient, gfr=3000.0, gfr_uncertainty=0.1))


@pytest.fixture(scope="module")
def twin():
    return calibrate(_filled(_blank())[0], seed=1, draws=200)


def test_a_case_may_ask_for_every_model_and_no_other():
    assert set(KINETIC_MODELS) == set(MODELS)
    for model in MODELS.values():
        for name in model.parameter_sets:
            assert parameter_set(*name.split("/"))
    with pytest.raises(UnsupportedError, match="unknown model"):
        model_of("pbpk")


def test_the_parameters_are_those_of_what_was_measured_or_has_a_dose(twin):
    names = twin.posterior("kidneys").best.alternative.parameter_names
    # The whole body was scanned, so that tumor that nobody delineated can be told of.
    tumors = ("lesion_1", "undelineated_tumor")
    regions = ("kidneys", "liver", "parotid_glands", "spleen", *tumors)
    assert set(names) == {
        *(f"{region}.{key}" for region in regions for key in ("receptor_density", "release")),
        "patient.tubular_extraction_rate",
    }


def test_the_hidden_patient_lies_within_the_posterior():
    case, truth = _filled(_blank())
    fit = calibrate(case, seed=1, draws=200).posterior("kidneys").best
    spread = np.sqrt(np.diag(fit.approximation.covariance))
    # Chi-square of 13 degrees of freedom: 34.5 is exceeded once in a thousand times.
    precision = np.linalg.inv(fit.approximation.covariance)
    away = truth - fit.approximation.mode
    assert away @ precision @ away < 34.5
    prior_spread = [prior.log_sd for prior in fit.alternative.priors]
    # The spleen was not scanned: its spread is the prior's, to the fourth derivatives of a step.
    assert np.all(spread < 1.05 * np.array(prior_spread))


@pytest.mark.parametrize("ligand", ["psma-617", "psma-i&t"])
def test_prior_medians_give_the_doses_of_clinical_reports(ligand):
    """The reference man of the parameter set: Gy/GBq as its note says."""
    volumes = {"kidneys": (311.0, 2), "parotid_glands": (32.0, 2), "liver": (1700.0, 1)}
    case = _blank()
    organs = {name: Volume(value, 0.1) for name, (value, _) in volumes.items()}
    case = replace(
        case,
        patient=replace(case.patient, organs=organs | {"submandibular_glands": Volume(24.0, 0.1)}),
        radiopharmaceutical=replace(case.radiopharmaceutical, ligand=Ligand(ligand, "psma")),
        measurements=case.measurements.of_region("kidneys"),
    )
    (alternative,) = blocks_of(MODELS["psma"], case)[0].alternatives
    theta = np.array([[prior.log_mean for prior in alternative.priors]])
    curves = alternative.curves(theta, case.schedule, stream(1))
    masses = {name: (value * 1.05, count) for name, (value, count) in volumes.items()}
    glands, tumor = (0.58, 4.0) if ligand == "psma-617" else (0.5, 3.0)
    for region, expected in {"kidneys": 0.43, "parotid_glands": glands, "liver": 0.1}.items():
        mass, count = masses[region]
        s_value = float(self_s_value("Lu-177", mass, bodies=count))
        dose = s_value * curves[region][0].integral()[0] / 7.4
        assert dose == pytest.approx(expected, rel=0.05)  # medians of two to three digits
    lesion = float(self_s_value("Lu-177", 21.0)) * curves["lesion_1"][0].integral()[0] / 7.4
    assert lesion == pytest.approx(tumor, rel=0.05)


def test_a_measured_filtration_rate_takes_the_place_of_tubular_extraction():
    case, truth = _filled(_measured(_blank()))
    fit = calibrate(case, seed=1, draws=200).posterior("kidneys").best
    names = fit.alternative.parameter_names
    assert "patient.tubular_extraction_rate" not in names
    prior = fit.alternative.priors[names.index("patient.gfr")]
    assert (prior.median, prior.log_sd) == pytest.approx((3000.0, 0.1))
    away = truth - fit.approximation.mode
    # Chi-square of 13 degrees of freedom: 34.5 is exceeded once in a thousand times.
    assert away @ np.linalg.inv(fit.approximation.covariance) @ away < 34.5


def test_the_rate_of_filtration_is_that_of_tubular_extraction_by_the_published_ratio():
    """Kletting 2016: TER / 3 times 201 / 151; the same rate gives the same curves."""
    extraction = 160.0 * 60
    case = _blank()
    (plain,) = blocks_of(MODELS["psma"], case)[0].alternatives
    (known,) = blocks_of(MODELS["psma"], _measured(case))[0].alternatives
    values = {
        "patient.tubular_extraction_rate": extraction,
        "patient.gfr": extraction / 3.0 * 201.0 / 151.0,
    }
    found = []
    for alternative in (plain, known):
        medians = {
            name: values.get(name, prior.median)
            for name, prior in zip(alternative.parameter_names, alternative.priors, strict=True)
        }
        found.append(alternative.predicted(np.log(list(medians.values()))))
    np.testing.assert_allclose(found[0], found[1], atol=1e-6)  # the solver's tolerance is 1e-7


def test_curves_take_no_notice_of_a_filtration_rate():
    case = _filled(_blank())[0]
    one, other = (calibrate(c, seed=1, draws=100, model="curves") for c in (case, _measured(case)))
    draws = [t.posterior("kidneys").best.resampled.draws for t in (one, other)]
    np.testing.assert_array_equal(*draws)


def test_amino_acids_are_refused_where_they_have_no_effect():
    case = _filled(_blank())[0]
    (given,) = case.schedule
    protected = Schedule((replace(given, amino_acids=AminoAcids(0.5, 4.0)),))
    with pytest.raises(InputError, match="Leave them out"):
        calibrate(replace(case, schedule=protected), seed=1, draws=100)


def test_regions_without_scans_have_a_dose_from_the_population(twin):
    assert "spleen" not in twin.case.measurements.regions
    prediction = predict(twin)
    assert set(prediction.regions) == {
        *("kidneys", "parotid_glands", "liver", "spleen", "lesion_1", "red_marrow")
    }
    spreads = {r.region: np.std(np.log(r.dose[:, 0])) for r in prediction}
    assert spreads["spleen"] > 2 * spreads["liver"]


def test_the_same_patient_may_get_another_ligand_and_label(twin):
    pet = Radiopharmaceutical("18F-DCFPyL", Ligand("dcfpyl", "psma"), "F-18")
    course = Schedule((Administration("pet", 0.0, 300.0, amount=6.0),))
    found = predict(twin, course, radiopharmaceutical=pet)
    assert found.case.radiopharmaceutical.nuclide == "F-18"
    # 110 min: mean life 2.6 h; no region holds more than what was given.
    assert np.all(found["kidneys"].total_activity.integral() < 300.0 * 2.7)
    assert np.all(found["kidneys"].dose > 0)


def test_another_label_of_the_ligand_changes_decay_and_s_value_alone(twin):
    """Every draw of the kinetics stays; the dose is time-integrated activity times the S value."""
    terbium = replace(twin.case.radiopharmaceutical, nuclide="Tb-161")
    plain, labeled = predict(twin), predict(twin, radiopharmaceutical=terbium)
    expected = self_s_value("Tb-161", 326.55, bodies=2) / self_s_value("Lu-177", 326.55, bodies=2)
    ratio = labeled["kidneys"].dose / plain["kidneys"].dose
    integrals = [p["kidneys"].total_activity.integral() for p in (labeled, plain)]
    # The S values' ratio hardly depends on the mass, which the draws vary by 8 %.
    np.testing.assert_allclose(ratio[:, 0], expected * integrals[0] / integrals[1], rtol=2e-3)
    # The half-life is a little longer, and what leaves the body bounds what that adds.
    longest = nuclide("Tb-161").half_life / nuclide("Lu-177").half_life
    assert np.all((integrals[0] > integrals[1]) & (integrals[0] < longest * integrals[1]))


def test_another_ligand_finds_the_patient_where_he_is_among_people(twin):
    """Densities belong to the affinity they were fitted with: 44 nmol/L of the kidneys for
    PSMA-I&T are 2.52 for PSMA-617. Without that the kidneys would get a tenth.
    """
    other = Radiopharmaceutical("177Lu-PSMA-I&T", Ligand("psma-i&t", "psma"), "Lu-177")
    there = relabeled(twin, other)
    places = []
    for each in (twin, there):
        fit = each.posterior("kidneys").best
        columns = zip(fit.resampled.draws.T, fit.alternative.priors, strict=True)
        found = [(draws - prior.log_mean) / prior.log_sd for draws, prior in columns]
        places.append(dict(zip(fit.alternative.parameter_names, found, strict=True)))
    assert set(places[0]) == set(places[1])
    for name, place in places[0].items():
        np.testing.assert_allclose(places[1][name], place, atol=1e-9)
    # The reference man has 0.43 Gy/GBq by either ligand's medians.
    ratio = predict(there)["kidneys"].dose / predict(twin)["kidneys"].dose
    assert 0.7 < np.median(ratio) < 1.4
    back = relabeled(there, twin.case.radiopharmaceutical).posterior("kidneys").best
    np.testing.assert_allclose(
        back.resampled.draws, twin.posterior("kidneys").best.resampled.draws, atol=1e-12
    )


def test_a_nuclide_whose_progeny_counts_is_refused_by_name(twin):
    actinium = replace(twin.case.radiopharmaceutical, nuclide="Ac-225")
    course = Schedule((Administration("cycle 1", 0.0, 8.0, amount=57.0),))
    with pytest.raises(UnsupportedError, match=r"its progeny \(Fr-221, .*Ac-225.*adds at most 1%"):
        predict(twin, course, radiopharmaceutical=actinium)


def test_a_ligand_of_another_target_is_refused(twin):
    other = Radiopharmaceutical("177Lu-DOTATATE", Ligand("dotatate", "sstr"), "Lu-177")
    with pytest.raises(InputError, match="no parameter set has this ligand's constants"):
        predict(twin, radiopharmaceutical=other)


def test_a_lesion_that_appears_later_is_fitted_from_then_on():
    case, _ = _filled(_blank(3, appears="cycle 2"))
    late = calibrate(case, seed=1, draws=100)
    names = late.posterior("lesion_1").best.alternative.parameter_names
    assert "lesion_1.receptor_density_ratio[cycle 2]" not in names
    assert "kidneys.receptor_density_ratio[cycle 2]" in names
    dose = predict(late)["lesion_1"].dose
    assert np.all(dose[:, 0] == 0)
    assert np.all(dose[:, 1:] > 0)
    # Receptors fall after the cycle at which it appeared.
    assert np.median(dose[:, 2] / dose[:, 1]) < 1.0


def test_a_missing_amount_of_ligand_is_refused_with_advice():
    with pytest.raises(InputError, match="the amount of ligand is missing"):
        calibrate(_blank(amount=None), seed=1, draws=100)
    with pytest.raises(InputError, match="the amount of ligand is missing"):
        predict(
            calibrate(_filled(_blank())[0], seed=1, draws=100),
            Schedule.regular("7.4 GBq", cycles=2, every="6 weeks"),
        )


def test_a_ligand_for_pet_has_the_uptake_of_its_own_population(twin):
    """Its priors' medians are the values that its set was calibrated to; others are PSMA-617's."""
    label = Radiopharmaceutical("68Ga-PSMA-11", Ligand("psma-11", "psma"), "Ga-68")
    case = replace(twin.case, radiopharmaceutical=label)
    (block,) = psma_block(case, nuclide("Ga-68").decay_constant)
    priors = block.alternatives[0].model.priors
    values = {each.name: each.value for each in psma_body(case).network.parameters}
    for name in ("kidneys.receptor_density", "parotid_glands.receptor_density"):
        assert priors[name].median == pytest.approx(values[name], rel=1e-3)
    own = twin.posteriors[0].best.alternative.model.priors
    assert priors["kidneys.release"] == own["kidneys.release"]
