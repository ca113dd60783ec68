"""``theratwin svalue organ`` and ``theratwin dose organ`` as users call them."""

from __future__ import annotations

import json

import pytest

from theratwin.cli.dose import app as dose
from theratwin.cli.svalue import svalue
from theratwin.core.errors import InputError, UnsupportedError

LUTETIUM = ("--phantom", "AM", "--nuclide", "Lu-177")


@pytest.fixture
def run(capsys):
    def call(group, *arguments: str) -> str:
        group(["organ", *arguments], standalone_mode=False)
        return capsys.readouterr().out

    return call


def test_json(run):
    found = json.loads(run(svalue, *LUTETIUM, "--source", "kidneys", "--json"))
    assert found["schema"] == "theratwin/svalue/1"
    assert found["unit"] == "mGy/(MBq s)"
    assert found["value"]["kidneys"] == pytest.approx(7.75e-5, rel=0.015)  # at 310 g
    assert found["mass"]["kidneys"] == pytest.approx(310.0, rel=1e-3)
    assert found["mass_unit"] == "g"
    assert found["relative_uncertainty"]["kidneys"] < 0.02
    assert found["relative_uncertainty"].keys() == found["value"].keys() == found["mass"].keys()
    assert found["decays"] == {"Lu-177": 1.0}
    assert "unweighted" in found["method"]


def test_a_mass_of_the_patient(run):
    usual = json.loads(run(svalue, *LUTETIUM, "--source", "liver", "--json"))["value"]
    half = ("--source", "liver", "--mass", "liver=0.9 kg", "--json")
    scaled = json.loads(run(svalue, *LUTETIUM, *half))
    assert scaled["value"]["liver"] == pytest.approx(2 * usual["liver"], rel=0.01)
    assert scaled["value"]["spleen"] == usual["spleen"]
    assert "m^(-2/3)" in scaled["method"]


def test_progeny_must_be_said(run):
    actinium = ("--phantom", "AF", "--nuclide", "Ac-225", "--source", "liver")
    with pytest.raises(UnsupportedError, match="progeny"):
        run(svalue, *actinium)
    text = run(svalue, *actinium, "--progeny", "all")
    assert "Bi-213 0.9999" in text
    assert text.splitlines()[5].startswith("liver")  # the largest first


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--source", "elbow"), "--source"),
        (("--source", "liver", "--mass", "liver=5"), "--mass liver"),
        (("--source", "liver", "--mass", "liver"), "--mass"),
        (("--source", "liver", "--mass", "elbow=5 g"), "--mass"),
        (("--source", "liver", "--table", "nothing.csv"), "nothing.csv"),
    ],
)
def test_wrong_options_are_named(run, options, word):
    with pytest.raises(InputError, match=word):
        run(svalue, *LUTETIUM, *options)


def test_doses(run):
    activities = ("--activity", "kidneys=100 MBq h +- 10 %", "--activity", "liver=0.3 GBq h")
    found = json.loads(run(dose, *LUTETIUM, *activities, "--json"))
    assert found["schema"] == "theratwin/organ-dose/1"
    assert found["unit"] == "Gy"
    kidneys = found["value"]["kidneys"]
    assert kidneys == pytest.approx(100 * 7.75e-5 * 3.6, rel=0.03)  # and 0.5 % from the liver
    assert found["self"]["kidneys"] + found["cross"]["kidneys"] == pytest.approx(kidneys)
    assert found["by_source"]["liver"]["kidneys"] == pytest.approx(found["cross"]["kidneys"])
    assert found["relative_uncertainty"]["kidneys"] == pytest.approx(0.1, rel=0.05)


def test_a_table_of_activities(run, tmp_path):
    path = tmp_path / "activities.csv"
    path.write_text(
        "# a comment\nregion,activity [MBq h],uncertainty [%],mass [g]\n"
        "kidneys,100,10,155\nremainder,500,,\n"
    )
    found = json.loads(run(dose, *LUTETIUM, "--activities", str(path), "--json"))
    assert found["mass"]["kidneys"] == 155.0
    assert found["activity"] == {"kidneys": 100.0, "remainder": 500.0}
    assert found["value"]["kidneys"] == pytest.approx(2 * 100 * 7.75e-5 * 3.6, rel=0.05)
    assert list(found["provenance"]["inputs"]) == ["activities.csv"]
    assert "itself, Gy" in run(dose, *LUTETIUM, "--activities", str(path))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("region,activity\nliver,1\n", "with its unit"),
        ("organ,activity [MBq h]\nliver,1\n", "unknown column"),
        ("region,activity [MBq h]\nliver,lots\n", "not a number"),
        ("region,activity [MBq h]\nliver,1\nliver,2\n", "stands twice"),
        ("region,activity [MBq h],mass\nliver,1,5\n", "mass lacks its unit"),
        ("region,activity [MBq h]\n", "no rows"),
    ],
)
def test_wrong_tables(run, tmp_path, text, words):
    path = tmp_path / "activities.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=words):
        run(dose, *LUTETIUM, "--activities", str(path))


def test_activities_are_needed_once(run):
    with pytest.raises(InputError, match="in one way"):
        run(dose, *LUTETIUM)
    with pytest.raises(InputError, match="stands twice"):
        run(dose, *LUTETIUM, "--activity", "liver=1 MBq h", "--activity", "liver=2 MBq h")
