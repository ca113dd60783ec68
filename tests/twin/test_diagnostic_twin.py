"""A twin of a PET alone, and what the therapy's scans add to it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from theratwin.case import (
    Administration,
    Case,
    Diagnostic,
    Lesion,
    Ligand,
    Measurement,
    Measurements,
    Patient,
    Radiopharmaceutical,
    Schedule,
    Volume,
)
from theratwin.core import InputError
from theratwin.core.seed import stream
from theratwin.planning.course import delivered_administrations
from theratwin.store import load_twin, save_twin
from theratwin.twin import Twin, calibrate, predict, update
from theratwin.twin.models import MODELS, blocks_of

REGIONS = ("kidneys", "parotid_glands", "lesion_1")
PET = Radiopharmaceutical("68Ga-PSMA-11", Ligand("psma-11", "psma"), "Ga-68")


def _scans(name, *times):
    return tuple(Measurement(r, name, t, 1.0, 0.08) for r in REGIONS for t in times)


def _blank(*therapy_times):
    pet = Diagnostic(
        "PSMA PET",
        PET,
        Administration("PSMA PET", 0.0, 150.0, 5.0),
        Measurements(_scans("PSMA PET", 1.0)),
    )
    return Case(
        "a PSMA patient",
        Patient(
            "male",
            80_000.0,
            69.0,
            1760.0,
            organs={"kidneys": Volume(311.0, 0.08), "parotid_glands": Volume(32.0, 0.1)},
        ),
        Radiopharmaceutical("177Lu-PSMA-617", Ligand("psma-617", "psma"), "Lu-177"),
        Schedule.regular("7.4 GBq", cycles=2, every="6 weeks", amount="57 nmol"),
        lesions=(Lesion("lesion_1", Volume(20.0, 0.1)),),
        measurements=Measurements(_scans("cycle 1", *therapy_times) if therapy_times else ()),
        model="psma",
        diagnostics=(pet,),
    )


@pytest.fixture(scope="module")
def patient():
    """The case with PET and therapy scans of a hidden patient, and the patient's parameters."""
    case = _blank(24.0, 96.0)
    (alternative,) = blocks_of(MODELS["psma"], case)[0].alternatives
    mean = np.array([prior.log_mean for prior in alternative.priors])
    sd = np.array([prior.log_sd for prior in alternative.priors])
    truth = mean + 0.7 * sd * stream(3, "truth").standard_normal(len(mean))
    noise = alternative.observed_sd * stream(3, "noise").standard_normal(9)
    values = np.exp(alternative.predicted(truth) + noise)
    therapy, pet = (
        Measurements(tuple(replace(m, value=float(v)) for m, v in zip(scans, own, strict=True)))
        for scans, own in (
            (case.measurements, values[:6]),
            (case.diagnostics[0].measurements, values[6:]),
        )
    )
    seen = replace(case.diagnostics[0], measurements=pet)
    return replace(case, measurements=therapy, diagnostics=(seen,)), truth


@pytest.fixture(scope="module")
def before(patient):
    case, _ = patient
    return calibrate(replace(case, measurements=Measurements()), seed=1, draws=300)


def _spread(twin: Twin, region):
    return float(np.std(np.log(predict(twin)[region].dose[:, 0])))


def test_a_pet_alone_predicts_the_doses_of_both_cycles(patient, before):
    case, truth = patient
    (hidden,) = blocks_of(MODELS["psma"], case)[0].alternatives
    curves = hidden.curves(truth[None], Schedule(case.schedule.administrations[:1]), stream(0))
    assert before.warnings == ()
    found = predict(before)
    for region in REGIONS:
        integral = before.activities[region][0].integral()
        low, high = np.percentile(integral, [1.0, 99.0])
        assert low < curves[region][0].integral()[0] < high
        assert found[region].dose.shape == (300, 2)
        assert np.all(found[region].dose > 0)


def test_it_knows_more_than_the_priors_and_less_than_the_ligands_would_tell(patient, before):
    """Nothing but the PET: a log spread of prior's, transfer's and error's, in one region."""
    (alternative,) = (before.posteriors[0].fits[0].alternative,)
    draws = before.posteriors[0].fits[0].resampled.draws
    place = alternative.parameter_names.index("lesion_1.receptor_density")
    spread = float(np.std(draws[:, place]))
    # A normal prior (ln 2.5) with a datum that errs by transfer (1.4) and model (20 %), were the
    # uptake in proportion to density and nothing else unknown; 300 draws err by 4 %.
    prior, datum = np.log(2.5), np.hypot(np.log(1.4), 0.2)
    assert 0.9 * (prior**-2 + datum**-2) ** -0.5 < spread < prior


def test_scans_of_the_therapy_narrow_it(patient, before):
    case, _ = patient
    scans = tuple(case.measurements)
    one = update(before, [m for m in scans if m.time == 24.0])
    two = update(one, [m for m in scans if m.time == 96.0])
    for region in REGIONS:
        assert _spread(two, region) < _spread(one, region) < _spread(before, region)
    assert [each.label for each in two.history] == ["PSMA PET", "PSMA PET, cycle 1"]
    whole = calibrate(two.case, seed=1, draws=300)
    assert predict(two)["kidneys"].dose.tobytes() == predict(whole)["kidneys"].dose.tobytes()


def test_nothing_is_delivered_before_therapy(patient, before):
    assert delivered_administrations(before.case) == ()
    case, _ = patient
    assert [a.name for a in delivered_administrations(case)] == ["cycle 1"]


def test_it_comes_back_from_its_folder(before, tmp_path):
    loaded = load_twin(save_twin(before, tmp_path / "twin"))
    assert loaded.case == before.case
    assert predict(loaded)["kidneys"].dose.tobytes() == predict(before)["kidneys"].dose.tobytes()


def test_its_parameter_sets_are_in_the_provenance(before):
    sets = before.provenance.parameter_sets
    assert {"kinetics/ligand_transfer", "kinetics/psma11_calibrated"} <= set(sets)


def test_curves_have_no_use_for_a_diagnostic_and_say_so(patient):
    case, _ = patient
    twin = calibrate(case, seed=1, draws=200, model="curves")
    assert [each for each in twin.warnings if each.startswith("PSMA PET: not used")]
    alone = replace(case, measurements=Measurements())
    with pytest.raises(InputError, match="nothing was measured after therapy") as raised:
        calibrate(alone, seed=1, model="curves")
    assert "model of the whole body" in (raised.value.remedy or "")


def test_a_region_of_the_pet_needs_a_volume(patient):
    case, _ = patient
    extra = Measurement("liver", "PSMA PET", 1.0, 5.0, 0.1)
    pet = replace(
        case.diagnostics[0], measurements=Measurements((*case.diagnostics[0].measurements, extra))
    )
    with pytest.raises(InputError, match="the volume is missing"):
        calibrate(replace(case, diagnostics=(pet,)), seed=1)
