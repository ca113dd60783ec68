"""Infix text: as few brackets as the meaning allows, and never fewer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from theratwin.dynamics.expressions import expression as ex
from theratwin.dynamics.expressions.evaluate import evaluate
from theratwin.dynamics.expressions.expression import Expression, constant, symbol
from theratwin.dynamics.expressions.text import to_text

A, B, C = symbol("a"), symbol("b"), symbol("c")


@pytest.mark.parametrize(
    ("root", "text"),
    [
        (A + B * C, "a + b * c"),
        ((A + B) * C, "(a + b) * c"),
        (A - (B - C), "a - (b - c)"),
        (A - B - C, "a - b - c"),
        (A / (B * C), "a / (b * c)"),
        (A / B / C, "a / b / c"),
        (-(A * B), "-(a * b)"),
        ((-A) ** 3, "(-a)^3"),
        (-(A**3), "-a^3"),
        (A ** (B**C), "a^b^c"),
        ((A**B) ** C, "(a^b)^c"),
        (A**-0.5, "a^(-0.5)"),
        (ex.exp(-A * B), "exp(-a * b)"),
        (ex.select(ex.less(A, B), A, 0.0), "select(a < b, a, 0)"),
        (ex.both(ex.less(A, B), ex.either(A, C)), "a < b and (a or c)"),
        (ex.less(ex.less(A, B), C), "(a < b) < c"),
    ],
)
def test_brackets(root: Expression, text: str) -> None:
    assert to_text(root) == text


def arithmetic(parts: st.SearchStrategy) -> st.SearchStrategy:
    two = st.tuples(parts, parts)
    return st.one_of(
        two.map(lambda p: p[0] + p[1]),
        two.map(lambda p: p[0] - p[1]),
        two.map(lambda p: p[0] * p[1]),
        two.map(lambda p: p[0] / p[1]),
        parts.map(lambda p: -p),
        parts.map(lambda p: p**3),
    )


@given(
    st.recursive(
        st.sampled_from([A, B, C]) | st.integers(1, 9).map(lambda n: constant(float(n))),
        arithmetic,
        max_leaves=15,
    )
)
def test_text_means_what_the_expression_means(root: Expression) -> None:
    values = {"a": 0.37, "b": 1.83, "c": -2.41}
    (expected,) = evaluate([root], values)
    try:
        read = eval(to_text(root).replace("^", "**"), {}, values)
    except ZeroDivisionError:
        return
    # Text leaves out the brackets of associative operations, so the last digits may differ;
    # differences of nearly equal terms magnify that.
    if abs(expected) > 1e-6:
        assert read == pytest.approx(expected, rel=1e-6)
