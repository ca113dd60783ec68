"""The page on whole bodies: its picture and its table are what the code and the sets have."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from numpy.testing import assert_allclose

from theratwin.core.distribution import LogNormal
from theratwin.core.parameter_file import parameter_set
from theratwin.core.units import parse
from theratwin.dynamics import diagram

PAGES = Path(__file__).parents[2] / "docs" / "methods"
SETS = ("psma_kletting_2016", "psma_amsterdam", "psma_population_ubc")
ROW = re.compile(r"^\| `([\w.]+)` \|(.*)\|(.*)\|(.*)\|$", re.MULTILINE)
ROWS = ROW.findall((PAGES / "whole_body.md").read_text(encoding="utf-8"))


def test_the_pictures_are_current(bodies):
    """Made by ``diagram`` of the networks of ``_bodies.pictures()``."""
    for name, network in bodies.pictures().items():
        assert (PAGES / f"{name}.svg").read_text(encoding="utf-8") == diagram(network) + "\n", name


def test_the_table_has_rows():
    assert len(ROWS) > 20


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_the_table_has_the_values_of_the_sets(row):
    name, *cells = row
    for set_name, cell in zip(SETS, map(str.strip, cells), strict=True):
        known = parameter_set("kinetics", set_name).parameters.get(name)
        if not cell:
            assert known is None, f"{set_name} has {name}"
            continue
        assert known is not None, f"{set_name} lacks {name}"
        middle, _, rest = cell.partition(" ± ")
        spread, _, unit = rest.partition(" ")
        if rest:
            expected = LogNormal.from_mean_sd(
                parse(f"{middle} {unit}", known.unit), parse(f"{spread} {unit}", known.unit)
            )
            assert_allclose(known.distribution.log_mean, expected.log_mean)
            assert_allclose(known.distribution.log_sd, expected.log_sd)
        else:
            assert_allclose(known.value, parse(middle, known.unit), rtol=1e-9)
