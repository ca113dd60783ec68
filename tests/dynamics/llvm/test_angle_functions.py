"""Sine, cosine, arc tangent and floor as compiled, against NumPy, and their derivatives."""

import numpy as np
import pytest

from theratwin.dynamics import Engine, State, System
from theratwin.dynamics.expressions.evaluate import evaluate
from theratwin.dynamics.expressions.expression import (
    ZERO,
    Binding,
    atan,
    cos,
    differentiate,
    floor,
    sin,
    symbol,
)

X = np.concatenate([np.linspace(-30.0, 30.0, 4001), [0.0, 1e-9, -1e-300, 1e5, -99_999.5, 1e8]])
FUNCTIONS = {"sin": (sin, np.sin), "cos": (cos, np.cos), "atan": (atan, np.arctan)}


@pytest.fixture(scope="module")
def compiled():
    x = symbol("x", Binding.STATE)
    shown = {name: ours(x) for name, (ours, _) in FUNCTIONS.items()} | {"floor": floor(x)}
    still = System((State("x", symbol("x0"), ZERO, ""),), {"x0": 0.0}, observables=shown)
    return Engine(still).solve({"x0": X}, [0.0])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function(compiled, name):
    expected = FUNCTIONS[name][1](X)
    # Two units in the last place of one; beyond 1e5 the reduction of the angle loses digits.
    near = np.abs(X) <= 1e5
    np.testing.assert_allclose(compiled[name][near, 0], expected[near], rtol=0, atol=4.5e-16)
    np.testing.assert_allclose(compiled[name][:, 0], expected, rtol=0, atol=1e-8)


def test_floor(compiled):
    np.testing.assert_array_equal(compiled["floor"][:, 0], np.floor(X))


def test_in_a_rate_with_sensitivities():
    # dx/dt = a cos(b t): x = a sin(b t) / b.
    a, b, t = symbol("a"), symbol("b"), symbol("time", Binding.TIME)
    system = System((State("x", ZERO, a * cos(b * t), ""),), {"a": 2.0, "b": 3.0})
    found = Engine(system).solve({}, [1.0], sensitivities=["b"], rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(found["x"][0, 0], 2.0 * np.sin(3.0) / 3.0, rtol=1e-8)
    slope = 2.0 * (np.cos(3.0) / 3.0 - np.sin(3.0) / 9.0)
    np.testing.assert_allclose(found.slopes["b"]["x"][0, 0], slope, rtol=1e-7)
    back = Engine(system).pull_back({}, [1.0], {"x": 1.0}, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(back["b"][0], slope, rtol=1e-7)


@pytest.mark.parametrize("make", [sin, cos, atan])
def test_derivative(make):
    x, step = symbol("x"), 1e-20
    law = differentiate(make(x * x), x)
    exact = evaluate([law], {"x": 0.7})[0]
    # The complex step has no truncation error.
    moved = evaluate([make(x * x)], {"x": 0.7 + 1j * step})[0]
    np.testing.assert_allclose(exact, moved.imag / step, rtol=1e-14)
