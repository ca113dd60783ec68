"""What holds for a curve of any form."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theratwin.core import Curve, Exponentials, InputError, Pieces, Pulses

value = st.floats(-100, 100)
time = st.floats(-50, 50)


@st.composite
def exponentials(draw) -> Exponentials:
    terms = draw(st.integers(1, 4))
    of = {"min_size": terms, "max_size": terms}
    rates = st.floats(-0.05, 3)
    return Exponentials(
        draw(st.lists(value, **of)), draw(st.lists(rates, **of)), draw(st.lists(time, **of))
    )


@st.composite
def pieces(draw) -> Pieces:
    breaks = sorted(draw(st.sets(st.integers(-50, 50), min_size=2, max_size=6)))
    rows = st.lists(st.floats(-2, 2), min_size=3, max_size=3)
    rows_drawn = draw(st.lists(rows, min_size=len(breaks) - 1, max_size=len(breaks) - 1))
    return Pieces(np.array(breaks, float), rows_drawn)


@st.composite
def pulses(draw) -> Pulses:
    times = draw(st.lists(time, min_size=1, max_size=5))
    return Pulses(times, draw(st.lists(value, min_size=len(times), max_size=len(times))))


forms = exponentials() | pieces() | pulses()
curves = forms | st.builds(lambda a, b: a + b, forms, forms)


def size(curve: Curve) -> float:
    """An upper bound of the integral's terms, in which cancellation's error is measured."""
    if isinstance(curve, Exponentials):
        return float(np.sum(np.abs(curve.amplitudes)) * 100 * np.exp(0.05 * 150)) + 1
    if isinstance(curve, Pieces):
        return float(np.max(np.abs(curve.coefficients)) * 100**3 + 1)
    if isinstance(curve, Pulses):
        return float(np.sum(np.abs(curve.amounts))) + 1
    return sum(size(part) for part in curve.parts)


@given(curve=curves, edges=st.lists(time, min_size=3, max_size=3))
def test_integrals_of_adjacent_intervals_add(curve, edges):
    first, border, last = sorted(edges)
    at_border = curve.integral(border, border)  # a pulse there counts in both
    assert curve.integral(first, border) + curve.integral(border, last) == pytest.approx(
        curve.integral(first, last) + at_border, rel=1e-12, abs=1e-13 * size(curve)
    )


@given(curve=curves, delay=st.integers(-64, 64), start=time, length=st.floats(0, 60))
def test_a_shift_moves_the_integral(curve, delay, start, length):
    # Rounding start + delay may step over a jump or a pulse: dyadic times do not round.
    start, length = np.round(np.array([start, length]) * 64) / 64
    rounded = _at_dyadic_times(curve)
    shifted = rounded.shifted(delay).integral(start + delay, start + length + delay)
    assert shifted == pytest.approx(
        rounded.integral(start, start + length), rel=1e-12, abs=1e-14 * size(curve)
    )


def _at_dyadic_times(curve: Curve) -> Curve:
    def rounded(times):
        return np.round(times * 64) / 64

    if isinstance(curve, Exponentials):
        return Exponentials(curve.amplitudes, curve.rates, rounded(curve.starts))
    if isinstance(curve, Pulses):
        return Pulses(rounded(curve.times), curve.amounts)
    if isinstance(curve, Pieces):
        return curve
    first, second = (_at_dyadic_times(part) for part in (curve.parts[0], curve.parts[-1]))
    return first + second


@given(one=curves, other=curves, factor=value, start=time, length=st.floats(0, 60))
def test_the_integral_is_linear(one, other, factor, start, length):
    interval = (start, start + length)
    assert (factor * one + other).integral(*interval) == pytest.approx(
        factor * one.integral(*interval) + other.integral(*interval),
        rel=1e-12,
        abs=1e-13 * (abs(factor) * size(one) + size(other)),
    )


@pytest.mark.parametrize(
    "curve",
    [
        Exponentials([1.0], [0.1]),
        Pieces([0.0, 1.0], [[1.0]]),
        Pulses([0.0], [1.0]),
        Exponentials([1.0], [0.1]) + Pulses([0.0], [1.0]),
    ],
)
class TestArguments:
    @pytest.mark.parametrize(
        "interval", [(2.0, 1.0), (np.nan, 1.0), (0.0, np.nan), (np.inf, np.inf)]
    )
    def test_wrong_interval_is_refused(self, curve, interval):
        with pytest.raises(InputError, match="interval"):
            curve.integral(*interval)

    def test_array_of_edges_or_delays_is_refused(self, curve):
        with pytest.raises(InputError, match="not an array"):
            curve.integral(np.zeros(2), 3.0)
        with pytest.raises(InputError, match="not an array"):
            curve.shifted(np.zeros(2))

    def test_empty_interval_before_everything_is_empty(self, curve):
        assert curve.integral(-np.inf, -1.0) == 0.0
        assert curve.integral(-np.inf, -np.inf) == 0.0

    def test_array_times_curve_is_a_curve(self, curve):
        assert isinstance(np.ones(3) * curve, Curve)
        assert (np.float64(2.0) * curve).integral() == 2.0 * curve.integral()

    def test_it_does_not_change(self, curve):
        with pytest.raises(AttributeError):
            curve.rates = 1.0
