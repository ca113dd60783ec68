"""Myelosuppression by docetaxel: against a solver of SciPy, at rest, with radiation."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from theratwin.core import Exponentials, InputError, Pulses
from theratwin.response import Repair, protraction_integral
from theratwin.response.blood import docetaxel_course, friberg
from theratwin.response.driven import follow

# The course of the publication, in its own units: h, umol/L, 1e9/L.
MTT, GAMMA, SLOPE, BASE = 88.7, 0.161, 8.58, 5.05
K12, K21, K13, K31, K10, V1, MOLAR = 1.06, 1.51, 1.26, 0.084, 5.2, 7.4, 0.808


def reference(dose: float, times: np.ndarray, starts: list[float]) -> np.ndarray:
    """Return the neutrophils (1e9/L) after boluses (mg), written anew for SciPy."""
    k = 4.0 / MTT

    def slope(_: float, y: np.ndarray) -> list[float]:
        n1, n2, n3, p, t1, t2, t3, c = y
        effect = SLOPE * n1 / V1
        return [
            -(K10 + K12 + K13) * n1 + K21 * n2 + K31 * n3,
            K12 * n1 - K21 * n2,
            K13 * n1 - K31 * n3,
            k * p * (1.0 - effect) * (BASE / c) ** GAMMA - k * p,
            k * (p - t1),
            k * (t1 - t2),
            k * (t2 - t3),
            k * (t3 - c),
        ]

    state, counts = np.array([0.0] * 3 + [BASE] * 5), []
    edges = [*starts, np.inf]
    for begin, end in pairwise(edges):
        state = state.copy()
        state[0] += dose / MOLAR
        inside = times[(times >= begin) & (times < end)]
        last = min(end, times[-1])
        found = solve_ivp(
            slope,
            (begin, last),
            state,
            method="Radau",
            t_eval=np.union1d(inside, [last]),
            rtol=1e-12,
            atol=1e-14,
        )
        counts.append(found.y[-1, : inside.size])
        state = found.y[:, -1]
    return np.concatenate(counts)


def test_docetaxel_course_is_that_of_an_independent_solver():
    times = np.arange(0.0, 28 * 24.0 + 1.0, 6.0)
    ours = docetaxel_course("180 mg", times).clinical("neutrophils")[0]
    # Ours is solved to 1e-10 a step, the other to 1e-12: 1e-8 leaves room for some hundred steps.
    np.testing.assert_allclose(ours, reference(180.0, times, [0.0]), rtol=1e-8)


def test_two_doses():
    times = np.arange(0.0, 42 * 24.0 + 1.0, 12.0)
    ours = docetaxel_course("100 mg", times, cycles=2, every="3 weeks").clinical("neutrophils")[0]
    np.testing.assert_allclose(ours, reference(100.0, times, [0.0, 504.0]), rtol=1e-8)


def test_more_drug_lower_nadir():
    lows = [docetaxel_course(f"{d} mg").nadir("neutrophils").count[0] for d in (50, 100, 180)]
    assert lows[0] > lows[1] > lows[2]


@pytest.mark.parametrize(
    "given", [{"dose": "-1 mg"}, {"cycles": 0}, {"every": "0 h"}, {"dose": "1 Gy"}]
)
def test_wrong_courses_are_refused(given):
    with pytest.raises(InputError):
        docetaxel_course(**given)


def test_radiation_adds_to_the_drug():
    rate = np.log(2.0) / 67.0
    marrow = Exponentials([rate], [rate], 48.0)
    times = np.arange(0.0, 28 * 24.0, 12.0)
    plain = docetaxel_course("100 mg", times)["neutrophils"][0]
    nothing = docetaxel_course("100 mg", times, marrow=marrow * 0.0)["neutrophils"][0]
    both = docetaxel_course("100 mg", times, marrow=marrow)["neutrophils"][0]
    np.testing.assert_allclose(nothing, plain, rtol=1e-8)
    assert both.min() < plain.min()
    np.testing.assert_allclose(both[times < 48.0], plain[times < 48.0], rtol=1e-8)


def test_parameters_of_patients():
    slopes = {"docetaxel.slope": [4.0, 8.58], "baseline": [5.05e6, 5.05e6]}
    found = docetaxel_course("180 mg", [0.0, 180.0], parameters=slopes)["neutrophils"]
    alone = docetaxel_course("180 mg", [0.0, 180.0])["neutrophils"]
    assert found[0, 1] > found[1, 1]
    np.testing.assert_allclose(found[1], alone[0], rtol=1e-8)
    with pytest.raises(InputError, match=r"docetaxel\.slope"):
        docetaxel_course(parameters={"docetaxel.slop": 1.0})


def test_rest_stays_at_rest():
    found = follow(friberg(irradiated=True), {"drug.docetaxel": 0.0}, [0.0, 5000.0])
    np.testing.assert_allclose(found["neutrophils"], 5.05e6, rtol=1e-9)


def test_radiation_kills_by_the_linear_quadratic_law():
    # No turnover within the time looked at, so that the pool shows the kill alone.
    rate = np.log(2.0) / 20.0
    course = Exponentials([0.1], [rate])
    slow = {"transit_time": 1e12}
    pool = follow(friberg([], irradiated=True), course, [400.0], parameters=slow)["proliferating"]
    squared = protraction_integral(course, Repair.single(0.5), 400.0)
    kill = 0.2 * (course.integral(end=400.0) + squared / 10.0)
    assert -np.log(pool[0, 0]) == pytest.approx(kill, rel=1e-7)


def test_pulse_kills_at_once():
    slow = {"transit_time": 1e12}
    pool = follow(friberg([], irradiated=True), Pulses([5.0], [2.0]), [6.0], parameters=slow)
    assert pool["proliferating"][0, 0] == pytest.approx(np.exp(-0.2 * (2.0 + 0.4)), rel=1e-6)


def test_what_is_unknown_is_named():
    with pytest.raises(InputError, match="nearest match 'docetaxel'"):
        friberg(["docetaxell"])
    with pytest.raises(InputError, match="nothing acts"):
        friberg([])
