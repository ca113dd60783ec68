"""``theratwin curve fit TABLE.csv`` as users call it."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.main import get_command

from theratwin.cli.curve import app
from theratwin.core.errors import InputError, UnsupportedError

LU = ("--nuclide", "Lu-177", "--draws", "100")
TIMES = np.array([1.0, 4.0, 24.0, 48.0, 96.0, 168.0])
ACTIVITIES = 50.0 * np.exp(-0.02 * TIMES)  # 2500 MBq h


@pytest.fixture
def run(tmp_path, capsys):
    def call(text: str, *options: str) -> str:
        table = tmp_path / "table.csv"
        table.write_text(text)
        get_command(app)(["fit", str(table), *options], standalone_mode=False)
        return capsys.readouterr().out

    return call


def rows(header: str, *columns: np.ndarray, before: str = "") -> str:
    lines = [before + ",".join(f"{x:.10g}" for x in row) for row in zip(*columns, strict=True)]
    return "\n".join([header, *lines])


PLAIN = rows("time_h,activity_MBq,sd", TIMES, ACTIVITIES, 0.05 * ACTIVITIES)


def test_models_are_compared(run):
    found = json.loads(run(PLAIN, *LU, "--json"))
    assert found["schema"] == "theratwin/curve-fit/1"
    assert found["unit"] == "MBq h"
    assert found["value"] == pytest.approx(2500.0, rel=1e-3)  # the others' weights are small
    assert found["interval"]["low"] < 2500.0 < found["interval"]["high"]
    assert sum(model["weight"] for model in found["models"].values()) == pytest.approx(1.0)
    assert found["best"] == "mono"
    assert "tri" in found["left_out"]
    text = run(PLAIN, *LU)
    for words in ("90 % interval", "AICc", "left out tri"):
        assert words in text


@pytest.mark.parametrize(
    ("header", "scale"),
    [
        ("time [h],activity [kBq],uncertainty [%]", (1.0, 1e3, 5.0)),
        ("time (d),activity (GBq),sd_MBq", (1 / 24, 1e-3, None)),
        ("Time_hours,Activity_MBq,sd", (1.0, 1.0, None)),
    ],
)
def test_units_of_the_header(run, header, scale):
    sd = np.full(6, scale[2]) if scale[2] else 0.05 * ACTIVITIES
    text = rows(header, TIMES * scale[0], ACTIVITIES * scale[1], sd)
    found = json.loads(run(text, *LU, "--model", "mono", "--json"))
    plain = json.loads(run(PLAIN, *LU, "--model", "mono", "--json"))
    assert found["value"] == pytest.approx(plain["value"], rel=1e-8)
    assert found["interval"] == pytest.approx(plain["interval"], rel=1e-6)


@pytest.mark.parametrize("model", ["mono", "bi", "mono_uptake", "gamma", "trapezoid"])
def test_one_model(run, model):
    found = json.loads(run(PLAIN, *LU, "--model", model, "--json"))
    assert found["value"] == pytest.approx(2500.0, rel=0.1)  # trapezoids and uptake differ
    assert found["points"] == 6
    assert run(PLAIN, *LU, "--model", model)


def test_one_region_of_several(run):
    text = rows("region,time_h,activity_MBq", TIMES, ACTIVITIES, before="kidneys,")
    text += "\n" + rows("", TIMES, 2.0 * ACTIVITIES, before="liver,").lstrip()
    options = (*LU, "--model", "mono", "--json")
    both = [json.loads(run(text, *options, "--region", r))["value"] for r in ("kidneys", "liver")]
    assert both[1] == pytest.approx(2.0 * both[0])
    with pytest.raises(InputError, match="several regions"):
        run(text, *options)
    with pytest.raises(InputError, match="nearest match 'liver'"):
        run(text, *options, "--region", "livre")


@pytest.mark.parametrize(
    ("text", "options", "word"),
    [
        (PLAIN, (), "--nuclide"),
        (PLAIN, (*LU, "--model", "quad"), "allowed: auto, mono"),
        (PLAIN, (*LU, "--region", "liver"), "no column region"),
        (PLAIN.replace("time_h", "time"), LU, "time lacks its unit"),
        (PLAIN.replace("activity_MBq", "counts"), LU, "activity lacks a column"),
        (PLAIN.replace("activity_MBq", "activity_g"), LU, "activity_g, row 1"),
        ("time_h,activity_MBq\n1,5\n2,x\n", LU, "row 2"),
        ("time_h,activity_MBq\n", LU, "no rows"),
        ("time_h,activity_MBq\n2,5\n1,6\n3,2\n", LU, "must increase"),
        ("time_h,activity_MBq\n1,5\n2,0\n3,2\n", LU, "must be positive"),
        ("time_h,activity_MBq\n1,5\n2,3\n", LU, "too few points"),
    ],
)
def test_wrong_tables_are_refused(run, text, options, word):
    with pytest.raises(InputError, match=word):
        run(text, *options)


def test_what_a_table_cannot_hold_is_refused(run):
    with pytest.raises(UnsupportedError, match="corrected for decay"):
        run("time_h,activity_MBq,at\n1,5,administration\n2,4,scan\n", *LU)
    with pytest.raises(UnsupportedError, match="one administration"):
        run("administration,time_h,activity_MBq\na,1,5\nb,2,4\n", *LU)


def test_options_of_tables_are_refused_for_a_case():
    with pytest.raises(InputError, match="--model"):
        get_command(app)(["fit", "case.toml", "--model", "mono"], standalone_mode=False)
