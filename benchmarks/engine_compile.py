"""From equations to a ready engine: 88 to 1,017 states, cold and from the cache.

Each measurement is a process of its own with a cache folder of its own: the first finds it empty,
the next ones find it full. Compiling is repeated, with the models in turn, and the median is told:
wall time, and processor time, which a busy machine disturbs less. Run with `make bench`.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from theratwin.core.files import write_text

MODELS = ("benchmark-88", "benchmark-181", "benchmark-445", "benchmark-1017")
ROUNDS = 3
RESULT = Path(__file__).parent / "results/engine_compile.json"


def measured(name: str, level: str, lanes: str) -> dict[str, Any]:
    """Return the seconds of each phase in this process, and how fast the code is."""
    import numpy as np

    from theratwin.dynamics import Engine, model
    from theratwin.dynamics.llvm.compile import compiled
    from theratwin.dynamics.llvm.emit_llvm import module
    from theratwin.dynamics.llvm.emit_sensitivity import Slopes
    from theratwin.dynamics.populations.population import log_normal_population

    system = model(name).system()
    began, clocks = time.perf_counter(), [time.process_time()]
    engine = Engine(system, level=int(level), lanes=int(lanes))
    clocks.append(time.process_time())
    plain = Slopes.of(system, engine.operations, ())
    text = module(engine.operations, engine.lanes, target().is_x86, plain)
    clocks.append(time.process_time())
    code = compiled(text.text, text.exports, engine.level)
    clocks.append(time.process_time())
    total = time.perf_counter() - began
    patients = 64
    vary = [p for p, value in system.parameters.items() if value and p != "half_life"]
    drawn = log_normal_population(system, vary, 0.3, patients, seed=1)
    times = np.linspace(0.0, 168.0, 8)
    engine.solve(drawn, times, threads=1)
    began = time.process_time()
    found = engine.solve(drawn, times, threads=1)
    spent = time.process_time() - began
    equations, written, made = np.diff(clocks)
    return {
        "states": len(system.states),
        "entries": len(text.elimination.entries),
        "multiplications": text.elimination.multiplications,
        "total_s": total,
        "processor_s": clocks[-1] - clocks[0],
        "equations_s": float(equations),
        "text_s": float(written),
        "object_s": float(made),
        "cached": code.cached,
        "object_kB": code.size / 1e3,
        "ms_a_patient": 1e3 * spent / patients,
        "steps": float(np.mean(found.steps + found.rejections)),
        "solved": int(np.sum(found.good)),
    }


def in_process(name: str, cache: str, level: int = 1, lanes: int = 4) -> dict[str, Any]:
    """Measure in a new process."""
    done = subprocess.run(
        [sys.executable, __file__, name, str(level), str(lanes)],
        env={
            **os.environ,
            "XDG_CACHE_HOME": cache,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def one_round(name: str) -> dict[str, dict[str, Any]]:
    """Return what a model takes: cold, cached, and cold without optimization."""
    with tempfile.TemporaryDirectory() as cache:
        cold, cached = in_process(name, cache), in_process(name, cache)
    assert not cold["cached"]
    assert cached["cached"]
    with tempfile.TemporaryDirectory() as cache:
        quick = in_process(name, cache, level=0)
    return {"cold": cold, "cached": cached, "level_0": quick}


def summary(rounds: list[dict[str, dict[str, Any]]]) -> dict[str, Any]:
    """Return sizes, and medians of times."""
    first = rounds[0]["cold"]
    sizes = {k: first[k] for k in ("states", "entries", "multiplications", "object_kB", "steps")}
    keys = ("total_s", "processor_s", "equations_s", "text_s", "object_s", "ms_a_patient")
    times = {
        kind: {key: float(f"{statistics.median(r[kind][key] for r in rounds):.3g}") for key in keys}
        for kind in rounds[0]
    }
    return {**sizes, **times}


def eight_lanes() -> dict[str, float]:
    """Return processor time a patient (ms) with eight lanes in place of four, by model."""
    found = {}
    for name in MODELS[1:]:
        with tempfile.TemporaryDirectory() as cache:
            found[name] = float(f"{in_process(name, cache, lanes=8)['ms_a_patient']:.3g}")
    return found


def main() -> None:
    """Run all, print and write."""
    rounds: dict[str, list] = {name: [] for name in MODELS}
    load = []
    for _ in range(ROUNDS):
        load.append(os.getloadavg()[0])
        for name in MODELS:
            rounds[name].append(one_round(name))
    content = {
        "models": {name: summary(found) for name, found in rounds.items()},
        "ms_a_patient_eight_lanes": eight_lanes(),
        "rounds": ROUNDS,
        "load_before_each_round": load,
    }
    text = json.dumps(content, indent=1)
    print(text)
    write_text(RESULT, text + "\n")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        json.dump(measured(*sys.argv[1:]), sys.stdout)
    else:
        main()
