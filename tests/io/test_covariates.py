"""Filtration rate and amino acids in a case file: read in inside units, or told what is wrong."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from theratwin.case import AminoAcids
from theratwin.cli.case import app
from theratwin.core import InputError
from theratwin.io import check_case, load_case
from theratwin.io.case_file import case_schema
from theratwin.io.case_file.template import template_text
from theratwin.store.case_json import case_from_dict, case_to_dict

ACIDS = 'amino_acids = { before = "30 min", duration = "4 h" }'


def written(tmp_path, *changes):
    text = template_text()
    for right, wrong in changes:
        assert text.count(right) == 1, right
        text = text.replace(right, wrong)
    file = tmp_path / "case.toml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def file(tmp_path):
    return written(
        tmp_path,
        ("# gfr = ", "gfr = "),
        ("# gfr_uncertainty = ", "gfr_uncertainty = "),
        ("# amino_acids = ", "amino_acids = "),
    )


def test_they_are_read_in_hours_and_milliliters(file):
    case = load_case(file)
    assert case.patient.gfr == pytest.approx(85 * 60)
    assert case.patient.gfr_uncertainty == pytest.approx(0.1)
    assert case.schedule["cycle 1"].amino_acids == AminoAcids(before=0.5, duration=4.0)


def test_they_come_back_from_the_folder_of_a_twin(file):
    case = load_case(file)
    again = case_from_dict(json.loads(json.dumps(case_to_dict(case))))
    assert again.patient == case.patient
    assert again.schedule == case.schedule


def test_a_case_written_before_they_could_be_stated_is_read(tmp_path):
    content = case_to_dict(load_case(written(tmp_path)))
    del content["patient"]["gfr"], content["patient"]["gfr_uncertainty"]
    del content["schedule"]["administrations"][0]["amino_acids"]
    case = case_from_dict(content)
    assert case.patient.gfr is None
    assert case.schedule["cycle 1"].amino_acids is None


def test_the_check_tells_them(file):
    told = CliRunner().invoke(app, ["check", str(file)]).output
    assert "GFR 85 mL/min ±10 %" in told
    assert "amino acids from 30 min before, for 4 h" in told
    value = json.loads(CliRunner().invoke(app, ["check", str(file), "--json"]).output)["value"]
    assert value["patient"]["gfr_mL_per_h"] == pytest.approx(5100)
    assert value["administrations"][0]["amino_acids"] == {"before_h": 0.5, "duration_h": 4.0}


def test_the_schema_has_them():
    properties = case_schema()["properties"]
    assert {"gfr", "gfr_uncertainty"} <= set(properties["patient"]["properties"])
    acids = properties["administrations"]["items"]["properties"]["amino_acids"]
    assert acids["required"] == ["before", "duration"]
    assert not acids["additionalProperties"]


@pytest.mark.parametrize(
    ("commented", "line", "parts"),
    [
        ("# gfr =", 'gfr = "85 mL/min"', ["gfr_uncertainty", "missing", '"10 %"']),
        ("# gfr =", 'gfr_uncertainty = "10 %"', ["patient.gfr", "missing", "85 mL/min"]),
        (
            "# gfr =",
            'gfr = "85 mL/min/1.73 m^2"\ngfr_uncertainty = "10 %"',
            ["patient.gfr", "1.73 m^2", "Multiply it by the patient's body surface area"],
        ),
        ("# gfr =", 'gfr = "85 mL"\ngfr_uncertainty = "10 %"', ["patient.gfr", "85 mL/min"]),
        (
            "# gfr =",
            'gfr = "85 mL/min"\ngfr_uncertainty = "0 %"',
            ["gfr_uncertainty", "a measured rate is uncertain"],
        ),
        ("# amino_acids =", "amino_acids = true", ["administrations[0].amino_acids", "table"]),
        (
            "# amino_acids =",
            ACIDS.replace('before = "30 min", ', ""),
            ["amino_acids.before", "missing"],
        ),
        (
            "# amino_acids =",
            ACIDS.replace("30 min", "5 h"),
            ["amino_acids", "must run into the administration", "5 h", "4 h"],
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path, commented, line, parts):
    file = written(tmp_path, (commented, f"{line}\n{commented}"))
    number = file.read_text().splitlines().index(line.splitlines()[0]) + 1
    with pytest.raises(InputError) as raised:
        check_case(file)
    message = str(raised.value)
    for part in parts:
        assert part in message
    # A field that is missing is told at its table; one of two added lines at its own.
    if "missing" not in parts:
        assert f"line {number}:" in message or f"line {number + 1}:" in message


def test_a_body_of_psma_has_no_use_for_amino_acids(tmp_path):
    changes = [("# amino_acids = ", "amino_acids = "), ('# model = "psma"', 'model = "psma"')]
    file = written(tmp_path, *changes)
    number = next(n for n, t in enumerate(file.read_text().splitlines(), 1) if "amino" in t)
    with pytest.raises(InputError, match=rf"line {number}: .*no effect in the model psma.*Leave"):
        check_case(file)


def test_an_odd_rate_is_a_warning(tmp_path):
    line = 'gfr = "850 mL/min"\ngfr_uncertainty = "10 %"\n# gfr ='
    _, warnings = check_case(written(tmp_path, ("# gfr =", line)))
    assert any("850 mL/min is odd" in each for each in warnings)
