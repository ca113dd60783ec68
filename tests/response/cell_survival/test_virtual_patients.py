"""The study of virtual patients: its coupled network against another solver, and its accounts."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import solve_ivp

FILE = Path(__file__).resolve().parents[3] / "examples" / "virtual_patients" / "two_arms.py"


@pytest.fixture(scope="module", name="study")
def _study():
    spec = importlib.util.spec_from_file_location("two_arms", FILE)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look for their annotations
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module", name="cohort")
def _cohort(study):
    return study.sample(40, seed=3)


def test_ranges_and_closure(study, cohort):
    assert np.all((cohort["tumor.suv"] >= 3.0) & (cohort["tumor.suv"] <= 80.0))
    assert np.all((cohort["parotids.mass"] >= 30.0) & (cohort["parotids.mass"] <= 60.0))
    parts = ("tumor", *study.ORGANS, "rest")
    total = sum(cohort[f"{part}.suv"] * cohort[f"{part}.mass"] for part in parts)
    assert_allclose(total, cohort["body.mass"], rtol=1e-13)
    # The published closure gave 0.735 to 0.987; its patients are not ours.
    assert np.all((cohort["rest.suv"] > 0.5) & (cohort["rest.suv"] < 1.05))


def test_more_patients_leave_the_first_as_they_are(study, cohort):
    more = study.sample(60, seed=3)
    assert all(np.array_equal(more[name][:40], values) for name, values in cohort.items())


@pytest.mark.parametrize("patient", [0, 7])
def test_a_patient_by_another_solver(study, cohort, patient):
    one = {name: values[patient : patient + 1] for name, values in cohort.items()}
    found = study.run(one, (7400.0, 37000.0), years=0.4)
    expected = _by_scipy({name: float(v[0]) for name, v in one.items()}, (7400.0, 37000.0))
    at = [np.searchsorted(found.times, time) for time in (984.0, 1512.0, 3000.0)]
    assert_allclose(found.mass[0, at], expected, rtol=1e-5)


def _by_scipy(q, cycles):
    beta = q["tumor.beta"]
    p = np.sqrt(beta / q["tumor.epsilon"])
    parts = ("kidneys", "parotids", "lacrimal_glands", "red_marrow", "rest")
    others = sum(q[f"{part}.suv"] * q[f"{part}.mass"] for part in parts)

    def slopes(_, state):
        healthy, damaged, dead, activity = state
        rate = 0.0849 * (healthy + damaged + dead) ** -0.99 * activity
        second = (p + q["tumor.alpha"]) * q["tumor.epsilon"] * rate
        return [
            (q["tumor.growth_rate"] - (2.0 * p + q["tumor.alpha"]) * rate) * healthy
            + q["tumor.mu"] * damaged,
            2.0 * p * rate * healthy - (q["tumor.mu"] + second) * damaged,
            q["tumor.alpha"] * rate * healthy + second * damaged - q["tumor.clearance_rate"] * dead,
            -(q["tumor.washout"] + 0.0044) * activity,
        ]

    state = np.array([q["tumor.mass"], 0.0, 0.0, 0.0])
    masses = []
    for begin, end, given, times in (
        (0.0, 1008.0, cycles[0], [984.0]),
        (1008.0, 3000.0, cycles[1], [1512.0, 3000.0]),
    ):
        weighted = q["tumor.suv"] * state[:3].sum()
        state[3] += given * weighted / (weighted + others)
        every = [*times, end] if times[-1] < end else times
        run = solve_ivp(slopes, (begin, end), state, "LSODA", t_eval=every, rtol=1e-10, atol=1e-14)
        state = run.y[:, -1].copy()
        masses += list(run.y[:3, : len(times)].sum(axis=0))
    return masses


def test_bed_by_hand(study, cohort):
    """As the published program has it: S values go with 1/mass, photons reach the marrow alone."""
    mass = np.full((40, 1), 20.0)
    found = study.organ_bed(cohort, (7400.0,), mass)
    weighted = cohort["tumor.suv"] * 20.0 + study.others(cohort)
    decay = 0.0044
    whole = cohort["tumor.suv"] * 20.0 / (cohort["tumor.washout"] + decay)
    whole = whole + cohort["rest.suv"] * cohort["rest.mass"] / (cohort["body.washout"] + decay)
    for organ in study.ORGANS:
        share = cohort[f"{organ}.suv"] * cohort[f"{organ}.mass"]
        whole = whole + share / (cohort[f"{organ}.washout"] + decay)
    photons = 1.85e-6 * (cohort["body.mass"] / 1e3) ** (-2 / 3) * 7400.0 * whole / weighted
    for organ in study.ORGANS:
        rate = cohort[f"{organ}.washout"] + decay
        dose = 0.0849 * 7400.0 * cohort[f"{organ}.suv"] / weighted / rate
        if organ == "red_marrow":
            dose = dose + photons
        repair = np.log(2.0) / cohort[f"{organ}.repair_rate"]
        factor = repair / (repair + np.log(2.0) / rate)
        expected = dose * (1.0 + factor * dose / cohort[f"{organ}.alpha_beta"])
        assert_allclose(found[organ], expected, rtol=1e-12)


def test_both_arms(study, cohort):
    six, two = (study.run(cohort, cycles, years=3.0) for cycles in study.ARMS.values())
    same = six.times <= 1008.0
    assert_allclose(six.mass[:, same], two.mass[:, same], rtol=1e-7)
    # Five sixths of the activity in one cycle: more BED wherever the quadratic term counts.
    assert np.median(two.bed["kidneys"]) > np.median(six.bed["kidneys"])
    assert np.all(six.survival > 0.0)
    assert 0.0 < np.mean(np.isfinite(six.survival)) <= 1.0


def test_first_time(study):
    times = np.array([0.0, 1.0, 2.0])
    values = np.array([[0.0, 1.0, 3.0], [0.0, 0.1, 0.2], [5.0, 0.0, 0.0]])
    assert_allclose(study.first_time(times, values, 2.0), [1.5, np.inf, 0.0])
