"""``theratwin model`` on SBML files: simulate, check, convert."""

import csv
import json
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

pytest.importorskip("libsbml", reason="python-libsbml is not installed")

from theratwin.cli.program import app
from theratwin.core.errors import InputError, UnsupportedError

DECAY = """<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1">
<model id="decay"><listOfCompartments>
<compartment id="C" spatialDimensions="3" size="2" constant="true"/></listOfCompartments>
<listOfSpecies>
<species id="S1" compartment="C" initialAmount="3" hasOnlySubstanceUnits="false"
 boundaryCondition="false" constant="false"/>
<species id="S2" compartment="C" initialAmount="0" hasOnlySubstanceUnits="true"
 boundaryCondition="false" constant="false"/></listOfSpecies>
<listOfParameters><parameter id="k" value="0.5" constant="true"/></listOfParameters>
<listOfReactions><reaction id="J" reversible="false" fast="false">
<listOfReactants><speciesReference species="S1" stoichiometry="1" constant="true"/>
</listOfReactants><listOfProducts>
<speciesReference species="S2" stoichiometry="2" constant="true"/></listOfProducts>
<kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML"><apply><times/><ci>k</ci>
<ci>S1</ci><ci>C</ci></apply></math></kineticLaw></reaction></listOfReactions></model></sbml>
"""


@pytest.fixture
def decay(tmp_path):
    path = tmp_path / "decay.xml"
    path.write_text(DECAY)
    return str(path)


def run(*words):
    return CliRunner().invoke(app, ["model", *map(str, words)])


def columns(path):
    rows = list(csv.DictReader(path.read_text().splitlines()))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


def test_simulate_writes_time_and_what_is_selected(decay, tmp_path):
    out = tmp_path / "results.csv"
    words = ["--start", "0", "--end", "10", "--steps", "50", "--select", "S1,S2"]
    words += ["--rtol", "1e-8", "--atol", "1e-12", "--out"]
    assert run("simulate", decay, *words, out).exit_code == 0
    found = columns(out)
    assert list(found) == ["time", "S1", "S2"]
    np.testing.assert_allclose(found["time"], np.linspace(0.0, 10.0, 51), rtol=1e-15)
    # S1 is declared a concentration, S2 an amount.
    np.testing.assert_allclose(found["S1"], 1.5 * np.exp(-0.5 * found["time"]), rtol=1e-6)
    np.testing.assert_allclose(found["S2"], 6.0 * -np.expm1(-0.5 * found["time"]), rtol=1e-6)


def test_simulate_takes_lists_that_override(decay):
    words = ["--start", "2", "--end", "4", "--steps", "1", "--select", "S1,C,k,J"]
    words += ["--amounts", "S1", "--concentrations", "S2"]
    done = run("simulate", decay, *words, "--set", "k=0.25")
    assert done.exit_code == 0, done.output
    head, first, _ = done.stdout.splitlines()
    assert head == "time,S1,C,k,J,S2"
    left = 3.0 * np.exp(-0.5)
    expected = [2.0, left, 2.0, 0.25, 0.25 * left, 3.0 - left]
    np.testing.assert_allclose([float(x) for x in first.split(",")], expected, rtol=1e-6)


def test_lists_may_be_empty_name_the_time_or_what_has_no_forms(decay):
    words = ["--end", "1", "--steps", "1", "--amounts", "S1, C", "--concentrations", ""]
    done = run("simulate", decay, *words, "--select", "time, S1, C,")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[:2] == ["time,S1,C", "0.0,3.0,2.0"]
    assert "warning: --amounts C: no species" in done.stderr
    assert run("simulate", decay, *words, "--select", "time").stdout.startswith("time,S1,C\n")


def test_results_are_not_written_over_others_nor_over_a_folder(decay, tmp_path):
    out = tmp_path / "new" / "results.csv"
    words = ["--end", "1", "--steps", "1", "--out"]
    assert run("simulate", decay, *words, out).exit_code == 0
    assert run("simulate", decay, *words, out, "--force").exit_code == 0
    for taken, message in ((out, "exists already"), (tmp_path, "this is a folder")):
        error = run("simulate", decay, *words, taken).exception
        assert isinstance(error, InputError)
        assert message in str(error)


def test_simulate_prints_json(decay):
    value = json.loads(run("simulate", decay, "--end", 1, "--steps", 1, "--json").stdout)
    assert value["schema"] == "theratwin/sbml-simulation/1"
    assert value["value"]["time"] == [0.0, 1.0]
    assert value["value"]["values"]["S1"][0] == 1.5
    assert list(value["provenance"]["inputs"]) == ["decay.xml"]


def test_what_is_not_supported_is_named_with_status_3(tmp_path, capsys):
    path = tmp_path / "rule.xml"
    rule = (
        '<listOfRules><algebraicRule><math xmlns="http://www.w3.org/1998/Math/MathML">'
        "<ci>S1</ci></math></algebraicRule></listOfRules><listOfReactions>"
    )
    path.write_text(DECAY.replace("<listOfReactions>", rule))
    done = run("simulate", path, "--end", 1)
    assert isinstance(done.exception, UnsupportedError)
    assert done.exception.exit_status == 3
    assert "unsupported: algebraic rule" in done.output.splitlines()
    assert isinstance(run("check", path).exception, UnsupportedError)


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (["--end", "1", "--patients", "3"], "--patients"),
        (["--steps", "5"], "--end"),
        (["--end", "5 h"], "--end"),
        (["--start", "2", "--end", "1"], "--end"),
        (["--start", "-1", "--end", "1"], "--start"),
        (["--end", "inf"], "--end"),
        (["--end", "1", "--set", "k=fast"], "k"),
        (["--end", "1", "--select", "S3"], "select"),
    ],
)
def test_wrong_options_are_named(decay, words, field):
    error = run("simulate", decay, *words).exception
    assert isinstance(error, InputError)
    assert error.field == field


def test_options_for_files_are_refused_for_the_library():
    error = run("simulate", "one-compartment", "--end", "1 h", "--steps", 5).exception
    assert isinstance(error, InputError)
    assert error.field == "--steps"


def test_check_says_what_it_is_and_what_is_unusual(decay):
    done = run("check", decay)
    assert done.exit_code == 0
    assert "2 species, 1 reactions, 0 events, 2 states" in done.stdout
    assert "passed" in done.stdout


def test_convert_and_simulate_again(decay, tmp_path):
    out = tmp_path / "new.xml"
    assert run("convert", decay, "--out", out).exit_code == 0
    assert 'level="3" version="2"' in out.read_text()
    words = ["--end", "2", "--steps", "2"]
    assert run("simulate", out, *words).stdout == run("simulate", decay, *words).stdout
    assert isinstance(run("convert", decay, "--out", out).exception, InputError)


def test_convert_a_model_of_the_library(tmp_path):
    out = tmp_path / "model.xml"
    assert run("convert", "one-compartment", "--out", out).exit_code == 0
    assert run("check", out).exit_code == 0


def test_antimony_without_its_package_is_refused_with_what_to_do(tmp_path, monkeypatch):
    path = tmp_path / "model.ant"
    path.write_text("S1 -> S2; k*S1")
    monkeypatch.setitem(sys.modules, "antimony", None)
    done = run("simulate", path, "--end", 1)
    assert "unsupported: Antimony text without the package antimony" in done.output
    assert isinstance(done.exception, UnsupportedError)
    assert "theratwin[antimony]" in str(done.exception)


def test_antimony_is_simulated_checked_and_converted(tmp_path):
    pytest.importorskip("antimony", reason="antimony is not installed")
    path, out = tmp_path / "decay.ant", tmp_path / "results.csv"
    path.write_text(
        "model decay\n compartment C = 2; species S in C; S = 3; S -> ; k*S*C; k = 0.5\nend"
    )
    assert run("simulate", path, "--end", 4, "--select", "S", "--out", out).exit_code == 0
    found = columns(out)
    np.testing.assert_allclose(found["S"], 3.0 * np.exp(-0.5 * found["time"]), rtol=1e-6)
    assert run("check", path).exit_code == 0
    assert run("convert", path, "--out", tmp_path / "decay.xml").exit_code == 0
    assert run("check", tmp_path / "decay.xml").exit_code == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [("S1 -> S2; k*", "line 1"), ("é = 3", "ASCII"), ("a = b; b = a", "Loop detected")],
)
def test_wrong_antimony_is_one_line(tmp_path, text, said):
    pytest.importorskip("antimony", reason="antimony is not installed")
    path = tmp_path / "model.ant"
    path.write_text(text, encoding="utf-8")
    done = run("simulate", path, "--end", 1)
    assert isinstance(done.exception, InputError)
    assert said in str(done.exception)
    assert "\n" not in str(done.exception)
