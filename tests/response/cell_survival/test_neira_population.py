"""The tumor of three populations against its equations as printed, and its balance."""

from __future__ import annotations

import math

import numpy as np
from numpy.testing import assert_allclose
from scipy.integrate import solve_ivp

from theratwin.core import Exponentials, Pulses
from theratwin.response.cell_survival import cell_model, neira_population
from theratwin.response.driven import follow

VALUES = {"alpha": 0.08, "p": 0.2, "epsilon": 0.4, "mu": 0.3648}
GROWTH = {"growth_rate": 1e-3, "clearance_rate": 5e-4, "initial_mass": 30.0}
CYCLE = Exponentials.from_half_lives([0.3], [51.0])


def printed(time, state, q=VALUES, g=GROWTH):
    healthy, damaged, dead = state
    rate = float(CYCLE(time))
    second = (q["p"] + q["alpha"]) * q["epsilon"] * rate
    return [
        (g["growth_rate"] - (2.0 * q["p"] + q["alpha"]) * rate) * healthy + q["mu"] * damaged,
        2.0 * q["p"] * rate * healthy - (q["mu"] + second) * damaged,
        q["alpha"] * rate * healthy + second * damaged - g["clearance_rate"] * dead,
    ]


def test_equations_as_printed():
    times = [24.0, 200.0, 1500.0]
    found = follow(neira_population(), CYCLE, times, parameters=VALUES | GROWTH)
    expected = solve_ivp(
        printed, (0, 1500), [30.0, 0.0, 0.0], "Radau", t_eval=times, rtol=1e-10, atol=1e-13
    ).y
    assert_allclose(found["mass"][0], expected.sum(axis=0), rtol=1e-7)
    assert_allclose(found["living"][0], expected[0] + expected[1], rtol=1e-7)


def test_without_growth_and_clearance_mass_stays():
    still = {"growth_rate": 0.0, "clearance_rate": 0.0}
    found = follow(neira_population(), CYCLE, [50.0, 900.0], parameters=VALUES | still)
    assert_allclose(found["mass"][0], 50.0, rtol=1e-8)


def test_without_growth_it_is_the_cell_model():
    still = {"growth_rate": 0.0}
    found = follow(neira_population(), CYCLE, [900.0], parameters=VALUES | still)
    cells = cell_model("neira").with_parameters(VALUES)
    assert_allclose(-found["log_living"][0, 0], cells.log_kill(CYCLE, 900.0), rtol=1e-8)


def test_living_keep_their_digits():
    # 200 fractions of 10 Gy, one a week: far below one cell, and still exact.
    slow = VALUES | {"growth_rate": 1e-4}
    course = Pulses(np.arange(200) * 168.0, np.full(200, 10.0))
    found = follow(neira_population(), course, [200 * 168.0], parameters=slow)
    one = follow(neira_population(), Pulses([0.0], [10.0]), [168.0], parameters=slow)
    assert found["log_living"][0, 0] < math.log(1e-60)
    assert_allclose(found["log_living"], 200.0 * one["log_living"], rtol=1e-6)
