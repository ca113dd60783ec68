"""The method as derivatives are carried by it, against the method as it is written."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.dynamics.solving.slope_tableau import Combination, slope_tableau
from theratwin.dynamics.solving.tableau import Tableau, tableau


@pytest.fixture(scope="module", params=["rodas5p", "rodas5"])
def method(request: pytest.FixtureRequest) -> Tableau:
    return tableau(request.param)


def weighed(combination: Combination, start: float, stages: list[float]) -> float:
    known = zip(combination.stages, stages, strict=False)
    return combination.start * start + sum(w * z for w, z in known)


@pytest.mark.parametrize("rate", [0.0, -0.3, -40.0, 0.7])
def test_stages_end_where_those_of_the_written_method_do(method: Tableau, rate: float) -> None:
    """For y' = J y with h = 1, whose derivative by the initial value is the equation itself."""
    found, pivot = slope_tableau(method), 1.0 / method.gamma - rate
    start, moves, ends = 1.3, [], []
    for i in range(method.stages):
        begin = start + sum(a * k for a, k in zip(method.a[i], moves, strict=True))
        known = sum(c * k for c, k in zip(method.c[i], moves, strict=True))
        moves.append((rate * begin + known) / pivot)
        # Weights near a hundred cancel: rounding of 1e-16 becomes some 1e-14.
        assert weighed(found.begin[i], start, ends) == pytest.approx(begin, abs=1e-12)
        ends.append(weighed(found.right[i], start, ends) / pivot)
        assert ends[i] == pytest.approx(begin + moves[i], abs=1e-12)
    for written, row in zip(method.dense, found.dense, strict=True):
        expected = sum(d * k for d, k in zip(written, moves, strict=True))
        assert weighed(row, start, ends) == pytest.approx(expected, abs=1e-11)


def test_a_constant_stays(method: Tableau) -> None:
    found = slope_tableau(method)
    for right in found.right:
        assert right.start + sum(right.stages) == pytest.approx(1.0 / method.gamma, rel=1e-13)
    for begin in found.begin:
        assert begin.start + sum(begin.stages) == pytest.approx(1.0, rel=1e-13)
    for row in found.dense:
        # Each weight is rounded once, and one as small as 1e-14 of the largest is dropped.
        size = max(abs(w) for w in (row.start, *row.stages))
        assert row.start + sum(row.stages) == pytest.approx(0.0, abs=1e-14 * size)


def test_stages_after_the_tail_begin_where_others_end(method: Tableau) -> None:
    found = slope_tableau(method)
    assert found.tail == 5
    for i in range(found.tail + 1, method.stages):
        begin = found.begin[i]
        assert begin.start == 0.0
        np.testing.assert_array_equal(begin.stages, np.eye(method.stages)[i - 1, :i])
