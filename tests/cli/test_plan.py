"""``theratwin plan``."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from theratwin.case import (
    Administration,
    Case,
    Lesion,
    Ligand,
    Measurement,
    Measurements,
    Patient,
    Radiopharmaceutical,
    Schedule,
    Volume,
)
from theratwin.cli.plan import register
from theratwin.core.errors import InputError
from theratwin.store import save_twin
from theratwin.twin import calibrate

RUN = CliRunner()


@pytest.fixture(scope="module")
def app():
    made = typer.Typer()
    made.callback()(lambda: None)
    register(made)
    return made


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    scans = [
        Measurement(region, "cycle 1", t, value * 2.0 ** (-(t - 24.0) / 50.0), 0.05)
        for region, value in (("kidneys", 80.0), ("lesion_1", 60.0))
        for t in (24.0, 120.0)
    ]
    case = Case(
        "simulated",
        Patient("male", 80000.0, organs={"kidneys": Volume(310.0, 0.05)}),
        Radiopharmaceutical("177Lu-PSMA-617", Ligand("psma-617", "psma"), "Lu-177"),
        Schedule((Administration("cycle 1", 0.0, 7400.0),)),
        lesions=(Lesion("lesion_1", Volume(20.0, 0.1)),),
        measurements=Measurements(tuple(scans)),
    )
    path = tmp_path_factory.mktemp("plan") / "twin"
    save_twin(calibrate(case, seed=1, draws=100), path)
    return str(path)


def test_plan_as_text_and_json(app, folder, tmp_path):
    options = ["plan", folder, "--without-limit", "red_marrow"]
    text = RUN.invoke(app, options)
    assert text.exit_code == 0, text.output
    assert "cycle 2" in text.output
    file = tmp_path / "plan.json"
    written = RUN.invoke(app, [*options, "--json", "--out", str(file)])
    assert written.exit_code == 0, written.output
    content = json.loads(file.read_text())
    assert content["schema"] == "theratwin/plan/1"
    assert content["unit"]["activity"] == "MBq"
    assert content["value"]["next"]["name"] == "cycle 2"
    assert content["provenance"]["seed"] == 1


def test_options_reach_the_plan(app, folder):
    options = ["--limit", "bed(kidneys) <= 28 Gy @ 0.9", "--without-limit", "red_marrow"]
    options += ["--max-activity", "5 GBq", "--max-cycles", "3", "--interval", "8 weeks"]
    options += ["--maximize", "mean-lesion-bed", "--gland-weight", "0", "--json"]
    options += ["--external-beam", "kidneys: 0.2 Gy x 2 from 9 weeks"]
    done = RUN.invoke(app, ["plan", folder, *options])
    assert done.exit_code == 0, done.output
    value = json.loads(done.output)["value"]
    assert [(each["quantity"], each["bound"], each["probability"]) for each in value["limits"]] == [
        ("bed(kidneys)", 28.0, 0.9)
    ]
    assert value["bounds"] == {
        "activity": 5000.0,
        "cycles": 3,
        "interval": {"low": 1344.0, "high": 1344.0},
        "amount": None,
        "duration": None,
    }
    assert value["regimen"]["interval"] == 1344.0
    assert value["objective"]["name"] == "mean-lesion-bed"
    assert value["glands"]["weight"] == 0.0
    assert value["next"]["activity"] <= 5000.0
    assert value["external_beam"] == [{"times": [1512.0, 1536.0], "doses": {"kidneys": 0.2}}]


def test_a_limit_that_cannot_be_checked_is_wrong_input(app, folder):
    refused = RUN.invoke(app, ["plan", folder])
    assert isinstance(refused.exception, InputError)
    assert "--without-limit red_marrow" in str(refused.exception)


@pytest.mark.parametrize(
    "options",
    [
        ["--limit", "kidneys below 40"],
        ["--maximize", "survival"],
        ["--max-activity", "9.3"],
        ["--max-cycles", "0"],
        ["--gland-weight", "1"],
    ],
)
def test_wrong_options_are_wrong_input(app, folder, options):
    refused = RUN.invoke(app, ["plan", folder, "--without-limit", "red_marrow", *options])
    assert isinstance(refused.exception, InputError)


@pytest.mark.parametrize("scan", ["cycle 9 at 24 h", "cycle 1 at 72", "cycle 1 at 500 weeks"])
def test_a_scan_that_cannot_be_names_its_option(app, folder, scan):
    done = RUN.invoke(app, ["plan", folder, "--without-limit", "red_marrow", "--scan", scan])
    assert isinstance(done.exception, InputError)
    assert done.exception.field.startswith("--scan: ")
