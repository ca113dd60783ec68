"""Lines of blood cells: at rest, against Friberg's model, against SciPy, closed forms of parts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from theratwin.core import Exponentials, InputError, Pulses, parameter_set
from theratwin.response.blood import LINES, friberg, hematopoiesis
from theratwin.response.driven import follow

RATE = np.log(2.0) / 67.0
CYCLE = Exponentials([0.42 * RATE], [RATE])
VALUES = {name: p.value for name, p in parameter_set("response", "blood_lines").items()}


def test_rest_stays_at_rest():
    times = [0.0, 1e4]
    found = follow(hematopoiesis(), {"dose_rate_blood": 0.0}, times)
    for line in LINES:
        np.testing.assert_allclose(found[line], VALUES[f"{line}.baseline"], rtol=1e-9)


def test_a_line_that_renews_itself_wholly_is_friberg():
    # The same committed hazard, and no way from the stem cell: the published model remains.
    same = {"neutrophils.self_renewal": 1.0}
    times = np.arange(0.0, 1500.0, 24.0)
    ours = follow(hematopoiesis(["neutrophils"]), CYCLE, times, parameters=same)["neutrophils"]
    theirs = follow(friberg([], irradiated=True), CYCLE, times)["neutrophils"]
    np.testing.assert_allclose(ours, theirs, rtol=1e-8)


def test_platelets_are_those_of_an_independent_solver():
    v = {n.removeprefix("platelets."): x for n, x in VALUES.items() if n.startswith("platelets.")}
    k, q_rate = 4.0 / v["transit_time"], 3.0 / v["committed_time"]
    mu = np.log(2.0) / VALUES["marrow.repair_half_time"]

    def slope(t: float, y: np.ndarray) -> list[float]:
        damage, s, q1, q2, q3, p, t1, t2, t3, c = y
        rate = 0.42 * RATE * np.exp(-RATE * t)
        lethal = rate * (1.0 + 2.0 * damage / VALUES["marrow.alpha_beta"])
        h = v["alpha"] * lethal
        made = ((1.0 - v["self_renewal"]) * q3 + v["self_renewal"] * p) * c ** -v["feedback"]
        return [
            rate - mu * damage,
            s * (1.0 - s) / VALUES["stem.recovery_time"] - VALUES["stem.alpha"] * lethal * s,
            q_rate * (s - q1) - h * q1,
            q_rate * (q1 - q2) - h * q2,
            q_rate * (q2 - q3) - h * q3,
            k * (made - p) - h * p,
            k * (p - t1),
            k * (t1 - t2),
            k * (t2 - t3),
            (t3 - c) / v["circulating_time"],
        ]

    times = np.arange(0.0, 60 * 24.0, 24.0)
    start = [0.0, *[1.0] * 9]
    theirs = solve_ivp(
        slope, (0.0, times[-1]), start, method="Radau", t_eval=times, rtol=1e-11, atol=1e-13
    )
    ours = follow(hematopoiesis(["platelets"]), CYCLE, times)["platelets"][0]
    np.testing.assert_allclose(ours, v["baseline"] * theirs.y[-1], rtol=1e-7)


def test_lymphocytes_after_a_pulse_follow_the_closed_form():
    dose, times = 1.5, np.array([1.0, 24.0, 500.0])
    found = follow(
        hematopoiesis(["lymphocytes"]), {"dose_rate_blood": Pulses([0.0], [dose])}, times
    )["lymphocytes"][0]
    left = np.exp(-VALUES["lymphocytes.alpha"] * dose)
    back = np.exp(-times / VALUES["lymphocytes.recovery_time"])
    gone = np.exp2(-times / VALUES["lymphocytes.clearance_half_time"])
    expected = 1.0 - (1.0 - left) * back + (1.0 - left) * gone
    # The pulse lasts 1e-8 h.
    np.testing.assert_allclose(found, VALUES["lymphocytes.baseline"] * expected, rtol=1e-7)


def test_red_cells_live_120_days():
    # With the stem cells gone for good and no renewal, no red cell is made once those on the way
    # are through: the count falls as the gamma distribution of 12 stages says.
    dead = {
        "stem.alpha": 100.0,
        "hemoglobin.alpha": 100.0,
        "hemoglobin.transit_time": 1e-2,
        "hemoglobin.committed_time": 1e-2,
        "hemoglobin.feedback": 0.0,
    }
    times = 24.0 * np.array([0.5, 30.0, 60.0, 120.0, 180.0])
    network = hematopoiesis(["hemoglobin"])
    found = follow(network, Pulses([0.0], [5.0]), times, parameters=dead)["hemoglobin"][0]
    stages, rate = 12, 12.0 / (120.0 * 24.0)
    # What is left of stage i is the chance that fewer events happened than stages to come.
    steps = rate * times[:, None]
    j = np.arange(stages)
    poisson = np.exp(-steps) * np.cumprod(np.where(j > 0, steps / np.maximum(j, 1), 1.0), axis=1)
    left = np.mean(np.cumsum(poisson, axis=1), axis=1)
    np.testing.assert_allclose(found / VALUES["hemoglobin.baseline"], left, rtol=2e-5, atol=1e-6)


def test_persistent_loss_lowers_the_stem_cells_for_good():
    loss = {"stem.persistent_loss": 0.1}
    found = follow(hematopoiesis(["platelets"]), Pulses([0.0], [1.0]), [3e4], parameters=loss)
    assert found["stem"][0, 0] == pytest.approx(np.exp(-0.1), rel=1e-6)
    assert found["platelets"][0, 0] < 0.97 * VALUES["platelets.baseline"]


def test_patients_are_solved_as_alone():
    doses = np.array([0.2, 0.42, 0.9])
    courses = Exponentials((doses * RATE)[:, None], [RATE])
    times, alphas = [0.0, 400.0, 800.0], np.array([0.8, 1.33, 2.0])
    network = hematopoiesis(["platelets"])
    together = follow(network, courses, times, parameters={"stem.alpha": alphas})["platelets"]
    for i, alpha in enumerate(alphas):
        alone = follow(network, courses[i], times, parameters={"stem.alpha": alpha})["platelets"]
        np.testing.assert_allclose(together[i], alone[0], rtol=1e-9)


def test_a_line_does_not_depend_on_which_others_are_followed():
    times = [300.0, 700.0]
    alone = follow(hematopoiesis("platelets"), CYCLE, times)["platelets"]
    all_ = follow(hematopoiesis(), {"dose_rate": CYCLE, "dose_rate_blood": CYCLE}, times)
    np.testing.assert_allclose(alone, all_["platelets"], rtol=1e-7)


def test_derivatives_are_those_of_differences():
    network, times, step = hematopoiesis(["platelets"]), [720.0], 1e-4
    found = follow(network, CYCLE, times, sensitivities=["stem.alpha", "platelets.self_renewal"])
    for name in ("stem.alpha", "platelets.self_renewal"):
        around = VALUES[name] + step * np.array([-1.0, 1.0])
        low, high = follow(network, CYCLE, times, parameters={name: around})["platelets"][:, 0]
        slope = found.slopes[name]["platelets"][0, 0]
        # Central differences: their own error is of the order of the step squared.
        assert slope == pytest.approx((high - low) / (2.0 * step), rel=1e-5)


def test_what_is_unknown_is_named():
    with pytest.raises(InputError, match="nearest match 'platelets'"):
        hematopoiesis(["platelet"])
    with pytest.raises(InputError, match="at least one"):
        hematopoiesis([])
