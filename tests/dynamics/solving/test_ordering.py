"""Elimination: complete, reproducible, with little fill."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from theratwin.dynamics.solving.ordering import Elimination, minimum_degree

PATTERNS = st.integers(1, 9).flatmap(
    lambda n: st.tuples(
        st.just(n), st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=30)
    )
)


def solved(elimination: Elimination, matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Do by numbers what the compiled code does."""
    a, b = matrix.copy(), right.copy()
    for p in elimination.pivots:
        for i in p.rows:
            a[i, p.index] /= a[p.index, p.index]
            b[i] -= a[i, p.index] * b[p.index]
            for j in p.columns:
                a[i, j] -= a[i, p.index] * a[p.index, j]
    for p in reversed(elimination.pivots):
        b[p.index] -= sum(a[p.index, j] * b[j] for j in p.columns)
        b[p.index] /= a[p.index, p.index]
    return b


@given(PATTERNS, st.integers(0, 2**32 - 1))
def test_any_pattern_is_solved(case: tuple[int, list[tuple[int, int]]], seed: int) -> None:
    size, pattern = case
    elimination = minimum_degree(size, pattern)
    random = np.random.default_rng(seed)
    matrix = np.zeros((size, size))
    for i, j in pattern:
        matrix[i, j] = random.uniform(-1.0, 1.0)
    matrix[np.diag_indices(size)] = 1.0 + np.abs(matrix).sum(axis=0)
    right = random.standard_normal(size)
    # Diagonally dominant: no loss of digits beyond the condition, below 100 here.
    np.testing.assert_allclose(
        solved(elimination, matrix, right), np.linalg.solve(matrix, right), rtol=1e-9, atol=1e-12
    )


def test_every_entry_is_inside_the_pattern_and_the_fill() -> None:
    elimination = minimum_degree(4, [(0, 1), (1, 2), (2, 3), (3, 0)])
    for pivot in elimination.pivots:
        for i in pivot.rows:
            assert (i, pivot.index) in elimination.entries
            assert all((i, j) in elimination.entries for j in pivot.columns)


def test_a_star_has_no_fill_if_its_center_goes_last() -> None:
    rays = [(0, i) for i in range(1, 30)] + [(i, 0) for i in range(1, 30)]
    elimination = minimum_degree(30, rays)
    assert len(elimination.entries) == 30 + 58
    # With one ray left, center and ray are alike.
    assert elimination.pivots[-2].index in (0, 29)


def test_the_order_is_always_the_same() -> None:
    pattern = [(i, (7 * i + 3) % 20) for i in range(20)]
    assert minimum_degree(20, pattern) == minimum_degree(20, list(reversed(pattern)))
