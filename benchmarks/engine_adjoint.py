"""The gradient of a scalar: the discrete adjoint against forward sensitivities.

A sum of squares of the model's observables at all times, by twelve parameters and by forty; in a
batch on one thread, and for one patient alone. Plain runs, forward and adjoint take turns in every
round; times are the processor's, ratios within a round, medians over rounds. Run with `make bench`.
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
from engine_sensitivities import DIRECTIONS
from peers import workload

from theratwin.core.files import write_text
from theratwin.dynamics import Engine, Solution
from theratwin.dynamics.llvm.layout import TAPE_HEADER

PATIENTS, ROUNDS, MORE = 200, 9, 40
RESULT = Path(__file__).parent / "results/engine_adjoint.json"

Work = Callable[[], Any]


def directions(count: int) -> tuple[str, ...]:
    """Return the twelve parameters of the other benchmarks, then whatever comes next."""
    others = [name for name in workload.system().parameters if name not in DIRECTIONS]
    return (*DIRECTIONS, *others)[:count]


def weights(solution: Solution) -> dict[str, np.ndarray]:
    """Return the derivative of half the sum of squares by each observable."""
    return dict(solution.observables)


def forward(engine: Engine, patients: dict, by: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Return the gradient from forward sensitivities."""
    found = engine.solve(patients, workload.TIMES, keep=[], sensitivities=by, threads=1)
    given = weights(found)
    return {d: sum(np.einsum("pt,pt->p", given[n], found.slopes[d][n]) for n in given) for d in by}


def adjoint(engine: Engine, patients: dict, by: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Return it from the adjoint."""
    found = engine.pull_back(patients, workload.TIMES, weights, by=by, keep=[], threads=1)
    return dict(found.by)


def seconds(work: Work, repeats: int) -> float:
    """Return the mean processor time of some calls."""
    began = time.thread_time()
    for _ in range(repeats):
        work()
    return (time.thread_time() - began) / repeats


def compared(engine: Engine, count: int, repeats: int) -> dict[str, float]:
    """Return times a patient and ratios, for 12 and for more parameters."""
    patients = workload.named(workload.population(count))
    few, many = directions(len(DIRECTIONS)), directions(MORE)
    runs: dict[str, Work] = {
        "plain": lambda: engine.solve(patients, workload.TIMES, keep=[], threads=1),
        "adjoint": lambda: adjoint(engine, patients, many),
        "forward_12": lambda: forward(engine, patients, few),
        "forward_40": lambda: forward(engine, patients, many),
    }
    for work in runs.values():
        work()
    rounds = [{name: seconds(run, repeats) for name, run in runs.items()} for _ in range(ROUNDS)]

    def ratio(above: str, below: str) -> float:
        return statistics.median(r[above] / r[below] for r in rounds)

    return {
        "ms_a_patient_plain": 1e3 * statistics.median(r["plain"] for r in rounds) / count,
        "adjoint_in_plain_runs": ratio("adjoint", "plain"),
        "forward_12_in_plain_runs": ratio("forward_12", "plain"),
        "forward_40_in_plain_runs": ratio("forward_40", "plain"),
        "forward_12_in_adjoints": ratio("forward_12", "adjoint"),
        "forward_40_in_adjoints": ratio("forward_40", "adjoint"),
    }


def difference(engine: Engine) -> float:
    """Return the largest difference of the two gradients, relative to p times the largest."""
    patients, by = workload.named(workload.population(8)), directions(MORE)
    one, two = forward(engine, patients, by), adjoint(engine, patients, by)
    scaled = [[patients[d] * g[d] for d in by] for g in (one, two)]
    size = np.abs(scaled[0]).max(axis=0)
    return float(np.max(np.abs(np.subtract(*scaled)) / size))


def tape(engine: Engine) -> float:
    """Return how many kB one patient's tape takes."""
    patients = workload.named(workload.population(PATIENTS))
    steps = engine.solve(patients, workload.TIMES, keep=[]).steps
    return float(np.mean(steps + 2) * (TAPE_HEADER + engine.slots.size) * 8e-3)


def main() -> None:
    """Run all, print and write."""
    load, engine = os.getloadavg()[0], Engine(workload.system())
    content = {
        "model": workload.MODEL,
        "directions": directions(MORE),
        "patients": PATIENTS,
        "rounds": ROUNDS,
        "batch": compared(engine, PATIENTS, 1),
        "one_patient": compared(engine, 1, 10),
        "largest_difference": difference(engine),
        "tape_kB_a_patient": tape(engine),
        "load": load,
    }
    text = json.dumps(content, indent=1)
    text = json.dumps(json.loads(text, parse_float=lambda n: float(f"{float(n):.4g}")), indent=1)
    print(text)
    write_text(RESULT, text + "\n")


if __name__ == "__main__":
    main()
