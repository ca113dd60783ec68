"""``theratwin response survival`` and ``response compare`` as users call them."""

from __future__ import annotations

import json
import math

import pytest
from numpy.testing import assert_allclose

from theratwin.cli.response import app
from theratwin.cli.response_exposure import exposure_of
from theratwin.core import Component, InputError, UnsupportedError
from theratwin.response.cell_survival import cell_model, lpl

SIX = json.dumps([[f"{6 * math.log(2) / 51!r} Gy/h", "51 h"]])
CLOSED = "linear,lq,lq-l,lpl,rmr,tlk,neira"


@pytest.fixture
def run(capsys):
    def call(*arguments: str) -> str:
        app(arguments, standalone_mode=False)
        return capsys.readouterr().out

    return call


@pytest.fixture
def survive(run):
    def call(*arguments: str) -> dict:
        return json.loads(run("survival", *arguments, "--json"))

    return call


class TestExposure:
    def test_forms(self):
        for options, dose in (
            ({"acute": "2 Gy"}, 2.0),
            ({"constant": "600 cGy", "duration": "1 d"}, 6.0),
            ({"exponential": "10 Gy", "half_life": "51 h"}, 10.0),
            ({"terms": '[["1 Gy/h", "5 h"]]'}, 5.0 / math.log(2.0)),
        ):
            exposure, end = exposure_of(**options)
            assert end == math.inf
            assert list(exposure.dose_rate) == [Component.PHOTON_ELECTRON]
            assert_allclose(exposure.dose(), dose, rtol=1e-14)

    def test_let_makes_it_helium(self):
        exposure, _ = exposure_of(acute="1 Gy", let="100 keV/um")
        assert list(exposure.dose_rate) == [Component.ALPHA]
        assert exposure.quality[Component.ALPHA].let == 100.0

    @pytest.mark.parametrize(
        ("options", "field"),
        [
            ({}, "the dose: one form of dose is needed"),
            ({"acute": "2 Gy", "terms": "[]"}, "--acute --terms"),
            ({"acute": "2"}, "--acute"),
            ({"acute": "-1 Gy"}, "--acute: this must not be negative"),
            ({"acute": "1 Gy", "until": "-1 h"}, "--until: this must not be negative"),
            ({"constant": "2 Gy"}, "--duration: --constant needs it"),
            ({"constant": "2 Gy", "duration": "0 h"}, "--duration"),
            ({"exponential": "2 Gy"}, "--half-life: --exponential needs it"),
            ({"acute": "2 Gy", "duration": "1 h"}, "--duration: this belongs to --constant"),
            ({"acute": "2 Gy", "half_life": "1 h"}, "--half-life: this belongs"),
            ({"acute": "2 Gy", "let": "100 Gy"}, "--let"),
        ],
    )
    def test_wrong_options_are_named(self, options, field):
        with pytest.raises(InputError, match=field):
            exposure_of(**options)


class TestSurvival:
    def test_acute_by_the_default(self, survive):
        found = survive("--acute", "2 Gy")
        assert found["schema"] == "theratwin/survival/2"
        assert found["unit"] == "1"
        assert_allclose(found["value"], math.exp(-(0.147 * 2 + 0.098 * 4)), rtol=1e-12)
        assert found["dose"] == {"value": 2.0, "unit": "Gy"}
        assert found["parameters"]["alpha"] == {"value": 0.147, "unit": "1/Gy"}
        assert found["provenance"]["parameter_sets"] == ["response/linear_quadratic"]

    @pytest.mark.parametrize("model", CLOSED.split(","))
    def test_every_model_by_every_form(self, survive, model):
        protracted = [
            survive("--model", model, *form)["value"]
            for form in (
                ("--acute", "6 Gy"),
                ("--constant", "6 Gy", "--duration", "24 h"),
                ("--exponential", "6 Gy", "--half-life", "51 h"),
            )
        ]
        assert 0.0 < protracted[0] <= protracted[1] <= protracted[2] < 1.0

    @pytest.mark.parametrize("model", [*CLOSED.split(","), "medras", "medras-rpt"])
    def test_untreated_cells_survive(self, survive, model):
        for form in (
            ("--acute", "0 Gy"),
            ("--constant", "0 Gy", "--duration", "24 h"),
            ("--exponential", "0 Gy", "--half-life", "51 h"),
        ):
            assert survive("--model", model, *form)["value"] == pytest.approx(1.0, abs=1e-12)

    def test_set_goes_before_the_file(self, survive, tmp_path):
        file = tmp_path / "cells.toml"
        file.write_text(
            'format = 1\n[eta_l]\nvalue = 0.3\nunit = "1/Gy"\nsource = "assumption"\nnote = "x"\n'
            '[eta_pl]\nvalue = 0.5\nunit = "1/Gy"\nsource = "assumption"\nnote = "x"\n'
        )
        call = ("--model", "lpl", "--acute", "3 Gy", "--parameters", str(file))
        values = {**cell_model("lpl").parameters, "eta_l": 0.3, "eta_pl": 0.5}
        assert_allclose(survive(*call)["log_kill"], lpl.acute_log_kill(3.0, values), rtol=1e-8)
        values["eta_l"] = 0.2
        found = survive(*call, "--set", "eta_l=0.2 /Gy")
        assert_allclose(found["log_kill"], lpl.acute_log_kill(3.0, values), rtol=1e-8)

    def test_reciprocal_and_own_repair(self, survive):
        call = ("--constant", "6 Gy", "--duration", "24 h")
        plain = survive(*call)["value"]
        assert survive(*call, "--repair", '[[1, "1.9 h"]]')["value"] == pytest.approx(
            plain, rel=1e-12
        )
        assert survive(*call, "--repair", "reciprocal")["value"] < plain

    def test_plot(self, run, tmp_path):
        picture = tmp_path / "survival.svg"
        run("survival", "--acute", "2 Gy", "--model", "lpl", "--plot", str(picture))
        assert "<svg" in picture.read_text(encoding="utf-8")
        with pytest.raises(InputError, match="--plot"):
            run("survival", "--acute", "2 Gy", "--plot", str(tmp_path / "survival.txt"))

    def test_text(self, run):
        lines = run("survival", "--acute", "2 Gy", "--model", "linear").splitlines()
        assert lines[:2] == ["model               linear", "surviving fraction  0.745276"]

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("--model", "lqq"), "nearest match 'lq'"),
            (("--model", "lpl", "--phase", "G1"), "--phase: the model lpl has no such option"),
            (("--p53", "mutant"), "--p53: the model lq has no such option"),
            (("--model", "rmr", "--tissue", "kidneys"), "--tissue: the model rmr"),
            (("--model", "linear", "--alpha-beta", "3 Gy"), "--alpha-beta: the model linear"),
            (("--model", "tlk", "--repair", "reciprocal"), "--repair: the model tlk"),
            (("--repair", "fast"), r"lq\.repair"),
            (("--set", "alpha"), "--set"),
            (("--set", "alpah=0.1 /Gy"), "nearest match 'alpha'"),
            (("--set", "alpha=0.1"), "--set alpha: the unit is missing"),
            (("--tissue", "kidneys"), "--alpha: alpha of kidneys is unknown"),
        ],
    )
    def test_what_a_model_does_not_have_is_named(self, run, arguments, message):
        with pytest.raises(InputError, match=message):
            run("survival", "--acute", "2 Gy", *arguments)

    def test_radiation_without_values_is_refused(self, run, survive):
        call = ("--acute", "1 Gy", "--let", "100 keV/um")
        with pytest.raises(UnsupportedError, match="no values for this radiation"):
            run("survival", *call)
        values = ("--set", "alpha.alpha=0.8 /Gy", "--set", "alpha.beta=0.05 /Gy^2")
        assert_allclose(survive(*call, *values)["log_kill"], 0.85, rtol=1e-12)


class TestCompare:
    CALL = ("compare", "--exponential", "6 Gy", "--half-life", "51 h")

    def test_table(self, run):
        found = json.loads(run(*self.CALL, "--models", CLOSED, "--json"))
        assert found["schema"] == "theratwin/survival_comparison/1"
        assert list(found["value"]) == CLOSED.split(",")
        assert found["models"]["lpl"]["parameters"]["eta_pl"]["unit"] == "1/Gy"
        lines = run(*self.CALL, "--models", CLOSED).splitlines()
        assert len(lines) == 8
        assert lines[2].split()[:2] == ["lq", f"{found['value']['lq']:.6g}"]

    def test_values_by_model(self, run):
        call = (*self.CALL, "--models", "lq, linear", "--set", "lq.alpha=0.3 /Gy", "--json")
        found = json.loads(run(*call))["models"]
        assert found["lq"]["parameters"]["alpha"]["value"] == 0.3
        assert found["linear"]["parameters"]["alpha"]["value"] == 0.147
        with pytest.raises(InputError, match="--set"):
            run(*self.CALL, "--models", "lq", "--set", "alpha=0.3 /Gy")

    def test_parameter_file(self, run, tmp_path):
        file = tmp_path / "cells.toml"
        entry = 'unit = "1/Gy"\nsource = "assumption"\nnote = "x"\n'
        file.write_text(f"format = 1\n[lpl.eta_l]\nvalue = 0.2\n{entry}")
        call = (*self.CALL, "--models", "lpl", "--parameters", str(file), "--json")
        found = json.loads(run(*call))["models"]["lpl"]["parameters"]
        assert found["eta_l"] == {"value": 0.2, "unit": "1/Gy"}
        file.write_text(f"format = 1\n[lpl.eta]\nvalue = 0.2\n{entry}")
        with pytest.raises(InputError, match=r"cells\.toml"):
            run(*call)

    def test_matched(self, run):
        values = ("--set", "lq.alpha=0.3 /Gy", "--set", "lpl.eta_pl=100 /Gy")
        call = (*self.CALL, "--models", "lq,lpl", "--matched", "--json", *values)
        found = json.loads(run(*call))["value"]
        # The third order is (4/3) beta D / 100 of the second, and less where dose is protracted.
        assert_allclose(found["lpl"], found["lq"], rtol=2e-3)
        with pytest.raises(InputError, match="lpl is matched, which sets this"):
            run(*call, "--set", "lpl.eta_l=0.1 /Gy")
        with pytest.raises(InputError, match="--matched"):
            run(*self.CALL, "--models", "lpl", "--matched")

    def test_refusals_are_rows(self, run):
        call = ("compare", "--acute", "1 Gy", "--let", "90 keV/um", "--models", "lq,lpl")
        found = json.loads(run(*call, "--json"))
        assert found["value"] == {"lq": None, "lpl": None}
        assert "alpha" in found["models"]["lpl"]["refused"]
        assert "no values for this radiation" in run(*call)

    def test_plot(self, run, tmp_path):
        file = tmp_path / "survival.svg"
        call = (*self.CALL, "--models", "lq,lpl", "--plot", str(file))
        run(*call)
        text = file.read_text()
        assert "Surviving fraction so far" in text
        fraction = float(cell_model("lpl").survival(exposure_of(terms=SIX)[0]))
        assert f"lpl, {fraction:.3g}" in text
        with pytest.raises(InputError, match="--plot"):
            run(*call)


class TestOptionsOfAModel:
    """Options that only one model has are given by ``--set``, beside its parameters."""

    def test_frozen_cycle_is_the_published_model(self, survive):
        call = ("--phase", "G2", "--acute", "4 Gy", "--set", "rate.slow=0.2 /h")
        frozen = survive("--model", "medras-rpt", *call, "--set", "cycle=frozen")
        assert frozen["options"]["cycle"] == "frozen"
        assert_allclose(frozen["value"], survive("--model", "medras", *call)["value"], rtol=1e-6)
        assert abs(survive("--model", "medras-rpt", *call)["value"] - frozen["value"]) > 1e-3

    def test_a_switch_and_the_parameter_that_needs_it(self, survive, run):
        call = ("--model", "medras-rpt", "--acute", "4 Gy", "--set", "checkpoint.breaks=5")
        on = survive(*call, "--set", "checkpoint=on")
        assert on["options"]["checkpoint"] is True
        with pytest.raises(InputError, match=r"checkpoint\.breaks"):
            run("survival", *call)

    def test_plating_delay(self, survive):
        found = survive(
            *("--model", "medras", "--phase", "G1", "--acute", "2 Gy"),
            *("--set", "plating_delay=1 d"),
        )
        assert_allclose(found["value"], 0.742949, atol=5e-7)  # of the published program

    def test_compare(self, run):
        found = json.loads(
            run(
                *("compare", "--acute", "2 Gy", "--models", "medras,medras-rpt", "--json"),
                *("--set", "medras.phase=G1", "--set", "medras-rpt.phase=G1"),
                *("--set", "medras-rpt.cycle=frozen"),
            )
        )["value"]
        assert_allclose(list(found.values()), 0.340148354, rtol=1e-7)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("--set", "cycle=slow"), "cycle: unknown choice"),
            (("--set", "checkpoint=1"), "--set checkpoint: unknown choice"),
            (("--set", "delayed_death=many"), "--set delayed_death"),
            (("--phase", "G1", "--set", "phase=G2"), "--phase and --set phase: .*twice"),
            (("--set", "fractions=1"), "no such parameter"),
            (("--set", "checkpoint"), "this is no assignment"),
        ],
    )
    def test_wrong_ones_are_named(self, run, arguments, message):
        with pytest.raises(InputError, match=message):
            run("survival", "--model", "medras-rpt", "--acute", "2 Gy", *arguments)
