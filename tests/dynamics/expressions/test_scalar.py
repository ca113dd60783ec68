"""Expressions as functions of Python's numbers, against NumPy's values."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theratwin.core.errors import InputError
from theratwin.dynamics.expressions import expression as ex
from theratwin.dynamics.expressions.evaluate import evaluate
from theratwin.dynamics.expressions.expression import TIME, Binding, Expression, constant, symbol
from theratwin.dynamics.expressions.scalar import scalar_function

A, X = symbol("a"), symbol("x", Binding.STATE)
ARGUMENTS = {"p": ["a"], "s": ["x"], "t": ["time"]}
#: Every operation once.
ONE_EACH = [
    *(A + X, A - X, A * X, A / X, A**X, -X),
    *(f(X) for f in (ex.exp, ex.log, ex.sin, ex.cos, ex.atan, ex.floor, ex.negation)),
    *(f(A, X) for f in (ex.minimum, ex.maximum, ex.less, ex.less_equal, ex.both, ex.either)),
    ex.select(ex.less(A, X), TIME, constant(math.inf)),
    constant(math.nan) * A,
    constant(-2.0) - X,
]
NUMBERS = st.floats(-1e3, 1e3) | st.sampled_from(
    [0.0, -0.0, 1e-300, 1e300, -1e300, math.inf, -math.inf, math.nan]
)


@given(NUMBERS, NUMBERS)
def test_every_operation_equals_numpys(a: float, x: float) -> None:
    found = scalar_function(ONE_EACH, ARGUMENTS)([a], [x], [2.0])
    expected = evaluate(ONE_EACH, {"a": a, "x": x, "time": 2.0})
    # The same correctly rounded operations, or the same functions to the last digit but two.
    np.testing.assert_allclose(found, [float(value) for value in expected], rtol=1e-15)


def test_what_is_shared_is_computed_once() -> None:
    root: Expression = X
    for _ in range(300):
        root = root + root * A
    (found,) = scalar_function([root], ARGUMENTS)([1.0], [1.0], [0.0])
    assert found == 2.0**300


def test_a_symbol_without_a_place_is_refused() -> None:
    with pytest.raises(InputError, match="no value"):
        scalar_function([symbol("b")], ARGUMENTS)
