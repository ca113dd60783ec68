"""Pulses: counted where they fall, infinite in value."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core import InputError, Pulses


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (-np.inf, np.inf, 6.0),
        (0.0, 24.0, 3.0),
        (1e-9, 24.0, 2.0),
        (0.0, 23.9, 1.0),
        (24.0, 24.0, 2.0),
        (25.0, 40.0, 0.0),
        (24.0, 48.0, 5.0),
    ],
)
def test_both_ends_of_an_interval_count(start, end, expected):
    assert Pulses([0.0, 24.0, 48.0], [1.0, 2.0, 3.0]).integral(start, end) == expected


def test_value_is_infinite_at_a_pulse_and_zero_elsewhere():
    pulses = Pulses([0.0, 24.0, 48.0], [1.0, -2.0, 0.0])
    np.testing.assert_array_equal(
        pulses(np.array([0.0, 1.0, 24.0, 48.0])), [np.inf, 0.0, -np.inf, 0.0]
    )


def test_batch():
    pulses = Pulses([0.0, 24.0], np.arange(6.0).reshape(3, 2))
    assert pulses(np.zeros((4, 5))).shape == (3, 4, 5)
    np.testing.assert_array_equal(pulses.integral(), [1.0, 5.0, 9.0])
    np.testing.assert_array_equal(pulses[1:].integral(end=1.0), [2.0, 4.0])
    np.testing.assert_array_equal((np.array([[2.0], [3.0]]) * pulses).integral()[1], [3, 15, 27])


def test_no_pulses_add_nothing():
    assert Pulses([], []).integral() == 0.0
    assert Pulses([], [])(1.0) == 0.0


def test_wrong_pulses_are_refused():
    with pytest.raises(InputError, match="as many amounts as times"):
        Pulses([0.0, 1.0], [1.0])
    with pytest.raises(InputError, match="finite"):
        Pulses([0.0], [np.inf])
