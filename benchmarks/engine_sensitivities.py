"""Derivatives by twelve parameters: what they cost in a batch and for one patient, and their error.

A plain run and one with derivatives take turns; ratios within a round, medians over rounds. The
error is that against central differences of LSODA at a tolerance of 1e-12. Run with `make bench`.
"""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from peers import workload
from peers.reference import by_lsoda

from theratwin.core.files import write_text
from theratwin.dynamics import Engine

ORGANS = ("kidney", "glands", "liver", "spleen", "tumor")
DIRECTIONS = (
    *(f"{organ}.receptors" for organ in ORGANS),
    *(f"{organ}.internalization" for organ in ORGANS),
    *("k_off", "kidney.filtration"),
)
PATIENTS, ROUNDS = 400, 9
TOLERANCES = (1e-4, 1e-6, 1e-7, 1e-8, 1e-10)
#: Relative step of the differences, large for what LSODA leaves (1e-12 / step): with the step and
#: its double the error is of the step's fourth power.
STEP = 3e-3
RESULT = Path(__file__).parent / "results/engine_sensitivities.json"


def seconds(work: Callable[[], Any], repeats: int = 1) -> float:
    """Return the mean wall time of some calls."""
    began = time.perf_counter()
    for _ in range(repeats):
        work()
    return (time.perf_counter() - began) / repeats


def costs(engine: Engine) -> dict[str, Any]:
    """Return times and ratios, in a batch on one thread, and for one patient alone."""
    batch = workload.named(workload.population(PATIENTS))
    alone = workload.named(workload.population(1))

    def solve(patients: dict, **more: Any) -> Callable[[], Any]:
        return lambda: engine.solve(patients, workload.TIMES, threads=1, **more)

    runs = {
        "batch_plain": (solve(batch), 1),
        "batch_slopes": (solve(batch, sensitivities=DIRECTIONS), 1),
        "alone_plain": (solve(alone), 20),
        "alone_slopes": (solve(alone, sensitivities=DIRECTIONS), 5),
    }
    for work, _ in runs.values():
        work()
    rounds = [{name: seconds(*run) for name, run in runs.items()} for _ in range(ROUNDS)]

    def ratio(kind: str) -> float:
        return statistics.median(r[f"{kind}_slopes"] / r[f"{kind}_plain"] for r in rounds)

    def ms(name: str) -> float:
        return 1e3 * statistics.median(r[name] for r in rounds)

    return {
        "batch": {
            "ms_a_patient_plain": ms("batch_plain") / PATIENTS,
            "ms_a_patient": ms("batch_slopes") / PATIENTS,
            "plain_runs": ratio("batch"),
            "allowed": 1 + len(DIRECTIONS),
        },
        "one_patient": {
            "ms_plain": ms("alone_plain"),
            "ms": ms("alone_slopes"),
            "plain_runs": ratio("alone"),
            "allowed": 6,
        },
    }


def differences() -> np.ndarray:
    """Return derivatives by central differences with two steps, extrapolated to none."""
    row, names = workload.population(1)[0], list(workload.system().parameters)

    def by(direction: str, step: float) -> np.ndarray:
        place = names.index(direction)
        rows = np.stack([row, row])
        rows[0, place] *= 1.0 + step
        rows[1, place] *= 1.0 - step
        above, below = by_lsoda(rows)
        return (above - below) / (2.0 * step * row[place])

    return np.stack([(4.0 * by(d, STEP) - by(d, 2.0 * STEP)) / 3.0 for d in DIRECTIONS])


def accuracy(engine: Engine, exact: np.ndarray) -> dict[str, dict[str, float]]:
    """Return the largest errors of p dy/dp and of y by tolerance, by the state's largest value."""
    names, patient = workload.system().names, workload.named(workload.population(1))
    states = by_lsoda(workload.population(1))[0]
    size = np.abs(states).max(0)
    found: dict[str, dict[str, float]] = {"error_by_rtol": {}, "state_error_by_rtol": {}}
    for rtol in TOLERANCES:
        solution = engine.solve(
            patient, workload.TIMES, rtol=rtol, atol=1e-3 * rtol, sensitivities=DIRECTIONS
        )
        errors = [
            patient[d][0]
            * np.abs(np.stack([solution.slopes[d][n][0] for n in names], axis=-1) - slope).max(0)
            for d, slope in zip(DIRECTIONS, exact, strict=True)
        ]
        found["error_by_rtol"][f"{rtol:g}"] = float(np.max(np.array(errors) / size))
        solved = np.stack([solution[n][0] for n in names], axis=-1)
        error = np.max(np.abs(solved - states).max(0) / size)
        found["state_error_by_rtol"][f"{rtol:g}"] = float(error)
    return found


def main() -> None:
    """Run all, print and write."""
    load = os.getloadavg()[0]
    engine = Engine(workload.system())
    content = {
        "model": workload.MODEL,
        "directions": DIRECTIONS,
        "patients": PATIENTS,
        "rounds": ROUNDS,
        **costs(engine),
        **accuracy(engine, differences()),
        "load": load,
    }
    text = json.dumps(content, indent=1)
    text = json.dumps(json.loads(text, parse_float=lambda n: float(f"{float(n):.4g}")), indent=1)
    print(text)
    write_text(RESULT, text + "\n")


if __name__ == "__main__":
    main()
