"""The example of antibodies: it runs, and its tables say what the page says."""

from __future__ import annotations

import runpy
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "antibody_preload.py"


def test_the_example_runs(capsys):
    runpy.run_path(str(EXAMPLE), run_name="__main__")
    lines = capsys.readouterr().out.splitlines()
    marrow = {line[:26].strip(): float(line[26:38]) for line in lines[1:]}
    assert marrow["anti-CD66, 2 mg"] == 37.3
    assert marrow["80 % reactive"] < marrow["anti-CD66, 2 mg"]
    assert marrow["anti-CD45 after 150 mg"] < marrow["anti-CD45 after 0 mg"]
    assert marrow["anti-CD45 after 0 mg"] < marrow["anti-CD45 after 35 mg"]
