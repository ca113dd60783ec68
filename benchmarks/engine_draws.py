"""The worst error over a thousand random patients, near the defaults and far from them.

Every parameter but the half-life is drawn: log-normally with a coefficient of variation of 0.3 or
of 1, or uniformly in its logarithm over two decades around its default. The reference is the engine
itself at a relative tolerance of 1e-11; a sample of it is compared with LSODA at 1e-12, which
shares no code with it, and the largest difference is told. Run with `make bench`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from peers import workload
from peers.reference import by_lsoda

from theratwin.core.files import write_text
from theratwin.core.seed import stream
from theratwin.dynamics import Engine
from theratwin.dynamics.solving.status import Status

DRAWS, SAMPLED = 1000, 8
TIGHT = {"rtol": 1e-11, "atol": 1e-14}
METHODS = ("rodas5p", "rodas5")
#: Of the solver at its default tolerances, and at looser ones.
TOLERANCES = ((1e-6, 1e-9), (1e-4, 1e-7))
RESULT = Path(__file__).parent / "results/engine_draws.json"

Factors = Callable[[np.ndarray], np.ndarray]


def lognormal(variation: float) -> Factors:
    """Return what makes factors of mean one from normal numbers."""
    width = np.sqrt(np.log1p(variation**2))
    return lambda normal: np.exp(width * normal - 0.5 * width**2)


def decades(normal: np.ndarray) -> np.ndarray:
    """Return factors from a tenth to ten, uniform in their logarithm."""
    from scipy.special import ndtr

    return 10.0 ** (2.0 * ndtr(normal) - 1.0)


SPREADS: dict[str, Factors] = {
    "log-normal, 0.3": lognormal(0.3),
    "log-normal, 1": lognormal(1.0),
    "log-uniform, a tenth to ten times": decades,
}


def drawn(factors: Factors) -> np.ndarray:
    """Return parameters, shape ``(draw, parameter)``."""
    defaults = workload.system().parameters
    found = factors(stream(7, "engine", "draws").standard_normal((DRAWS, len(defaults))))
    found[:, [list(defaults).index(name) for name in workload.FIXED]] = 1.0
    return found * np.array(list(defaults.values()))


def states(solution: Any) -> np.ndarray:
    """Return shape ``(patient, time, state)``."""
    return np.stack([solution.states[name] for name in workload.system().names], axis=-1)


def ratio(found: np.ndarray, exact: np.ndarray, rtol: float, atol: float) -> np.ndarray:
    """Return the error in units of the tolerance."""
    return np.abs(found - exact) / (atol + rtol * np.abs(exact))


def row(method: str, solution: Any, exact: np.ndarray, rtol: float, atol: float) -> dict[str, Any]:
    """Return errors in units of the tolerance and of the largest value, steps and statuses."""
    found = states(solution)
    error = ratio(found, exact, rtol, atol)
    size = np.maximum(np.abs(exact).max(axis=1, keepdims=True), 1e-9)
    relative = np.abs(found - exact) / size
    draw, time, state = np.unravel_index(np.argmax(error), error.shape)
    statuses = {Status(s).name: int(np.sum(solution.status == s)) for s in set(solution.status)}
    return {
        "method": method,
        "rtol": rtol,
        "largest_in_tolerances": float(error.max()),
        "at": f"{workload.system().names[state]}, {workload.TIMES[time]:.3g} h, draw {draw}",
        "share_above_10_tolerances": float(np.mean(error.max(axis=(1, 2)) > 10.0)),
        "median_of_the_draws_largest": float(np.median(error.max(axis=(1, 2)))),
        "rms_in_tolerances": float(np.sqrt(np.mean(error**2))),
        "largest_of_peak": float(relative.max()),
        "steps": float(np.mean(solution.steps)),
        "most_steps": int(np.max(solution.steps)),
        "rejections": float(np.mean(solution.rejections)),
        "least_value": float(found.min()),
        "statuses": statuses,
    }


def at_ends_of_steps(engine: Engine, parameters: np.ndarray, draw: int, state: str) -> float:
    """Return the largest error of a state of one draw, in units, at the ends of its steps."""
    given, (rtol, atol) = workload.named(parameters[draw : draw + 1]), TOLERANCES[0]
    end = workload.TIMES[-1]
    taken = engine.solve(given, [end], rtol=rtol, atol=atol, curves=[state])
    ends = np.append(taken.records.steps[1:, 1], end)
    found, exact = (
        engine.solve(given, ends, **settings)[state]
        for settings in ({"rtol": rtol, "atol": atol}, TIGHT)
    )
    return float(ratio(found, exact, rtol, atol).max())


def measured(engines: dict[str, Engine], factors: Factors) -> dict[str, Any]:
    """Return the rows of one spread, and how far its reference is from LSODA."""
    parameters, first = drawn(factors), next(iter(engines.values()))
    given = workload.named(parameters)
    exact = states(first.solve(given, workload.TIMES, **TIGHT).require())
    solved = {
        (name, rtol, atol): engine.solve(given, workload.TIMES, rtol=rtol, atol=atol)
        for name, engine in engines.items()
        for rtol, atol in TOLERANCES
    }
    plain = next(iter(solved.values()))
    # The first ones, and those that took most steps.
    hardest = np.argsort(plain.steps)[-(SAMPLED // 2) :]
    sample = np.concatenate([np.arange(SAMPLED // 2), hardest])
    doubt = ratio(by_lsoda(parameters[sample]), exact[sample], *TOLERANCES[0])
    error = ratio(states(plain), exact, *TOLERANCES[0])
    draw, _, state = np.unravel_index(np.argmax(error), error.shape)
    worst = at_ends_of_steps(first, parameters, int(draw), workload.system().names[state])
    return {
        "doubt_of_the_reference_in_tolerances": float(doubt.max()),
        "worst_state_at_the_ends_of_its_steps": worst,
        "rows": [
            row(name, solution, exact, rtol, atol)
            for (name, rtol, atol), solution in solved.items()
        ],
    }


def main() -> None:
    """Run all, print and write."""
    engines = {name: Engine(workload.system(), method=name) for name in METHODS}
    content = {
        "model": workload.MODEL,
        "draws": DRAWS,
        "reference": f"the engine at rtol {TIGHT['rtol']:g}, atol {TIGHT['atol']:g} nmol",
        "compared_with_lsoda": SAMPLED,
        "spreads": {name: measured(engines, factors) for name, factors in SPREADS.items()},
        "load": os.getloadavg()[0],
    }
    text = json.dumps(content, indent=1)
    text = json.dumps(json.loads(text, parse_float=lambda n: float(f"{float(n):.4g}")), indent=1)
    print(text)
    write_text(RESULT, text + "\n")


if __name__ == "__main__":
    main()
