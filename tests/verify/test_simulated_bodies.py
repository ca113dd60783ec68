"""Simulated bodies are what they state."""

from __future__ import annotations

from dataclasses import replace

import known_bodies as simulated
import numpy as np
import pytest
from body_truths import GENERATORS, SPREADS, STEPS, true_parameters
from simulated_bodies import body_patient

from theratwin.case import Administration, Ligand, Radiopharmaceutical, Schedule
from theratwin.dosimetry import bodies, self_s_value

COURSE = Schedule.regular("7.4 GBq", cycles=3, every="6 weeks", amount="57 nmol")
TIMES = (4.0, 24.0, 72.0, 168.0)


def _values(measurements):
    return {(m.region, m.time): m.value for m in measurements}


@pytest.mark.parametrize("generator", GENERATORS)
def test_a_patient_is_the_same_whenever_drawn_and_however_scanned(generator):
    one, two = (body_patient(3, seed=1, generator=generator) for _ in range(2))
    assert one.patient == two.patient
    assert one.true_parameters == two.true_parameters
    all_scans = _values(one.scan(COURSE, "cycle 2", TIMES))
    # The doses given before decide, not what is scanned besides or given later.
    longer = Schedule.regular("7.4 GBq", cycles=5, every="6 weeks", amount="57 nmol")
    single = _values(two.scan(longer, "cycle 2", (24.0,), ("kidneys",)))
    assert single[("kidneys", 24.0)] == pytest.approx(all_scans[("kidneys", 24.0)], rel=1e-5)
    other = body_patient(3, seed=2, generator=generator)
    assert other.true_parameters != one.true_parameters


@pytest.mark.parametrize("generator", GENERATORS)
def test_doses_are_integrals_of_what_scans_show(generator):
    """A scan differs from the truth by its noise, calibration and recovery, and by nothing else."""
    patient = body_patient(1, seed=1, generator=generator)
    times = np.geomspace(0.5, 300.0, 200)
    curves = patient.activities(COURSE)
    for region in ("kidneys", "lesion_2"):
        seen = [m.value for m in patient.scan(COURSE, "cycle 1", times, (region,))]
        shown = curves[region][0](times) / patient.scale(region)
        away = np.log(np.array(seen) / shown)
        relative = simulated.NOISE[region]
        if generator == "priors":  # the model's errors come on top
            relative = np.hypot(relative, 0.15 if region in simulated.LESIONS else 0.10)
        # 200 values: the standard error of the mean 7 %, of the spread 5 % of the spread.
        assert abs(away.mean()) < 0.25 * relative
        assert away.std() == pytest.approx(relative, rel=0.2)
        s_value = self_s_value("Lu-177", patient.true_mass(region), bodies=bodies(region))
        dose = patient.doses(COURSE)[region].dose[0]
        # The dose factor alone is left: 2 %, five spreads.
        assert abs(np.log(dose / (curves[region][0].integral() * s_value))) < 0.1


@pytest.mark.parametrize("generator", GENERATORS)
def test_doses_are_linear_in_activity_and_follow_the_course(generator):
    patient = body_patient(2, seed=1, generator=generator)
    doses = patient.doses(COURSE)
    half = Schedule(tuple(replace(a, activity=0.5 * a.activity) for a in COURSE))
    for region, dose in patient.doses(half).items():
        np.testing.assert_allclose(2.0 * dose.dose, doses[region].dose, rtol=1e-5)  # the solver's
    shorter = patient.doses(Schedule(COURSE.administrations[:2]))
    # Its last administration counts to infinity, not to the next one: 2 % in a lesion, at most.
    np.testing.assert_allclose(shorter["lesion_1"].dose, doses["lesion_1"].dose[:2], rtol=0.03)
    assert set(doses) == {*simulated.DELINEATED, "red_marrow"}
    for region in ("kidneys", "lesion_1", "red_marrow", "parotid_glands"):
        assert np.all(doses[region].bed > doses[region].dose)
    assert doses["liver"].bed is None


def test_more_ligand_spares_and_other_ligands_keep_the_patient():
    patient = body_patient(0, seed=1, generator="population")
    first = COURSE.administrations[0]
    few, many = (
        patient.doses(Schedule((replace(first, amount=amount),)))["kidneys"].dose[0]
        for amount in (30.0, 300.0)
    )
    assert many < few
    pet = patient.labeled(Radiopharmaceutical("18F-DCFPyL", Ligand("dcfpyl", "psma"), "F-18"))
    name = "kidneys.receptor_density"
    assert pet.true_parameters[name] == patient.true_parameters[name]
    course = Schedule((Administration("cycle 1", 0.0, 300.0, 3.0),))
    scans = pet.scan(course, "cycle 1", (1.0, 2.0))
    assert all(0 < m.value < 300.0 for m in scans)


def test_truths_are_distributed_as_stated():
    people = [body_patient(n, seed=5) for n in range(150)]
    logs = np.log([p.true_parameters["kidneys.receptor_density"] for p in people])
    prior = people[0].model.priors["kidneys.receptor_density"]
    # Standard errors of 150: 8 % of the spread, of the spread 6 %.
    assert logs.mean() == pytest.approx(prior.log_mean, abs=0.3 * prior.log_sd)
    assert logs.std() == pytest.approx(prior.log_sd, rel=0.2)
    steps = np.log([p.true_ratios["lesion_1.receptor_density"][1] for p in people])
    assert np.exp(np.median(steps)) == pytest.approx(0.73, rel=0.15)  # Siebinga 2024
    calibration = np.log([p.factor(simulated.CALIBRATION, "calibration") for p in people])
    assert calibration.std() == pytest.approx(simulated.CALIBRATION, rel=0.2)
    assert all(len(p.true_ratios["lesion_1.receptor_density"]) == STEPS for p in people[:3])


def test_the_population_varies_what_the_fit_holds_fixed():
    person = body_patient(0, seed=1, generator="population")
    drawn = person.true_parameters
    fixed = {name for name in drawn if name not in person.model.priors}
    for key in ("flow_share", "permeability", "internalization", "dissociation_constant"):
        assert key in SPREADS
        assert any(name.endswith(key) for name in fixed)
    assert "kidneys.volume" in drawn
    assert "patient.mass" not in drawn  # it is on the scale
    assert person.true_mass("kidneys") == pytest.approx(drawn["kidneys.volume"] * 1.05)
    again = true_parameters("population", person.model, person.stream)
    assert again == drawn


def test_an_unknown_generator_is_refused():
    with pytest.raises(ValueError, match="none of"):
        body_patient(0, seed=1, generator="curves")
