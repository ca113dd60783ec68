"""Expressions: one object for equal trees, folding, derivatives against complex steps."""

from __future__ import annotations

import copy
import gc
import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theratwin.core.errors import InputError
from theratwin.dynamics.expressions import expression as ex
from theratwin.dynamics.expressions.evaluate import evaluate
from theratwin.dynamics.expressions.expression import Binding, constant, differentiate, symbol

A, B, X = symbol("a"), symbol("b"), symbol("x", Binding.STATE)
VALUES = {"a": 0.7, "b": 1.9, "x": 1.3}

LEAVES = st.sampled_from([A, B, X]) | st.floats(0.2, 3.0).map(constant)


def positive(parts: st.SearchStrategy) -> st.SearchStrategy:
    """Combine expressions that are positive at VALUES, so that log and pow are smooth there."""
    two = st.tuples(parts, parts)
    return st.one_of(
        two.map(lambda p: p[0] + p[1]),
        two.map(lambda p: p[0] * p[1]),
        two.map(lambda p: p[0] / (1.0 + p[1])),
        two.map(lambda p: p[0] ** (p[1] / (1.0 + p[1]))),
        two.map(lambda p: (p[0] - p[1]) * (p[0] - p[1]) + 0.5),
        parts.map(lambda p: ex.exp(-p)),
        parts.map(lambda p: ex.log(1.0 + p)),
    )


EXPRESSIONS = st.recursive(LEAVES, positive, max_leaves=12)


def value(root: ex.Expression, **changed: complex) -> complex:
    return evaluate([root], {**VALUES, **changed})[0]


def slope_by_complex_step(root: ex.Expression, name: str) -> float:
    """Exact to rounding: no difference is taken (Squire and Trapp 1998)."""
    step = 1e-30
    return float(np.imag(value(root, **{name: VALUES[name] + 1j * step})) / step)


@given(EXPRESSIONS, st.sampled_from([A, B, X]))
def test_derivative_equals_complex_step(root: ex.Expression, by: ex.Expression) -> None:
    expected = slope_by_complex_step(root, str(by.value))
    found = value(differentiate(root, by))
    # Both carry the rounding of a few dozen operations, relative to their largest term.
    scale = 1.0 + abs(expected) + abs(value(root))
    assert abs(found - expected) <= 1e-11 * scale


@given(EXPRESSIONS, EXPRESSIONS)
def test_directional_derivative_is_the_sum_of_partial_ones(
    root: ex.Expression, tangent: ex.Expression
) -> None:
    together = value(ex.derivatives(root, {A: tangent, X: constant(2.0)}))
    apart = value(differentiate(root, A)) * value(tangent) + 2.0 * value(differentiate(root, X))
    assert together == pytest.approx(apart, rel=1e-10, abs=1e-10)


@given(EXPRESSIONS)
def test_pickle_and_copy_give_the_same_object(root: ex.Expression) -> None:
    assert pickle.loads(pickle.dumps(root)) is root
    assert copy.deepcopy(root) is root


def test_pickle_of_a_deep_tree() -> None:
    root = X
    for i in range(5_000):
        root = root + float(i + 1) * A
    assert pickle.loads(pickle.dumps(root)) is root


@given(EXPRESSIONS)
def test_substitution_of_nothing_changes_nothing(root: ex.Expression) -> None:
    assert ex.substitute(root, {}) is root


@given(EXPRESSIONS, EXPRESSIONS)
def test_substitution_is_evaluation_at_the_value(root: ex.Expression, new: ex.Expression) -> None:
    replaced = value(ex.substitute(root, {A: new}))
    assert replaced == pytest.approx(value(root, a=value(new)), rel=1e-12, abs=1e-12)


def test_substitution_simplifies() -> None:
    root = A * X + ex.exp(B)
    assert ex.substitute(root, {A: ex.ZERO, B: ex.ZERO}) is ex.ONE
    assert ex.substitute(root, {A * X: B}) is B + ex.exp(B)


@given(st.floats(-50, 50), st.floats(-50, 50))
def test_constants_fold_as_python_computes(a: float, b: float) -> None:
    left, right = constant(a), constant(b)
    assert (left + right).value == a + b
    assert (left - right).value == a - b
    assert (left * right).value == a * b
    assert ex.minimum(left, right).value == min(a, b)
    assert ex.less(left, right).value == float(a < b)
    assert ex.exp(left).value == math.exp(a)


def test_equal_expressions_are_one_object() -> None:
    assert A * X + B is A * X + B
    assert A + B is not B + A
    assert symbol("x") is not X
    assert constant(0.0) is not constant(-0.0)


def test_dropped_expressions_leave_no_trace() -> None:
    gc.collect()
    before = len(ex._KNOWN)
    kept = [A * constant(float(i) + 0.123) for i in range(100)]
    assert len(ex._KNOWN) >= before + 100
    del kept
    gc.collect()
    assert len(ex._KNOWN) <= before


def test_neutral_elements_vanish() -> None:
    assert X + 0.0 is X
    assert 0.0 + X is X
    assert X - 0.0 is X
    assert 0.0 - X is -X
    assert X - X is ex.ZERO
    assert 1.0 * X is X
    assert X * 0.0 is ex.ZERO
    assert X / 1.0 is X
    assert X**1.0 is X
    assert X**0.0 is ex.ONE
    assert X**2 is X * X
    assert (-X).__neg__() is X
    assert A - (-X) is A + X
    assert A + (-X) is A - X
    assert -1.0 * X is -X


def test_what_has_no_value_is_not_folded() -> None:
    for root in (constant(1.0) / 0.0, ex.log(-1.0), constant(-1.0) ** 0.5, ex.exp(1e4)):
        assert root.op != "constant"


def test_select() -> None:
    assert ex.select(ex.less(1.0, 2.0), A, B) is A
    assert ex.select(ex.less(A, B), X, X) is X
    root = ex.select(ex.less(X, 2.0), X * X, A)
    assert value(root) == 1.3**2
    assert value(root, x=2.5) == 0.7
    assert value(differentiate(root, X)) == pytest.approx(2.6)
    assert value(differentiate(root, X), x=2.5) == 0.0


def test_extremes_follow_the_chosen_operand() -> None:
    low, high = ex.minimum(X, 2.0 * A), ex.maximum(X, 2.0 * A)
    assert value(differentiate(low, X)) == 1.0
    assert value(differentiate(high, X)) == 0.0
    assert value(differentiate(high, A)) == 2.0


def test_power_at_zero_has_a_finite_slope_by_its_exponent() -> None:
    hill = X**A
    assert value(differentiate(hill, A), x=0.0) == 0.0
    assert value(differentiate(hill, A)) == pytest.approx(1.3**0.7 * math.log(1.3), rel=1e-15)


def test_conditions_have_slope_zero_and_join() -> None:
    inside = ex.both(ex.less(0.0, X), ex.less_equal(X, 1.3))
    outside = ex.negation(inside)
    assert value(inside) == 1.0
    assert value(outside) == 0.0
    assert value(ex.either(inside, outside), x=-1.0) == 1.0
    assert differentiate(inside * A, X) is ex.ZERO


def test_binding_is_that_of_the_fastest_operand() -> None:
    switch = symbol("infusion", Binding.SEGMENT)
    assert (A * B).binding is Binding.PATIENT
    assert (A * switch).binding is Binding.SEGMENT
    assert (switch * ex.TIME).binding is Binding.TIME
    assert (ex.TIME * X).binding is Binding.STATE
    assert constant(2.0).binding is Binding.CONSTANT


def test_walk_yields_operands_first_and_once() -> None:
    shared = A * X
    nodes = list(ex.walk(shared + B, shared - B))
    places = {id(node): i for i, node in enumerate(nodes)}
    assert len(places) == len(nodes)
    assert all(places[id(arg)] < places[id(node)] for node in nodes for arg in node.args)
    assert list(ex.symbols(shared + B)) == ["a", "x", "b"]


def test_misuse_is_refused() -> None:
    with pytest.raises(TypeError, match="use select"):
        bool(A)
    with pytest.raises(TypeError, match="neither an expression nor a number"):
        A + "b"  # type: ignore[operator]
    with pytest.raises(TypeError, match="neither"):
        ex.as_expression(True)
    with pytest.raises(InputError, match="needs a name"):
        symbol("")
