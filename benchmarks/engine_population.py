"""A hundred thousand patients: time and memory, streamed.

The 88-state model, a week, five observables at 11 times, medians and quantiles, in a process of its
own for each number of patients. Run with `make bench`.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from theratwin.core.files import write_text

NUMBERS = (1_000, 10_000, 100_000)
RESULT = Path(__file__).parent / "results/engine_population.json"


def measured(patients: str) -> dict[str, Any]:
    """Simulate in this process; return seconds, and the memory used beyond that before."""
    import numpy as np

    from theratwin.dynamics import Engine, model
    from theratwin.dynamics.populations.population import log_normal_population
    from theratwin.dynamics.populations.streaming import simulate_population

    system = model("benchmark-88").system()
    engine = Engine(system)
    engine.code()
    vary = [p for p, value in system.parameters.items() if value and p != "half_life"]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()

    def draw(first: int, count: int) -> dict[str, np.ndarray]:
        return log_normal_population(system, vary, 0.3, count, 1, first)

    found = simulate_population(
        engine, draw, np.linspace(0.0, 168.0, 11), list(system.observables), int(patients)
    )
    spent = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "seconds": spent,
        "patients_per_second": int(patients) / spent,
        "memory_MB": after / 1024,
        "memory_of_the_run_MB": (after - before) / 1024,
        "statuses": {status.name: count for status, count in found.statuses.items()},
    }


def in_process(patients: int) -> dict[str, Any]:
    """Measure in a new process."""
    done = subprocess.run(
        [sys.executable, __file__, str(patients)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def main() -> None:
    """Run all, print and write."""
    load = os.getloadavg()[0]
    content = {
        "model": "benchmark-88",
        "by_patients": {str(number): in_process(number) for number in NUMBERS},
        "load": load,
    }
    text = json.dumps(content, indent=1)
    text = json.dumps(json.loads(text, parse_float=lambda n: float(f"{float(n):.4g}")), indent=1)
    print(text)
    write_text(RESULT, text + "\n")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        json.dump(measured(*sys.argv[1:]), sys.stdout)
    else:
        main()
