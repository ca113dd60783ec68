"""The engine against other solvers: one model, one tolerance, one run.

The 88-state whole body (`theratwin model show benchmark-88`), a week, 41 times, all states kept,
relative tolerance 1e-6. Every peer runs in processes pinned to a processor and is asked in turn,
round after round, so that a busy machine disturbs all alike; medians and ratios within a round are
reported. On one processor its own time counts (and the clock's is told), which others' work hardly
touches; on two the clock's. What is not installed is left out and named. Run with `make bench`.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from peers import workload
from peers.peak import matrix_product_rate, operations_a_step
from peers.reference import reference
from peers.solvers import THREADED
from peers.worker_handle import Worker

from theratwin.core.files import write_text
from theratwin.dynamics import Engine

ROUNDS = 7
#: Peer to the patients that it solves in a round. A thousand take 29 MB of results: with more, what
#: the system takes to hand out memory would be measured, and drown the solvers.
PATIENTS = {
    "theratwin": 1000,
    "c": 1000,
    "sketch-c": 1000,
    "libroadrunner": 60,
    "libroadrunner-as-written": 60,
    "libroadrunner-same-error": 40,
    "scipy-lsoda": 60,
    "diffrax-kvaerno5": 2,
}
RESULT = Path(__file__).parent / "results/engine_peers.json"
PACKAGES = ("libroadrunner", "scipy", "numba", "diffrax", "jax", "llvmlite", "numpy")


def start(name: str) -> dict[str, Any] | str:
    """Return the workers of a peer, for one processor and for two; or why it is missing."""
    one = Worker(name, 0)
    setup = one.ready()
    if setup is None:
        one.end()
        return one.missing
    second = Worker(name) if name in THREADED else Worker(name, 1)
    second.ready()
    return {"one": one, "second": second, "setup_s": setup}


def on_one(name: str, workers: dict[str, Any]) -> tuple[float, float]:
    """Return milliseconds a patient on one processor: of the processor, and by the clock."""
    workers["one"].tell(0, PATIENTS[name], 1)
    wall, used = workers["one"].seconds()
    return 1e3 * used / PATIENTS[name], 1e3 * wall / PATIENTS[name]


def on_two(name: str, workers: dict[str, Any]) -> float:
    """Return milliseconds a patient by the clock: by threads, or by two processes at once."""
    count = PATIENTS[name]
    if name in THREADED:
        workers["second"].tell(0, count, 2)
        return 1e3 * workers["second"].seconds()[0] / count
    workers["one"].tell(0, count, 1)
    workers["second"].tell(count, count, 1)
    return 1e3 * max(workers[w].seconds()[0] for w in ("one", "second")) / (2 * count)


def measure(running: dict[str, Any]) -> dict[str, list]:
    """Return, by round, the times on one processor and on two, dgemm's rate, and the load."""
    rounds: dict[str, list] = {"load": [], "peak": [], "one": [], "clock": [], "two": []}
    for _ in range(ROUNDS):
        rounds["load"].append(round(os.getloadavg()[0], 2))
        rounds["peak"].append(matrix_product_rate())
        alone = {name: on_one(name, workers) for name, workers in running.items()}
        rounds["one"].append({name: used for name, (used, _) in alone.items()})
        rounds["clock"].append({name: wall for name, (_, wall) in alone.items()})
        rounds["two"].append({name: on_two(name, workers) for name, workers in running.items()})
    return rounds


def summary(rounds: list[dict]) -> dict[str, Any]:
    """Return medians, the least, and the median ratio to the engine within a round."""
    ours = "theratwin"
    return {
        name: {
            "ms": round(statistics.median(r[name] for r in rounds), 4),
            "least_ms": round(min(r[name] for r in rounds), 4),
            "times_theratwin": round(statistics.median(r[name] / r[ours] for r in rounds), 3),
            "ratio_of_least": round(min(r[name] for r in rounds) / min(r[ours] for r in rounds), 3),
        }
        for name in rounds[0]
    }


def accuracy(running: dict[str, Any]) -> tuple[dict[str, Any], dict[str, float]]:
    """Return each peer's error, in units of the tolerance, and the reference's own doubt."""
    exact, other = reference(workload.COMPARED)
    with tempfile.TemporaryDirectory() as folder:
        found = {
            name: workload.errors(workers["one"].states(Path(folder) / f"{name}.npy"), exact)
            for name, workers in running.items()
        }
    return found, workload.errors(other, exact)


def arithmetic(ms: float, peak: list[float]) -> dict[str, Any]:
    """Return the engine's arithmetic rate on one processor, and its share of dgemm's best."""
    rows = workload.population(PATIENTS["theratwin"])
    found = Engine(workload.system()).solve(workload.named(rows), workload.TIMES)
    steps = float(np.mean(found.steps + found.rejections))
    rate = operations_a_step() * steps / (1e-3 * ms)
    return {
        "operations_a_step": operations_a_step(),
        "steps_a_patient": round(steps, 1),
        "GFlop_s": round(rate / 1e9, 2),
        "dgemm_GFlop_s": round(max(peak) / 1e9, 2),
        "share_of_dgemm": round(rate / max(peak), 3),
    }


def versions() -> dict[str, str]:
    """Return the versions of what was compared."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "missing"
    return found


def main() -> None:
    """Run all peers, print and write what was measured."""
    began = {name: start(name) for name in PATIENTS}
    running = {name: workers for name, workers in began.items() if isinstance(workers, dict)}
    errors, doubt = accuracy(running)
    rounds = measure(running)
    one = summary(rounds["one"])
    content = {
        "model": workload.MODEL,
        "rtol": workload.RTOL,
        "atol_nmol": workload.ATOL,
        "rounds": ROUNDS,
        "patients_a_round": PATIENTS,
        "one_processor": one,
        "one_processor_by_the_clock": summary(rounds["clock"]),
        "two_processors_by_the_clock": summary(rounds["two"]),
        "setup_s": {name: round(workers["setup_s"], 2) for name, workers in running.items()},
        "error_in_tolerances": errors,
        "doubt_of_the_reference_in_tolerances": doubt,
        "arithmetic": arithmetic(one["theratwin"]["ms"], rounds["peak"]),
        "missing": {name: why for name, why in began.items() if isinstance(why, str)},
        "load_before_each_round": rounds["load"],
        "versions": versions(),
    }
    for workers in running.values():
        workers["one"].end()
        workers["second"].end()
    text = json.dumps(content, indent=1)
    print(text)
    write_text(RESULT, text + "\n")


if __name__ == "__main__":
    main()
