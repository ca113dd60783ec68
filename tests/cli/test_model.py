"""``theratwin model`` as users call it."""

from __future__ import annotations

import json
import math
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from theratwin.cli.model import app
from theratwin.cli.model_checks import run_checks
from theratwin.cli.model_library import known_models
from theratwin.core import InputError
from theratwin.core.errors import FitError, UnsupportedError
from theratwin.dynamics import model, network_latex
from theratwin.dynamics.solving.operations import operations


@pytest.fixture
def run(capsys):
    def call(*arguments: str) -> str:
        app(arguments, standalone_mode=False)
        return capsys.readouterr().out

    return call


class TestListAndShow:
    def test_every_model_is_listed(self, run):
        assert list(json.loads(run("list", "--json"))["value"]) == list(known_models())
        assert "linear-chain" in run("list")

    @pytest.mark.parametrize("name", ["one-compartment", "tumor-feedback"])
    def test_text_reads_from_top_to_bottom(self, run, name):
        text = run("show", name)
        assert f"network {name}" in text
        assert text.index("\nparameters") < text.index("\nreactions")

    def test_data_holds_every_part_with_its_source(self, run):
        result = json.loads(run("show", "benchmark-88", "--json"))
        value, network = result["value"], model("benchmark-88")
        assert result["schema"] == "theratwin/model/1"
        for kind in ("parameters", "species", "reactions", "flows", "observables"):
            assert len(value[kind]) == len(getattr(network, kind))
        assert value["parameters"]["k_on"]["source"]
        assert value["species"]["vein.hot"]["initial"] == "dose.hot"
        assert value["reactions"]["decay.vein.hot"]["products"] == {"vein.cold": 1.0}

    def test_latex(self, run):
        assert run("show", "receptor-binding", "--latex").rstrip() == network_latex(
            model("receptor-binding")
        )

    def test_a_picture_is_drawn_and_kept(self, run, tmp_path):
        path = tmp_path / "model.svg"
        assert str(path) in run("show", "receptor-binding", "--diagram", str(path))
        assert ElementTree.parse(path).getroot().tag.endswith("svg")
        with pytest.raises(InputError, match="--force"):
            run("show", "receptor-binding", "--diagram", str(path))
        run("show", "linear-chain", "--diagram", str(path), "--force")
        assert "linear-chain" in path.read_text(encoding="utf-8")

    def test_only_svg(self, run, tmp_path):
        with pytest.raises(InputError, match="SVG"):
            run("show", "linear-chain", "--diagram", str(tmp_path / "model.png"))

    def test_one_form_at_a_time(self, run):
        with pytest.raises(InputError, match="only one"):
            run("show", "linear-chain", "--latex", "--json")

    def test_a_misspelled_name(self, run):
        with pytest.raises(InputError, match="nearest match 'linear-chain'"):
            run("show", "linear_chain")

    @pytest.mark.parametrize("name", ["psma.xml", "there/psma.ANT"])
    def test_files_are_refused_by_name(self, run, name):
        with pytest.raises(UnsupportedError, match="taken by simulate, check and convert"):
            run("show", name)


class TestCheck:
    @pytest.mark.parametrize("name", [n for n in known_models() if n != "benchmark-1017"])
    def test_the_library_passes(self, run, name):
        value = json.loads(run("check", name, "--json"))["value"]
        assert value["passed"]
        assert set(value["checks"]) == {
            *("dimensions", "mass balance", "flow balance", "moieties", "Jacobian")
        }

    def test_conserved_sums_are_named(self, run):
        assert "tumor.membrane.hot + tumor.membrane.cold" in run("check", "benchmark-93")

    def broken(self, name, **parts):
        """Change parts behind the back of the checks that building makes."""
        network = model(name)
        copy = object.__new__(type(network))
        copy.__dict__.update(
            {field: getattr(network, field) for field in network.__dataclass_fields__} | parts
        )
        return copy

    def test_a_reaction_out_of_balance(self):
        network = model("receptor-binding")
        reactions = [
            replace(r, products=dict.fromkeys(r.products, 2.0)) if r.products and r.reactants else r
            for r in network.reactions
        ]
        results = run_checks(self.broken("receptor-binding", reactions=tuple(reactions)))
        assert not results["mass balance"]["passed"]
        assert "takes 1" in results["mass balance"]["text"]
        assert results["dimensions"]["passed"]

    def test_a_flow_that_goes_nowhere(self):
        flows = model("benchmark-88").flows[1:]
        results = run_checks(self.broken("benchmark-88", flows=flows))
        assert not results["flow balance"]["passed"]

    def test_a_law_of_the_wrong_dimension(self):
        first, *rest = model("linear-chain").reactions
        wrong = replace(first, rate=first.rate * first.rate)
        results = run_checks(self.broken("linear-chain", reactions=(wrong, *rest)))
        assert not results["dimensions"]["passed"]

    def test_a_sum_that_the_equations_do_not_conserve(self, monkeypatch):
        monkeypatch.setattr(
            "theratwin.dynamics.networks.moiety.conserved_moieties",
            lambda _: ({"member_1": 1, "member_2": 1},),
        )
        result = run_checks(model("linear-chain"))["moieties"]
        assert not result["passed"]
        assert "member_1 + member_2" in result["text"]

    def test_a_wrong_derivative(self, monkeypatch):
        def wrong(system):
            found = operations(system)
            entry = next(iter(found.jacobian))
            changed = {**found.jacobian, entry: found.jacobian[entry] * 1.001}
            return replace(found, jacobian=changed)

        monkeypatch.setattr("theratwin.dynamics.solving.operations.operations", wrong)
        result = run_checks(model("linear-chain"))["Jacobian"]
        assert not result["passed"]
        assert "derivative by member_1" in result["text"]

    def test_failing_leaves_with_two(self, run, monkeypatch, capsys):
        def failed(_):
            return {"dimensions": {"passed": False, "text": "the law has no unit"}}

        monkeypatch.setattr("theratwin.cli.model_checks.run_checks", failed)
        with pytest.raises(InputError, match="1 of 1 checks failed: dimensions") as told:
            run("check", "linear-chain")
        assert told.value.exit_status == 2
        assert "FAILED" in capsys.readouterr().out


WEEK = ("--end", "168 h")


class TestSimulate:
    def test_the_command_as_written(self, run):
        text = run(
            *("simulate", "benchmark-88", "--patients", "100", "--cv", "0.3"),
            *("--vary", "k_on,kidney.receptors", "--seed", "1", *WEEK, "--json"),
        )
        result = json.loads(text)
        value = result["value"]
        assert result["schema"] == "theratwin/simulation/1"
        assert result["provenance"]["seed"] == 1
        assert value["patients_per_second"] > 0
        assert value["statuses"] == {
            "DONE": {"count": 100, "text": "solved", "remedy": "Nothing to do."}
        }
        assert value["tolerance"] == {"rtol": 1e-6, "atol": 1e-9}
        assert value["threads"] >= 1
        assert value["varied"] == ["k_on", "kidney.receptors"]
        assert 0 < value["steps"]["least"] <= value["steps"]["median"] <= value["steps"]["most"]
        assert value["times"][-1] == 168.0
        kidney = value["observables"]["kidney.hot"]
        # At the start nobody has anything; a week later all differ.
        assert kidney["low"][0] == kidney["high"][0] == 0.0
        assert kidney["low"][-1] < kidney["median"][-1] < kidney["high"][-1]
        assert result["unit"]["observables"]["kidney.hot"] == "nmol"

    def test_one_patient_is_the_closed_form(self, run):
        text = run(
            *("simulate", "one-compartment", "--times", "1 h, 120 min", "--rtol", "1e-9", "--json")
        )
        value = json.loads(text)["value"]
        assert value["varied"] == []
        assert value["times"] == [1.0, 2.0]
        rate = 3000.0 / 3000.0 + math.log(2.0) / 160.0
        # Ten times the tolerance, for what builds up over the steps.
        expected = 10.0 * np.exp(-rate * np.array([1.0, 2.0]))
        assert_allclose(value["observables"]["imaged"]["median"], expected, rtol=1e-8)

    def test_the_spread_is_the_one_asked_for(self, run):
        text = run(
            *("simulate", "one-compartment", "--patients", "4000", "--vary", "dose"),
            *("--cv", "0.5", "--times", "1 h", "--json"),
        )
        imaged = json.loads(text)["value"]["observables"]["imaged"]
        width = 2 * 1.6449 * math.sqrt(math.log(1.25))
        # Linear in the dose; 4000 draws leave some 3 % of the width open.
        found = math.log(imaged["high"][0] / imaged["low"][0])
        assert_allclose(found, width, rtol=0.08)

    def test_the_same_seed_the_same_numbers(self, run):
        def numbers(seed, threads):
            text = run(
                *("simulate", "receptor-binding", "--patients", "40", "--seed", seed),
                *("--threads", threads, *WEEK, "--json"),
            )
            return json.loads(text)["value"]["observables"]

        assert numbers("1", "1") == numbers("1", "2") != numbers("2", "1")

    def test_states_where_nothing_is_declared(self, run):
        value = json.loads(run("simulate", "linear-chain", *WEEK, "--json"))["value"]
        assert list(value["observables"]) == [f"member_{i}" for i in (1, 2, 3, 4)]

    def test_another_default(self, run):
        def first(*more):
            text = run("simulate", "one-compartment", "--times", "0 h", "--json", *more)
            return json.loads(text)["value"]["observables"]["concentration"]["median"][0]

        assert_allclose(first("--set", "volume=1.5 L"), 2.0 * first(), rtol=1e-12)

    def test_text_says_how_fast_and_how_it_ended(self, run):
        text = run("simulate", "receptor-binding", "--patients", "20", "--vary", "k_*", *WEEK)
        assert "20 patients, 2 parameters varied with CV 0.3" in text
        assert "patients/s on" in text
        assert "20 of 20: solved" in text
        assert "median (90 % range)" in text

    def test_a_file_is_written_once(self, run, tmp_path):
        out = tmp_path / "result.json"
        call = ("simulate", "linear-chain", *WEEK, "--json", "--out", str(out))
        run(*call)
        assert json.loads(out.read_text(encoding="utf-8"))["value"]["patients"] == 1
        with pytest.raises(InputError, match="--force"):
            run(*call)
        run(*call, "--force")

    def test_failed_patients_are_told_and_leave_with_four(self, run, monkeypatch, capsys):
        def population(system, vary, cv, patients, seed, first=0):
            volume = np.full(patients, 3000.0)
            volume[2 - first] = np.nan
            return {"volume": volume}

        monkeypatch.setattr("theratwin.cli.model_run.log_normal_population", population)
        with pytest.raises(FitError, match="1 of 8 patients failed") as told:
            run("simulate", "one-compartment", "--patients", "8", *WEEK, "--json")
        assert told.value.exit_status == 4
        value = json.loads(capsys.readouterr().out)["value"]
        assert value["failed"] == [{"patient": 2, "status": "NOT_FINITE"}]
        assert value["statuses"]["DONE"]["count"] == 7
        assert "zero volumes" in value["statuses"]["NOT_FINITE"]["remedy"]
        # The others have results.
        assert value["observables"]["imaged"]["median"][1] > 0

    @pytest.mark.parametrize(
        ("more", "word"),
        [
            ((), "--end: the end is missing"),
            (("--end", "168"), "unit is missing"),
            (("--end", "-1 h"), "must be positive"),
            (("--end", "1 h", "--times", "2 h"), "after the end"),
            ((*WEEK, "--vary", "k_off,k_onn"), "nearest match 'k_on'"),
            ((*WEEK, "--vary", "kidney.*"), "no such parameter"),
            ((*WEEK, "--set", "k_onn=1 /h"), "nearest match 'k_on'"),
            ((*WEEK, "--set", "dose=1 h"), "does not convert"),
            ((*WEEK, "--set", "k_on=-1 L/(nmol h)"), "--set k_on: must not be negative"),
            ((*WEEK, "--rtol", "0"), "rtol: must be positive"),
        ],
    )
    def test_bad_input_is_named(self, run, more, word):
        with pytest.raises(InputError, match=re.escape(word)):
            run("simulate", "receptor-binding", *more)

    def test_a_file_that_is_not_there_is_named(self, run):
        pytest.importorskip("libsbml", reason="python-libsbml is not installed")
        with pytest.raises(InputError, match="no such file"):
            run("simulate", "model.xml", "--end", "168")
