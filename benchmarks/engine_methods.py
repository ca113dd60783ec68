"""Methods of integration by work and precision: is another one cheaper than the default?

The methods that the engine offers, and four more whose coefficients lie in `benchmarks/tableaus`;
all are first checked by their order conditions. On the 88-state body and on three stiff problems,
each method is run at tolerances from 1e-3 to 1e-10; from its curve of error against work, what it
needs for a given error is read and compared with the default's. Work is told twice: in stages,
which another's load on the machine does not touch, and in time. Run with `make bench`.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
from peers import stiff, workload
from peers.reference import by_lsoda

from theratwin.core.files import write_text
from theratwin.dynamics import Engine, System
from theratwin.dynamics.solving.order_conditions import Conditions
from theratwin.dynamics.solving.tableau import DEFAULT_METHOD, Tableau, parse, tableau

OFFERED = (DEFAULT_METHOD, "rodas5")
CANDIDATES = Path(__file__).parent / "tableaus"
TOLERANCES = tuple(10.0**-k for k in range(3, 11))
#: Errors (rms, relative to each state's largest value) at which methods are compared.
LEVELS = (1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9)
PATIENTS, ROUNDS, COMPARED = 64, 7, 24
ROUNDING = 1e-12
RESULT = Path(__file__).parent / "results/engine_methods.json"


def methods() -> dict[str, Tableau]:
    """Return all methods by name, those that are offered first."""
    found = {name: tableau(name) for name in OFFERED}
    for file in sorted(CANDIDATES.glob("*.toml")):
        found[file.stem] = parse(file.stem, file.read_text(encoding="utf-8"))
    return found


def checked(method: Tableau) -> dict[str, Any]:
    """Return what the order conditions say; a method that misses its order is an error."""
    conditions, order = Conditions(method), method.order
    defects = {
        "solution": max(conditions.defect(p) for p in range(1, order + 1)),
        "embedded": max(conditions.defect(p, embedded=True) for p in range(1, order)),
        "dense": max(conditions.dense_defect(p, 0.5) for p in range(1, order)),
        "at_infinity": abs(conditions.amplification(complex(-np.inf))),
    }
    if max(defects.values()) > ROUNDING:
        raise ValueError(f"{method.name} misses its order: {defects}")
    axis = np.geomspace(1e-3, 1e6, 300)
    return {
        "order": order,
        "stages": method.stages,
        "source": method.source,
        "largest_defect": max(defects.values()),
        "defect_one_order_up": conditions.defect(order + 1),
        "largest_on_the_imaginary_axis": max(abs(conditions.amplification(1j * y)) for y in axis),
    }


def problems() -> dict[str, tuple[System, np.ndarray, dict[str, np.ndarray], np.ndarray]]:
    """Return equations, times, parameters of those compared, and their reference, by name."""
    rows = workload.population(COMPARED)
    found = {
        workload.MODEL: (
            workload.system(),
            workload.TIMES,
            workload.named(rows),
            by_lsoda(rows),
        )
    }
    for name, (system, times) in (("robertson", stiff.robertson()), ("hires", stiff.hires())):
        found[name] = system, times, {}, stiff.by_radau(system, times)[None]
    system, times, exact = stiff.driven()
    return {**found, "driven by a curve": (system, times, {}, exact[None])}


def errors(solution: Any, system: System, exact: np.ndarray) -> np.ndarray:
    """Return errors relative to the largest value of each state of each patient."""
    found = np.stack([solution.states[name] for name in system.names], axis=-1)
    size = np.abs(exact).max(axis=1, keepdims=True)
    floor = 1e-9 * np.array([state.tolerance_scale for state in system.states])
    return np.abs(found - exact) / np.maximum(size, floor)


def curves(
    system: System,
    times: np.ndarray,
    given: dict[str, np.ndarray],
    exact: np.ndarray,
    tried: dict[str, Tableau],
) -> dict[str, list[dict[str, float]]]:
    """Return, by method, a row for each tolerance; the methods take turns at each."""
    engines = {name: Engine(system, method=method) for name, method in tried.items()}
    # One patient alone where there are no parameters to vary.
    many = workload.named(workload.population(PATIENTS)) if given else {}
    found: dict[str, list[dict[str, float]]] = {name: [] for name in tried}
    for rtol in TOLERANCES:
        settings = {"rtol": rtol, "atol": 1e-3 * rtol, "threads": 1}
        seconds: dict[str, list[float]] = {name: [] for name in tried}
        for _ in range(ROUNDS):
            for name, engine in engines.items():
                began = time.process_time()
                engine.solve(many, times, **settings)
                seconds[name].append(time.process_time() - began)
        for name, engine in engines.items():
            solution = engine.solve(given, times, **settings).require()
            error = errors(solution, system, exact)
            steps = float(np.mean(solution.steps + solution.rejections))
            found[name].append(
                {
                    "rtol": rtol,
                    "rms_error": float(np.sqrt(np.mean(error**2))),
                    "largest_error": float(error.max()),
                    "steps": steps,
                    "stages": steps * tried[name].stages,
                    "ms": 1e3 * min(seconds[name]) / (PATIENTS if many else 1),
                }
            )
    return found


def needed(rows: list[dict[str, float]], work: str, error: float) -> float | None:
    """Return the work for an error, between tolerances by powers; None beyond the ends."""
    reached = np.log([row["rms_error"] for row in rows])[::-1]
    spent = np.log([row[work] for row in rows])[::-1]
    wanted = np.log(error)
    if np.any(np.diff(reached) <= 0) or not reached[0] <= wanted <= reached[-1]:
        return None
    return float(np.exp(np.interp(wanted, reached, spent)))


def against_default(found: dict[str, list[dict[str, float]]], work: str) -> dict[str, Any]:
    """Return, by method and error, the work in that of the default."""
    own = {level: needed(found[DEFAULT_METHOD], work, level) for level in LEVELS}
    return {
        name: {
            f"{level:.0e}": round(spent / own[level], 3)
            for level in LEVELS
            if own[level] and (spent := needed(rows, work, level))
        }
        for name, rows in found.items()
        if name != DEFAULT_METHOD
    }


def main() -> None:
    """Run all, print and write."""
    tried = methods()
    content: dict[str, Any] = {
        "default": DEFAULT_METHOD,
        "offered": list(OFFERED),
        "methods": {name: checked(method) for name, method in tried.items()},
        "problems": {},
        "load": os.getloadavg()[0],
    }
    for problem, (system, times, given, exact) in problems().items():
        found = curves(system, times, given, exact, tried)
        content["problems"][problem] = {
            "curves": found,
            "stages_in_those_of_the_default": against_default(found, "stages"),
            "time_in_that_of_the_default": against_default(found, "ms"),
        }
    text = json.dumps(content, indent=1)
    text = json.dumps(json.loads(text, parse_float=lambda n: float(f"{float(n):.4g}")), indent=1)
    print(text)
    write_text(RESULT, text + "\n")


if __name__ == "__main__":
    main()
