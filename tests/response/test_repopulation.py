"""Repopulation parameters are checked."""

from __future__ import annotations

import math

import pytest

from theratwin.core import InputError
from theratwin.response import Repopulation


def test_one_doubling_takes_back_the_kill_of_one_half():
    # alpha times the BED lost is ln 2 a doubling.
    growth = Repopulation(alpha=0.3, doubling_time=100.0, duration=100.0)
    assert 0.3 * growth.dose_lost == pytest.approx(math.log(2))


@pytest.mark.parametrize(
    ("field", "value"),
    [("alpha", 0.0), ("doubling_time", -1.0), ("duration", math.nan), ("kick_off", math.inf)],
)
def test_wrong_values_are_named(field, value):
    good = {"alpha": 0.3, "doubling_time": 100.0, "duration": 10.0, "kick_off": 0.0}
    with pytest.raises(InputError, match=f"Repopulation.{field}"):
        Repopulation(**good | {field: value})
