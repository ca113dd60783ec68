"""Ten thousand virtual patients of the calibrated PSMA-617 body, six cycles each: time and memory.

All parameters have the distributions of the set; the lesion's receptors and the clearance change
from cycle to cycle as in patients. Time-integrated activities at the end of each cycle, streamed,
in a process of its own for each number of patients. No peer: those of the engine are measured in
`engine_peers.py`. Run with `make bench`.
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

NUMBERS = (1_000, 10_000)
CYCLES, SEED = 6, 1
RESULT = Path(__file__).parent / "results/body_population.json"


def measured(patients: str) -> dict[str, Any]:
    """Simulate in this process; return seconds, and the memory used beyond that before."""
    import numpy as np

    from theratwin.case import Schedule
    from theratwin.core.distribution import Fixed
    from theratwin.dynamics import Engine, Jump
    from theratwin.dynamics.populations.population import sample_population
    from theratwin.dynamics.populations.streaming import simulate_population
    from theratwin.kinetics import psma_body
    from theratwin.kinetics.priors import cycle_changes

    changing = ("lesion_1.receptor_density", "patient.tubular_extraction_rate")
    body = psma_body(
        ligand="psma-617",
        lesions=["lesion_1"],
        given={"lesion_1.volume": "20 mL"},
        changing=changing,
    )
    course = Schedule.regular("7.4 GBq", cycles=CYCLES, every="6 weeks", amount="57 nmol")
    varied = {
        each.name: each.distribution
        for each in body.network.parameters
        if not isinstance(each.distribution, Fixed)
    }
    steps = {
        f"{name}@{cycle}": cycle_changes("psma", lesion=name.startswith("lesion"))["uptake"].ratio(
            cycle
        )
        for name in changing
        for cycle in range(1, CYCLES)
    }

    def doses(first: int, count: int) -> list[Any]:
        drawn = sample_population(steps, count, SEED, first)
        jumps = []
        for name in changing:
            ratio = np.ones(count)
            for cycle, administration in enumerate(course):
                if cycle:
                    ratio = ratio * drawn[f"{name}@{cycle}"]
                    jumps.append(Jump(f"{name}.ratio", administration.time, ratio))
        return [*body.doses(course), *jumps]

    engine = Engine(body.system)
    engine.code()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outputs = [
        body.time_integrated_activity(region)
        for region in ("kidneys", "parotid_glands", "liver", "spleen", "lesion_1", "red_marrow")
    ]
    ends = [*[a.time for a in course][1:], course.administrations[-1].time + 20 * 160.0]
    began = time.perf_counter()
    found = simulate_population(
        engine, varied, ends, outputs, int(patients), seed=SEED, doses=doses, rtol=1e-5
    )
    spent = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "seconds": spent,
        "patients_per_second": int(patients) / spent,
        "ms_a_cycle": 1e3 * spent / (int(patients) * CYCLES),
        "memory_MB": after / 1024,
        "memory_of_the_run_MB": (after - before) / 1024,
        "statuses": {status.name: count for status, count in found.statuses.items()},
        "states": len(body.system.names),
        "varied": len(varied),
        "kidneys_MBq_h_a_MBq": float(found.quantile(outputs[0], 0.5)[-1] / course.activity),
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
        "body": "PSMA-617, calibrated",
        "cycles": CYCLES,
        "by_patients": {str(number): in_process(number) for number in NUMBERS},
        "processors": os.cpu_count(),
        "load_before": load,
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
