"""``theratwin case``: new, check, schema."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from theratwin.cli.case import app
from theratwin.core.errors import InputError
from theratwin.io.case_file.template import template_text

RUN = CliRunner()


def test_a_new_case_passes_the_check(tmp_path):
    file = tmp_path / "case.toml"
    made = RUN.invoke(app, ["new", str(file)])
    assert made.exit_code == 0, made.output
    assert "case check" in made.output
    checked = RUN.invoke(app, ["check", str(file)])
    assert checked.exit_code == 0, checked.output
    for part in ("80 kg", "7.4 GBq", "kidneys", "150 MBq at 24 h", "lesion_1"):
        assert part in checked.output


def test_a_file_that_exists_is_kept_without_force(tmp_path):
    file = tmp_path / "case.toml"
    file.write_text("mine")
    refused = RUN.invoke(app, ["new", str(file)])
    assert isinstance(refused.exception, InputError)
    assert file.read_text() == "mine"
    assert RUN.invoke(app, ["new", str(file), "--force"]).exit_code == 0
    assert file.read_text() == template_text()


def test_check_as_json(tmp_path):
    file = tmp_path / "case.toml"
    file.write_text(template_text())
    content = json.loads(RUN.invoke(app, ["check", str(file), "--json"]).output)
    assert content["schema"] == "theratwin/case/1"
    assert content["value"]["patient"]["mass_g"] == 80000
    assert content["value"]["measurements"][0]["value"] == 150
    assert content["warnings"] == []


def test_a_wrong_case_is_refused_with_exit_status_2(tmp_path):
    file = tmp_path / "case.toml"
    file.write_text(template_text().replace('"80 kg"', "80"))
    refused = RUN.invoke(app, ["check", str(file)])
    assert isinstance(refused.exception, InputError)
    assert refused.exception.exit_status == 2
    assert "line 14: patient.mass" in str(refused.exception)


def test_the_schema_is_json():
    content = json.loads(RUN.invoke(app, ["schema"]).output)
    assert content["title"] == "theratwin case file"


@pytest.mark.parametrize("command", ["new", "check", "schema"])
def test_every_command_has_help(command):
    assert RUN.invoke(app, [command, "--help"]).exit_code == 0


def test_check_tells_of_diagnostics():
    file = str(Path(__file__).parents[2] / "examples" / "psma_pet.toml")
    told = RUN.invoke(app, ["check", file])
    assert told.exit_code == 0, told.output
    for part in ("Diagnostic   68Ga-PSMA-11 (Ga-68)", "150 MBq, 5 nmol", "PSMA PET, kidneys"):
        assert part in told.output
    read = json.loads(RUN.invoke(app, ["check", file, "--json"]).output)["value"]["diagnostics"]
    assert [(each["name"], each["amount_nmol"]) for each in read] == [("PSMA PET", 5.0)]
    assert len(read[0]["measurements"]) == 6
