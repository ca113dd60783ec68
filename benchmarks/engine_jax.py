"""The engine through JAX against the engine itself: what a call costs more.

The 88-state benchmark model, one patient and a hundred, 24 times to 168 h: milliseconds of a value
and of a value with its gradient by 12 parameters, direct and through a compiled JAX function, which
reaches the engine by a foreign call or by a callback; in turns in one run. The same with a system
of one state, where the call is all there is. A foreign call uses one thread, and so do all others
here. Run with `make bench`.
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
    """Return milliseconds of each, called in turn after a warm-up: the fastest tenth's slowest.

    The order changes from round to round: who comes after whom makes a difference.
    """
    taken: dict[str, list[float]] = {name: [] for name in functions}
    order = np.random.default_rng(1)
    for round_ in range(-5, rounds):
        for name in order.permutation(list(functions)):
            began = time.perf_counter()
            jax.block_until_ready(functions[name]())
            if round_ >= 0:
                taken[name].append(1e3 * (time.perf_counter() - began))
    return {name: round(float(np.quantile(values, 0.1)), 4) for name, values in taken.items()}


def calls(
    system: System, names: tuple[str, ...], outputs: list[str], patients: int, rounds: int
) -> dict[str, Any]:
    """Measure values and gradients by some parameters, direct and by either road."""
    engine = Engine(system)
    spread = np.linspace(0.9, 1.1, patients) if patients > 1 else 1.0
    at = {name: system.parameters[name] * spread for name in names}
    given = {name: jnp.asarray(value) for name, value in at.items()}
    keep = [name for name in outputs if name not in system.observables]
    options: dict[str, Any] = {"keep": keep, "threads": 1}
    functions: dict[str, Callable[[], Any]] = {
        "direct_value": lambda: engine.solve(at, TIMES, **options),
        "direct_gradient": lambda: engine.solve(at, TIMES, sensitivities=names, **options),
    }
    for road in ("foreign", "callback"):
        solve = jax_solver(engine, TIMES, outputs, road=road, threads=1)

        def loss(parameters: dict[str, Any], solve: Any = solve) -> Any:
            found = solve(parameters)
            return sum(jnp.sum(found[name] ** 2) for name in outputs)

        value, gradient = jax.jit(loss), jax.jit(jax.value_and_grad(loss))
        functions[f"{road}_value"] = lambda value=value: value(given)
        functions[f"{road}_gradient"] = lambda gradient=gradient: gradient(given)
    found = least(functions, rounds)
    return {
        "milliseconds": found,
        "added_by_jax": {
            f"{road}_{what}": round(found[f"{road}_{what}"] - found[f"direct_{what}"], 4)
            for road in ("foreign", "callback")
            for what in ("value", "gradient")
        },
    }


def main() -> None:
    """Measure, print, and write the results."""
    system = model("benchmark-88").system()
    observed = list(system.observables)
    summary = {
        "one_state_one_parameter": calls(one_state(), ("k",), ["x"], 1, 1000),
        "88_states_12_parameters": calls(system, VARIED, observed, 1, 200),
        "88_states_12_parameters_100_patients": calls(system, VARIED, observed, 100, 12),
        "load": round(os.getloadavg()[0], 2),
        "versions": {"jax": jax.__version__, "python": platform.python_version()},
    }
    print(json.dumps(summary, indent=1))
    write_text(RESULT, json.dumps(summary, indent=1) + "\n")


if __name__ == "__main__":
    main()
