"""Work against precision: tolerances from 1e-3 to 1e-10, the error reached, steps and time.

The reference is LSODA at 1e-12, checked by Radau; neither shares code with the engine. The error of
a state is relative to the largest value that it takes. Run with `make bench`.
"""

from __future__ import annotations

import json
import os
import statistics
import time
from pathlib import Path
from typing import Any

import numpy as np
from peers import workload
from peers.reference import reference

from theratwin.core.files import write_text
from theratwin.dynamics import Engine
from theratwin.testing import observed_order

TOLERANCES = tuple(10.0**-k for k in range(3, 11))
PATIENTS, ROUNDS = 200, 5
RESULT = Path(__file__).parent / "results/engine_work_precision.json"


def relative(found: np.ndarray, exact: np.ndarray) -> np.ndarray:
    """Return errors relative to the largest value of each state of each patient."""
    size = np.abs(exact).max(axis=1, keepdims=True)
    return np.abs(found - exact) / np.maximum(size, 1e-9)


def states(solution: Any) -> np.ndarray:
    """Return shape ``(patient, time, state)``."""
    return np.stack([solution.states[name] for name in workload.system().names], axis=-1)


def rows(engine: Engine, exact: np.ndarray) -> list[dict[str, Any]]:
    """Return error, steps and time for each tolerance."""
    few = workload.named(workload.population(len(exact)))
    many = workload.named(workload.population(PATIENTS))
    found = []
    for rtol in TOLERANCES:
        settings = {"rtol": rtol, "atol": 1e-3 * rtol, "threads": 1}
        solution = engine.solve(few, workload.TIMES, **settings).require()
        error = relative(states(solution), exact)
        seconds = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            engine.solve(many, workload.TIMES, **settings)
            seconds.append(time.perf_counter() - began)
        found.append(
            {
                "rtol": rtol,
                "largest_error": float(error.max()),
                "rms_error": float(np.sqrt(np.mean(error**2))),
                "steps": float(np.mean(solution.steps)),
                "rejections": float(np.mean(solution.rejections)),
                "ms_a_patient": 1e3 * statistics.median(seconds) / PATIENTS,
            }
        )
    return found


def main() -> None:
    """Run all, print and write."""
    load = os.getloadavg()[0]
    exact, check = reference(workload.COMPARED)
    table = rows(Engine(workload.system()), exact)
    # Between 1e-5 and 1e-9, where neither the first steps nor rounding decide.
    middle = [row for row in table if 5e-10 < row["rtol"] < 5e-5]
    order = observed_order(
        [1.0 / row["steps"] for row in middle], [row["rms_error"] for row in middle]
    )
    content = {
        "model": workload.MODEL,
        "patients_compared": len(exact),
        "atol": "rtol times 1e-3 nmol",
        "reference_doubt": float(relative(check, exact).max()),
        "table": table,
        "observed_order_of_the_rms_error": order,
        "load": load,
    }
    text = json.dumps(content, indent=1)
    text = json.dumps(json.loads(text, parse_float=lambda n: float(f"{float(n):.4g}")), indent=1)
    print(text)
    write_text(RESULT, text + "\n")


if __name__ == "__main__":
    main()
