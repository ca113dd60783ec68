"""The engine through JAX against the engine itself: what a call costs more.

The 88-state benchmark model, one patient, 25 times to 168 h: milliseconds of a value and of a
value with its gradient by 12 parameters, direct and through a compiled JAX function, in turns in
one run. The same with a system of one state, where the call is all there is. Run with
`make bench`.
"""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from theratwin.core._jax import jax, jnp
from theratwin.core.files import write_text
from theratwin.dynamics import Engine, State, System, model
from theratwin.dynamics.expressions.expression import Binding, symbol
from theratwin.dynamics.jax import jax_solver

RESULT = Path(__file__).parent / "results/engine_jax.json"
TIMES = np.linspace(7.0, 168.0, 24)
VARIED = (
    *(f"{organ}.receptors" for organ in ("kidney", "glands", "liver", "spleen", "tumor")),
    *(f"{organ}.internalization" for organ in ("kidney", "glands", "liver", "spleen", "tumor")),
    *("k_off", "kidney.filtration"),
)


def one_state() -> System:
    """Return x' = -k x."""
    x, k, x0 = symbol("x", Binding.STATE), symbol("k"), symbol("x0")
    return System((State("x", x0, -k * x),), {"k": 0.01, "x0": 1.0}, observables={"twice": 2.0 * x})


def least(functions: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """Return milliseconds of each, called in turn after a warm-up: the fastest tenth's slowest."""
    taken: dict[str, list[float]] = {name: [] for name in functions}
    for round_ in range(-5, rounds):
        for name, function in functions.items():
            began = time.perf_counter()
            jax.block_until_ready(function())
            if round_ >= 0:
                taken[name].append(1e3 * (time.perf_counter() - began))
    return {name: round(float(np.quantile(values, 0.1)), 4) for name, values in taken.items()}


def calls(system: System, names: tuple[str, ...], outputs: list[str], rounds: int) -> dict:
    """Measure one patient's value and gradient by some parameters, direct and through JAX."""
    engine = Engine(system)
    at = {name: system.parameters[name] for name in names}
    keep = [name for name in outputs if name not in system.observables]
    solve = jax_solver(engine, TIMES, outputs)

    def loss(parameters: dict[str, Any]) -> Any:
        found = solve(parameters)
        return sum(jnp.sum(found[name] ** 2) for name in outputs)

    value, gradient = jax.jit(loss), jax.jit(jax.value_and_grad(loss))
    found = least(
        {
            "direct_value": lambda: engine.solve(at, TIMES, keep=keep),
            "jax_value": lambda: value(at),
            "direct_gradient": lambda: engine.solve(at, TIMES, keep=keep, sensitivities=names),
            "jax_gradient": lambda: gradient(at),
        },
        rounds,
    )
    return {
        "milliseconds": found,
        "added_by_jax": {
            what: round(found[f"jax_{what}"] - found[f"direct_{what}"], 4)
            for what in ("value", "gradient")
        },
    }


def main() -> None:
    """Measure, print, and write the results."""
    system = model("benchmark-88").system()
    summary = {
        "88_states_12_parameters": calls(system, VARIED, list(system.observables), 200),
        "one_state_one_parameter": calls(one_state(), ("k",), ["x"], 1000),
        "load": round(os.getloadavg()[0], 2),
        "versions": {"jax": jax.__version__, "python": platform.python_version()},
    }
    print(json.dumps(summary, indent=1))
    write_text(RESULT, json.dumps(summary, indent=1) + "\n")


if __name__ == "__main__":
    main()
