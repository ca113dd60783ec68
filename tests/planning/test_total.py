"""Totals over a course against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theratwin.core.errors import InputError
from theratwin.planning import bed, dose
from theratwin.planning.total import Total

positive = st.floats(1e-6, 1e3)


def test_bed_is_that_of_equal_cycles(make_course, protraction):
    made = make_course(delivered=2000.0, cycles=2, kidneys=[0.5])
    # Two delivered cycles of 1 Gy, three further ones of 0.5 Gy/GBq at 6 GBq: 3 Gy each.
    factor = protraction("kidneys") / 2.5
    expected = 2 * (1.0 + factor) + 3 * (3.0 + factor * 9.0)
    # Rounding only: both are the same closed form.
    assert made.total(bed("kidneys")).at(3, 6000.0) == pytest.approx([expected], rel=1e-12)
    assert made.total(dose("kidneys")).at(3, 6000.0) == pytest.approx([11.0], rel=1e-12)


def test_an_array_of_activities_leads(make_course):
    total = make_course(kidneys=[0.5, 0.6, 0.7]).total(bed("kidneys"))
    grid = np.linspace(0.0, 9000.0, 5)
    values = total.at(2, grid)
    assert values.shape == (5, 3)
    assert values[3] == pytest.approx(total.at(2, grid[3]), rel=1e-14)


@given(positive, positive, st.floats(0.0, 1e3), st.floats(0.0, 0.99))
def test_the_root_reaches_the_bound(bound, slope, curvature, part):
    total = Total(np.array([part * bound]), np.array([[0.0, slope]]), np.array([[0.0, curvature]]))
    # The sum of few terms of one sign: a few units in the last place.
    assert total.at(1, total.reaching(1, bound)[0]) == pytest.approx([bound], rel=1e-12)


def test_roots_where_there_is_no_dose_or_no_room():
    total = Total(np.array([1.0, 3.0]), np.zeros((2, 2)), np.zeros((2, 2)))
    assert total.reaching(1, 2.0).tolist() == [np.inf, -np.inf]
    exceeded = Total(np.array([3.0]), np.array([[0.0, 1.0]]), np.array([[0.0, 0.1]]))
    assert exceeded.reaching(1, 2.0)[0] < 0


def test_what_is_not_known_is_named(make_course):
    made = make_course(kidneys=[0.5], liver=[0.1])
    with pytest.raises(InputError, match="red_marrow"):
        made.total(dose("red_marrow"))
    with pytest.raises(InputError, match="no radiosensitivity"):
        made.total(bed("liver"))
