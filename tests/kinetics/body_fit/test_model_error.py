"""Errors of a whole-body model by class of region."""

from __future__ import annotations

import pytest

from theratwin.kinetics.body_fit import model_error


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("liver", 0.1),
        ("met_3", 0.15),
        ("blood", 0.2),
        ("whole_body", 0.05),
        ("excreted_urine", 0.2),
    ],
)
def test_every_region_has_the_error_of_its_class(region, expected):
    assert model_error(region, ["met_3"]) == expected
