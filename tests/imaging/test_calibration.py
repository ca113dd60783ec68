"""Calibration: activity from concentrations and from counts; nothing assumed."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import InputError
from theratwin.imaging import Concentration, Image, Sensitivity, calibrations

IMAGE = Image(np.ones((2, 2, 2)), np.diag([4.0, 4.0, 5.0, 1.0]), "", "scan.nii")
WHOLE = Image(np.full((2, 2, 2), 60273, np.uint16), IMAGE.affine, "", "scan.nii", scaled=False)


def test_concentration_times_voxel_volume():
    (each,) = calibrations(1, unit="kBq/mL")
    assert each.activity_per_number(IMAGE) == pytest.approx(0.08e-3, rel=1e-14)


def test_counts_over_sensitivity_and_duration():
    (each,) = calibrations(1, factors=["23.5 cps/MBq"], durations=["20 min"])
    # 23.5 counts a second and MBq for 1200 s: one count is 1 / 28200 MBq
    assert each.activity_per_number(IMAGE) == pytest.approx(1 / 28200, rel=1e-14)


@pytest.mark.parametrize("factor", ["1410 cpm/MBq", "23.5 count/s/MBq", "0.0235 cps/kBq"])
def test_spellings_of_one_sensitivity(factor):
    (each,) = calibrations(1, factors=[factor], durations=["0.3333333333333333 h"])
    assert isinstance(each, Sensitivity)
    assert each.sensitivity == pytest.approx(23.5, rel=1e-14)


def test_one_factor_for_each_scan():
    found = calibrations(2, factors=["2.6 Bq/mL", "3.1 Bq/mL per number"])
    assert found == (Concentration(2.6e-6), Concentration(3.1e-6))


def test_one_factor_and_a_duration_for_each_scan():
    found = calibrations(2, factors=["20 cps/MBq"], durations=["20 min", "40 min"])
    per_count = [each.activity_per_number(IMAGE) for each in found]
    assert per_count[0] == pytest.approx(2 * per_count[1], rel=1e-14)


def test_a_declared_unit_does_not_bring_back_a_lost_scale():
    (each,) = calibrations(1, unit="Bq/mL")
    with pytest.raises(InputError, match="the scale is lost") as refused:
        each.activity_per_number(WHOLE)
    assert "uint16, up to 60273" in str(refused.value)
    assert "--calibration" in str(refused.value)


def test_a_factor_does():
    (each,) = calibrations(1, factors=["2.6 Bq/mL"])
    assert each.activity_per_number(WHOLE) == pytest.approx(2.6e-6 * 0.08, rel=1e-14)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "theratwin does not guess"),
        ({"unit": "Bq/mL", "factors": ["1 Bq/mL"]}, "Give one of the two"),
        ({"unit": "Bq"}, "no unit of activity concentration"),
        ({"unit": "counts"}, "--duration"),
        ({"unit": "Bq/mL", "durations": ["20 min"]}, "do not depend on the duration"),
        ({"factors": ["1 Bq/mL"], "durations": ["20 min"]}, "do not depend on the duration"),
        ({"factors": ["20 cps/MBq"]}, "counts need the duration"),
        ({"factors": ["20 cps/MBq"], "durations": ["20"]}, "the unit is missing"),
        ({"factors": ["20 cps"], "durations": ["20 min"]}, "does not convert"),
        ({"factors": ["20"]}, "the unit is missing"),
        ({"factors": ["Bq/mL"]}, "no number with a unit"),
        ({"factors": ["0 Bq/mL"]}, "must be positive"),
        ({"factors": ["-20 cps/MBq"], "durations": ["20 min"]}, "must be positive"),
        ({"factors": ["20 cps/MBq"], "durations": ["0 min"]}, "must be positive"),
        ({"factors": ["1 Bq/mL", "2 Bq/mL"]}, "2 given for 3 images"),
        ({"factors": ["20 cps/MBq"], "durations": ["1 h", "2 h"]}, "2 given for 3 images"),
        (
            {"factors": ["1 Bq/mL", "20 cps/MBq", "1 Bq/mL"], "durations": ["1 h"]},
            "some factors are for counts",
        ),
    ],
)
def test_what_does_not_fit_together_is_refused(given, says):
    with pytest.raises(InputError) as refused:
        calibrations(3, **given)
    assert says in str(refused.value)
