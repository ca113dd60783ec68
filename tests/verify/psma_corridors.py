"""1,000 virtual patients of the calibrated PSMA-617 body against clinical doses and half-lives.

`python tests/verify/psma_corridors.py` writes ``docs/evidence/psma_corridors.json``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from corridors import Corridors, kinetics_tool, rows, stored, table, write_evidence

from theratwin.core.distribution import Fixed
from theratwin.dynamics import Engine

ROOT = Path(__file__).parents[2]
EVIDENCE = ROOT / "docs" / "evidence" / "psma_corridors.json"
SEED, PATIENTS = 2024, 1000
#: Quantity: what it is, the corridor of its median, what was published.
CORRIDORS: Corridors = {
    "dose.kidneys": ("kidneys, Gy/GBq", (0.35, 0.55), "0.43 ± 0.16 (VISION); 0.39 (Violet 2019)"),
    "dose.parotid_glands": ("parotid glands, Gy/GBq", (0.4, 0.7), "0.58 (Violet 2019)"),
    "dose.liver": ("liver, Gy/GBq", (0.07, 0.13), "0.10 (Violet 2019)"),
    "dose.spleen": ("spleen, Gy/GBq", (0.04, 0.09), "0.06 (Violet 2019)"),
    "dose.red_marrow": (
        "red marrow, Gy/GBq",
        (0.03, 0.11),
        "0.035 ± 0.02 (VISION); 0.11 (Violet 2019)",
    ),
    "dose.lesion_1": ("lesion, Gy/GBq", (2.0, 8.0), "5.28 bone, 3.91 nodes (Violet 2019)"),
    "half_life.kidneys": ("kidneys, effective h", (30.0, 41.0), "35.5 (AAPM 2026)"),
    "half_life.parotid_glands": ("parotid glands, effective h", (25.0, 48.0), "42.2 (AAPM 2026)"),
    "half_life.liver": ("liver, effective h", (18.0, 28.0), "22.9 (AAPM 2026)"),
    "half_life.red_marrow": ("red marrow, effective h", (25.0, 40.0), "32.0 (AAPM 2026)"),
    "retained": ("whole body at 24 h, share", (0.35, 0.52), "0.435 ± 0.088 (PMC5472088)"),
    "half_life.blood": ("blood, biological h", (8.0, 14.0), "10.8 ± 2.5 (PMC5472088)"),
}


def study(patients: int = PATIENTS, seed: int = SEED) -> dict[str, Any]:
    """Draw patients from every parameter's distribution; return percentiles by quantity."""
    tool = kinetics_tool("calibrate_psma")
    whole = tool.body()
    generator = np.random.default_rng(seed)
    drawn = {
        each.name: each.distribution.sample(generator, patients)
        for each in whole.network.parameters
        if not isinstance(each.distribution, Fixed)
    }
    found = tool.figures(whole, Engine(whole.system), drawn, patients)
    return rows(found, CORRIDORS)


def write(found: dict[str, Any]) -> None:
    """Write the evidence."""
    write_evidence(EVIDENCE, "tests/verify/psma_corridors.py", SEED, PATIENTS, found)


if __name__ == "__main__":
    write(study())
    print("\n".join(table(stored(EVIDENCE), CORRIDORS)))
