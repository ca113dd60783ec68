"""``theratwin report``."""

from __future__ import annotations

import json
from dataclasses import replace

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
from theratwin.cli.report import register
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
def folders(tmp_path_factory):
    """Twins of one case by curves, by a whole body, and by a body with a scan less."""
    scans = [
        Measurement(region, "cycle 1", t, value * 2.0 ** (-(t - 24.0) / 50.0), 0.05)
        for region, value in (("kidneys", 80.0), ("lesion_1", 60.0))
        for t in (24.0, 48.0, 120.0)
    ]
    case = Case(
        "simulated",
        Patient("male", 80000.0, organs={"kidneys": Volume(310.0, 0.05)}),
        Radiopharmaceutical("177Lu-PSMA-617", Ligand("psma-617", "psma"), "Lu-177"),
        Schedule((Administration("cycle 1", 0.0, 7400.0, amount=57.0),)),
        lesions=(Lesion("lesion_1", Volume(20.0, 0.1)),),
        measurements=Measurements(tuple(scans)),
        origin="simulated",
    )
    path = tmp_path_factory.mktemp("report")
    save_twin(calibrate(case, seed=1, draws=100), path / "twin")
    save_twin(calibrate(case, seed=1, draws=100, model="psma"), path / "body")
    fewer = replace(case, measurements=Measurements(tuple(scans[:-1])))
    save_twin(calibrate(fewer, seed=1, draws=100, model="psma"), path / "fewer")
    return path


@pytest.fixture(scope="module")
def folder(folders):
    return str(folders / "twin")


def test_it_writes_the_page_and_says_where(app, folder, tmp_path):
    out = tmp_path / "report.html"
    result = RUN.invoke(app, ["report", folder, "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert str(out) in result.output
    assert "Kidneys: " in result.output
    assert "Research use only. Not a medical device." in result.output
    assert out.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_it_says_why_there_is_no_plan(app, folder, tmp_path):
    # The marrow was not measured, so its limit cannot be checked.
    out = tmp_path / "report.html"
    result = RUN.invoke(app, ["report", folder, "--out", str(out), "--json"])
    found = json.loads(result.stdout)
    assert found["schema"] == "theratwin/report/1"
    assert found["value"]["plan"] is None
    assert "red_marrow" in found["unplanned"]
    assert found["value"]["dose_per_activity"]["kidneys"]["median"] > 0
    assert "No plan for the next treatment" in out.read_text(encoding="utf-8")


def test_it_replaces_nothing_unasked(app, folder, tmp_path):
    out = tmp_path / "report.html"
    out.write_text("mine", encoding="utf-8")
    refused = RUN.invoke(app, ["report", folder, "--out", str(out)])
    assert isinstance(refused.exception, InputError)
    assert out.read_text(encoding="utf-8") == "mine"
    forced = RUN.invoke(app, ["report", folder, "--out", str(out), "--force", "--no-plan"])
    assert forced.exit_code == 0
    page = out.read_text(encoding="utf-8")
    assert "The next treatment was not planned for this report." in page


def test_a_second_model_stands_beside(app, folders, tmp_path):
    out = tmp_path / "report.html"
    body, curves = str(folders / "body"), str(folders / "twin")
    result = RUN.invoke(app, ["report", body, "--beside", curves, "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert "Beside curves, region by region: " in result.output
    arguments = ["report", body, "--beside", curves, "--out", str(out), "--force", "--json"]
    value = json.loads(RUN.invoke(app, arguments).stdout)["value"]
    assert [value["model"], value["beside"]["model"]] == ["psma", "curves"]
    assert value["beside"]["dose_per_activity"]["kidneys"]["median"] > 0
    page = out.read_text(encoding="utf-8")
    assert "Two models of the same data" in page
    assert "whole body, PSMA ligands" in page


def test_other_data_beside_are_refused_before_anything_is_written(app, folders, tmp_path):
    out = tmp_path / "report.html"
    other = str(folders / "fewer")
    refused = RUN.invoke(
        app, ["report", str(folders / "twin"), "--beside", other, "--out", str(out)]
    )
    assert isinstance(refused.exception, InputError)
    assert "different measurements" in str(refused.exception)
    assert "same case file" in str(refused.exception)
    assert not out.exists()
