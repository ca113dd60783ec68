"""``theratwin model`` as users call it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest

from theratwin.cli.model import app
from theratwin.cli.model_checks import run_checks
from theratwin.core import InputError
from theratwin.core.errors import UnsupportedError
from theratwin.dynamics import model, model_names, network_latex
from theratwin.dynamics.operations import operations


@pytest.fixture(autouse=True)
def private_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def run(capsys):
    def call(*arguments: str) -> str:
        app(arguments, standalone_mode=False)
        return capsys.readouterr().out

    return call


class TestListAndShow:
    def test_every_model_is_listed(self, run):
        assert list(json.loads(run("list", "--json"))["value"]) == model_names()
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
        with pytest.raises(UnsupportedError, match=r"SBML \(\.xml\) and Antimony"):
            run("show", name)


class TestCheck:
    @pytest.mark.parametrize("name", [n for n in model_names() if n != "benchmark-1017"])
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
            "theratwin.dynamics.moiety.conserved_moieties",
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

        monkeypatch.setattr("theratwin.dynamics.operations.operations", wrong)
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
