"""The interface of cell-survival models: options, parameters, batches, refusals."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose

from theratwin.core import (
    Component,
    Exponentials,
    Exposure,
    InputError,
    Pulses,
    UnsupportedError,
    citation,
)
from theratwin.response import Repair
from theratwin.response.cell_survival import (
    CellModel,
    cell_model,
    cell_model_class,
    compare,
)

OURS = ("linear", "lq", "lq-l", "lpl", "rmr", "tlk", "neira")
KINETIC = ("lq-l", "lpl", "rmr", "tlk", "neira")
CYCLE = Exponentials.from_half_lives([0.3], [51.0])


class TestLibrary:
    @pytest.mark.parametrize("name", OURS)
    def test_every_model_says_what_it_is(self, name):
        written = cell_model_class(name)
        assert issubclass(written, CellModel)
        assert written.name == name
        assert written.summary
        assert written.origin in ("published", "theratwin")
        assert [citation(key).year for key in written.citations]
        model = written.of()
        assert set(model.parameters) <= set(model.units)
        assert all(parameter.source for parameter in written.defaults().values())

    def test_unknown_names_are_told_with_the_nearest(self):
        with pytest.raises(InputError, match="nearest match 'rmr'"):
            cell_model("rmrs")
        with pytest.raises(InputError, match="the model lpl has no such option"):
            cell_model("lpl", phase="G1")
        with pytest.raises(InputError, match="nearest match 'eta_pl'"):
            cell_model("lpl").with_parameters({"eta_p": 1.0})

    @pytest.mark.parametrize("name", OURS)
    def test_values_out_of_range(self, name):
        model = cell_model(name)
        parameter = next(iter(model.parameters))
        for wrong in (-1.0, math.nan, math.inf, [0.1, -0.1]):
            with pytest.raises(InputError, match=f"{name}.{parameter}"):
                model.with_parameters({parameter: wrong})

    def test_a_chance_is_not_above_one(self):
        with pytest.raises(InputError, match=r"rmr\.phi"):
            cell_model("rmr").with_parameters({"phi": 1.2})

    def test_models_stay_as_they_are(self):
        model = cell_model("lq")
        assert model.with_parameters({"alpha": 1.0}).parameters["alpha"] == 1.0
        assert model.parameters["alpha"] == 0.147

    def test_nothing_heavy_is_loaded(self):
        code = (
            "import sys, theratwin.response.cell_survival as c; c.cell_model('tlk');"
            "print([m for m in ('jax', 'scipy.integrate', 'numba', 'matplotlib') "
            "if m in sys.modules])"
        )
        found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert found.stdout.strip() == "[]", found.stderr


class TestNetworks:
    @pytest.mark.parametrize("name", KINETIC)
    def test_ports(self, name):
        network = cell_model(name).network()
        assert [(port.name, port.unit) for port in network.inputs] == [("dose_rate", "Gy/h")]
        outputs = {port.name: port.unit for port in network.outputs}
        assert outputs == {"hazard": "1/h", "log_kill": ""}
        assert {"log_kill", "survival"} <= {part.name for part in network.observables}

    @pytest.mark.parametrize("name", KINETIC)
    def test_hazard_drives_a_population(self, name):
        from theratwin.dynamics import NetworkBuilder, couple
        from theratwin.response.driven import follow

        b = NetworkBuilder("population")
        hazard = b.input("hazard", "1/h")
        cells = b.variable("cells", 1e6, "")
        b.rate(cells, -hazard * cells)
        model = cell_model(name)
        both = couple(
            "both", {"cell": model.network(), "tumor": b.freeze()}, {"tumor.hazard": "cell.hazard"}
        )
        found = follow(both, {"cell.dose_rate": CYCLE}, [0.0, 24.0, 300.0])
        expected = 1e6 * model.over_time(CYCLE, [0.0, 24.0, 300.0])
        assert_allclose(found["tumor.cells"][0], expected, rtol=1e-6)


class TestBatches:
    @pytest.mark.parametrize("name", OURS)
    def test_patients_and_draws(self, name):
        model = cell_model(name)
        first = next(iter(model.parameters))
        value = float(model.parameters[first])
        draws = model.with_parameters({first: [value, 1.5 * value]})
        curves = CYCLE.scaled(np.array([1.0, 2.0]))
        found = draws.log_kill(curves)
        assert found.shape == (2,)
        other = model.with_parameters({first: 1.5 * value})
        one_by_one = [model.log_kill(CYCLE), other.log_kill(CYCLE.scaled(2.0))]
        assert_allclose(found, one_by_one, rtol=1e-8)

    @pytest.mark.parametrize("name", OURS)
    def test_over_time(self, name):
        times = [1.0, 30.0, 400.0]
        model = cell_model(name)
        so_far = model.over_time(CYCLE, times)
        assert so_far.shape == (3,)
        assert np.all(np.diff(so_far) < 0.0)
        assert_allclose(so_far[1], model.survival(CYCLE, until=30.0), rtol=1e-8)

    @pytest.mark.parametrize("name", OURS)
    def test_no_dose_kills_nothing(self, name):
        assert float(cell_model(name).survival(Pulses([0.0], [0.0]))) == 1.0


class TestRefusals:
    @pytest.mark.parametrize("name", OURS)
    def test_what_a_model_does_not_use(self, name):
        model = cell_model(name)
        with pytest.raises(UnsupportedError, match="alpha"):
            model.survival(Exposure("cells", {Component.ALPHA: CYCLE}))
        oxygen = Exposure("cells", {Component.PHOTON_ELECTRON: CYCLE}, oxygen=CYCLE)
        with pytest.raises(UnsupportedError, match="oxygen"):
            model.survival(oxygen)

    @pytest.mark.parametrize("name", OURS)
    def test_a_dose_without_end(self, name):
        endless = Exponentials([0.1], [0.0])
        with pytest.raises(InputError):
            cell_model(name).survival(endless)
        assert 0.0 < float(cell_model(name).survival(endless, until=10.0)) < 1.0


class TestCompare:
    def test_one_table(self):
        found = compare(CYCLE, OURS)
        assert [answer.name for answer in found.answers] == list(OURS)
        assert_allclose(found["lpl"].survival, cell_model("lpl").survival(CYCLE), rtol=1e-12)
        assert len(found.rows) == len(OURS) + 1
        with pytest.raises(InputError, match="not compared"):
            found["medras"]

    def test_a_refusal_has_its_row(self):
        alphas = Exposure("cells", {Component.ALPHA: Pulses([0.0], [1.0])})
        heavy = cell_model("linear").with_parameters({"alpha.alpha": 0.8})
        found = compare(alphas, [heavy, "lq"])
        assert_allclose(found["linear"].log_kill, 0.8)
        assert found["lq"].survival is None
        assert "alpha" in found["lq"].refusal


MIXED = {"alpha": 0.1, "beta": 0.04, "alpha.alpha": 0.8, "alpha.beta": 0.01}


class TestMixedFields:
    def test_zaider_and_rossi_for_an_acute_dose(self):
        doses = {Component.PHOTON_ELECTRON: 3.0, Component.ALPHA: 0.5}
        exposure = Exposure("cells", {c: Pulses([0.0], [d]) for c, d in doses.items()})
        total = 3.5
        alpha = (0.1 * 3.0 + 0.8 * 0.5) / total
        root = (math.sqrt(0.04) * 3.0 + math.sqrt(0.01) * 0.5) / total
        found = cell_model("lq").with_parameters(MIXED).log_kill(exposure)
        assert_allclose(found, alpha * total + (root * total) ** 2, rtol=1e-13)

    def test_equal_radiations_are_one(self):
        # Split into two components of the same values, at different rates of decay.
        values = {"alpha": 0.1, "beta": 0.04, "auger.alpha": 0.1, "auger.beta": 0.04}
        other = Exponentials.from_half_lives([0.2], [9.0], [5.0])
        split = Exposure("cells", {Component.PHOTON_ELECTRON: CYCLE, Component.AUGER: other})
        model = cell_model("lq").with_parameters(values)
        assert_allclose(model.log_kill(split), model.log_kill(CYCLE + other), rtol=1e-12)

    def test_far_apart_in_time_they_add(self):
        late = Pulses([500.0], [0.5])
        exposure = Exposure(
            "cells", {Component.PHOTON_ELECTRON: Pulses([0.0], [3.0]), Component.ALPHA: late}
        )
        found = cell_model("lq").with_parameters(MIXED).log_kill(exposure)
        assert_allclose(found, 0.3 + 0.36 + 0.4 + 0.0025, rtol=1e-12)


class TestDerivatives:
    def test_lq_by_jax(self):
        from theratwin.core._jax import jax, jnp

        def kill(values):
            alpha, beta, half_time, amplitude = values
            model = cell_model("lq").with_parameters(
                {"alpha": alpha, "beta": beta, "repair_half_time": half_time}
            )
            rate = Exponentials(jnp.array([1.0]) * amplitude, jnp.array([0.02]))
            return model.log_kill(rate)

        slopes = jax.jit(jax.grad(kill))(jnp.array([0.15, 0.05, 1.9, 0.3]))
        dose, mu = 0.3 / 0.02, math.log(2.0) / 1.9
        G = 0.02 / (0.02 + mu)
        assert_allclose(slopes[0], dose, rtol=1e-12)
        assert_allclose(slopes[1], G * dose**2, rtol=1e-12)
        by_half_time = 0.05 * dose**2 * G * mu / (0.02 + mu) / 1.9
        assert_allclose(slopes[2], by_half_time, rtol=1e-12)

    def test_networks_by_sensitivity(self):
        from theratwin.response.driven import follow

        model = cell_model("lpl")
        found = follow(model.network(), CYCLE, [400.0], sensitivities=["eta_pl"])
        slope = found.slopes["eta_pl"]["log_kill"][0, 0]
        step = 1e-4
        ends = [
            float(model.with_parameters({"eta_pl": 0.853 + s}).log_kill(CYCLE, 400.0))
            for s in (-step, step)
        ]
        assert_allclose(slope, (ends[1] - ends[0]) / (2.0 * step), rtol=1e-5)


class TestRepairOption:
    def test_own_repair_takes_the_place_of_the_half_time(self):
        model = cell_model("lq", repair=Repair((0.5, 0.5), (0.3, 3.0)))
        assert "repair_half_time" not in model.parameters
        with pytest.raises(InputError, match="repair_half_time"):
            model.with_parameters({"repair_half_time": 1.0})

    def test_unknown_repair(self):
        with pytest.raises(InputError, match=r"lq\.repair"):
            cell_model("lq", repair="exponentials")
        with pytest.raises(InputError, match=r"lq-l\.repair"):
            cell_model("lq-l", repair="reciprocal")

    def test_reciprocal_repair_spares_less_than_exponential(self):
        # Both halve the damage in the same time; later the reciprocal one is the slower.
        plain = float(cell_model("lq").log_kill(CYCLE))
        slower = float(cell_model("lq", repair="reciprocal").log_kill(CYCLE))
        assert slower > plain


class TestLinearQuadraticNetworks:
    """The closed forms of the linear-quadratic family, followed in time instead."""

    @pytest.mark.parametrize(
        "model",
        [
            cell_model("linear"),
            cell_model("lq"),
            cell_model("lq", repair=Repair((0.6, 0.4), (0.3, 2.7))),
            cell_model("lq", repair="reciprocal"),
        ],
        ids=["linear", "lq", "two", "reciprocal"],
    )
    @pytest.mark.parametrize("until", [30.0, 500.0])
    def test_one_component(self, model, until):
        from theratwin.response.driven import follow

        rate = CYCLE + Pulses([10.0], [1.0])
        found = follow(model.network(), rate, [until], parameters=model.network_values())
        # The pulse lasts 2e-8 h.
        assert_allclose(found["log_kill"][0, 0], model.log_kill(rate, until), rtol=2e-8)

    @pytest.mark.parametrize("name", ["linear", "lq"])
    def test_mixed_field(self, name):
        from theratwin.response.driven import follow

        values = {key: v for key, v in MIXED.items() if name == "lq" or key.endswith("alpha")}
        model = cell_model(name).with_parameters(values)
        alphas = Exponentials.from_half_lives([0.05], [10.0], [20.0])
        exposure = Exposure("cells", {Component.PHOTON_ELECTRON: CYCLE, Component.ALPHA: alphas})
        found = follow(model.network(), exposure, [600.0], parameters=model.network_values())
        assert_allclose(found["log_kill"][0, 0], model.log_kill(exposure, 600.0), rtol=1e-8)
