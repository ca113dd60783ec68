"""The tumor as a network: balances, kill, closed forms, feedback, what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad, solve_ivp

from theratwin.core import Exponentials, InputError, Pieces, Pulses
from theratwin.response import Repair, Tissue, log_cell_kill_of, tissue
from theratwin.response.driven import follow
from theratwin.response.tumor import SelfDose, tumor_network

CYCLE = Exponentials.from_half_lives([0.4], [51.0])
TIMES = np.linspace(0.0, 6000.0, 25)
VALUES = {"initial_volume": 20.0, "doubling_time": 1200.0, "clearance_half_time": 300.0}


def test_the_kill_is_that_of_the_linear_quadratic_integral():
    cells = tissue("prostate_metastasis")
    found = follow(tumor_network(), CYCLE, [24.0, 100.0, 5000.0])["log_kill"][0]
    expected = [log_cell_kill_of(CYCLE, cells, until=t) for t in (24.0, 100.0, 5000.0)]
    assert_allclose(found, expected, rtol=1e-8)


def test_several_components_of_repair_and_pulses_give_the_integral_too():
    cells = Tissue(3.0, Repair((0.6, 0.4), (0.4, 5.0)), alpha=0.2)
    course = CYCLE + Pulses([48.0, 72.0], [2.0, 2.0])
    found = follow(tumor_network(cells=cells), course, [1500.0])["log_kill"][0, 0]
    # A pulse lasts 5e-8 h: of its own damage a part of 1e-8 is repaired meanwhile.
    assert_allclose(found, log_cell_kill_of(course, cells, until=1500.0), rtol=1e-7)


def test_living_cells_are_growth_less_kill_exactly():
    solution = follow(tumor_network(values=VALUES), CYCLE, TIMES)
    expected = 20.0 * np.exp(np.log(2.0) / 1200.0 * TIMES - solution["log_kill"][0])
    assert_allclose(solution["living"][0], expected, rtol=1e-7)


def test_dead_volume_is_what_died_and_was_not_cleared():
    solution = follow(tumor_network(values=VALUES), CYCLE, TIMES, curves=[])
    clear = np.log(2.0) / 300.0

    def living(t):
        kill = log_cell_kill_of(CYCLE, tissue("prostate_metastasis"), until=t)
        return 20.0 * np.exp(np.log(2.0) / 1200.0 * t - kill)

    def dying(s, t):
        step = 1e-3
        cells = tissue("prostate_metastasis")
        rise = log_cell_kill_of(CYCLE, cells, until=s + step)
        rise -= log_cell_kill_of(CYCLE, cells, until=max(s - step, 0.0))
        return rise / (s + step - max(s - step, 0.0)) * living(s) * np.exp(-clear * (t - s))

    for index in (2, 8):
        at = TIMES[index]
        expected = quad(dying, 0.0, at, args=(at,), limit=200, points=[1.0, 20.0])[0]
        assert_allclose(solution["dead"][0, index], expected, rtol=1e-5)  # of the differences


def test_an_acute_dose_kills_at_once_and_the_dead_fade():
    network = tumor_network(values=VALUES | {"doubling_time": 1e12})
    solution = follow(network, Pulses([0.0], [2.0]), [1.0, 301.0, 601.0])
    survival = np.exp(-(0.147 * 2.0 + 0.098 * 4.0))
    assert_allclose(solution["living"][0], 20.0 * survival, rtol=1e-6)
    faded = 20.0 * (1.0 - survival) * 0.5 ** (np.array([1.0, 301.0, 601.0]) / 300.0)
    assert_allclose(solution["dead"][0], faded, rtol=1e-6)


def test_a_hazard_of_any_model_gives_the_same_as_the_built_in_one():
    within = follow(tumor_network(values=VALUES), Pieces([0.0, 50.0], [[0.0]]), TIMES)
    outside = follow(tumor_network(kill="hazard", values=VALUES), {"hazard": 0.0}, TIMES)
    assert_allclose(outside["volume"], within["volume"], rtol=1e-12)
    constant = follow(tumor_network(kill="hazard", values=VALUES), {"hazard": 2e-3}, TIMES)
    assert_allclose(constant["log_kill"][0], 2e-3 * TIMES, rtol=1e-8)


def test_feedback_follows_the_volume():
    values = VALUES | {"receptor_exponent": 0.25, "flow_exponent": 0.6}
    solution = follow(tumor_network(values=values), CYCLE, TIMES)
    relative = solution["volume"] / 20.0
    assert_allclose(solution["receptor_factor"], relative**0.25, rtol=1e-12)
    assert_allclose(solution["flow_factor"], relative**0.6, rtol=1e-12)
    assert_allclose(solution["diameter"], np.cbrt(6e3 / np.pi * solution["volume"]), rtol=1e-12)


def test_self_dose_follows_the_mass_against_a_hand_written_system():
    self_dose = SelfDose.sphere("Lu-177")
    network = tumor_network(
        "gompertz", self_dose=self_dose, values=VALUES | {"reference_volume": 20.0}
    )
    activity = Exponentials.from_half_lives([90.0], [60.0])
    times = np.array([24.0, 200.0, 1000.0, 4000.0])
    found = follow(network, {"activity": activity}, times)

    def right_hand_side(t, y):
        living, dead, sublethal = y
        volume = living + dead
        rate = self_dose(1.04 * volume) * activity(t)
        hazard = (0.147 + 2 * 0.098 * sublethal) * rate
        growth = np.log(2.0) / 1200.0 * np.log(1000.0 / volume) / np.log(1000.0 / 20.0)
        died = hazard * living
        return [
            growth * living - died,
            died - np.log(2) / 300.0 * dead,
            rate - np.log(2) / 1.9 * sublethal,
        ]

    oracle = solve_ivp(
        right_hand_side, (0.0, 4000.0), [20.0, 0.0, 0.0], "LSODA", times, rtol=1e-10, atol=1e-14
    )
    assert_allclose(found["living"][0], oracle.y[0], rtol=1e-6)
    assert_allclose(found["volume"][0], oracle.y[0] + oracle.y[1], rtol=1e-6)


def test_further_inputs_add():
    network = tumor_network(
        self_dose=SelfDose.power_law(0.0849, -0.99, "italia_code"),
        further_inputs=("hazard.other", "dose_rate.other"),
        values=VALUES,
    )
    beam = Pulses([0.0], [2.0])
    bound = {"activity": 0.0, "hazard.other": 1e-3, "dose_rate.other": beam}
    kill = follow(network, bound, [1000.0])["log_kill"][0, 0]
    assert_allclose(kill, 1.0 + 0.147 * 2.0 + 0.098 * 4.0, rtol=1e-7)


def test_patients_and_sensitivities():
    network = tumor_network(values=VALUES)
    doubling = np.array([800.0, 1200.0])
    solution = follow(
        network, CYCLE, [3000.0], parameters={"doubling_time": doubling}, sensitivities=["alpha"]
    )
    one = follow(network, CYCLE, [3000.0])
    assert_allclose(solution["volume"][1], one["volume"][0], rtol=1e-9)
    shifted = [
        follow(network, CYCLE, [3000.0], parameters={"alpha": 0.147 * f})["living"][0, 0]
        for f in (1.0 - 1e-4, 1.0 + 1e-4)
    ]
    slope = solution.slopes["alpha"]["living"][1, 0]
    # The difference quotient errs by 1e-8 and by the tolerance over 2e-4.
    assert_allclose(slope, np.diff(shifted)[0] / (2e-4 * 0.147), rtol=1e-4)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"kill": "lq"}, "unknown kill"),
        ({"kill": "hazard", "cells": tissue("prostate_metastasis")}, "no effect"),
        ({"further_inputs": ["dose_rate.other"]}, "without self_dose"),
        ({"further_inputs": ["hazard.others"]}, "hazard.other"),
        ({"values": {"capacity": 100.0}}, "'exponential'"),
        ({"values": {"doubling": 100.0}}, "doubling_time"),
    ],
)
def test_options_without_effect_are_refused(options, match):
    with pytest.raises(InputError, match=match):
        tumor_network(**options)
