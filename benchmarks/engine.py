"""The engine: time a patient and time to compile, against named peers in the same run.

A synthetic whole-body model of 88 states (`models/whole_body.py`), one week, 41 times, all states
kept, rtol 1e-6, atol 1e-9. Peers that are not installed are left out: libroadrunner (CVODE through
SBML), SciPy's LSODA with right-hand side and Jacobian compiled by numba. Run with `make bench`.
"""

from __future__ import annotations

import json
import os
import platform
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from models.peers import LsodaPeer, RoadrunnerPeer
from models.whole_body import TIMES, population, whole_body

from theratwin.core.files import write_text
from theratwin.dynamics import Engine
from theratwin.dynamics.llvm import compile as compilation

PATIENTS, SAMPLE, CHECKED = 2000, 20, 4
DIRECTIONS = [f"receptors.{o}" for o in ("kidney", "glands", "liver", "spleen", "tumor")]
DIRECTIONS += [f"inside.{o}" for o in ("kidney", "glands", "liver", "spleen", "tumor")]
DIRECTIONS += ["off", "gfr"]
RESULT = Path(__file__).parent / "results/engine.json"


def best(work: Callable[[], Any], repeats: int = 3) -> float:
    """Return the least wall time of some repeats (s)."""
    found = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return min(found)


def scaled_error(found: np.ndarray, exact: np.ndarray) -> dict[str, float]:
    """Return the error in units of the tolerance."""
    error = np.abs(found - exact) / (1e-9 + 1e-6 * np.abs(exact))
    return {"largest": float(np.max(error)), "rms": float(np.sqrt(np.mean(error**2)))}


def one_of(patients: dict[str, np.ndarray], index: int) -> dict[str, float]:
    return {name: float(values[index]) for name, values in patients.items()}


def compile_times() -> dict[str, dict[str, float]]:
    """Return seconds from equations to a ready engine: cold, cached on disk."""
    found = {}
    models = {"88": (2, False), "181": (4, True), "445": (10, True), "1017": (23, True)}
    for name, (labels, free) in models.items():
        system = whole_body(labels, free)
        with tempfile.TemporaryDirectory() as folder:
            os.environ["XDG_CACHE_HOME"] = folder
            times = []
            for _ in range(2):
                compilation._LOADED.clear()
                began, used = time.perf_counter(), time.process_time()
                engine = Engine(system)
                front = time.process_time() - used
                engine.code()
                times += [time.perf_counter() - began, time.process_time() - used]
            assert len(system.states) == int(name)
            found[name] = {
                "cold_s": times[0],
                "cold_cpu_s": times[1],
                "cached_s": times[2],
                "equations_cpu_s": front,
                "object_kB": engine.code()[1].size / 1e3,
            }
    return found


def peers(system: Any, patients: dict[str, np.ndarray], exact: np.ndarray) -> dict[str, Any]:
    found = {}
    for name, module, peer in (
        ("libroadrunner", "roadrunner", RoadrunnerPeer),
        ("scipy LSODA, numba", "numba", LsodaPeer),
    ):
        if find_spec(module) is None:
            continue
        made = peer(system)
        made.solve(one_of(patients, 0), TIMES)
        began = time.perf_counter()
        states = np.array([made.solve(one_of(patients, i), TIMES) for i in range(SAMPLE)])
        each = (time.perf_counter() - began) / SAMPLE
        error = scaled_error(states[:CHECKED], exact)
        found[name] = {"ms_a_patient": 1e3 * each, "error_in_tolerances": error}
    return found


def main() -> None:
    """Run all, print, and write the results."""
    system = whole_body()
    patients = population(PATIENTS, system)
    engine = Engine(system)
    names = system.names
    few = {name: values[:CHECKED] for name, values in patients.items()}
    tight = engine.solve(few, TIMES, rtol=1e-11, atol=1e-14)
    exact = np.stack([tight[name] for name in names], axis=-1)
    ours: dict[str, Any] = {}
    for threads in (1, 2):
        each = best(lambda n=threads: engine.solve(patients, TIMES, threads=n)) / PATIENTS
        ours[f"ms_a_patient_{threads}_threads"] = 1e3 * each
    solution = engine.solve(few, TIMES)
    ours["steps"] = float(np.mean(solution.steps))
    states = np.stack([solution[name] for name in names], axis=-1)
    ours["error_in_tolerances"] = scaled_error(states, exact)
    one = one_of(patients, 0)
    ours["ms_one_patient_alone"] = 1e3 * best(lambda: engine.solve(one, TIMES), 20)
    engine.code(tuple(DIRECTIONS))
    part = {name: values[:200] for name, values in patients.items()}
    plain = best(lambda: engine.solve(part, TIMES, threads=1))
    slopes = best(lambda: engine.solve(part, TIMES, threads=1, sensitivities=DIRECTIONS))
    alone = best(lambda: engine.solve(one, TIMES, sensitivities=DIRECTIONS), 10)
    ours["sensitivities_in_12"] = {
        "ms_a_patient": 1e3 * slopes / 200,
        "plain_runs_in_a_batch": slopes / plain,
        "ms_one_patient_alone": 1e3 * alone,
        "plain_runs_alone": 1e3 * alone / ours["ms_one_patient_alone"],
    }
    others = peers(system, patients, exact)
    summary = {
        "theratwin": ours,
        "peers": others,
        "times_slower_than_theratwin_on_one_thread": {
            name: other["ms_a_patient"] / ours["ms_a_patient_1_threads"]
            for name, other in others.items()
        },
        "compile": compile_times(),
        "versions": {"python": platform.python_version(), "numpy": np.__version__},
    }
    text = json.dumps(summary, indent=1, default=float)
    summary = json.loads(text, parse_float=lambda number: float(f"{float(number):.3g}"))
    print(json.dumps(summary, indent=1))
    write_text(RESULT, json.dumps(summary, indent=1) + "\n")


if __name__ == "__main__":
    main()
