"""The error family: what, where, what is allowed, the remedy."""

from __future__ import annotations

import pickle

import pytest

from theratwin.core import (
    FitError,
    InfeasibleError,
    InputError,
    TheratwinError,
    UnsupportedError,
)
from theratwin.core.errors import nearest_match

WHOLE = InputError(
    "unknown region", field="region", value="kidny", allowed=["kidneys", "liver"], remedy="See it"
)


def test_each_has_its_exit_status():
    statuses = {InputError: 2, UnsupportedError: 3, FitError: 4, InfeasibleError: 5}
    for family, status in statuses.items():
        assert issubclass(family, TheratwinError)
        assert family.exit_status == status


def test_text_has_every_part():
    assert str(WHOLE) == (
        "region: unknown region (given 'kidny'; nearest match 'kidneys'; allowed: kidneys, liver)"
        ". See it"
    )
    assert str(InputError("this is wrong")) == "this is wrong"
    assert "given 0" in str(InputError("must be positive", value=0))


def test_of_many_choices_the_nearest_few_are_listed():
    many = [f"kidney_{i}" for i in range(100)]
    error = InputError("unknown", value="Kidney_7", allowed=["liver", *many])
    assert error.allowed == ("liver", *many)
    assert "allowed: kidney_7, " in str(error)
    assert str(error).endswith("and 93 more)")
    assert "allowed: kidney_0, kidney_1, " in str(InputError("unknown", value=5, allowed=many))


def test_place_is_put_before_the_field():
    located = WHOLE.at("case.toml")
    assert located.field == "case.toml: region"
    assert type(located) is InputError
    assert located.remedy == "See it"
    assert str(InputError("bad").at("line 3")) == "line 3: bad"


def test_it_travels_between_processes():
    copy = pickle.loads(pickle.dumps(WHOLE))
    assert str(copy) == str(WHOLE)
    assert copy.nearest == "kidneys"


@pytest.mark.parametrize(
    ("word", "nearest"), [("KIDNEY", "kidneys"), ("zzz", None), ("liver", "liver")]
)
def test_nearest_match(word, nearest):
    assert nearest_match(word, ["kidneys", "liver"]) == nearest
