"""Systems that several tests solve, with their solutions where they are known."""

from __future__ import annotations

import numpy as np

from theratwin.dynamics import State, System
from theratwin.dynamics.expressions.expression import (
    ONE,
    TIME,
    ZERO,
    Binding,
    Expression,
    exp,
    symbol,
)


def state(name: str) -> Expression:
    return symbol(name, Binding.STATE)


def switch(name: str) -> Expression:
    return symbol(name, Binding.SEGMENT)


def chain() -> System:
    """a -> b -> out, with an infusion into a, observables, and the area under b."""
    a, b = state("a"), state("b")
    k, m, rate = symbol("k"), symbol("m"), switch("rate")
    return System(
        states=(State("a", symbol("a0"), rate - k * a), State("b", ZERO, k * a - m * b)),
        parameters={"k": 1.0, "m": 0.3, "a0": 0.0},
        switches={"rate": 0.0},
        observables={"sum": a + b, "squared": a * a},
        quadratures={"area": b},
    )


def chain_after_bolus(k: float, m: float, a0: float, t: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return a, b and the area under b (Bateman)."""
    a = a0 * np.exp(-k * t)
    b = a0 * k / (m - k) * (np.exp(-k * t) - np.exp(-m * t))
    area = a0 * k / (m - k) * (-np.expm1(-k * t) / k + np.expm1(-m * t) / m)
    return a, b, area


def robertson() -> System:
    x, y, z = map(state, "xyz")
    slow, fast, square = 0.04 * x, 1e4 * y * z, 3e7 * y * y
    return System(
        (
            State("x", ONE, fast - slow),
            State("y", ZERO, slow - fast - square, tolerance_scale=1e-4),
            State("z", ZERO, square),
        ),
        {},
    )


def oscillating() -> System:
    """A nonlinear, time-dependent equation: y' = -k (y - cos t) y^0 with a quadratic part."""
    y, k = state("y"), symbol("k")
    # y = 1 / (1 + sin^2-free form): u = 1/y turns y' = y (c - y e^{-t}) into a linear equation.
    return System((State("y", ONE, y * (k - y * exp(-TIME))),), {"k": 0.5})


def oscillating_exact(k: float, t: np.ndarray) -> np.ndarray:
    """Solve u' = -k u + e^-t for u = 1/y."""
    u = np.exp(-k * t) + (np.exp(-t) - np.exp(-k * t)) / (k - 1.0)
    return 1.0 / u
