"""1,000 virtual patients of the calibrated PSMA-617 body against clinical doses and half-lives.

`python tests/verify/psma_corridors.py` writes ``docs/evidence/psma_corridors.json``.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from theratwin.core.distribution import Fixed
from theratwin.core.files import write_text
from theratwin.dynamics import Engine

ROOT = Path(__file__).parents[2]
EVIDENCE = ROOT / "docs" / "evidence" / "psma_corridors.json"
SEED, PATIENTS = 2024, 1000
#: Quantity: what it is, the corridor of its median, what was published.
CORRIDORS = {
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


def calibration() -> ModuleType:
    """Return the script that calibrates."""
    name = "calibrate_psma"
    place = ROOT / "tools" / "kinetics" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def study(patients: int = PATIENTS, seed: int = SEED) -> dict[str, Any]:
    """Draw patients from every parameter's distribution; return percentiles by quantity."""
    tool = calibration()
    whole = tool.body()
    generator = np.random.default_rng(seed)
    drawn = {
        each.name: each.distribution.sample(generator, patients)
        for each in whole.network.parameters
        if not isinstance(each.distribution, Fixed)
    }
    found = tool.figures(whole, Engine(whole.system), drawn, patients)
    rows = {}
    for name, (_, (low, high), _) in CORRIDORS.items():
        bounds = np.percentile(found[name], (5.0, 50.0, 95.0))
        rows[name] = {
            "percentiles": [float(f"{bound:.3g}") for bound in bounds],
            "inside": bool(low <= bounds[1] <= high),
        }
    return rows


def table(rows: dict[str, Any]) -> list[str]:
    """Return the rows of a Markdown table."""
    lines = []
    for name, (words, (low, high), published) in CORRIDORS.items():
        first, median, last = rows[name]["percentiles"]
        verdict = "yes" if rows[name]["inside"] else "**no**"
        lines.append(
            f"| {words} | {median:g} ({first:g} to {last:g}) | {low:g} to {high:g} "
            f"| {published} | {verdict} |"
        )
    return lines


def write(rows: dict[str, Any]) -> None:
    """Write the evidence."""
    content = {
        "study": "tests/verify/psma_corridors.py",
        "what": "5th, 50th and 95th percentile of virtual patients; is the median in the corridor",
        "seed": SEED,
        "patients": PATIENTS,
        "rows": rows,
    }
    write_text(EVIDENCE, json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    write(study())
    print("\n".join(table(json.loads(EVIDENCE.read_text(encoding="utf-8"))["rows"])))
