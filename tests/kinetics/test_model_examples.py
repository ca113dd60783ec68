"""The examples of models run and print what their pages say."""

from __future__ import annotations

import runpy
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "examples"


def printed(name, capsys):
    runpy.run_path(str(FOLDER / name), run_name="__main__")
    return capsys.readouterr().out.splitlines()


def test_iodine(capsys):
    lines = printed("iodine_graves.py", capsys)
    bodies = [float(line.split()[-1]) for line in lines if "rhtsh" in line or "withdrawal" in line]
    assert bodies == [18.0, 26.4]
    doses = [float(line.split()[-1]) for line in lines[1:4]]
    assert doses[0] < doses[2] < doses[1]


def test_mouse(capsys):
    lines = printed("mouse_body.py", capsys)
    tumor = [float(line.split()[1]) for line in lines if "tumor" in line]
    muscle = [float(line.split()[1]) for line in lines if "muscle" in line]
    assert tumor[1] < 0.5 * tumor[0]  # receptors saturate
    assert 0.8 < muscle[1] / muscle[0] < 1.5  # muscle has none
    assert lines[-1].endswith("7.30")
