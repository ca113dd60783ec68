"""From nothing to a ready engine: 88 to 1,017 states, cold and from the cache.

Each measurement is a process of its own with a cache folder of its own: the first finds it empty,
the next ones find it full. All is repeated, with the models in turn, and the median is told:
processor time, which a busy machine disturbs less. Run with `make bench`.
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

MODELS = ("benchmark-88", "benchmark-181", "benchmark-445", "benchmark-1017")
ROUNDS = 3
BYTECODE = tempfile.TemporaryDirectory()
RESULT = Path(__file__).parent / "results/engine_compile.json"


class Clock:
    """Processor time from one mark to the next."""

    def __init__(self) -> None:
        self.parts: dict[str, float] = {}
        self._last = time.process_time()

    def mark(self, name: str) -> None:
        """End a part."""
        now = time.process_time()
        self.parts[name], self._last = now - self._last, now


def measured(name: str, level: str, lanes: str) -> dict[str, Any]:
    """Return the seconds of each part of a start in this process, and how fast the code is."""
    clock = Clock()
    import numpy as np

    clock.mark("numpy_s")
    from theratwin.dynamics import Engine, log_normal_population, model

    clock.mark("import_s")
    network = model(name)
    clock.mark("model_s")
    system = network.system()
    clock.mark("system_s")
    engine = Engine(system, level=int(level), lanes=int(lanes))
    _, code = engine.code()
    clock.mark("engine_s")
    times = np.linspace(0.0, 168.0, 8)
    engine.solve({}, times, threads=1)
    clock.mark("first_solve_s")
    llvm = "llvmlite.binding" in sys.modules
    patients = 64
    vary = [p for p, value in system.parameters.items() if value and p != "half_life"]
    drawn = log_normal_population(system, vary, 0.3, patients, seed=1)
    began = time.process_time()
    found = engine.solve(drawn, times, threads=1)
    spent = time.process_time() - began
    return {
        **clock.parts,
        "states": len(system.states),
        "cached": code.cached,
        "llvm_loaded": llvm,
        "object_kB": code.size / 1e3,
        "ms_a_patient": 1e3 * spent / patients,
        "steps": float(np.mean(found.steps + found.rejections)),
        "solved": int(np.sum(found.good)),
    }


def emitted(name: str) -> dict[str, Any]:
    """Return the seconds of working on the equations and of writing the text, and its size."""
    from theratwin.dynamics import Engine, model
    from theratwin.dynamics.llvm.emit_llvm import module
    from theratwin.dynamics.llvm.emit_sensitivity import Slopes
    from theratwin.dynamics.llvm.target import target

    engine = Engine(model(name).system())
    clock = Clock()
    operations = engine.operations
    clock.mark("equations_s")
    plain = Slopes.of(engine.system, operations, ())
    text = module(operations, engine.lanes, target().is_x86, plain)
    clock.mark("text_s")
    return {
        **clock.parts,
        "entries": len(text.elimination.entries),
        "multiplications": text.elimination.multiplications,
    }


def in_process(*arguments: str, cache: str) -> dict[str, Any]:
    """Measure in a new process, which finds compiled Python as an installed package has it."""
    environment = {name: v for name, v in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, __file__, *arguments],
        env={
            **environment,
            "XDG_CACHE_HOME": cache,
            "PYTHONPYCACHEPREFIX": BYTECODE.name,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def one_round(name: str) -> dict[str, dict[str, Any]]:
    """Return what a model takes: cold, cached, cold without optimization, and up to the text."""
    with tempfile.TemporaryDirectory() as cache:
        cold = in_process(name, "1", "4", cache=cache)
        cached = in_process(name, "1", "4", cache=cache)
        text = in_process(name, cache=cache)
    assert not cold["cached"]
    assert cached["cached"]
    with tempfile.TemporaryDirectory() as cache:
        quick = in_process(name, "0", "4", cache=cache)
    return {"cold": cold, "cached": cached, "level_0": quick, "emitted": text}


def summary(rounds: list[dict[str, dict[str, Any]]]) -> dict[str, Any]:
    """Return sizes, and medians of times."""
    first = rounds[0]["cold"] | rounds[0]["emitted"]
    sizes = {k: first[k] for k in ("states", "entries", "multiplications", "object_kB", "steps")}
    sizes["llvm_loaded_if_cached"] = rounds[0]["cached"]["llvm_loaded"]
    times = {
        kind: {
            key: float(f"{statistics.median(r[kind][key] for r in rounds):.3g}")
            for key in found
            if key.endswith("_s") or key.startswith("ms_")
        }
        for kind, found in rounds[0].items()
    }
    return {**sizes, **times}


def eight_lanes() -> dict[str, float]:
    """Return processor time a patient (ms) with eight lanes in place of four, by model."""
    found = {}
    for name in MODELS[1:]:
        with tempfile.TemporaryDirectory() as cache:
            found[name] = float(f"{in_process(name, '1', '8', cache=cache)['ms_a_patient']:.3g}")
    return found


def main() -> None:
    """Run all, print and write."""
    from theratwin.core.files import write_text

    with tempfile.TemporaryDirectory() as cache:
        in_process(MODELS[0], "1", "4", cache=cache)  # Python is compiled before it is timed.
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
        found = measured(*sys.argv[1:]) if len(sys.argv) > 2 else emitted(sys.argv[1])
        json.dump(found, sys.stdout)
    else:
        main()
