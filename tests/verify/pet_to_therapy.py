"""How well does a PET foretell the therapy's doses? With it alone, one and two therapy scans.

`python tests/verify/pet_to_therapy.py` writes ``docs/evidence/pet_to_therapy.json`` after every
patient; what stands there already is kept, so that it goes on where it was stopped. Delete the
file to begin anew.
"""

from __future__ import annotations

import json
import platform
import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from pet_patients import patient

from theratwin.case import Case, Measurements
from theratwin.core.files import write_text
from theratwin.twin import calibrate, predict

EVIDENCE = Path(__file__).parents[2] / "docs" / "evidence" / "pet_to_therapy.json"
SEED, PATIENTS, DRAWS = 2026, 100, 500
REGIONS = ("kidneys", "parotid_glands", "lesion_1")
#: Whether there is a PET, and when the therapy is scanned (h).
DESIGNS: dict[str, tuple[bool, tuple[float, ...]]] = {
    "PET alone": (True, ()),
    "PET, scan at 48 h": (True, (48.0,)),
    "PET, scans at 24 and 96 h": (True, (24.0, 96.0)),
    "scan at 48 h": (False, (48.0,)),
    "scans at 24 and 96 h": (False, (24.0, 96.0)),
}
#: Known beforehand: the median and the 90 % range of all patients' doses.
POPULATION = "neither: the population"

Entry = dict[str, Any]


def study(*, patients: int = PATIENTS, told: Callable[[str], None] = print) -> list[Entry]:
    """Run the patients who are not yet in the evidence, write it, and return all."""
    found = stored()
    for number in range(len(found), patients):
        began = time.perf_counter()
        found.append(entry(number))
        _write(found)
        told(f"patient {number + 1}: {time.perf_counter() - began:.1f} s")
    return found


def stored() -> list[Entry]:
    """Return what the evidence has."""
    if not EVIDENCE.is_file():
        return []
    return json.loads(EVIDENCE.read_text(encoding="utf-8"))["patients"]


def entry(number: int) -> Entry:
    """Return truth, lower bound, median and upper bound (Gy) by region, for every design."""
    simulated = patient(number, PATIENTS, seed=SEED)
    found: Entry = {"truth": {r: _short(simulated.truth[r]) for r in REGIONS}, "warned": 0}
    for design, (with_pet, times) in DESIGNS.items():
        twin = calibrate(known(simulated.case, with_pet, times), seed=SEED + number, draws=DRAWS)
        found["warned"] += int(bool(twin.warnings))
        doses = predict(twin)
        found[design] = {
            region: [
                _short(bound)
                for bound in np.percentile(doses[region].dose[:, 0], (5.0, 50.0, 95.0))
            ]
            for region in REGIONS
        }
    return found


def known(case: Case, with_pet: bool, times: Sequence[float]) -> Case:
    """Return the case with the scans of one design."""
    return replace(
        case,
        measurements=Measurements(tuple(m for m in case.measurements if m.time in times)),
        diagnostics=case.diagnostics if with_pet else (),
    )


def summary(entries: Sequence[Entry]) -> dict[str, dict[str, dict[str, float]]]:
    """Return errors and coverage by design and region."""
    found = {}
    for design in (POPULATION, *DESIGNS):
        found[design] = {}
        for region in REGIONS:
            truth = np.array([each["truth"][region] for each in entries])
            if design == POPULATION:
                bounds = np.percentile(truth, (5.0, 50.0, 95.0))[:, None]
                low, median, high = np.broadcast_to(bounds, (3, len(truth)))
            else:
                low, median, high = np.array([each[design][region] for each in entries]).T
            found[design][region] = {
                "median error": _short(np.median(np.abs(median / truth - 1.0)), 3),
                "rms log error": _short(np.sqrt(np.mean(np.log(median / truth) ** 2)), 3),
                "within": int(np.sum((low <= truth) & (truth <= high))),
                "width": _short(np.median(np.log(high / low)), 3),
            }
    return found


def table(entries: Sequence[Entry]) -> list[str]:
    """Return the rows of a Markdown table: error, rms of the logarithm, and coverage by region."""
    lines = []
    for design, regions in summary(entries).items():
        cells = [
            f"{100 * each['median error']:.0f} %, {each['rms log error']:.2f}, "
            + ("" if design == POPULATION else f"{each['within']}")
            for each in regions.values()
        ]
        lines.append(f"| {design} | " + " | ".join(cell.rstrip(", ") for cell in cells) + " |")
    return lines


def _write(entries: list[Entry]) -> None:
    content = {
        "study": "tests/verify/pet_to_therapy.py",
        "what": "dose of cycle 1 (Gy): truth, and 5th, 50th, 95th percentile of the prediction",
        "seed": SEED,
        "draws": DRAWS,
        "population": PATIENTS,
        "machine": f"{platform.system()} {platform.machine()}, numpy {version('numpy')}",
        "summary": summary(entries),
        "patients": entries,
    }
    rows = re.compile(r"\[\s+([-\d.e+,\s]+?)\s+\]")
    text = json.dumps(content, indent=1)
    write_text(EVIDENCE, rows.sub(lambda row: f"[{' '.join(row[1].split())}]", text) + "\n")


def _short(value: float, digits: int = 6) -> float:
    return float(f"{float(value):.{digits}g}")


if __name__ == "__main__":
    shown = study(patients=int(sys.argv[1]) if len(sys.argv) > 1 else PATIENTS)
    print("\n".join(table(shown)))
