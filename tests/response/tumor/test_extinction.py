"""Extinction: constant rates, no births, the printed formula, fractions, and cells one by one."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import cumulative_simpson

from theratwin.core import Exponentials, InputError, Pieces
from theratwin.core.seed import stream
from theratwin.dynamics import couple
from theratwin.response import log_cell_kill_of, tissue, tumor_control
from theratwin.response.driven import follow
from theratwin.response.tumor import (
    birth_death_extinction,
    birth_death_generating,
    birth_death_lines,
    control,
    extinction_network,
    fractionated_extinction,
    hazard_curve,
    tumor_network,
)

TIMES = np.array([10.0, 100.0, 1000.0, 5000.0])


def rates(birth, death):
    """Return the network's parameters for constant rates; birth must exceed death."""
    return {"doubling_time": np.log(2.0) / (birth - death), "cell_loss": death / birth}


@pytest.mark.parametrize("hazard", [0.0, 0.004, 0.03])
def test_constant_rates_give_the_closed_form(hazard):
    found = follow(extinction_network(), {"hazard": hazard}, TIMES, parameters=rates(0.01, 0.006))[
        "log_line_survival"
    ][0]
    expected = np.log(birth_death_lines(TIMES, 0.01, 0.006 + hazard))
    assert_allclose(found, expected, rtol=1e-7)


def test_closed_form_as_printed_and_its_limits():
    birth, death, time = 0.02, 0.013, np.array([1.0, 50.0, 400.0])
    growth = np.exp((birth - death) * time)
    printed = death * (growth - 1.0) / (birth * growth - death)
    assert_allclose(birth_death_extinction(time, birth, death), printed, rtol=1e-12)
    assert_allclose(birth_death_extinction(time, 0.02, 0.02), 0.02 * time / (1 + 0.02 * time))
    assert_allclose(birth_death_extinction(1e7, 0.02, 0.013, 4), (0.013 / 0.02) ** 4, rtol=1e-12)
    assert birth_death_extinction(1e6, 0.01, 0.02, 1e6) == 1.0


def test_without_births_lines_are_cells():
    # Births at 1e-12 per h count for nothing in 3000 h.
    cycle = Exponentials.from_half_lives([0.4], [51.0])
    cells = tissue("prostate_metastasis")
    whole = couple(
        "lesion",
        {"tumor": tumor_network(cells=cells), "clonogens": extinction_network()},
        {"clonogens.hazard": "tumor.total_hazard"},
    )
    still = {
        "clonogens.doubling_time": 1e12,
        "clonogens.cell_loss": 0.0,
        "tumor.doubling_time": 1e12,
    }
    found = follow(
        whole, {"tumor.dose_rate": cycle}, [3000.0], parameters=still | {"clonogens.clonogens": 1e9}
    )
    kill = log_cell_kill_of(cycle, cells)
    assert_allclose(found["clonogens.log_line_survival"][0, 0], -kill, rtol=1e-7)
    poisson = tumor_control(1e9, kill)
    assert_allclose(found["clonogens.control"][0, 0], poisson.probability, rtol=1e-4)


def test_parts_make_a_poisson_binomial_number():
    # Its chance of zero is the first entry of the distribution, convolved cell by cell.
    survival, numbers = np.array([0.3, 0.05, 0.6]), np.array([2, 5, 1])
    distribution = np.array([1.0])
    for s in np.repeat(survival, numbers):
        distribution = np.convolve(distribution, [1.0 - s, s])
    assert_allclose(control(numbers, np.log(survival), parts=True), distribution[0], rtol=1e-13)
    assert control([0.0, 1.0], [0.0, np.log(0.5)], parts=True) == 0.5
    assert control(1.0, 0.0) == 0.0
    with pytest.raises(InputError):
        control(1.0, 0.1)


def test_rare_survivors_are_poisson():
    assert_allclose(control(1e9, np.log(1e-9)), np.exp(-1.0), rtol=1e-8)


def test_the_formula_of_zaider_and_minerbo():
    """S e^{rt} / (1 + b S e^{rt} int dt'/(S e^{rt'})), by Simpson's rule on 40,001 points."""
    cycle = Exponentials.from_half_lives([0.3], [51.0])
    cells, (birth, death) = tissue("prostate_metastasis"), (0.004, 0.003)
    time = np.linspace(0.0, 2000.0, 40_001)
    # ln S of a mono-exponential dose rate, from the differential form of the integral.
    lam, mu = np.log(2.0) / 51.0, np.log(2.0) / 1.9
    hazard = (
        0.3
        * np.exp(-lam * time)
        * (0.147 + 2 * 0.098 * 0.3 * (np.exp(-lam * time) - np.exp(-mu * time)) / (mu - lam))
    )
    kill = cumulative_simpson(hazard, x=time, initial=0.0)
    assert_allclose(kill[-1], log_cell_kill_of(cycle, cells, until=2000.0), rtol=1e-9)
    grown = np.exp(-kill + (birth - death) * time)
    integral = cumulative_simpson(1.0 / grown, x=time, initial=0.0)
    printed = grown / (1.0 + birth * grown * integral)

    whole = couple(
        "lesion",
        {"tumor": tumor_network(), "clonogens": extinction_network()},
        {"clonogens.hazard": "tumor.total_hazard"},
    )
    given = {f"clonogens.{n}": v for n, v in rates(birth, death).items()}
    asked = [20_000, 40_000]
    found = follow(whole, {"tumor.dose_rate": cycle}, time[asked], parameters=given)
    assert_allclose(np.exp(found["clonogens.log_line_survival"][0]), printed[asked], rtol=1e-6)


def test_fractions_nest_and_agree_with_the_network():

    birth, death, survival, gap = 0.01, 0.007, 0.2, 24.0
    nested = fractionated_extinction([survival] * 5, [gap] * 5, birth, death)
    # Pulses of hazard: ln(1/s) over an instant.
    instant, times = 1e-6, gap * np.arange(5)
    breaks = np.ravel(np.column_stack([times, times + instant]))
    hazards = np.zeros((breaks.size - 1, 1))
    hazards[::2, 0] = -np.log(survival) / np.diff(breaks)[::2]
    found = follow(
        extinction_network(),
        {"hazard": Pieces(breaks, hazards)},
        [5 * gap],
        parameters=rates(birth, death),
    )["log_line_survival"][0, 0]
    assert_allclose(np.exp(found), 1.0 - nested, rtol=1e-5)
    # One fraction, no time: the cell dies with 1 - s.
    assert_allclose(fractionated_extinction([0.2], [0.0], birth, death, 3), 0.8**3, rtol=1e-12)


def test_generating_function_of_a_birth_process_is_geometric():
    # Without deaths N is geometric with mean e^{bt}.
    x, p = 0.3, np.exp(-0.02 * 60.0)
    assert_allclose(
        birth_death_generating(x, 60.0, 0.02, 0.0), p * x / (1 - (1 - p) * x), rtol=1e-13
    )


def simulated(seed, runs, number, birth, death, steps):
    """Return the share of runs without cells at the end: events one by one, piecewise rates."""
    generator, extinct = stream(seed, "gillespie"), 0
    for _ in range(runs):
        cells, time = number, 0.0
        for end, hazard in steps:
            while cells:
                total = cells * (birth + death + hazard)
                wait = generator.exponential(1.0 / total)
                if time + wait > end:
                    break
                time += wait
                cells += 1 if generator.random() < birth / (birth + death + hazard) else -1
            time = end
        extinct += cells == 0
    return extinct / runs


def test_cells_followed_one_by_one_die_out_as_often():
    birth, death, number, runs = 0.02, 0.012, 5, 20_000
    steps = [(20.0, 0.05), (60.0, 0.0), (100.0, 0.02)]
    share = simulated(11, runs, number, birth, death, steps)
    hazard = Pieces([0.0, 20.0, 60.0, 100.0], [[0.05], [0.0], [0.02]])
    found = follow(
        extinction_network(), {"hazard": hazard}, [100.0], parameters=rates(birth, death)
    )
    expected = control(number, found["log_line_survival"][0, 0])
    # Four standard errors of a share.
    assert abs(share - expected) < 4.0 * np.sqrt(expected * (1.0 - expected) / runs)
    assert 0.1 < expected < 0.9


def test_nothing_overflows_at_a_thousand_e_folds():
    found = follow(extinction_network(), {"hazard": 1.0}, [2000.0], parameters=rates(0.01, 0.009))
    assert_allclose(found["log_line_survival"], -1998.0, atol=15.0)
    assert found["control"][0, 0] == 1.0


def test_the_hazard_of_a_closed_form_has_its_integral():
    from theratwin.core import Pulses
    from theratwin.response.cell_survival import cell_model

    course = Exponentials.from_half_lives([0.3], [51.0]) + Pulses([100.0], [2.0])
    model = cell_model("lq")
    hazard = hazard_curve(model, course, 2000.0)
    for time in (0.0, 100.0, 2000.0):
        assert_allclose(
            hazard.integral(end=time), model.log_kill(course, time), rtol=1e-9, atol=1e-12
        )


def test_closed_forms_take_jax_arrays():
    from theratwin.core._jax import jax

    def chance(birth):
        return birth_death_extinction(100.0, birth, 0.01, 3.0)

    slope = jax.grad(chance)(jax.numpy.asarray(0.02))
    ends = [birth_death_extinction(100.0, 0.02 + step, 0.01, 3.0) for step in (-1e-6, 1e-6)]
    assert_allclose(slope, (ends[1] - ends[0]) / 2e-6, rtol=1e-6)
