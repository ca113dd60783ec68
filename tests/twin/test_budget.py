"""The uncertainty budget against the spread of the doses that the twin draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from theratwin.case import (
    Administration,
    Case,
    Kind,
    Lesion,
    Ligand,
    Measurement,
    Measurements,
    Patient,
    Radiopharmaceutical,
    Schedule,
    SharedUncertainty,
    Volume,
)
from theratwin.core.errors import InputError
from theratwin.dosimetry import relative_spread
from theratwin.twin import calibrate, predict
from theratwin.twin.budget import budget

_DECAY = np.log(2.0) / 159.5
_REGIONS = {
    "kidneys": (80.0, 40.0),
    "parotid_glands": (16.0, 35.0),
    "lesion_1": (100.0, 60.0),
    "whole_body": (1900.0, 40.0),
    "blood": (0.03, 20.0),
}


def _case() -> Case:
    measurements = tuple(
        Measurement(
            region,
            "cycle 1",
            time,
            at_start * np.exp(-(np.log(2.0) / half_life + _DECAY) * time),
            0.05,
            Kind.CONCENTRATION if region == "blood" else Kind.ACTIVITY,
        )
        for region, (at_start, half_life) in _REGIONS.items()
        for time in (24.0, 48.0, 120.0)
    )
    organs = {"kidneys": Volume(311.0, 0.08), "parotid_glands": Volume(50.0, 0.1)}
    return Case(
        "budget",
        Patient("male", 80e3, 69.0, 1760.0, organs=organs),
        Radiopharmaceutical("177Lu-PSMA-I&T", Ligand("psma-i&t", "psma"), "Lu-177"),
        Schedule((Administration("cycle 1", 0.0, 7400.0),)),
        (Lesion("lesion_1", Volume(34.0, 0.2)),),
        Measurements(measurements),
        SharedUncertainty(calibration=0.05, recovery=0.08),
    )


@pytest.fixture(scope="module")
def twin():
    return calibrate(_case(), seed=3)


@pytest.mark.parametrize("region", ["kidneys", "parotid_glands", "lesion_1", "red_marrow"])
def test_its_total_is_the_spread_of_the_dose(twin, region):
    # The standard deviation of 2000 draws has a sampling error of 1/sqrt(2 * 2000) = 1.6 %, and
    # chance correlations of five factors add as much again; 6 % is over two and a half of those
    # together. In marrow the sum of two parts is log-normal to first order only.
    spread = relative_spread(predict(twin)[region].dose.sum(axis=1))
    assert budget(twin, region).total == pytest.approx(spread, rel=0.06)


def test_it_holds_over_cycles_without_scans(twin):
    two = Schedule((*twin.case.schedule, Administration("cycle 2", 1008.0, 7400.0)))
    longer = replace(twin, case=replace(twin.case, schedule=two))
    spread = relative_spread(predict(longer)["kidneys"].dose.sum(axis=1))
    found = budget(longer, "kidneys")
    assert found.total == pytest.approx(spread, rel=0.06)  # as above
    assert found.parts["curve"] > budget(twin, "kidneys").parts["curve"]


def test_parts_follow_what_the_case_states(twin):
    kidneys, glands = budget(twin, "kidneys").parts, budget(twin, "parotid_glands").parts
    # A relative standard uncertainty u is sqrt(ln(1 + u^2)) of the logarithm.
    assert kidneys["calibration"] == pytest.approx(np.sqrt(np.log1p(0.05**2)))
    assert kidneys["recovery"] == 0.0
    assert glands["recovery"] == pytest.approx(np.sqrt(np.log1p(0.08**2)))
    # Self-dose goes with nearly the inverse of mass: electrons stay, photons escape a little less.
    assert kidneys["mass"] / np.sqrt(np.log1p(0.08**2)) == pytest.approx(1.0, abs=0.05)
    assert kidneys["mass"] < np.sqrt(np.log1p(0.08**2))


def test_marrow_from_blood_has_little_of_the_calibration(twin):
    marrow = budget(twin, "red_marrow").parts
    assert 0.0 < marrow["calibration"] < np.sqrt(np.log1p(0.05**2))
    assert marrow["dose factor"] < np.sqrt(np.log1p(0.3**2))


@pytest.mark.parametrize("region", ["blood", "whole_body", "liver"])
def test_there_is_none_without_a_dose(twin, region):
    with pytest.raises(InputError, match=region):
        budget(twin, region)


def test_dose_from_other_regions_is_told_apart(twin):
    kidneys = predict(twin)["kidneys"]
    share = np.median(kidneys.cross_dose / kidneys.dose)
    # Lu-177, mostly from the 60 GBq h of the body around
    assert 0.0 < share < 0.05
    expected = share * np.sqrt(np.log1p(0.3**2))
    assert budget(twin, "kidneys").parts["cross-dose"] == pytest.approx(expected, rel=0.1)
    assert budget(twin, "lesion_1").parts["cross-dose"] == 0.0
