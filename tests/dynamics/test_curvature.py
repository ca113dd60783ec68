"""What changes of the Jacobian within a step: how little it is, and that its products are right."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from theratwin.core.seed import stream
from theratwin.dynamics import State, System, model
from theratwin.dynamics.expressions.evaluate import evaluate
from theratwin.dynamics.expressions.expression import ONE, TIME, Binding, exp, less, select, symbol
from theratwin.dynamics.solving.curvature import Curvature
from theratwin.dynamics.solving.operations import operations

X, Y = (symbol(name, Binding.STATE) for name in "xy")
K, V = symbol("k"), symbol("v")
S = symbol("s", Binding.SEGMENT)


def curvature(x: object, y: object) -> Curvature:
    states = (State("x", ONE, x), State("y", ONE, y))
    return Curvature(operations(System(states, {"k": 0.7, "v": 1.9}, switches={"s": 0.4})))


def test_what_is_linear_has_none(systems: ModuleType) -> None:
    for system in (systems.chain(), model("linear-chain").system()):
        found = Curvature(operations(system))
        assert not found.values
        assert not found.columns
        assert not found.rows()


def test_opposite_entries_stand_once() -> None:
    found = curvature(-K * X * Y / V - X, K * X * Y / V)
    # Those by x and by y, of J(u) - J(y) and of H.
    assert len(found.values) == 4
    (_, first), (_, second) = found.rows()
    assert first is -second


RATES = [
    (-K * X * Y, K * X * Y - S * Y),
    (V * X / (K + X) - X, exp(-K * TIME) * X * Y**3),
    (S * exp(-Y) - X * Y * TIME, select(less(X, V), X * X, X) * Y**K),
]


@pytest.mark.parametrize("rates", RATES)
def test_products_are_those_of_the_matrices(rates: tuple) -> None:
    """By differences of the Jacobian, and of J k + w f_t along the derivative of the state."""
    found = curvature(*rates)
    ops = found.operations
    random = stream(5, "curvature")
    y, u, k, s, du = np.exp(0.3 * random.standard_normal((5, 2)))
    time, later, weight = 0.3, 0.8, 0.05
    slow = {"k": 0.7, "v": 1.9, "s": 0.4}

    def jacobian(state: np.ndarray, at: float) -> np.ndarray:
        values = {**slow, "x": state[0], "y": state[1], "time": at}
        rows = np.zeros((2, 2))
        for place, slope in ops.jacobian.items():
            rows[place] = evaluate([slope], values)[0]
        return rows

    def moved(state: np.ndarray) -> np.ndarray:
        values = {**slow, "x": state[0], "y": state[1], "time": time}
        by_time = np.zeros(2)
        for row, slope in ops.by_time.items():
            by_time[row] = evaluate([slope], values)[0]
        return jacobian(state, time) @ k + weight * by_time

    step = 1e-6
    second = (moved(y + step * s) - moved(y - step * s)) / (2.0 * step)
    expected = (jacobian(u, later) - jacobian(y, time)) @ du + second

    known = {**slow, "time": time, "time of the stage": later}
    known["weight of the partial derivative by time"] = weight
    groups = {
        "": y,
        "stage of ": u,
        "increment of ": k,
        "slope of ": s,
        "slope of the stage of ": du,
    }
    known |= {
        f"{prefix}{n}": v
        for prefix, pair in groups.items()
        for n, v in zip("xy", pair, strict=True)
    }
    known |= {f"entry {i}": evaluate([value], known)[0] for i, value in enumerate(found.values)}
    products = np.zeros(2)
    for row, value in found.rows():
        products[row] = evaluate([value], known)[0]
    # The differences are good to step^2 and to 1e-16 / step.
    np.testing.assert_allclose(products, expected, rtol=1e-8, atol=1e-8)
