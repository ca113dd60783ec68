"""The whole body of a patient with DOTATATE, as a twin."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from theratwin.case import (
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
from theratwin.core.seed import stream
from theratwin.dosimetry import self_s_value
from theratwin.twin import calibrate, predict
from theratwin.twin.models import MODELS, blocks_of

REGIONS = ("kidneys", "spleen", "liver", "lesion_1", "whole_body", "blood")
VOLUMES = {"kidneys": 295.2, "spleen": 144.2, "liver": 1714.3}


def _scan(region, time):
    kind = Kind.CONCENTRATION if region == "blood" else Kind.ACTIVITY
    return Measurement(region, "cycle 1", time, 1.0, 0.05, kind)


@pytest.fixture(scope="module")
def case():
    return Case(
        "a patient with DOTATATE",
        Patient(
            "male",
            73_000.0,
            height=1760.0,
            organs={name: Volume(value, 0.1) for name, value in VOLUMES.items()},
        ),
        Radiopharmaceutical("177Lu-DOTATATE", Ligand("dotatate", "sstr"), "Lu-177"),
        Schedule((Administration("cycle 1", 0.0, 7400.0, amount=140.0, duration=0.5),)),
        lesions=(Lesion("lesion_1", Volume(20.0, 0.1)),),
        measurements=Measurements(
            tuple(_scan(region, time) for region in REGIONS for time in (1.0, 24.0, 96.0, 168.0))
        ),
        model="sstr",
    )


def _protected(case):
    (given,) = case.schedule
    acids = AminoAcids(before=0.5, duration=4.0)
    return replace(case, schedule=Schedule((replace(given, amino_acids=acids),)))


def _without_whole_body(case):
    """Return a case without undelineated tumor, which takes ligand from the others."""
    kept = tuple(m for m in case.measurements if m.region != "whole_body")
    return replace(case, measurements=Measurements(kept))


def _doses(case, schedule, **changed):
    """Return Gy/GBq at the priors' medians, some parameters replaced, over a schedule."""
    (alternative,) = blocks_of(MODELS["sstr"], case)[0].alternatives
    medians = {
        name: prior.median
        for name, prior in zip(alternative.parameter_names, alternative.priors, strict=True)
    }
    theta = np.log([list((medians | changed).values())])
    curves = alternative.curves(theta, schedule, stream(1))
    found = {}
    for region in ("kidneys", "spleen", "liver", "lesion_1"):
        mass = 1.05 * {**VOLUMES, "lesion_1": 20.0}[region]
        s_value = float(self_s_value("Lu-177", mass, bodies=2 if region == "kidneys" else 1))
        found[region] = s_value * curves[region][0].integral()[0] / 7.4
    return found


@pytest.mark.parametrize("amino_acids", [False, True])
def test_prior_medians_give_the_doses_of_clinical_reports(case, amino_acids):
    case = _without_whole_body(case)
    case = _protected(case) if amino_acids else case
    found = _doses(case, case.schedule)
    expected = {"kidneys": 0.5, "spleen": 1.1, "liver": 0.285, "lesion_1": 3.41}
    for region, dose in expected.items():
        assert found[region] == pytest.approx(dose, rel=0.05), region  # medians of 2 to 3 digits


def test_amino_acids_lower_the_kidneys_dose_by_the_stated_share_and_no_other(case):
    case = _without_whole_body(case)
    protected = _protected(case)
    with_acids = _doses(protected, protected.schedule)
    bare = _doses(protected, case.schedule)
    # 36 %, as the page on whole bodies states to two digits.
    assert 1.0 - with_acids["kidneys"] / bare["kidneys"] == pytest.approx(0.36, abs=0.01)
    for region in ("spleen", "liver", "lesion_1"):
        assert with_acids[region] == pytest.approx(bare[region], rel=1e-4)


def test_a_measured_filtration_rate_is_the_prior_of_the_clearance(case):
    patient = replace(case.patient, gfr=50.0 * 60, gfr_uncertainty=0.1)
    measured = replace(case, patient=patient)
    (plain,), (known,) = (blocks_of(MODELS["sstr"], c)[0].alternatives for c in (case, measured))
    assert known.parameter_names == plain.parameter_names
    prior = known.priors[known.parameter_names.index("patient.gfr")]
    assert (prior.median, prior.log_sd) == pytest.approx((3000.0, 0.1))
    # Less is filtered than at 90 mL/min, so that more comes to the receptors.
    low, usual = (_doses(_without_whole_body(c), case.schedule) for c in (measured, case))
    assert low["lesion_1"] > 1.1 * usual["lesion_1"]


@pytest.mark.parametrize("covariates", [False, True])
def test_the_hidden_patient_lies_within_the_posterior(case, covariates):
    if covariates:
        patient = replace(case.patient, gfr=55.0 * 60, gfr_uncertainty=0.1)
        case = _protected(replace(case, patient=patient))
    (alternative,) = blocks_of(MODELS["sstr"], case)[0].alternatives
    assert "kidneys.uptake_maximum" in alternative.parameter_names
    assert "kidneys.receptor_density" not in alternative.parameter_names
    mean = np.array([prior.log_mean for prior in alternative.priors])
    sd = np.array([prior.log_sd for prior in alternative.priors])
    truth = mean + 0.7 * sd * stream(4, "truth").standard_normal(len(mean))
    noise = alternative.observed_sd * stream(4, "noise").standard_normal(len(case.measurements))
    values = np.exp(alternative.predicted(truth) + noise)
    filled = replace(
        case,
        measurements=Measurements(
            tuple(
                replace(m, value=float(value))
                for m, value in zip(case.measurements, values, strict=True)
            )
        ),
    )
    twin = calibrate(filled, seed=1, draws=200)
    fit = twin.posterior("kidneys").best
    away = truth - fit.approximation.mode
    # Chi-square of 11 degrees of freedom: 31.3 is exceeded once in a thousand times.
    assert away @ np.linalg.inv(fit.approximation.covariance) @ away < 31.3
    assert len(truth) == 11
    assert {"kidneys", "spleen", "liver", "lesion_1"} <= set(predict(twin).regions)
