"""The integrals over two exponentials against 60-digit arithmetic."""

from __future__ import annotations

from decimal import Decimal, getcontext

import numpy as np
import pytest

from theratwin.response._decay_pair import convolved_decay, nested_decay

#: A few roundings, and one digit lost where the two forms meet at exponent 1.
TOLERANCE = 2e-14


def exact_mean(z: Decimal, length: Decimal) -> Decimal:
    return length if z == 0 else (1 - (-z * length).exp()) / z


def exact_nested(x: float, y: float, length: float) -> float:
    getcontext().prec = 60
    x, y, length = Decimal(x), Decimal(y), Decimal(length)
    # A difference of 1e-25 stands in for equality: an error of 1e-25 against 1e-35 of rounding.
    y = y + Decimal("1e-25") if x == y else y
    return float((exact_mean(y, length) - exact_mean(x, length)) / (x - y))


RATES = [0.0, 1e-12, 1e-3, 0.0999, 0.1001, 0.1, 0.3, 0.3 + 1e-10, 2.0, 50.0, -0.05, -0.2]


@pytest.mark.parametrize("x", RATES)
@pytest.mark.parametrize("y", RATES)
def test_nested_decay(x, y):
    given = float(nested_decay(x, y, 10.0))
    assert given == pytest.approx(exact_nested(x, y, 10.0), rel=TOLERANCE)


def test_nested_decay_without_end():
    assert float(nested_decay(0.2, 0.5, np.inf)) == pytest.approx(10.0, rel=1e-15)


@pytest.mark.parametrize("first", RATES[1:])
@pytest.mark.parametrize("second", [0.0, 0.1, 0.3, 3.0])
def test_convolved_decay(first, second):
    getcontext().prec = 60
    a, b, length = Decimal(first), Decimal(second), Decimal(10)
    gap = a - b if a != b else Decimal("1e-25")
    expected = float(((-b * length).exp() - (-(b + gap) * length).exp()) / gap)
    assert float(convolved_decay(first, second, 10.0)) == pytest.approx(expected, rel=TOLERANCE)
