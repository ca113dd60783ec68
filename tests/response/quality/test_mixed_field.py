"""Mixed fields with oxygen: limits, the network against the integral, an ODE solver as oracle."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import solve_ivp

from theratwin.core import (
    Exponentials,
    Exposure,
    InputError,
    Pieces,
    Pulses,
    Quality,
    UnsupportedError,
)
from theratwin.response.driven import follow
from theratwin.response.oxygen import constant_oxygen, radioresistance, reoxygenation
from theratwin.response.quality.mixed_field import MixedField

MODEL = MixedField.of()
DECAY = Exponentials.from_half_lives([10.0 * math.log(2) / 51.0], [51.0])
SLOWER = Exponentials.from_half_lives([1.0 * math.log(2) / 120.0], [120.0])


def field(oxygen=None, **rates) -> Exposure:
    return Exposure("tumor", rates, oxygen=oxygen)


class TestLimits:
    def test_photons_alone_are_linear_quadratic(self):
        # lq of the same cell line, acute and decaying: the same integral, to rounding.
        for curve in (Pulses([0.0], [2.0]), DECAY):
            other = MODEL.low_dose_limit().log_kill(curve)
            assert_allclose(MODEL.log_kill(curve), other, rtol=1e-13)

    def test_a_mixed_field_is_that_of_lq_with_values_for_each_component(self):
        mixed = field(photon_electron=DECAY, alpha=SLOWER, auger=SLOWER)
        assert_allclose(MODEL.log_kill(mixed), MODEL.low_dose_limit().log_kill(mixed), rtol=1e-13)

    def test_acute_mixture_of_zaider_and_rossi(self):
        # alpha = sum of alpha_c D_c / D, root beta = sum of root beta_c D_c / D.
        doses = {"photon_electron": 2.0, "alpha": 0.5}
        own = MODEL.with_parameters({"alpha.rbe_min": 1.7}).parameters
        model = MODEL.with_parameters({"alpha.rbe_min": 1.7})
        kill = model.log_kill(field(**{c: Pulses([0.0], [d]) for c, d in doses.items()}))
        alpha = own["alpha"] * (2.0 + own["alpha.rbe_max"] * 0.5)
        root = math.sqrt(own["beta"]) * (2.0 + 1.7 * 0.5)
        assert_allclose(kill, alpha + root**2, rtol=1e-13)

    def test_small_doses_of_alphas_show_the_greatest_rbe(self):
        small = Pulses([0.0], [1e-6])
        ratio = MODEL.log_kill(field(alpha=small)) / MODEL.log_kill(field(photon_electron=small))
        assert_allclose(ratio, MODEL.parameters["alpha.rbe_max"], rtol=1e-5)


class TestOxygen:
    def test_plenty_is_as_none(self):
        rich = field(constant_oxygen(1e9), photon_electron=DECAY, alpha=SLOWER)
        poor = field(None, photon_electron=DECAY, alpha=SLOWER)
        assert_allclose(MODEL.log_kill(rich), MODEL.log_kill(poor), rtol=1e-8)

    @pytest.mark.parametrize("pressure", [0.0, 1.0, 3.0, 20.0])
    def test_one_resistance_for_both_terms_multiplies_the_dose(self, pressure):
        # With R in alpha and root beta, a dose R times as large kills as the dose with oxygen.
        resistance = float(radioresistance(pressure, 2.9, 3.0))
        hypoxic = field(constant_oxygen(pressure), photon_electron=DECAY.scaled(resistance))
        assert resistance > 1
        assert_allclose(MODEL.log_kill(hypoxic), MODEL.log_kill(DECAY), rtol=1e-12)

    def test_alphas_are_spared_less(self):
        def ratio(**rates):
            anoxic = MODEL.log_kill(field(constant_oxygen(0.0), **rates))
            return float(MODEL.log_kill(field(None, **rates)) / anoxic)

        assert ratio(alpha=DECAY) < 1.6 < 2.9 <= ratio(photon_electron=DECAY)

    def test_classes_of_oxygen_are_one_batch(self):
        pressures = [0.0, 2.0, 30.0]
        batch = Exponentials(np.array(pressures)[:, None], [0.0])
        found = MODEL.log_kill(field(batch, photon_electron=DECAY))
        each = [MODEL.log_kill(field(constant_oxygen(p), photon_electron=DECAY)) for p in pressures]
        assert_allclose(found, each, rtol=1e-13)

    def test_network_equals_the_integral_where_oxygen_stays(self):
        # Solver tolerance 1e-9.
        exposure = field(constant_oxygen(4.0), photon_electron=DECAY, alpha=SLOWER)
        exact = MODEL.log_kill(exposure, until=200.0)
        assert_allclose(MODEL.followed(exposure, [200.0])[..., 0], exact, rtol=1e-7)

    def test_changing_oxygen_against_an_ode_solver(self):
        course = reoxygenation(1.0, 30.0, 24.0, begins=12.0)
        exposure = field(course, photon_electron=DECAY, alpha=SLOWER)
        p = MODEL.parameters

        def slope(t, y):
            low = radioresistance(course(t), p["oer"], p["half_pressure"])
            high = radioresistance(course(t), p["alpha.oer"], p["half_pressure"])
            light, dense = DECAY(t), SLOWER(t)
            felt = light / low + p["alpha.rbe_min"] * dense / high
            linear = p["alpha"] * (light / low + p["alpha.rbe_max"] * dense / high)
            repair = math.log(2) / p["repair_half_time"]
            return [felt - repair * y[0], linear + 2 * p["beta"] * felt * y[0]]

        y = np.zeros(2)
        for start, end in ((0.0, 12.0), (12.0, 300.0)):
            y = solve_ivp(slope, (start, end), y, method="LSODA", rtol=1e-10, atol=1e-13).y[:, -1]
        assert_allclose(MODEL.log_kill(exposure, until=300.0), y[1], rtol=1e-7)

    def test_reoxygenation_lies_between_its_ends(self):
        kills = [
            float(MODEL.log_kill(field(course, photon_electron=DECAY), until=500.0))
            for course in (
                constant_oxygen(1.0),
                reoxygenation(1.0, 30.0, 24.0),
                constant_oxygen(30.0),
            )
        ]
        assert kills[0] < kills[1] < kills[2]

    def test_early_return_is_worth_more(self):
        kills = [
            float(MODEL.log_kill(
                field(reoxygenation(1.0, 30.0, half), photon_electron=DECAY), until=500.0
            ))
            for half in (6.0, 48.0, 400.0)
        ]  # fmt: skip
        assert kills[0] > kills[1] > kills[2]


class TestPorts:
    def test_hazard_is_the_slope_of_kill(self):
        network = MixedField.of(oxygen=True).network()
        assert {port.name for port in network.inputs} == {
            *("dose_rate", "dose_rate.alpha", "dose_rate.recoil", "dose_rate.auger", "oxygen")
        }
        exposure = field(constant_oxygen(5.0), photon_electron=Pieces([0.0, 30.0], [[0.5]]))
        times = np.array([9.99, 10.0, 10.01])
        solution = follow(network, exposure, times)
        kill, damage = solution["log_kill"][0], solution["unrepaired"][0, 1]
        felt = 0.5 / float(radioresistance(5.0, 2.9, 3.0))
        hazard = felt * (MODEL.parameters["alpha"] + 2 * MODEL.parameters["beta"] * damage)
        # A central difference over 0.02 h: its error is the third derivative times 2e-5.
        assert_allclose((kill[2] - kill[0]) / 0.02, hazard, rtol=1e-5)
        assert {port.name for port in network.outputs} == {"hazard", "log_kill"}

    def test_patients_each_have_their_own_values(self):
        model = MODEL.with_parameters({"alpha": np.array([0.1, 0.3])})
        course = reoxygenation(1.0, 30.0, 24.0)
        kill = model.log_kill(field(course, photon_electron=DECAY), until=200.0)
        assert kill.shape == (2,)
        assert kill[1] > kill[0]

    def test_differentiates_in_its_parameters(self):
        # JAX against a central difference, 1e-7.
        from theratwin.core._jax import jax

        exposure = field(constant_oxygen(3.0), photon_electron=DECAY, alpha=SLOWER)
        for name in ("alpha", "beta", "alpha.rbe_max", "alpha.rbe_min", "oer", "half_pressure"):
            value = float(MODEL.parameters[name])

            def kill(x, name=name):
                return MODEL.with_parameters({name: x}).log_kill(exposure)

            step = 1e-5 * value
            expected = (kill(value + step) - kill(value - step)) / (2 * step)
            assert_allclose(jax.grad(kill)(value), expected, rtol=1e-7)

    def test_what_is_missing_or_unknown_is_named(self):
        with pytest.raises(InputError, match="oxygen is missing"):
            MixedField.of(oxygen=True).log_kill(DECAY)
        with pytest.raises(InputError, match="oxygn"):
            MixedField.of(oxygn=True)
        drugged = Exposure("tumor", {"photon_electron": DECAY}, drugs={"olaparib": DECAY})
        with pytest.raises(UnsupportedError, match="drugs"):
            MODEL.log_kill(drugged)
        known = Exposure("tumor", {"alpha": DECAY}, {"alpha": Quality(let=100.0)})
        with pytest.raises(UnsupportedError, match="mkm"):
            MODEL.log_kill(known)
        varying = Exposure(
            "tumor", {"photon_electron": DECAY}, oxygen=reoxygenation(1.0, 2.0, 3.0),
            drugs={"olaparib": DECAY},
        )  # fmt: skip
        with pytest.raises(UnsupportedError, match="drug"):
            MODEL.log_kill(varying, until=10.0)


def test_the_resistance_of_alphas_is_what_the_kinetic_model_says():
    # The parameter set says so: HSG cells, alphas of the whole chain slowed down in water.
    from theratwin.response.quality.oxygen_kinetic import oxygen_cell
    from theratwin.response.quality.slowing_down import nuclide_quality

    cell = oxygen_cell("HSG")
    found = nuclide_quality("Ac-225", cell.domains, progeny="all")
    assert_allclose(MODEL.parameters["alpha.oer"], cell.resistance(found.energies, 0.0), atol=5e-3)
