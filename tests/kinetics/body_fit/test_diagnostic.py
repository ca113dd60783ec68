"""A diagnostic in the fit of a whole body: predictions, slopes, what it shares and what not."""

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
from theratwin.dynamics import Engine
from theratwin.kinetics import psma_body
from theratwin.kinetics.body_fit import model_error, psma_block, sstr_block
from theratwin.physics import nuclide

LAMBDA = nuclide("Lu-177").decay_constant
REGIONS = ("kidneys", "parotid_glands", "liver", "lesion_1")


def _what(ligand, label, target="psma"):
    return Radiopharmaceutical(f"{label} {ligand}", Ligand(ligand, target), label)


def _scans(name, regions, times, value=1.0):
    return Measurements(tuple(Measurement(r, name, t, value, 0.1) for r in regions for t in times))


def _pet(
    ligand="psma-11",
    label="Ga-68",
    regions=REGIONS,
    times=(1.0,),
    target="psma",
    amount: float | None = 5.0,
):
    given = Administration("PET", 0.0, 150.0, amount)
    return Diagnostic("PET", _what(ligand, label, target), given, _scans("PET", regions, times))


def _case(*diagnostics, cycles=2, measured=(), therapy=("psma-617", "Lu-177")):
    given = tuple(
        Administration(f"cycle {k + 1}", 1008.0 * k, 7400.0, 57.0, 1 / 6) for k in range(cycles)
    )
    target = "sstr" if therapy[0].startswith("dota") else "psma"
    organs = {"kidneys": Volume(311.0, 0.08), "liver": Volume(1700.0, 0.05)}
    organs |= (
        {"parotid_glands": Volume(32.0, 0.1)}
        if target == "psma"
        else {"spleen": Volume(180.0, 0.1)}
    )
    return Case(
        "a patient",
        Patient("male", 80_000.0, 69.0, 1760.0, organs=organs),
        _what(therapy[0], therapy[1], target),
        Schedule(given),
        lesions=(Lesion("lesion_1", Volume(20.0, 0.1)),),
        measurements=Measurements(tuple(measured)),
        diagnostics=diagnostics,
    )


def _curves(case):
    return psma_block(case, LAMBDA)[0].alternatives[0]


def _draws(curves, size=3):
    mean = np.array([prior.log_mean for prior in curves.priors])
    sd = np.array([prior.log_sd for prior in curves.priors])
    return mean + 0.5 * sd * stream(1, "draws").standard_normal((size, len(mean)))


@pytest.fixture(scope="module")
def both():
    """Two diagnostics and two cycles of therapy."""
    second = replace(
        _pet("psma-1007", "F-18", ("kidneys", "liver"), (2.0,)),
        name="second",
        administration=Administration("second", 0.0, 250.0, 5.0),
        measurements=_scans("second", ("kidneys", "liver"), (2.0,)),
    )
    therapy = (
        *_scans("cycle 1", ("kidneys", "lesion_1"), (24.0, 96.0)),
        *_scans("cycle 2", ("kidneys", "lesion_1"), (48.0,)),
    )
    return _curves(_case(_pet(times=(1.0, 2.0)), second, measured=therapy))


def test_slopes_agree_with_differences(both):
    some = _draws(both)
    predicted, slopes = both.linearized(some)
    assert slopes.shape == (3, 6 + 8 + 2, len(both.priors))
    np.testing.assert_allclose(predicted, both.predicted(some), atol=1e-6)
    step = 1e-2
    for k, name in enumerate(both.parameter_names):
        away = step * np.eye(some.shape[1])[k]
        rise = both.predicted(some + away) - both.predicted(some - away)
        # Third derivatives of order ten: truncation 2e-4; solver noise 1e-6 / 1e-2.
        np.testing.assert_allclose(slopes[..., k], rise / (2 * step), atol=2e-3, err_msg=name)


def test_ratios_between_cycles_do_not_act_on_diagnostics(both):
    _, slopes = both.linearized(_draws(both))
    steps = [k for k, name in enumerate(both.parameter_names) if "_ratio[cycle" in name]
    assert steps
    assert np.all(slopes[:, 6:][..., steps] == 0.0)
    assert np.any(slopes[:, :6][..., steps] != 0.0)


def test_deviations_of_a_diagnostic_act_on_it_alone(both):
    _, slopes = both.linearized(_draws(both))
    names = both.parameter_names
    first = [k for k, name in enumerate(names) if name.endswith("[PET]")]
    assert [names[k] for k in first] == [
        f"transfer.{kind}[PET]" for kind in ("kidneys", "organ", "gland", "lesion", "clearance")
    ]
    assert np.all(slopes[:, :6][..., first] == 0.0)
    assert np.all(slopes[:, 14:][..., first] == 0.0)


def test_scaled_uptake_has_the_same_slope_by_parameter_and_by_deviation(both):
    _, slopes = both.linearized(_draws(both))
    place = {name: k for k, name in enumerate(both.parameter_names)}
    own = slopes[:, 6:14, place["kidneys.receptor_density"]]
    np.testing.assert_array_equal(own, slopes[:, 6:14, place["transfer.kidneys[PET]"]])


def test_predictions_are_those_of_a_body_asked_by_hand():
    case = _case(_pet(), cycles=1)
    curves = _curves(case)
    theta = _draws(curves, 1)
    named = dict(zip(curves.parameter_names, np.exp(theta[0]), strict=True))
    ratios = curves.diagnostics[0].ratios
    body = psma_body(case.of_diagnostic(case.diagnostics[0]))
    values = {k: v * ratios.get(k, 1.0) for k, v in named.items() if "transfer" not in k}
    kinds = {"kidneys": "kidneys", "parotid_glands": "gland", "liver": "organ"}
    for region in REGIONS:
        kind = kinds.get(region, "lesion")
        values[f"{region}.receptor_density"] *= named[f"transfer.{kind}[PET]"]
    values["patient.tubular_extraction_rate"] *= named["transfer.clearance[PET]"]
    schedule = Schedule((case.diagnostics[0].administration,))
    by_hand = Engine(body.system).solve(values, [1.0], doses=body.doses(schedule), rtol=1e-9)
    expected = [np.log(by_hand[f"activity.{region}"][0, 0]) for region in REGIONS]
    np.testing.assert_allclose(curves.predicted(theta[0]), expected, atol=1e-5)


def test_at_the_priors_medians_a_pet_shows_what_its_ligand_was_calibrated_to():
    """Mean uptake value of the liver 5.4, of the parotid glands 12 (calibrate_pet.py).

    The volumes differ a little from those of the calibration, and so do uptake values.
    """
    curves = _curves(_case(_pet(regions=("liver", "parotid_glands")), cycles=1))
    medians = np.array([prior.log_mean for prior in curves.priors])
    seen = np.exp(curves.predicted(medians)) * np.exp(nuclide("Ga-68").decay_constant)
    uptake = seen / (np.array([1700.0, 32.0]) * 1.05) * 80_000.0 / 150.0
    np.testing.assert_allclose(uptake, [5.4, 12.0], rtol=0.1)


@pytest.mark.parametrize(
    ("ligand", "label", "spread"),
    [("psma-617", "Ga-68", 1.2), ("psma-11", "Ga-68", 1.35), ("dcfpyl", "F-18", 1.35)],
)
def test_another_label_transfers_better_than_another_ligand(ligand, label, spread):
    curves = _curves(_case(_pet(ligand, label), cycles=1))
    prior = dict(zip(curves.parameter_names, curves.priors, strict=True))["transfer.kidneys[PET]"]
    assert (prior.median, prior.gsd) == (1.0, spread)


def test_the_same_radiopharmaceutical_needs_no_transfer():
    curves = _curves(_case(_pet("psma-617", "Lu-177"), cycles=1))
    assert not [name for name in curves.parameter_names if "transfer" in name]
    assert dict(curves.diagnostics[0].ratios) == {}


def test_all_tumor_that_was_not_delineated_scales_as_lesions_do():
    curves = _curves(_case(_pet(regions=("whole_body", *REGIONS)), cycles=1))
    ratios, deviations = curves.diagnostics[0].ratios, curves.diagnostics[0].deviations
    tumor, lesion = (f"{each}.receptor_density" for each in ("undelineated_tumor", "lesion_1"))
    assert ratios[tumor] == pytest.approx(ratios[lesion])
    assert deviations[tumor] == deviations[lesion] == "transfer.lesion[PET]"


def test_errors_are_those_of_a_diagnostic():
    curves = _curves(_case(_pet(regions=("kidneys", "lesion_1", "blood")), cycles=1))
    own = np.log1p(0.1**2)
    model = [model_error(r, ["lesion_1"], diagnostic=True) for r in ("kidneys", "lesion_1")]
    expected = np.sqrt(own + np.log1p(np.array([*model, 0.2]) ** 2))
    np.testing.assert_allclose(curves.observed_sd, expected)
    assert model[0] > model_error("kidneys", [])
    assert model[1] > model_error("lesion_1", ["lesion_1"])


def test_kidneys_reabsorb_more_where_no_amino_acids_run():
    pet = _pet("dotatate", "Ga-68", ("kidneys", "spleen"), target="sstr", amount=8.6)
    case = _case(pet, cycles=1, therapy=("dotatate", "Lu-177"))
    (curves,) = sstr_block(case, LAMBDA)[0].alternatives
    # 125 nmol/h in the calibrated set, 75 nmol/h as if they had run throughout.
    assert dict(curves.diagnostics[0].ratios) == {
        "kidneys.uptake_maximum": pytest.approx(5 / 3, rel=0.01)
    }
    predicted, slopes = curves.linearized(_draws(curves))
    assert np.all(np.isfinite(predicted))
    assert np.all(np.isfinite(slopes))


def test_a_region_that_the_model_lacks_is_refused():
    with pytest.raises(InputError, match="no such region"):
        _curves(_case(_pet(regions=("pancreas",)), cycles=1))


def test_a_missing_amount_names_the_diagnostic():
    curves = _curves(_case(_pet(amount=None), cycles=1))
    with pytest.raises(InputError, match=r"PET\.amount"):
        curves.predicted(_draws(curves, 1))


def test_an_unknown_ligand_is_refused():
    with pytest.raises(InputError, match="no parameter set has this ligand's constants"):
        _curves(_case(_pet("psma-99"), cycles=1))


@pytest.mark.parametrize(("days", "least"), [(1, 0.98), (3, 0.998), (7, 0.9999)])
def test_a_diagnostic_leaves_nothing_behind_for_the_therapy(days, least):
    """5 nmol before 57 nmol: doses are 1.4, 0.15 and 0.002 % lower after one, three, seven days.

    Receptors that a cell took in are replaced; what matters is bound or in the blood still. This
    holds for a ligand that binds as the therapy's does; those of PET bind less.
    """
    body = psma_body(ligand="psma-617", lesions=["lesion_1"], given={"lesion_1.volume": "20 mL"})
    therapy = Administration("cycle 1", 24.0 * days, 7400.0, 57.0)
    before = Administration("PET", 0.0, 1e-6, 5.0)
    alone, after = (
        Engine(body.system)
        .solve({}, [therapy.time], doses=body.doses(Schedule(given)), to_infinity=True, rtol=1e-9)
        .integrals
        for given in ((therapy,), (before, therapy))
    )
    for region in (*REGIONS, "spleen", "whole_body"):
        name = body.time_integrated_activity(region)
        # Above 1 by the solver's tolerance at most: less is bound, never more.
        assert least < float(after[name][0] / alone[name][0]) < 1.0 + 1e-6, region
