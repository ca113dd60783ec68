"""Reverse accumulation against forward differentiation."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theratwin.dynamics.expressions.evaluate import evaluate as evaluated
from theratwin.dynamics.expressions.expression import (
    ZERO,
    Binding,
    Expression,
    differentiate,
    exp,
    less,
    log,
    maximum,
    minimum,
    select,
    symbol,
)
from theratwin.dynamics.expressions.reverse import cotangents

X, Y, K = symbol("x", Binding.STATE), symbol("y", Binding.STATE), symbol("k")
W = symbol("w", Binding.STATE)
LEAVES = (X, Y, K)
VALUES = {"x": 0.7, "y": 1.3, "k": 2.1, "w": -0.4}


def evaluate(root: Expression, values: Mapping[str, float]) -> float:
    (value,) = evaluated([root], values)
    return float(value)


def grown(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    pairs = st.tuples(parts, parts)
    return st.one_of(
        pairs.map(lambda p: p[0] + p[1]),
        pairs.map(lambda p: p[0] - p[1]),
        pairs.map(lambda p: p[0] * p[1]),
        pairs.map(lambda p: p[0] / (2.0 + p[1] * p[1])),
        pairs.map(lambda p: minimum(p[0], p[1])),
        pairs.map(lambda p: maximum(p[0], p[1])),
        pairs.map(lambda p: select(less(p[0], p[1]), p[0] * p[1], p[1])),
        pairs.map(lambda p: (1.0 + p[0] * p[0]) ** (p[1] / (1.0 + p[1] * p[1]))),
        parts.map(lambda p: exp(-p * p)),
        parts.map(lambda p: log(1.5 + p * p)),
        parts.map(lambda p: -p),
    )


@given(st.recursive(st.sampled_from(LEAVES), grown, max_leaves=12))
@settings(max_examples=80, deadline=None)
def test_equals_forward(root: Expression) -> None:
    found = cotangents([(root, W, ())], set(LEAVES))
    for leaf in LEAVES:
        expected = VALUES["w"] * evaluate(differentiate(root, leaf), VALUES)
        value = evaluate(found.get(leaf, ZERO), VALUES)
        # Sums of a few dozen terms of order one to a hundred, in another order.
        np.testing.assert_allclose(value, expected, rtol=1e-11, atol=1e-11)


def test_leaves_are_taken_as_they_are() -> None:
    slow = K * K
    assert cotangents([(slow * X, W, ())], {slow, X}) == {slow: W * X, X: W * slow}


def test_several_roots_add_up() -> None:
    found = cotangents([(K * X, W, ()), (K * Y, X, ())], {K})
    assert evaluate(found[K], VALUES) == pytest.approx(-0.4 * 0.7 + 0.7 * 1.3, rel=1e-15)


@pytest.mark.parametrize("root", [select(less(0.0, X), log(X) * K, ZERO), K * X ** (K / 2.0)])
def test_what_is_not_chosen_takes_no_part(root: Expression) -> None:
    # Both have no derivative at zero in a part that a condition leaves out.
    found = cotangents([(root, W, ())], {X, K})
    assert evaluate(found[K], {**VALUES, "x": 0.0}) == 0.0
    assert np.isfinite(evaluate(found[X], {**VALUES, "x": 0.0}))


def test_a_root_of_weight_zero_takes_no_part() -> None:
    counts = less(0.0, W)
    found = cotangents([(Y / X, W, ((counts, True),))], {X, Y})
    values = {**VALUES, "x": 0.0, "w": 0.0}
    assert [evaluate(found[leaf], values) for leaf in (X, Y)] == [0.0, 0.0]
