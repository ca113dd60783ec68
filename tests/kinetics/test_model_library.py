"""The library's smaller models of bodies and cells: each is sound, and says what it is."""

from __future__ import annotations

import pytest

from theratwin.kinetics.models import model_entries
from theratwin.testing import check_model

SMALL = (
    "iodine",
    "iodine-rhtsh",
    "iodine-withdrawal",
    "mibg",
    "clr1404",
    "in-vitro",
    "mouse-psma617",
    "mouse-psma617-lncap",
    "mouse-psma-1448",
)


@pytest.mark.parametrize("name", SMALL)
def test_a_model_is_sound(name):
    _, write = model_entries()[name]
    check_model(write())


def test_each_says_what_it_is_in_a_line():
    for name, (summary, _) in model_entries().items():
        assert 10 < len(summary) < 100, name
        assert "\n" not in summary
