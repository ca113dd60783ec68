"""1,000 virtual patients of the calibrated DOTATATE body against clinical doses and half-lives.

7.4 GBq in 140 nmol over half an hour, with four hours of amino acids from half an hour before.
`python tests/verify/dotatate_corridors.py` writes ``docs/evidence/dotatate_corridors.json``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from corridors import Corridors, kinetics_tool, rows, stored, table, write_evidence

from theratwin.case import Schedule
from theratwin.core.distribution import Fixed
from theratwin.dynamics import Engine
from theratwin.kinetics import sstr_body

EVIDENCE = Path(__file__).parents[2] / "docs" / "evidence" / "dotatate_corridors.json"
SEED, PATIENTS = 2024, 1000
REGIONS = ("kidneys", "liver", "spleen", "pituitary", "lesion_1")
CORRIDORS: Corridors = {
    "dose.kidneys": (
        "kidneys, Gy/GBq",
        (0.38, 0.65),
        "0.43 ± 0.13; median 0.47; 0.57 ± 0.09; 0.65 (label, recalled)",
    ),
    "dose.liver": ("liver, Gy/GBq", (0.2, 0.35), "0.27; 0.30 (label, recalled)"),
    "dose.spleen": ("spleen, Gy/GBq", (0.8, 1.4), "1.17; 0.85 (label, recalled)"),
    "dose.pituitary": ("pituitary, Gy/GBq", (0.045, 0.07), "0.058"),
    "dose.red_marrow": ("red marrow, Gy/GBq", (0.02, 0.06), "0.035 (label, recalled)"),
    "dose.lesion_1": ("lesion, Gy/GBq", (2.0, 5.0), "3.41 ± 0.68"),
    "half_life.kidneys": ("kidneys, effective h", (45.0, 60.0), "51 (customary)"),
    "half_life.liver": ("liver, effective h", (50.0, 80.0), "65 (recalled)"),
    "half_life.spleen": ("spleen, effective h", (50.0, 80.0), "65 (recalled)"),
    "half_life.lesion_1": ("lesion, effective h", (65.0, 105.0), "85 (recalled)"),
    "retained": ("whole body at 24 h, share", (0.3, 0.5), "about 0.4 (recalled)"),
}


def study(patients: int = PATIENTS, seed: int = SEED) -> dict[str, Any]:
    """Draw patients from every parameter's distribution; return percentiles by quantity."""
    tool, figures = kinetics_tool("calibrate_dotatate"), kinetics_tool("body_figures")
    whole = sstr_body(lesions=["lesion_1"])
    generator = np.random.default_rng(seed)
    drawn = {
        each.name: each.distribution.sample(generator, patients)
        for each in whole.network.parameters
        if not isinstance(each.distribution, Fixed)
    }
    course = Schedule((tool.PROTECTED,))
    found = figures.figures(whole, Engine(whole.system), course, REGIONS, drawn, patients)
    return rows(found, CORRIDORS)


if __name__ == "__main__":
    write_evidence(EVIDENCE, "tests/verify/dotatate_corridors.py", SEED, PATIENTS, study())
    print("\n".join(table(stored(EVIDENCE), CORRIDORS)))
