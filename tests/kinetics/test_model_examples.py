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
    assert doses == [121.0, 180.0, 120.0]  # half the uptake for 7.4 days, or all of it for 3


def test_mouse(capsys):
    lines = printed("mouse_body.py", capsys)
    tumor = [float(line.split()[1]) for line in lines if "tumor" in line]
    muscle = [float(line.split()[1]) for line in lines if "muscle" in line]
    assert tumor[1] < 0.5 * tumor[0]  # receptors saturate
    assert 0.8 < muscle[1] / muscle[0] < 1.5  # muscle has none
    assert lines[-1].endswith("7.30")


def test_mibg(capsys):
    lines = printed("mibg_therapy.py", capsys)
    livers = [float(line.split()[1]) for line in lines if line.strip().startswith("I-")]
    assert livers == sorted(livers)  # the longer the label lives
    doses = {line.split()[0]: float(line.split()[1]) for line in lines[6:]}
    assert doses["salivary_glands"] > doses["liver"] > doses["red_marrow"]


def test_clr1404(capsys):
    lines = printed("clr1404_plasma.py", capsys)
    body = [float(line.split()[2]) for line in lines[1:7]]
    assert body == sorted(body, reverse=True)
    assert "434 mGy" in lines[-3]
