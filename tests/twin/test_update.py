"""The next scans narrow the twin."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from theratwin.case import Administration, Lesion, Volume
from theratwin.core import InputError
from theratwin.twin import calibrate, predict, update

FIRST = (24.0, 96.0)


@pytest.fixture
def cases(make_case, rows):
    """Return the case after cycle 1, and the whole."""
    one = rows("kidneys", "cycle 1", FIRST, at_zero=120, half_life=40)
    two = rows("kidneys", "cycle 2", (48.0,), at_zero=70, half_life=40)
    return make_case(one), make_case(one + two)


def test_an_update_is_a_calibration_on_all_data(cases):
    first, whole = cases
    updated = update(calibrate(first, seed=1, draws=300), whole.measurements.of("cycle 2"))
    fresh = calibrate(whole, seed=1, draws=300)
    assert predict(updated)["kidneys"].dose.tobytes() == predict(fresh)["kidneys"].dose.tobytes()


def test_it_narrows_the_cycle_measured_and_informs_its_neighbor(cases):
    first, whole = cases
    before = calibrate(first, seed=1, draws=1000)
    after = update(before, whole.measurements.of("cycle 2"))
    spread = [np.std(np.log(predict(t)["kidneys"].dose), axis=0) for t in (before, after)]
    assert spread[1][1] < spread[0][1]
    assert spread[1][0] <= 1.05 * spread[0][0]


def test_it_remembers_what_the_twin_said(cases):
    first, whole = cases
    before = calibrate(first, seed=1, draws=300)
    after = update(before, whole.measurements.of("cycle 2"))
    (past,) = after.history
    assert past.label == "cycle 1"
    said = predict(before).dose_per_activity().rows["kidneys"]
    assert past.dose["cycle 2"]["kidneys"] == said[1]
    again = update(after, [replace(m, time=72.0) for m in whole.measurements.of("cycle 2")])
    assert [each.label for each in again.history] == ["cycle 1", "cycle 1, cycle 2"]


def test_a_new_administration_and_a_new_lesion_come_in(make_case, rows):
    cycles = (Administration("cycle 1", 0.0, 7400.0),)
    case = make_case(rows("kidneys", "cycle 1", FIRST, at_zero=120, half_life=40), cycles=cycles)
    scan = make_case([("new", "cycle 2", 48.0, 9.0)]).measurements
    after = update(
        calibrate(case, seed=1, draws=200),
        scan,
        administration=Administration("cycle 2", 1008.0, 5000.0),
        lesions=[Lesion("new", Volume(3.0, 0.2), appears="cycle 2")],
    )
    doses = predict(after)
    assert [region.region for region in doses.lesions] == ["new"]
    assert np.all(doses["new"].dose[:, 0] == 0)
    assert np.all(doses["new"].dose[:, 1] > 0)


def test_nothing_new_is_refused(cases):
    with pytest.raises(InputError, match="nothing to update with"):
        update(calibrate(cases[0], seed=1, draws=200), [])


def test_scans_counted_twice_are_refused(cases):
    first, whole = cases
    after = update(calibrate(first, seed=1, draws=200), whole.measurements.of("cycle 2"))
    with pytest.raises(InputError, match="already"):
        update(after, whole.measurements.of("cycle 2"))


def test_scans_of_an_unknown_administration_are_refused(cases):
    strange = [replace(m, administration="cycle 9") for m in cases[0].measurements]
    with pytest.raises(InputError, match="unknown administration"):
        update(calibrate(cases[0], seed=1, draws=200), strange)
