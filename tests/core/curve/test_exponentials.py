"""Sums of exponentials: closed forms, against arithmetic with 60 digits and against quadrature."""

from __future__ import annotations

from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from theratwin.core import Exponentials, InputError
from theratwin.core.curve import decay_integral

# One multiplication, one division and one exponential: a few units in the last place.
ROUNDING = 1e-15


def tolerance(exponent: float) -> float:
    """A relative error e of the exponent x is an error x e of a growing exponential."""
    return ROUNDING + 2.3e-16 * max(-exponent, 0.0)


def exact_decay_integral(rate: float, length: float) -> float:
    with localcontext() as context:
        context.prec = 60
        rate_, length_ = Decimal(rate), Decimal(length)
        if abs(rate_ * length_) < Decimal("1e-25"):
            return float(length_ * (1 - rate_ * length_ / 2))
        return float((1 - (-rate_ * length_).exp()) / rate_)


@pytest.mark.parametrize("length", [1e-6, 0.5, 3.0, 51.0, 2000.0])
@pytest.mark.parametrize(
    "rate", [0.0, 1e-300, 1e-17, 1e-9, 1e-4, 0.166, 0.167, 1.0, 30.0, -1e-17, -1e-9, -0.05, -0.166]
)
def test_decay_integral_is_exact_to_rounding(rate, length):
    assert decay_integral(rate, length) == pytest.approx(
        exact_decay_integral(rate, length), rel=tolerance(rate * length), abs=0
    )


# Beyond 709 an exponential overflows.
@given(exponent=st.floats(-600, 600), length=st.floats(1e-3, 1e4))
def test_decay_integral_is_exact_everywhere(exponent, length):
    rate = exponent / length
    assert decay_integral(rate, length) == pytest.approx(
        exact_decay_integral(rate, length), rel=tolerance(exponent), abs=0
    )


def test_decay_integral_without_end():
    assert decay_integral(0.1, np.inf) == 10.0
    assert decay_integral(0.0, np.inf) == np.inf
    assert decay_integral(-0.1, np.inf) == np.inf
    assert np.isnan(decay_integral(0.1, np.nan))


def test_growth_beyond_every_number_is_infinite_without_a_warning():
    growing = Exponentials([1.0], [-1.0])
    assert growing(1000.0) == np.inf
    assert growing.integral(0.0, 1000.0) == np.inf
    assert growing.integral() == np.inf


def test_value_and_start():
    curve = Exponentials([2.0, -1.0], [0.1, 1.0], [0.0, 5.0])
    assert curve(-1e-9) == 0.0
    assert curve(0.0) == 2.0
    assert curve(5.0) == 2.0 * np.exp(-0.5) - 1.0
    np.testing.assert_array_equal(curve.breakpoints, [0.0, 5.0])


def test_a_time_that_is_no_number_gives_no_number():
    assert np.isnan(Exponentials([1.0], [0.1])(np.nan))


def test_from_half_lives_halves():
    curve = Exponentials.from_half_lives([8.0, 4.0], [2.0, 4.0])
    assert curve(4.0) == pytest.approx(4.0, rel=ROUNDING)


@given(
    starts=st.lists(st.floats(-10, 10), min_size=1, max_size=4),
    rates=st.lists(st.floats(-0.1, 2), min_size=4, max_size=4),
    start=st.floats(-20, 20),
    length=st.floats(0, 40),
)
@pytest.mark.filterwarnings("ignore::scipy.integrate.IntegrationWarning")
def test_integral_agrees_with_quadrature(starts, rates, start, length):
    rates = rates[: len(starts)]
    curve = Exponentials(np.ones(len(starts)), rates, starts)
    inside = [s for s in starts if start < s < start + length]
    expected, error = quad(
        curve, start, start + length, points=inside or None, epsabs=1e-12, epsrel=1e-12, limit=200
    )
    # Quadrature's own error estimate is the looser of the two.
    assert curve.integral(start, start + length) == pytest.approx(
        expected, rel=1e-11, abs=error + 1e-11
    )


def test_term_without_amplitude_adds_nothing_though_it_never_decays():
    curve = Exponentials([1.0, 0.0, 0.0], [0.1, 0.0, -1.0])
    assert curve.integral() == 10.0


def test_batch_evaluates_to_batch_then_times():
    curve = Exponentials(np.arange(1.0, 7.0).reshape(3, 2, 1), [0.1])
    times = np.linspace(0, 10, 20).reshape(4, 5)
    assert curve.batch_shape == (3, 2)
    assert curve(times).shape == (3, 2, 4, 5)
    assert curve.integral().shape == (3, 2)
    np.testing.assert_allclose(curve(times)[2, 1], 6.0 * np.exp(-0.1 * times), rtol=ROUNDING)


@pytest.mark.parametrize(
    "index",
    [
        0,
        (1, 0),
        (slice(None), 1),
        (Ellipsis, 0),
        Ellipsis,
        None,
        [0, 2],
        np.array([True, False, True]),
        (np.array([2, 0]), slice(None)),
        np.array([[True, False], [False, False], [True, True]]),
    ],
)
def test_index_selects_as_from_an_array_of_the_batch(index):
    amplitudes = np.arange(6.0).reshape(3, 2)
    chosen = Exponentials(amplitudes[..., None], [0.1, 0.2])[index]
    np.testing.assert_array_equal(chosen(0.0), 2 * amplitudes[index])


def test_index_too_deep_is_refused():
    with pytest.raises(IndexError):
        Exponentials([1.0], [0.1])[0]


def test_factor_adds_leading_axes():
    curve = Exponentials(np.ones((3, 1)), [0.1])
    scaled = np.arange(5.0)[:, None] * curve
    assert scaled.batch_shape == (5, 3)
    np.testing.assert_array_equal(scaled(0.0), np.arange(5.0)[:, None] * np.ones(3))


def test_sum_joins_terms_over_broadcast_batches():
    one, many = Exponentials([1.0, 2.0], [0.1, 0.2]), Exponentials(np.ones((4, 1)), [0.3])
    both = one + many
    assert isinstance(both, Exponentials)
    assert both.batch_shape == (4,)
    np.testing.assert_allclose(both(1.0), one(1.0) + many(1.0), rtol=ROUNDING)


def test_padding_terms_are_inert():
    plain = Exponentials([1.0], [0.1])
    padded = Exponentials([1.0, 0.0], [0.1, 0.0], [0.0, 7.0])
    assert padded.integral(3.0) == plain.integral(3.0)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (([np.nan], [0.1]), "amplitudes"),
        (([1.0], [np.inf]), "rates"),
        (([1.0], [0.1], [np.nan]), "starts"),
        (([1.0, 2.0], [0.1, 0.2, 0.3]), "do not broadcast"),
    ],
)
def test_wrong_terms_are_refused(arguments, field):
    with pytest.raises(InputError, match=field):
        Exponentials(*arguments)


@pytest.mark.parametrize("half_life", [0.0, -1.0, np.nan])
def test_wrong_half_life_is_refused(half_life):
    with pytest.raises(InputError, match="half_lives"):
        Exponentials.from_half_lives([1.0], [half_life])
