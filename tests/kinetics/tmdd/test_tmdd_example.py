"""The example of reductions: it runs, and its table is that of the page."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


def test_the_example_says_what_the_page_says(capsys):
    runpy.run_path(str(ROOT / "examples" / "tmdd_reductions.py"), run_name="__main__")
    lines = capsys.readouterr().out.splitlines()
    page = (ROOT / "docs" / "methods" / "tmdd.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| [a-zA-Z -]+ \| ([\d.]+) / ([\d.]+) / ([\d.]+) % \|", page, re.MULTILINE)
    assert len(rows) == 3
    for line, row in zip(lines[1:4], rows, strict=True):
        # The page rounds to two digits and more.
        found = [float(value) for value in line.split()[1:]]
        assert found == pytest.approx([float(value) for value in row], rel=0.03)
    taken = {line.split()[0]: float(line.split()[-1]) for line in lines[7:11]}
    assert taken["quasi_equilibrium"] / taken["full"] == pytest.approx(1.04, abs=0.01)
    assert taken["quasi_steady_state"] / taken["full"] == pytest.approx(0.92, abs=0.01)
    assert taken["michaelis_menten"] < 0.7 * taken["full"]
    assert "compete" in lines[-1]
