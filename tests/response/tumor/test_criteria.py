"""RECIST and PSA criteria: the published thresholds, their order, what cannot respond."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from theratwin.core import InputError
from theratwin.response.tumor import (
    Recist,
    RecistThresholds,
    best_response,
    diameter,
    marker_response,
    recist,
    sum_of_diameters,
    time_to_progression,
)


def names(sums):
    return [Recist(code).name for code in recist(sums)]


def test_thirty_percent_is_partial():
    assert names([100.0, 70.1, 70.0]) == ["SD", "SD", "PR"]


def test_progression_is_from_the_nadir_and_needs_five_millimeters():
    # From the nadir of 50: 20 % is 60. From 20: 24 would do, but 5 mm are 25.
    assert names([80.0, 50.0, 59.9, 60.0]) == ["SD", "PR", "SD", "PD"]
    assert names([30.0, 20.0, 24.5, 25.0]) == ["SD", "PR", "SD", "PD"]


def test_progression_goes_before_a_response_to_the_baseline():
    # 68 of 100 is below 70, yet more than 20 % above the nadir of 40.
    assert names([100.0, 40.0, 68.0]) == ["SD", "PR", "PD"]


def test_the_baseline_is_among_the_smallest_sums():
    assert names([50.0, 60.0]) == ["SD", "PD"]


def test_a_complete_response_can_come_back():
    assert names([30.0, 0.0, 4.0, 6.0]) == ["SD", "CR", "PR", "PD"]


def test_lesions_add_and_small_ones_vanish():
    seen = diameter(np.array([10.0, 4.0]))
    sums = sum_of_diameters([[10.0, 10.0], [4.0, 0.003]])  # 0.003 mL: 1.79 mm
    assert_allclose(sums, [seen.sum(), seen[0]], rtol=1e-14)
    strict = RecistThresholds(0.3, 0.2, 5.0, smallest_visible=1.0)
    assert sum_of_diameters([[10.0, 10.0], [4.0, 0.003]], strict)[1] > seen[0]


def test_a_sphere_of_one_milliliter():
    assert_allclose(diameter(np.pi / 6.0), 10.0, rtol=1e-15)


def test_batches_keep_their_axes():
    codes = recist(np.array([[50.0, 30.0, 50.0], [50.0, 50.0, 70.0]]))
    assert_array_equal(best_response(codes), [Recist.PR, Recist.SD])
    assert_array_equal(time_to_progression([0.0, 5.0, 9.0], codes), [9.0, 9.0])
    assert time_to_progression([0.0, 5.0], [1, 1]) == np.inf


def test_what_comes_after_progression_is_no_response():
    assert best_response([1, 0, 2]) == Recist.PD


def test_nothing_to_see_at_the_start():
    with pytest.raises(InputError, match="start"):
        recist([0.0, 10.0])
    with pytest.raises(InputError, match="axis of lesions"):
        sum_of_diameters([1.0, 2.0])


def test_psa_halves_and_tenths():
    times = np.array([0.0, 700.0, 1400.0])
    found = marker_response(times, [[100.0, 50.0, 60.0], [100.0, 51.0, 60.0], [100.0, 10.0, 10.0]])
    assert_array_equal(found.declined, [True, False, True])
    assert_array_equal(found.declined_deeply, [False, False, True])
    assert_allclose(found.best_change, [-0.5, -0.49, -0.9])
    assert_array_equal(found.nadir_time, [700.0, 700.0, 700.0])


def test_psa_progression_needs_amount_share_and_a_second_look():
    times = np.array([0.0, 200.0, 400.0, 600.0, 800.0])
    # 1.3 is 30 % over 1.0 but only 0.3 ug/L; 22 is 10 %; 30 is seen again 504 h later, or not.
    assert marker_response(times, [1.0, 1.0, 1.3, 1.3, 1.3]).progression_time == np.inf
    assert marker_response(times, [20.0, 20.0, 22.0, 22.0, 22.0]).progression_time == np.inf
    assert marker_response(times, [20.0, 30.0, 30.0, 30.0, 30.0]).progression_time == 200.0
    assert marker_response(times, [20.0, 20.0, 20.0, 30.0, 30.0]).progression_time == np.inf
    assert marker_response(times, [20.0, 30.0, 30.0, 20.0, 20.0]).progression_time == np.inf


def test_markers_must_be_positive_and_times_increase():
    with pytest.raises(InputError, match="positive"):
        marker_response([0.0, 1.0], [0.0, 1.0])
    with pytest.raises(InputError, match="increasing"):
        marker_response([0.0, 0.0], [1.0, 1.0])
