"""The example of an assay runs and prints what the documentation says."""

from __future__ import annotations

import runpy
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "in_vitro_dotatoc.py"


def test_the_example_runs(capsys):
    runpy.run_path(str(EXAMPLE), run_name="__main__")
    printed = capsys.readouterr().out
    assert "nuclei absorb 0.47 % of the energy that leaves cells" in printed
    deficient = next(line for line in printed.splitlines() if line.startswith("HR deficient"))
    assert float(deficient.split()[-1]) > 0.05  # log kill beyond the sum
