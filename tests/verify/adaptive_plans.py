"""Simulated patients with a hidden truth, treated as planned: adaptive plans against 6 x 7.4 GBq.

Every patient's truth is drawn from the calibrated population, not from the fit's priors
(`simulated_bodies`, generator ``"population"``), and everybody begins with 7.4 GBq in 57 nmol and
four scans. Then each arm goes its own way, by the same rule: maximize log cell kill under limits,
at most 9.3 GBq a cycle and six cycles in total. Once the customary limit on the kidneys stands
alone, once that on the marrow stands beside it.

- ``fixed``: six cycles of 7.4 GBq.
- ``once``: the plan after cycle 1 by the whole-body twin, kept to the end.
- ``adaptive``: the same, but cycles 2 and 3 are scanned twice each, the twin is updated after each,
  and the rest is planned anew.
- ``curves``: as ``adaptive``, by the twin of empirical curves.

`python tests/verify/adaptive_plans.py` writes ``docs/evidence/adaptive_plans.json`` patient by
patient and goes on where it was stopped.
"""

from __future__ import annotations

import json
import math
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from simulated_bodies import BodyPatient, body_patient

from theratwin.case import Case, Measurements, Schedule
from theratwin.core.errors import InfeasibleError
from theratwin.core.files import write_text
from theratwin.planning import Plan, default_limits, plan
from theratwin.twin import calibrate

EVIDENCE = Path(__file__).parents[2] / "docs" / "evidence" / "adaptive_plans.json"
SEED, PATIENTS, DRAWS = 2026, 100, 500
ARMS = ("fixed", "once", "adaptive", "curves")
LESIONS = ("lesion_1", "lesion_2")
#: Under which limits plans are made.
SCENARIOS = {
    "kidneys": default_limits(without=["red_marrow"]),
    "kidneys and marrow": default_limits(),
}
BOUNDS = {limit.quantity.region: limit.bound for limit in default_limits()}
_START = Schedule.regular("7.4 GBq", cycles=1, every="6 weeks", amount="57 nmol")
_FIXED = Schedule.regular("7.4 GBq", cycles=6, every="6 weeks", amount="57 nmol")
_FIRST, _LATER = (4.0, 24.0, 72.0, 168.0), (24.0, 96.0)
_BLOOD = (0.5, 2.0, 24.0, 72.0)
#: Cycles after which a new plan is made.
_PLANNED_AFTER = 3


Entries = dict[str, list[dict[str, Any]]]


def study(patients: int = PATIENTS, told: Any = print) -> Entries:
    """Treat every patient who is not yet in the evidence; write them; return all by scenario."""
    found = _stored()
    for scenario in SCENARIOS:
        entries = found.setdefault(scenario, [])
        for number in range(len(entries), patients):
            entries.append(entry(scenario, number))
            _write(found)
            told(f"{scenario}, patient {number}: {entries[-1]}")
    return found


def entry(scenario: str, number: int) -> dict[str, Any]:
    """Return what each arm gave one patient, and what it did, by arm."""
    patient = body_patient(number, seed=SEED, generator="population")
    case = _scanned(patient, _START, "cycle 1", _FIRST)
    courses = {"fixed": _FIXED}
    first = _plan_of(case, scenario, number)
    courses["once"] = case.schedule if first is None else first.schedule
    courses["adaptive"] = _adaptive(patient, case, first, scenario, number)
    by_curves = _for_curves(case)
    start = _plan_of(by_curves, scenario, number)
    courses["curves"] = _adaptive(patient, by_curves, start, scenario, number)
    return {arm: _outcome(patient, courses[arm]) for arm in ARMS}


def _adaptive(
    patient: BodyPatient, case: Case, made: Plan | None, scenario: str, number: int
) -> Schedule:
    """Give the next cycle as planned, scan it, plan anew; after some cycles keep to the plan."""
    while made is not None and made.delivered < _PLANNED_AFTER and made.cycles > 1:
        given = Schedule(made.schedule.administrations[: made.delivered + 1])
        scans = _scans(patient, given, given.names[-1], _LATER)
        if case.model == "curves":
            scans = _known_to_curves(scans)
        case = replace(case, schedule=given, measurements=case.measurements + tuple(scans))
        made = _plan_of(case, scenario, number)
    return case.schedule if made is None else made.schedule


def _plan_of(case: Case, scenario: str, number: int) -> Plan | None:
    """Return the plan; None if there is nothing better than to stop."""
    twin = calibrate(case, seed=SEED + number, draws=DRAWS)
    try:
        return plan(twin, limits=SCENARIOS[scenario])
    except InfeasibleError:
        return None


def _scanned(patient: BodyPatient, course: Schedule, cycle: str, times: Any) -> Case:
    return patient.case(course, _scans(patient, course, cycle, times))


def _scans(patient: BodyPatient, course: Schedule, cycle: str, times: Any) -> Measurements:
    images = patient.scan(course, cycle, times)
    return images + tuple(patient.scan(course, cycle, _BLOOD, ("blood",)))


def _known_to_curves(scans: Measurements) -> Measurements:
    """Leave out what curves refuse: excreted urine."""
    return Measurements(tuple(m for m in scans if m.region != "excreted_urine"))


def _for_curves(case: Case) -> Case:
    return replace(case, model="curves", measurements=_known_to_curves(case.measurements))


def _outcome(patient: BodyPatient, course: Schedule) -> dict[str, Any]:
    """Return activities (GBq) and true totals: BED, and in marrow dose (Gy)."""
    doses = patient.doses(course)
    totals = {"red_marrow": _rounded(doses["red_marrow"].dose.sum())}
    for region in ("kidneys", "parotid_glands", *LESIONS):
        bed = doses[region].bed
        assert bed is not None
        totals[region] = _rounded(bed.sum())
    return {"activities": [round(1e-3 * each.activity, 3) for each in course], **totals}


def _rounded(value: float) -> float:
    return float(f"{value:.5g}")


def summary(found: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return by arm medians with 5th and 95th percentiles, and how many broke a limit."""
    rows = {}
    for arm in ARMS:
        values = {
            name: np.array([patient[arm][name] for patient in found])
            for name in ("kidneys", "red_marrow", "parotid_glands", *LESIONS)
        }
        values["total"] = np.array([math.fsum(patient[arm]["activities"]) for patient in found])
        mean = np.mean([values[lesion] for lesion in LESIONS], axis=0)
        fixed = np.mean([[p["fixed"][lesion] for lesion in LESIONS] for p in found], axis=1)
        rows[arm] = {
            "activity": _percentiles(values["total"]),
            "kidneys": _percentiles(values["kidneys"]),
            "lesions": _percentiles(mean),
            "lesions over fixed": _percentiles(mean / fixed),
            "parotid_glands": _percentiles(values["parotid_glands"]),
            "over kidney limit": int(np.sum(values["kidneys"] > BOUNDS["kidneys"])),
            "over marrow limit": int(np.sum(values["red_marrow"] > BOUNDS["red_marrow"])),
            "of": len(found),
        }
    return rows


def table(found: Entries) -> list[str]:
    """Return the rows of a Markdown table, one a scenario and arm."""
    lines = []
    for scenario, entries in found.items():
        for arm, row in summary(entries).items():
            cells = [
                "{1:.3g} ({0:.3g} to {2:.3g})".format(*row[name])
                for name in (
                    "activity",
                    "kidneys",
                    "lesions",
                    "lesions over fixed",
                    "parotid_glands",
                )
            ]
            over = [f"{row[f'over {name} limit']} of {row['of']}" for name in ("kidney", "marrow")]
            lines.append(f"| {scenario}: {arm} | {' | '.join([*cells, *over])} |")
    return lines


def _percentiles(values: np.ndarray) -> list[float]:
    return [_rounded(each) for each in np.percentile(values, (5.0, 50.0, 95.0))]


def _stored() -> Entries:
    if not EVIDENCE.is_file():
        return {}
    stored = json.loads(EVIDENCE.read_text(encoding="utf-8"))
    return stored["patients"] if stored["seed"] == SEED else {}


def _write(found: Entries) -> None:
    content = {
        "study": "tests/verify/adaptive_plans.py",
        "what": "activities (GBq) and true BED (marrow: dose), Gy, of simulated patients by arm",
        "seed": SEED,
        "draws": DRAWS,
        "summary": {scenario: summary(entries) for scenario, entries in found.items()},
    }
    head = json.dumps(content, indent=1)[:-2]
    blocks = []
    for scenario, entries in found.items():
        rows = ",\n   ".join(json.dumps(each) for each in entries)
        blocks.append(f'  "{scenario}": [\n   {rows}\n  ]')
    write_text(EVIDENCE, f'{head},\n "patients": {{\n' + ",\n".join(blocks) + "\n }\n}\n")


if __name__ == "__main__":
    study(int(os.environ.get("PATIENTS", PATIENTS)))
