"""The cell cycle: steady growth, and cells with their breaks in totals as an ODE of its own."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import solve_ivp

from theratwin.core import Pieces, Pulses
from theratwin.response.medras import MedrasRpt
from theratwin.response.medras.pathways import repair_in
from theratwin.response.medras.rpt.cycle import asynchronous_fractions, growth_rate

DURATIONS = {"G1": 11.0, "S": 8.0, "G2": 5.0}
PHASES = tuple(DURATIONS)


def test_growth_rate_solves_its_equation():
    rate = growth_rate([11.0, 8.0, 5.0])
    assert_allclose(2.0 / np.prod([1.0 + rate * t for t in DURATIONS.values()]), 1.0, rtol=1e-14)
    # Phases that end at random let cells grow faster than a fixed cycle of the same mean.
    assert np.log(2.0) / 24.0 < rate < 1.0 / 24.0


def test_fractions_are_the_steady_state_of_growth():
    found, rate = asynchronous_fractions(DURATIONS), growth_rate(list(DURATIONS.values()))
    leaving = {phase: found[phase] / DURATIONS[phase] for phase in PHASES}
    coming = {"G1": 2.0 * leaving["G2"], "S": leaving["G1"], "G2": leaving["S"]}
    for phase in PHASES:
        assert_allclose(coming[phase] - leaving[phase], rate * found[phase], rtol=1e-12)


def test_a_population_without_radiation_grows_steadily():
    model = MedrasRpt.of(follow="population")
    found = model.solve({"dose_rate": 0.0}, [0.0, 100.0, 1000.0])
    rate = growth_rate(list(DURATIONS.values()))
    assert_allclose(found["log_growth"][0], rate * np.array([0.0, 100.0, 1000.0]), rtol=1e-7)
    assert_allclose(found["log_kill"], 0.0)
    for phase, part in asynchronous_fractions(DURATIONS).items():
        assert_allclose(found[f"cells.{phase}"], part, rtol=1e-7)


@pytest.mark.parametrize("follow", ["population", "cells"])
@pytest.mark.parametrize("options", [{"p53": "wildtype"}, {"p53": "mutant", "hr": "deficient"}])
def test_totals_of_cells_and_breaks(follow, options):
    """The equations in totals: N cells and b breaks a phase, two daughters or one followed."""
    model = MedrasRpt.of(follow=follow, **options)
    curve, end = Pieces([0.0, 30.0], [[0.1]]), 45.0
    repairs = [repair_in(model.line, phase) for phase in PHASES]
    rates = np.asarray(repairs[0].rates)
    daughters = 2.0 if follow == "population" else 1.0
    residence = 0.5663 / 2.081 + 0.4337 / 0.2604
    apoptosis = 0.01117 / residence if options["p53"] == "wildtype" else 0.0

    def change(t, y):
        y = y.reshape(3, 4)
        out = np.zeros((3, 4))
        dose_rate = float(curve(t))
        for i, repair in enumerate(repairs):
            cells, breaks = y[i, 0], y[i, 1:]
            shares, fidelity = np.asarray(repair.shares), np.asarray(repair.fidelities)
            mean = breaks / cells
            near = repair.coefficient * mean.sum()
            chance = (near + near**2) / (1 + near + near**2)
            errs = fidelity < 1.0
            wrong = ((1 - fidelity) * rates * mean)[errs].sum()
            wrong += (shares * fidelity)[errs].sum() * chance * (rates @ mean)
            hazard = 0.5 * repair.lethal * wrong
            if i == 0:
                hazard += apoptosis * mean.sum() + 0.000739 * 35.0 * dose_rate
            leaving = 1.0 / list(DURATIONS.values())[i]
            out[i] -= (leaving + hazard) * y[i]
            out[i, 1:] += cells * shares * repair.breaks_per_gray * dose_rate - rates * breaks
            spared = np.exp(-0.0141 * min(mean.sum(), 20.0)) if i == 2 else 1.0
            passing = leaving * spared * y[i]
            if i == 2:
                passing *= daughters * np.array([1.0, 0.5, 0.5, 0.5])
            out[(i + 1) % 3] += passing
        return out.ravel()

    start = np.zeros((3, 4))
    start[:, 0] = list(asynchronous_fractions(DURATIONS).values())
    # The dose rate ends at 30 h: the ODE solver starts anew there.
    state = start.ravel()
    for begin, stop in ((0.0, 30.0), (30.0 + 1e-12, end)):
        state = solve_ivp(change, (begin, stop), state, "LSODA", rtol=1e-10, atol=1e-12).y[:, -1]
    totals = state.reshape(3, 4)
    found = model.solve(curve, [end])
    everyone = totals[:, 0].sum()
    change_of_number = float((found["log_growth"] - found["log_kill"])[0, 0])
    assert_allclose(change_of_number, np.log(everyone), rtol=1e-6)
    for i, phase in enumerate(PHASES):
        assert_allclose(found[f"cells.{phase}"][0, 0], totals[i, 0] / everyone, rtol=1e-6)
        for k, path in enumerate(("fast", "slow", "very_slow")):
            state = found[f"breaks.{phase}.{path}"][0, 0]
            assert_allclose(state, totals[i, 1 + k] / everyone, rtol=1e-5, atol=1e-8)


def test_fractions_sum_to_one_however_few_survive():
    model = MedrasRpt.of(hr="deficient", p53="mutant", drugs=("parp",))
    found = model.solve(
        {"dose_rate": Pulses([0.0], [4.0]), "parp_inhibition": 0.95, "parp_trapping": 10.0},
        [10.0, 100.0, 600.0],
    )
    assert found["log_kill"][0, -1] > 30.0
    assert_allclose(sum(found[f"cells.{phase}"] for phase in PHASES), 1.0, rtol=1e-6)


def test_with_progression_protraction_may_kill_more():
    # Without HR the cells in G1 survive a dose at once; over weeks each takes its turn in S and G2.
    model = MedrasRpt.of(p53="mutant", hr="deficient")
    fast, slow = (float(model.survival(Pieces([0.0, t], [[2.0 / t]]))) for t in (0.1, 500.0))
    assert slow < 0.85 * fast


def test_given_fractions():
    halves = {"G1": 0.5, "G2": 0.5}
    model = MedrasRpt.of(cycle="frozen", p53="mutant", fractions=halves)
    each = [
        float(MedrasRpt.of(phase=p, p53="mutant", cycle="frozen").survival(Pulses([0.0], [2.0])))
        for p in halves
    ]
    assert_allclose(model.survival(Pulses([0.0], [2.0])), np.mean(each), rtol=1e-7)


def test_durations_of_draws_make_fractions_of_their_own():
    model = MedrasRpt.of(p53="mutant").with_parameters({"duration.G1": np.array([11.0, 30.0])})
    one = MedrasRpt.of(p53="mutant").with_parameters({"duration.G1": 30.0})
    curve = Pieces([0.0, 24.0], [[0.1]])
    assert_allclose(model.log_kill(curve)[1], one.log_kill(curve), rtol=1e-7)


def test_sensitivities_are_those_of_differences():
    model = MedrasRpt.of(p53="mutant")
    curve, step = Pieces([0.0, 24.0], [[0.1]]), 1e-4
    slope = model.solve(curve, [72.0], sensitivities=["rate.slow"]).slopes["rate.slow"]["log_kill"]
    ends = [
        model.with_parameters({"rate.slow": 0.2604 + sign * step}).log_kill(curve, until=72.0)
        for sign in (1, -1)
    ]
    # The rate also sets the chance of apoptosis of a wild type; this line has none.
    assert_allclose(slope[0, 0], (ends[0] - ends[1]) / (2 * step), rtol=1e-4)
