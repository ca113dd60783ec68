"""What every kinetic model must agree on: acute forms, the linear-quadratic limit, monotony."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import solve_ivp

from theratwin.core import Exponentials, Pieces, Pulses
from theratwin.response import Repair, protraction_factor
from theratwin.response.cell_survival import (
    LethalPotentiallyLethal,
    LinearQuadraticLinear,
    RepairMisrepair,
    TwoLesionKinetic,
    cell_model,
    departure,
    lpl,
    lq_l,
    matched_models,
    rmr,
)

ALPHA, BETA, MU = 0.147, 0.098, math.log(2.0) / 1.9
KINETIC = ("lq-l", "lpl", "rmr", "tlk", "neira")
MATCHED = matched_models(ALPHA, BETA, MU)


def acute(dose):
    return Pulses([0.0], [dose])


def constant(dose, hours):
    return Pieces([0.0, hours], [[dose / hours]])


def decaying(dose, half_life):
    rate = math.log(2.0) / half_life
    return Exponentials([dose * rate], [rate])


class TestAcuteForms:
    @pytest.mark.parametrize("dose", [0.5, 2.0, 8.0, 20.0])
    @pytest.mark.parametrize(
        ("name", "closed"),
        [
            ("lpl", lpl.acute_log_kill),
            ("rmr", rmr.acute_log_kill),
            ("lq-l", lq_l.acute_log_kill),
        ],
    )
    def test_network_gives_the_closed_form(self, name, closed, dose):
        # A pulse lasts 1e-8 h, in which 4e-9 of the damage is repaired.
        model = cell_model(name)
        expected = closed(dose, model.parameters)
        assert_allclose(model.log_kill(acute(dose)), expected, rtol=1e-8)

    @pytest.mark.parametrize("hours", [0.5, 3.0, 24.0])
    @pytest.mark.parametrize(
        ("name", "closed"), [("lpl", lpl.acute_log_kill), ("rmr", rmr.acute_log_kill)]
    )
    def test_plated_before_repair_is_over(self, name, closed, hours):
        model = cell_model(name)
        found = model.log_kill_if_plated(acute(6.0), hours)
        assert_allclose(found, closed(6.0, model.parameters, hours), rtol=1e-8)

    @pytest.mark.parametrize("name", ["lpl", "rmr"])
    def test_slope_at_high_dose(self, name):
        # d(-ln S)/dD tends to 1 /Gy (D0 = 1 Gy), as 1 / (1 + 0.23 D) short of it.
        model = cell_model(name)
        closed = {"lpl": lpl, "rmr": rmr}[name].acute_log_kill
        slope = (closed(2e4, model.parameters) - closed(1e4, model.parameters)) / 1e4
        assert_allclose(slope, 1.0, atol=1e-3)

    def test_linear_beyond_the_transition_dose(self):
        model = cell_model("lq-l")
        kills = [float(model.log_kill(acute(dose))) for dose in (3.0, 4.0, 5.0, 9.0)]
        slope = 0.147 + 2.0 * 0.098 * 3.0
        assert_allclose(kills[0], 0.147 * 3 + 0.098 * 9, rtol=1e-8)
        assert_allclose(np.diff(kills), [slope, slope, 4.0 * slope], rtol=1e-7)


class TestLinearQuadraticLimit:
    @pytest.mark.parametrize("name", KINETIC)
    @pytest.mark.parametrize("exposure", [acute(1.0), constant(1.0, 6.0), decaying(1.0, 20.0)])
    def test_departure_falls_with_dose(self, name, exposure):
        # What is left out is of third order: a tenth of the dose, a tenth of the departure. It
        # rests on a difference of kills, so the tolerance of the solver shows below 1e-5.
        far = float(departure(MATCHED[name], exposure.scaled(0.1)))
        near = float(departure(MATCHED[name], exposure.scaled(0.01)))
        assert abs(far) < 0.2
        assert abs(near) < 0.11 * abs(far) + 2e-5

    @pytest.mark.parametrize("name", KINETIC)
    def test_limit_is_what_was_asked_for(self, name):
        limit = MATCHED[name].low_dose_limit()
        assert_allclose(
            [limit.parameters["alpha"], limit.parameters["beta"]], [ALPHA, BETA], rtol=1e-12
        )
        left = limit.repair_in_use.left([0.5, 5.0])
        assert_allclose(left, np.exp(-MU * np.array([0.5, 5.0])), rtol=1e-12)

    @pytest.mark.parametrize("name", ["lpl", "rmr", "tlk"])
    def test_more_lesions_agree_at_doses_of_therapy(self, name):
        # With 35 lesions per Gy, each pair of which kills, the third order is
        # (4/3) beta D / 35 of the second: 0.7 % at an acute 2 Gy, less where dose is protracted.
        free = {"lpl": {"eta_pl": 35.0}, "rmr": {"delta": 35.0}, "tlk": {"gamma": 1.0}}[name]
        model = type(MATCHED[name]).matched(ALPHA, BETA, MU, **free)
        for exposure in (acute(2.0), constant(6.0, 24.0), decaying(20.0, 51.0)):
            expected = cell_model("lq").log_kill(exposure)
            assert_allclose(model.log_kill(exposure), expected, rtol=0.01)

    @pytest.mark.parametrize("name", KINETIC)
    def test_low_dose_rate_leaves_the_linear_term(self, name):
        # -ln S = alpha D + 2 beta D R / mu + ... at the rate R.
        hours = 1e5
        kill = float(MATCHED[name].log_kill(constant(2.0, hours)))
        assert_allclose(kill, ALPHA * 2.0 + 2.0 * BETA * 4.0 / (MU * hours), rtol=1e-6)

    def test_two_lesions_have_two_rates_of_repair(self):
        model = TwoLesionKinetic.matched(ALPHA, BETA, MU, lambda_1=2.081)
        repair = model.low_dose_limit().repair_in_use
        mean = sum(p / mu for p, mu in zip(repair.fractions, repair.rates, strict=True))
        assert_allclose(mean, 1.0 / MU, rtol=1e-9)
        assert repair.rates[1] < MU < repair.rates[0]
        for exposure in (acute(0.01), constant(0.01, 3.0), decaying(0.01, 10.0)):
            assert abs(float(departure(model, exposure))) < 1e-3

    def test_default_values_are_the_match(self):
        # The files hold 12 digits.
        for name, free in (("lpl", {}), ("rmr", {}), ("tlk", {"lambda_1": 2.081}), ("neira", {})):
            model = cell_model(name)
            expected = type(model).matched(ALPHA, BETA, MU, **free)
            for key, value in expected.parameters.items():
                assert_allclose(model.parameters[key], value, rtol=1e-11, err_msg=f"{name} {key}")


class TestMonotony:
    @pytest.mark.parametrize("name", ["lq", *KINETIC])
    def test_protraction_never_kills_more(self, name):
        model = cell_model(name)
        kills = [float(model.log_kill(constant(6.0, h))) for h in (1e-3, 0.1, 1.0, 6.0, 48.0, 1e3)]
        assert np.all(np.diff(kills) < 0.0)
        assert kills[0] < float(model.log_kill(acute(6.0)))

    @pytest.mark.parametrize("name", ["lq", *KINETIC])
    def test_more_dose_kills_more(self, name):
        model = cell_model(name)
        kills = [float(model.log_kill(decaying(d, 51.0))) for d in (1.0, 5.0, 20.0, 60.0)]
        assert np.all(np.diff(kills) > 0.0)


class TestAgainstAnotherSolver:
    def test_lpl_and_tlk_under_two_cycles(self):
        rate = Exponentials.from_half_lives([0.4, 0.3], [30.0, 50.0], [0.0, 100.0])
        for name, laws in (("lpl", _lpl), ("tlk", _tlk)):
            model = cell_model(name)
            p = {key: float(value) for key, value in model.parameters.items()}

            def slopes(time, state, laws=laws, p=p):
                return laws(float(rate(time)), state, p)

            first = solve_ivp(slopes, (0, 100), np.zeros(3), "Radau", rtol=1e-10, atol=1e-13)
            last = solve_ivp(slopes, (100, 400), first.y[:, -1], "Radau", rtol=1e-10, atol=1e-13)
            assert_allclose(model.log_kill(rate, 400.0), last.y[2, -1], rtol=1e-7)


def _lpl(rate, state, p):
    n = state[0]
    pairs = p["epsilon_2pl"] * n * n
    return [
        p["eta_pl"] * rate - p["epsilon_pl"] * n - pairs,
        0.0,
        p["eta_l"] * rate + pairs,
    ]


def _tlk(rate, state, p):
    one, two, _ = state
    both = one + two
    return [
        p["yield_1"] * rate - p["lambda_1"] * one - p["eta"] * one * both,
        p["yield_2"] * rate - p["lambda_2"] * two - p["eta"] * two * both,
        p["beta_1"] * p["lambda_1"] * one
        + p["beta_2"] * p["lambda_2"] * two
        + p["gamma"] * p["eta"] * both**2,
    ]


class TestRelations:
    def test_rmr_is_lpl_with_other_words(self):
        # n = phi U turns one into the other; the kills differ by (1 - phi) U, which repair ends.
        rmr_model = RepairMisrepair({"delta": 1.3, "lambda": 0.4, "kappa": 0.05, "phi": 0.7})
        lpl_model = LethalPotentiallyLethal(
            {
                "eta_l": 1.3 * 0.3,
                "eta_pl": 1.3 * 0.7,
                "epsilon_pl": 0.4,
                "epsilon_2pl": 0.05 / 0.7,
            }
        )
        for exposure in (acute(7.0), decaying(20.0, 30.0)):
            expected = lpl_model.log_kill(exposure)
            assert_allclose(rmr_model.log_kill(exposure), expected, rtol=1e-8)

    def test_lq_l_takes_each_fraction_for_itself(self):
        fractions = Pulses([0.0, 200.0, 400.0], [6.0, 6.0, 6.0])
        one = lq_l.acute_log_kill(6.0, cell_model("lq-l").parameters)
        assert_allclose(cell_model("lq-l").log_kill(fractions), 3.0 * one, rtol=1e-7)

    def test_lq_l_without_reaching_the_transition_is_lq(self):
        exposure = decaying(30.0, 51.0)
        repair = Repair((0.6, 0.4), (0.3, 2.7))
        curved = LinearQuadraticLinear.of(repair=repair)
        plain = cell_model("lq", repair=repair)
        assert_allclose(curved.log_kill(exposure), plain.log_kill(exposure), rtol=1e-8)

    def test_lq_is_the_closed_form(self):
        exposure = decaying(20.0, 51.0)
        G = protraction_factor(exposure, Repair.single(1.9))
        expected = ALPHA * 20.0 + BETA * G * 400.0
        assert_allclose(cell_model("lq").log_kill(exposure), expected, rtol=1e-13)
