"""Nadirs and grades of counts."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core import InputError
from theratwin.response.blood import grade, nadir


def test_a_parabola_is_found_between_samples():
    times = np.arange(0.0, 100.0, 12.0)
    counts = 100.0 + 0.1 * (times - 50.0) ** 2
    found = nadir("platelets", times, [counts], [400.0])
    assert found.time[0] == pytest.approx(50.0)
    assert found.count[0] == pytest.approx(100.0)


def test_recovery_is_the_crossing():
    times = np.arange(0.0, 11.0)
    counts = np.abs(times - 5.0) * 20.0  # 0 at 5, back at 90 at 9.5
    found = nadir("platelets", times, [counts], [100.0])
    assert found.recovery[0] == pytest.approx(9.5)


def test_never_back_and_never_low():
    times = np.arange(0.0, 10.0)
    found = nadir("platelets", times, [100.0 - times, 100.0 - 0.1 * times], [100.0, 100.0])
    down = nadir("platelets", times, [100.0 - 5.0 * times], [100.0])
    assert down.recovery[0] == np.inf
    assert found.recovery[1] == found.time[1]


def test_the_lowest_at_an_edge_stays_there():
    times = np.arange(0.0, 10.0)
    found = nadir("platelets", times, [100.0 - times], [100.0], start=2.0, end=6.0)
    assert (found.time[0], found.count[0]) == (6.0, 94.0)


def test_no_time_inside():
    with pytest.raises(InputError, match="no time"):
        nadir("platelets", [0.0, 1.0], [[1.0, 1.0]], [1.0], start=5.0)


@pytest.mark.parametrize(
    ("line", "count", "expected"),
    [
        ("neutrophils", [2.5e6, 1.7e6, 1.2e6, 0.7e6, 0.3e6], [0, 1, 2, 3, 4]),
        ("platelets", [150e6, 100e6, 74e6, 49e6, 24e6], [0, 1, 2, 3, 4]),
        ("lymphocytes", [1.2e6, 0.9e6, 0.6e6, 0.3e6, 0.1e6], [0, 1, 2, 3, 4]),
        ("hemoglobin", [0.13, 0.11, 0.09, 0.07], [0, 1, 2, 3]),
    ],
)
def test_grades(line, count, expected):
    assert grade(line, count).tolist() == expected


def test_grade_of_an_unknown_line():
    with pytest.raises(InputError, match="monocytes"):
        grade("monocytes", 1.0)
