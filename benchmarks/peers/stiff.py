"""Stiff problems, small enough for an exact solution or one by another method."""

from __future__ import annotations

import numpy as np
from scipy.integrate import solve_ivp

from theratwin.dynamics import State, System
from theratwin.dynamics.expressions.evaluate import evaluate
from theratwin.dynamics.expressions.expression import (
    ONE,
    TIME,
    ZERO,
    Binding,
    constant,
    exp,
    symbol,
)


def robertson() -> tuple[System, np.ndarray]:
    """Return Robertson's kinetics (1966) and times over nine decades."""
    x, y, z = (symbol(name, Binding.STATE) for name in "xyz")
    slow, fast, square = 0.04 * x, 1e4 * y * z, 3e7 * y * y
    states = (
        State("x", ONE, fast - slow),
        State("y", ZERO, slow - fast - square, tolerance_scale=1e-4),
        State("z", ZERO, square),
    )
    return System(states, {}), np.geomspace(1e-3, 4e6, 20)


def hires() -> tuple[System, np.ndarray]:
    """Return Schaefer's photomorphogenesis (1975), as in Hairer and Wanner (1996), and times."""
    a, b, c, d, e, f, g, h = u = [symbol(f"u{i}", Binding.STATE) for i in range(1, 9)]
    rates = (
        -1.71 * a + 0.43 * b + 8.32 * c + 0.0007,
        1.71 * a - 8.75 * b,
        -10.03 * c + 0.43 * d + 0.035 * e,
        8.32 * b + 1.71 * c - 1.12 * d,
        -1.745 * e + 0.43 * f + 0.43 * g,
        -280.0 * f * h + 0.69 * d + 1.71 * e - 0.43 * f + 0.69 * g,
        280.0 * f * h - 1.81 * g,
        -280.0 * f * h + 1.81 * g,
    )
    begin = {0: 1.0, 7: 0.0057}
    states = tuple(
        State(str(u[i].value), constant(begin.get(i, 0.0)), rate) for i, rate in enumerate(rates)
    )
    return System(states, {}), np.geomspace(0.01, 321.8122, 20)


def driven() -> tuple[System, np.ndarray, np.ndarray]:
    """Return tissues that follow a curve of two exponentials fast, times, and the exact states.

    Fast equations with a forcing of their own are where Rosenbrock methods lose order (Prothero and
    Robinson 1974): y' = q (c(t) - y), q from 10 to 1e5 /h.
    """
    rates, uptakes = (0.1, 2.0), (1e1, 1e3, 1e5)
    curve = sum((exp(-rate * TIME) for rate in rates), ZERO)
    states = tuple(
        State(f"y{i}", ZERO, q * (curve - symbol(f"y{i}", Binding.STATE)))
        for i, q in enumerate(uptakes)
    )
    times = np.geomspace(0.01, 24.0, 20)
    exact = [
        sum(q / (q - rate) * (np.exp(-rate * times) - np.exp(-q * times)) for rate in rates)
        for q in uptakes
    ]
    return System(states, {}), times, np.stack(exact, axis=-1)


def by_radau(system: System, times: np.ndarray) -> np.ndarray:
    """Return the states at the times, shape ``(time, state)``, begun anew at each."""
    rates = [state.derivative for state in system.states]
    scale = np.array([state.tolerance_scale for state in system.states])

    def slope(_: float, u: np.ndarray) -> np.ndarray:
        return np.array(evaluate(rates, dict(zip(system.names, u, strict=True))), dtype=float)

    now, state = 0.0, np.array([float(evaluate([s.initial], {})[0]) for s in system.states])
    found = []
    for time in times:
        part = solve_ivp(slope, (now, time), state, "Radau", rtol=1e-11, atol=1e-14 * scale)
        now, state = time, part.y[:, -1]
        found.append(state)
    return np.array(found)
