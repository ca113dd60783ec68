"""How often do the 90 % intervals of a whole-body twin hold the true dose? 200 simulated patients.

`python tests/verify/body_coverage.py` writes ``docs/evidence/body_coverage.json``; what stands
there already is kept, so that it goes on where it was stopped. Delete the file to begin anew.
"""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from body_truths import GENERATORS
from interval_coverage import LEVEL, summary_of
from simulated_bodies import body_patient

from theratwin.case import Schedule
from theratwin.core.files import write_text
from theratwin.twin import calibrate, predict

EVIDENCE = Path(__file__).parents[2] / "docs" / "evidence" / "body_coverage.json"
SEED = 2026
PATIENTS, DRAWS = 200, 1000
COURSE = Schedule.regular("7.4 GBq", cycles=1, every="6 weeks", amount="57 nmol")
IMAGED_AT, SAMPLED_AT = (4.0, 24.0, 72.0, 168.0), (1.0, 4.0, 24.0)  # h
REGIONS = ("kidneys", "parotid_glands", "lesion_1", "lesion_2")
WORDS = {
    "kidneys": "kidneys",
    "parotid_glands": "parotid glands",
    "lesion_1": "lesion of 20 mL",
    "lesion_2": "lesion of 1 mL",
}
_STEP = 5  # patients between two writings


def study(*, told: Callable[[str], None] = print) -> dict[str, Any]:
    """Run what is not yet in the evidence, write it, and return it."""
    arms = _stored()
    for first in range(0, PATIENTS, _STEP):
        for generator in GENERATORS:
            rows = arms.setdefault(generator, {"patients": []})["patients"]
            if len(rows) < first + _STEP:
                rows += [entry(generator, number) for number in range(len(rows), first + _STEP)]
                _write(arms)
                told(f"{generator}: {len(rows)} of {PATIENTS}")
    _write(arms)
    return arms


def entry(generator: str, number: int) -> dict[str, Any]:
    """Return true dose, lower bound, median and upper bound (Gy) by region of one patient."""
    patient = body_patient(number, seed=SEED, generator=generator)
    scans = patient.scan(COURSE, "cycle 1", IMAGED_AT)
    samples = patient.scan(COURSE, "cycle 1", SAMPLED_AT, ("blood",))
    case = patient.case(COURSE, (*scans, *samples))
    twin = calibrate(case, seed=SEED + number, draws=DRAWS)
    doses, truth = predict(twin).regions, patient.doses(COURSE)
    resampled = twin.posteriors[0].best.resampled
    assert resampled is not None
    found: dict[str, Any] = {
        "warned": int(bool(twin.warnings)),
        "tempered": int(resampled.tempering is not None),
    }
    for region in REGIONS:
        bounds = np.percentile(doses[region].dose[:, 0], (5.0, 50.0, 95.0))
        true = float(truth[region].dose[0])
        found[region] = [float(f"{value:.6g}") for value in (true, *bounds)]
    return found


def table(arms: dict[str, Any]) -> list[str]:
    """Return coverage, misses, width and bias by arm and region, as rows of a Markdown table."""
    rows = []
    for key, arm in arms.items():
        for region in REGIONS:
            found = arm["summary"][region]
            low, high = found["interval"]
            rows.append(
                f"| {key} | {WORDS[region]} "
                f"| {found['covered'] / found['of']:.1%} ({low:.0%} to {high:.0%}) "
                f"| {found['below']} / {found['above']} | {found['median_relative_width']:.2f} "
                f"| {found['median_bias']:+.1%} | {found['rms_log_error']:.3f} |"
            )
    return rows


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the summary of an arm's patients by region."""
    return {region: summary_of(np.array([row[region] for row in rows])) for region in REGIONS}


def _write(arms: dict[str, Any]) -> None:
    whole = {
        key: {
            "summary": summary(arm["patients"]),
            "warned": sum(row["warned"] for row in arm["patients"]),
            "tempered": sum(row["tempered"] for row in arm["patients"]),
            "patients": arm["patients"],
        }
        for key, arm in arms.items()
    }
    arms |= whole
    text = json.dumps(_evidence(whole), indent=1)
    # A row of numbers stands on one line.
    rows = re.compile(r"\[\s+([-\d.e+,\s]+?)\s+\]")
    write_text(EVIDENCE, rows.sub(lambda row: f"[{' '.join(row[1].split())}]", text) + "\n")


def _stored() -> dict[str, Any]:
    if not EVIDENCE.is_file():
        return {}
    stored = json.loads(EVIDENCE.read_text(encoding="utf-8"))
    return stored["arms"] if stored["seed"] == SEED else {}


def _evidence(arms: dict[str, Any]) -> dict[str, Any]:
    return {
        "study": "tests/verify/body_coverage.py",
        "what": "true doses of simulated bodies inside the 90 % intervals of a whole-body twin",
        "level": LEVEL,
        "seed": SEED,
        "generators": list(GENERATORS),
        "imaged at (h)": list(IMAGED_AT),
        "blood at (h)": list(SAMPLED_AT),
        "entry": ["true dose (Gy)", "lower bound", "median", "upper bound"],
        "versions": {"python": platform.python_version()}
        | {name: version(name) for name in ("numpy", "scipy", "arviz-stats")},
        "arms": arms,
    }


if __name__ == "__main__":
    study()
