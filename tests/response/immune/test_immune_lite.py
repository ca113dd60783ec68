"""The immune model: growth alone, delays as published, what each part does."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core import Exponentials, parameter_set
from theratwin.dynamics import NetworkBuilder, couple
from theratwin.response.driven import follow
from theratwin.response.immune import ACTIVATION, DEATH, immune_lite

DAY = 24.0
RATE = np.log(2.0) / 60.0
VALUES = {name: p.value for name, p in parameter_set("response", "immune_lite").items()}


def course(dose: float) -> Exponentials:
    return Exponentials([dose * RATE], [RATE])


def run(times, *, kill=0.0, tumor=0.0, blood=0.0, checkpoint=0.0, **parameters):
    """Follow the model: -ln S that radiation leaves, doses of tumor and blood (Gy)."""
    inputs = {
        "hazard": course(kill),
        "dose_rate": course(tumor),
        "dose_rate_blood": course(blood),
        "checkpoint": checkpoint,
    }
    return follow(immune_lite(), inputs, times, parameters=parameters)


def test_growth_alone_is_a_power_law():
    # Without lymphocytes T' = a 10^(6b) T^(1-b), so that T^b grows linearly.
    a, b = VALUES["tumor.growth"], VALUES["tumor.growth_power"]
    found = run([240.0], **{"activation.rate": 0.0})["tumor_cells"][0, 0]
    expected = (1e6**b + a * b * 1e6**b * 240.0) ** (1.0 / b)
    # The cell that is added to keep a vanishing tumor finite is one in a million.
    assert found == pytest.approx(expected, rel=1e-5)


def test_moribund_cells_die_after_their_delay():
    # Cells at rest, killed once: none left after the delay, half of them near its mean.
    still = {"activation.rate": 0.0, "tumor.growth": 0.0}
    times = np.array([0.0, 87.6, 400.0])
    short = Exponentials([200.0], [100.0])
    found = follow(
        immune_lite(),
        {"hazard": short, "dose_rate_blood": 0.0, "checkpoint": 0.0},
        times,
        parameters=still,
    )["tumor_cells"][0]
    left = np.exp(-2.0)
    part = (found / 1e6 - left) / (1.0 - left)
    assert part[1] == pytest.approx(0.45, abs=0.05)
    assert part[2] < 1e-3


def test_close_to_the_published_delays():
    """Against an integration with the delays themselves, small steps of Euler's method."""
    step, end = 0.25, 20 * DAY
    times = np.arange(0.0, end, step)
    v, n = VALUES, times.size
    late, early = DEATH.density(times) * step, ACTIVATION.density(times) * step
    t, t2, a, inside, around = (np.zeros(n) for _ in range(5))
    hit, dying = np.zeros(n), np.zeros(n)
    t[0], t2[0] = v["tumor.cells"], v["second.cells"]
    a[0] = v["antigen.release"] * (t[0] + t2[0]) / v["antigen.decay"]
    c = v["lymphocytes.kill_inhibited"]
    moribund = 0.0
    for i in range(n - 1):
        hit[i] = 2.0 * RATE * np.exp(-RATE * times[i]) * t[i]
        dying[i] = np.dot(hit[: i + 1], late[i::-1])
        made = 2.0 * v["activation.rate"] * np.dot(a[: i + 1], early[i::-1])
        grow = v["tumor.growth"] * ((t[i] + moribund) / 1e6) ** -v["tumor.growth_power"]
        grow2 = v["second.growth"] * (t2[i] / 1e6) ** -v["second.growth_power"]
        t[i + 1] = t[i] + step * (grow * t[i] - c * inside[i] - hit[i])
        t2[i + 1] = t2[i] + step * (grow2 * t2[i] - v["second.infiltration"] * c * around[i])
        moribund += step * (hit[i] - dying[i])
        a[i + 1] = a[i] + step * (
            v["antigen.release"] * (t[i] + t2[i])
            + v["antigen.per_death"] * dying[i]
            - v["antigen.decay"] * a[i]
        )
        g, mu = v["lymphocytes.into_tumor"], v["lymphocytes.decay"]
        inside[i + 1] = inside[i] + step * (g * made - (c + mu) * inside[i])
        around[i + 1] = around[i] + step * ((1.0 - g) * made - mu * around[i])
        t2[i + 1] = max(t2[i + 1], 0.0) + 1e-300
    ours = run(times, kill=2.0, checkpoint=1.0)
    for day in (5.0, 10.0, 15.0):
        at = int(day * DAY / step)
        # Seven and five stages in place of the delays, and steps of a quarter of an hour.
        assert ours["tumor"][0, at] == pytest.approx(t[at], rel=0.06)
        assert ours["second"][0, at] == pytest.approx(t2[at], rel=0.06)


def test_checkpoint_inhibition_holds_the_tumor():
    times = [30 * DAY]
    without, with_ = (run(times, kill=2.0, checkpoint=u) for u in (0.0, 1.0))
    assert with_["tumor_cells"] < 0.5 * without["tumor_cells"]


def test_radiation_reaches_the_second_lesion_only_with_the_inhibitor():
    day = [12 * DAY]
    second = {
        (kill, u): run(day, kill=kill, checkpoint=u)["second_cells"][0, 0]
        for kill in (0.0, 2.0)
        for u in (0.0, 1.0)
    }
    assert second[2.0, 1.0] < 0.95 * second[0.0, 1.0]  # death calls up lymphocytes that kill
    assert second[2.0, 0.0] == pytest.approx(second[0.0, 0.0], rel=0.02)


def test_dose_to_blood_and_tumor_costs_lymphocytes():
    times = [15 * DAY]
    spared = run(times, kill=2.0, checkpoint=1.0)
    blood = run(times, kill=2.0, checkpoint=1.0, blood=0.5)
    tumor = run(times, kill=2.0, checkpoint=1.0, tumor=20.0)
    for harmed in (blood, tumor):
        assert harmed["tumor_cells"] > spared["tumor_cells"]
    assert blood["naive"][0, 0] == pytest.approx(np.exp(-0.833 * 0.5), abs=0.1)
    assert blood["second_cells"] > spared["second_cells"]


def test_hazard_comes_from_a_cell_model():
    b = NetworkBuilder("cells")
    alpha = b.parameter("alpha", 0.1, "1/Gy", note="example")
    b.output("hazard", alpha * b.input("dose_rate", "Gy/h"), "1/h")
    both = couple(
        "both",
        {"cells": b.freeze(), "immune": immune_lite()},
        {"immune.hazard": "cells.hazard"},
    )
    inputs = {
        "cells.dose_rate": course(20.0),
        "immune.dose_rate": course(20.0),
        "immune.dose_rate_blood": course(0.1),
        "immune.checkpoint": 1.0,
    }
    times = [5 * DAY, 20 * DAY]
    coupled = follow(both, inputs, times)["immune.tumor_cells"]
    alone = run(times, kill=2.0, tumor=20.0, blood=0.1, checkpoint=1.0)["tumor_cells"]
    np.testing.assert_allclose(coupled, alone, rtol=1e-7)
