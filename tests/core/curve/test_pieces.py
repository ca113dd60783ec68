"""Polynomial pieces: exact values and integrals of known polynomials."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theratwin.core import InputError, Pieces

BREAKS = [0.0, 1.0, 3.0, 3.5]
COEFFICIENTS = [[1.0, 2.0, -1.0], [2.0, 0.0, 3.0], [14.0, -4.0, 0.5]]


def exact_integral(start: float, end: float) -> Fraction:
    total = Fraction(0)
    for begun, ended, row in zip(BREAKS, BREAKS[1:], COEFFICIENTS, strict=False):
        lower, upper = (
            min(max(Fraction(edge), Fraction(begun)), Fraction(ended)) - Fraction(begun)
            for edge in (start, end)
        )
        total += sum(
            Fraction(c) * (upper ** (j + 1) - lower ** (j + 1)) / (j + 1) for j, c in enumerate(row)
        )
    return total


@given(start=st.floats(-2, 5), length=st.floats(0, 6))
def test_integral_is_exact(start, length):
    curve = Pieces(BREAKS, COEFFICIENTS)
    assert curve.integral(start, start + length) == pytest.approx(
        float(exact_integral(start, start + length)),
        rel=1e-14,
        abs=4e-14,  # the area of all pieces is 38: a few of its last digits
    )


def test_values_on_and_off_the_pieces():
    curve = Pieces(BREAKS, COEFFICIENTS)
    np.testing.assert_array_equal(
        curve(np.array([-0.1, 0.0, 0.5, 1.0, 3.0, 3.5, 3.6])),
        [0.0, 1.0, 1.75, 2.0, 14.0, 12.125, 0.0],
    )


@pytest.mark.parametrize("time", [1e300, -1e300, np.inf, -np.inf])
def test_far_off_the_pieces_it_is_zero_without_a_warning(time):
    assert Pieces(BREAKS, COEFFICIENTS)(time) == 0.0


def test_a_time_that_is_no_number_gives_no_number():
    assert np.isnan(Pieces(BREAKS, COEFFICIENTS)(np.nan))


def test_a_late_tail_keeps_its_digits():
    curve = Pieces.from_samples([0.0, 1.0, 2.0, 3.0], [1e12, 1e12, 0.0, 1e-6])
    assert curve.integral(2.0) == pytest.approx(5e-7, rel=1e-14)


def test_samples_are_joined_by_lines():
    times, values = np.array([0.0, 1.0, 4.0]), np.array([[0.0, 2.0, 5.0], [1.0, 1.0, 1.0]])
    curve = Pieces.from_samples(times, values)
    assert curve.batch_shape == (2,)
    np.testing.assert_allclose(curve(times), values, rtol=1e-15)
    np.testing.assert_allclose(curve.integral(), np.trapezoid(values, times), rtol=1e-15)


def test_batch_index_and_factor():
    curve = Pieces(BREAKS, np.asarray(COEFFICIENTS) * np.arange(1.0, 4.0)[:, None, None])
    assert curve(np.zeros((2, 5))).shape == (3, 2, 5)
    np.testing.assert_array_equal(curve[..., 2](0.5), 3 * 1.75)
    np.testing.assert_array_equal(curve[np.array([True, False, True])](0.5), [1.75, 5.25])
    assert (np.ones((4, 1)) * curve).integral().shape == (4, 3)


@pytest.mark.parametrize(
    "breaks", [[0.0, 0.0], [1.0, 0.0], [0.0], [0.0, np.nan], [0.0, np.inf], [[0.0, 1.0]]]
)
def test_times_that_do_not_increase_are_refused(breaks):
    with pytest.raises(InputError, match="increase"):
        Pieces(breaks, [[1.0]])


def test_samples_at_equal_times_are_refused_before_a_division():
    with pytest.raises(InputError, match="increase"):
        Pieces.from_samples([0.0, 1.0, 1.0], [1.0, 2.0, 3.0])


def test_wrong_shapes_and_values_are_refused():
    with pytest.raises(InputError, match="2 breaks need 1 pieces"):
        Pieces([0.0, 1.0], [[1.0], [2.0]])
    with pytest.raises(InputError, match="finite"):
        Pieces([0.0, 1.0], [[np.nan]])
    with pytest.raises(InputError, match="as many values as times"):
        Pieces.from_samples([0.0, 1.0], [1.0, 2.0, 3.0])
