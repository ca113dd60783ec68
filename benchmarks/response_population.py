"""Ten thousand patients, six cycles each: kinetics, tumor, blood counts and BED in one system.

The calibrated PSMA-617 body with a lesion whose volume acts back on its uptake, linear-quadratic
kill, dose and BED of kidneys and red marrow, and four lines of blood cells. Beside it the kinetics
alone, of the same patients and to the same accuracy: the share that they have in the whole. No
peer has all of this; those of the engine are measured in `engine_peers.py`. Run with `make bench`.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

from theratwin.case import Schedule
from theratwin.core import Fixed, LogNormal
from theratwin.core.files import write_text
from theratwin.dosimetry import marrow_model
from theratwin.dynamics import Engine, simulate_population
from theratwin.kinetics import psma_body
from theratwin.response.tumor import to_space
from theratwin.twin.therapy import Therapy

PATIENTS, CYCLES, SEED = 10_000, 6, 1
FOLLOWED = 100 * 24.0
RESULT = Path(__file__).parent / "results/response_population.json"


def therapy() -> Therapy:
    """Return the patient."""
    body = psma_body(ligand="psma-617", lesions=["lesion_1"], given={"lesion_1.volume": "20 mL"})
    return Therapy(body, "lesion_1", marrow={"Lu-177": marrow_model("Lu-177", 80e3, 1760.0)})


def measured(patient: Therapy, course: Schedule, patients: int) -> dict[str, Any]:
    """Simulate both in turns, twice; return the better time of each."""
    ends = [*[a.time for a in course][1:], course.administrations[-1].time + FOLLOWED]
    doses = patient.body.doses(course)
    # The lesion's own receptors and perfusion follow its volume and are no parameters there.
    freed = [f"lesion_1.{name}" for name in ("receptor_density", "plasma_perfusion", "volume")]
    varied = {
        p.name: p.distribution
        for p in patient.body.network.parameters
        if not isinstance(p.distribution, Fixed) and p.name not in freed
    }
    growth = {"tumor.doubling_time": LogNormal(1700.0, 2.2)}
    whole = (
        Engine(patient.network.system()),
        {**{f"body.{name}": d for name, d in varied.items()}, **growth},
        ["tumor.volume", "organs.bed.kidneys", "organs.bed.red_marrow", "blood.platelets"],
        to_space(doses),
    )
    kinetics = (
        Engine(patient.body.system),
        varied,
        ["time_integrated_activity.kidneys", "time_integrated_activity.lesion_1"],
        doses,
    )
    spent: dict[str, list[float]] = {"whole": [], "kinetics": []}
    found = {}
    for engine, *_ in (whole, kinetics):
        engine.code()
    for _ in range(2):
        for name, (engine, parameters, outputs, given) in (
            ("kinetics", kinetics),
            ("whole", whole),
        ):
            began = time.perf_counter()
            found[name] = simulate_population(
                engine, parameters, ends, outputs, patients, seed=SEED, doses=given, rtol=1e-5
            )
            spent[name].append(time.perf_counter() - began)
    best = {name: min(times) for name, times in spent.items()}
    result = found["whole"]
    return {
        "patients": patients,
        "cycles": CYCLES,
        "states": {"kinetics": len(kinetics[0].system.names), "whole": len(whole[0].system.names)},
        "seconds": best,
        "ms_a_patient": 1e3 * best["whole"] / patients,
        "share_of_kinetics": best["kinetics"] / best["whole"],
        "statuses": {s.name: count for s, count in result.statuses.items()},
        "kidneys_BED_Gy": float(result.quantile("organs.bed.kidneys", 0.5)[-1]),
        "volume_mL": float(result.quantile("tumor.volume", 0.5)[-1]),
        "memory_MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "processors": os.cpu_count(),
        "load_before": os.getloadavg()[0],
    }


def main(patients: int = PATIENTS) -> None:
    """Run, print and write."""
    course = Schedule.regular("7.4 GBq", cycles=CYCLES, every="6 weeks", amount="57 nmol")
    content = measured(therapy(), course, patients)
    text = json.dumps(content, indent=1)
    text = json.dumps(json.loads(text, parse_float=lambda n: float(f"{float(n):.4g}")), indent=1)
    print(text)
    if patients == PATIENTS:
        write_text(RESULT, text + "\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
