"""Normal forms keep values; programs put each value where it changes; blocks change nothing."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.dynamics import Engine, State, System
from theratwin.dynamics.expressions.expression import (
    ONE,
    TIME,
    Binding,
    both,
    either,
    exp,
    less,
    less_equal,
    log,
    maximum,
    minimum,
    negation,
    select,
    substitute,
    symbol,
    symbols,
)
from theratwin.dynamics.expressions.expression import constant as number
from theratwin.dynamics.llvm import emit_program
from theratwin.dynamics.solving.normal_form import NormalForm
from theratwin.dynamics.solving.operations import operations

X, Y = (symbol(name, Binding.STATE) for name in "xy")
K, V, R = (symbol(name) for name in "kvr")
S = symbol("s", Binding.SEGMENT)
VALUES = {"x": 0.7, "y": 1.9, "k": 0.3, "v": 2.5, "r": 3.1, "s": 0.8, "time": 1.4}
EXPRESSIONS = [
    K * (X / V - Y / R),
    K * (R - X - Y) * X / V,
    -K * X + K * Y - 2.0 * X + X,
    K * X / (V + X),
    -(X - Y) * (X + Y) / (-V),
    X / (Y / K),
    exp(-S * TIME) * X * X + log(Y) ** 3.0,
    X**K * Y**0.5 + X**2.5 + Y**-2.0 + X**7.0,
    select(less(X, Y), X * K, Y * K) + minimum(X, Y) * maximum(X, V * Y),
    select(both(less_equal(X, Y), either(less(Y, X), negation(less(X, K)))), X, Y),
    X * 0.0 + 3.0,
    both(less(X, Y), less(K, X)) * X,
]


def value(expression: object) -> float:
    """Evaluate by folding constants."""
    replaced = {node: number(VALUES[name]) for name, node in symbols(expression).items()}  # type: ignore[arg-type]
    return float(substitute(expression, replaced).value)  # type: ignore[arg-type]


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_normal_form_has_the_same_value(expression: object) -> None:
    assert value(NormalForm().of(expression)) == pytest.approx(value(expression), rel=1e-13)  # type: ignore[arg-type]


@pytest.mark.parametrize("expression", EXPRESSIONS[:8], ids=str)
def test_slopes_are_those_of_differences(expression: object) -> None:
    for name, slope in NormalForm().slopes(expression).items():  # type: ignore[arg-type]
        sides = []
        for step in (1e-6, -1e-6):
            replaced = {
                node: number(VALUES[n] + step * (n == name))
                for n, node in symbols(expression).items()  # type: ignore[arg-type]
            }
            sides.append(float(substitute(expression, replaced).value))  # type: ignore[arg-type]
        assert value(slope) == pytest.approx((sides[0] - sides[1]) / 2e-6, rel=1e-7, abs=1e-9)


def as_system(expressions: list) -> System:
    return System(
        states=(State("x", number(VALUES["x"]), -K * X), State("y", number(VALUES["y"]), X - Y)),
        parameters={"k": VALUES["k"], "v": VALUES["v"], "r": VALUES["r"]},
        switches={"s": VALUES["s"]},
        observables={f"o{i}": expression for i, expression in enumerate(expressions)},
    )


def test_compiled_values_are_those_of_the_expressions() -> None:
    found = Engine(as_system(EXPRESSIONS)).solve({}, [1.4], start=1.4)
    for i, expression in enumerate(EXPRESSIONS):
        # Our functions and the platform's differ by a unit or two of the last place.
        assert found[f"o{i}"][0, 0] == pytest.approx(value(expression), rel=5e-15), str(expression)


@pytest.mark.parametrize("block", [1, 3, 1000])
def test_blocks_of_any_length_give_the_same_bytes(
    monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    times = [1.4, 2.0, 5.0]
    expected = Engine(as_system(EXPRESSIONS)).solve({}, times, start=1.4)
    monkeypatch.setattr(emit_program, "BLOCK", block)
    found = Engine(as_system(EXPRESSIONS)).solve({}, times, start=1.4)
    for name in ("x", "y", *found.observables):
        assert found[name].tobytes() == expected[name].tobytes()


def test_slow_values_leave_the_stages() -> None:
    rate = exp(K * V) * S / R * X - log(R) * Y
    system = System(
        (State("x", ONE, rate), State("y", ONE, -rate)), {"k": 1.0, "v": 1.0, "r": 2.0}, {"s": 1.0}
    )
    found = operations(system)
    left = found.programs["slope"].operations()
    # One product and one fused sum for each state, and the signs.
    assert {node.op for node in left} <= {"mul", "add", "sub", "neg"}
    assert all(node.binding is Binding.STATE for node in left)
    patient = found.environment.program(Binding.PATIENT)
    assert {"exp", "log"} <= {node.op for node in patient.operations()}
    segment = found.environment.program(Binding.SEGMENT)
    assert not {"exp", "log"} & {node.op for node in segment.operations()}


def test_a_linear_system_costs_one_multiplication_a_nonzero() -> None:
    a, b = K / V, R / V
    system = System(
        (State("x", ONE, b * Y - a * X - K * X), State("y", ONE, a * X - b * Y)),
        {"k": 1.0, "v": 2.0, "r": 3.0},
    )
    found = operations(system)
    count = sum(node.op == "mul" for node in found.programs["slope"].operations())
    # The flow from y to x is one product for both, but for its sign.
    assert count <= len(found.jacobian) == 4


def test_nan_goes_through_minimum_and_maximum() -> None:
    system = as_system([minimum(X, K), maximum(K, X), minimum(K, X), maximum(X, K)])
    found = Engine(system).solve({"k": np.nan}, [0.0], fallback=False)
    assert all(np.isnan(found[f"o{i}"][0, 0]) for i in range(4))
