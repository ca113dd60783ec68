"""The measurement table: its columns, its digits, what is left out."""

from __future__ import annotations

import csv

import pytest

from theratwin.core.errors import InputError
from theratwin.imaging import Extraction, RegionActivity, measurement_table

ROWS = (
    RegionActivity("liver", 24.0, (1,), 300, 1500.0, 100.0 / 3),
    RegionActivity("lesion_1", 24.0, (2,), 3, 0.24, 0.0),
    RegionActivity("remainder", 24.0, (), 9000, 45000.0, 700.0),
)


def _table(**given):
    uncertainty = {row.region: 0.05 for row in ROWS}
    given = {"administration": "cycle 1", "uncertainty": uncertainty} | given
    return list(csv.DictReader(measurement_table(Extraction(ROWS), **given).splitlines()))


def test_columns_and_digits():
    liver = _table()[0]
    assert liver == {
        "region": "liver",
        "administration": "cycle 1",
        "time [h]": "24",
        "activity [MBq]": "33.33333333",
        "uncertainty [%]": "5",
        "volume [mL]": "1500",
        "at": "scan",
    }


def test_what_holds_nothing_is_left_out_and_air_has_no_volume():
    assert [row["region"] for row in _table()] == ["liver", "remainder"]
    assert _table()[1]["volume [mL]"] == ""


def test_names_with_commas_are_quoted():
    assert _table(administration="cycle 1, first half")[0]["administration"].endswith("first half")


def test_no_uncertainty_no_table():
    with pytest.raises(InputError, match="uncertainty: liver"):
        _table(uncertainty={})
