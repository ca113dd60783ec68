"""PSMA.sbml of PyCNO: a whole body of 192 species, against exact integrals of the file as it is."""

import csv
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("libsbml")

from theratwin.dynamics import Engine
from theratwin.io.sbml import read_sbml

FOLDER = Path(__file__).parents[4] / "shared" / "reference" / "psma_pbpk_sbml"
TABLE = FOLDER / "reference_TAC_PSMA_10hot_100cold_nmol.csv"
pytestmark = pytest.mark.skipif(not TABLE.exists(), reason="../shared/reference is not here")

HOT, COLD = 10.0, 100.0
PARTS = ("", "Vas", "Int", "Bound", "Intern", "Intera")


@pytest.fixture(scope="module")
def psma():
    return read_sbml(FOLDER / "PSMA.sbml")


def hot_in(model, organ):
    """Hot amount of an organ, bound to albumin or not."""
    names = [f"{organ}{part}.{label}" for part in PARTS for label in ("Hot", "AlbHot")]
    return sum(model.expression(name, "amount") for name in names if name in model.paths)


def test_reproduces_the_reference_table(psma):
    rows = list(csv.DictReader(TABLE.read_text().splitlines()))
    organs = {row["organ"]: hot_in(psma, row["organ"]) for row in rows}
    system = psma.system(organs, {f"{name} integral": value for name, value in organs.items()})
    columns = [name for name in rows[0] if name.startswith("fIA_")]
    hours = [float(name[4:-1]) for name in columns]
    minutes = [*(60.0 * hour for hour in hours), 3000.0 * 60.0]
    given = {f"{psma.id_of(f'Vein.{k}')}.initial": v for k, v in (("Hot", HOT), ("Cold", COLD))}
    solved = Engine(system, level=0).solve(
        given, minutes, rtol=1e-9, atol=1e-12, keep=list(system.quadratures)
    )
    for row in rows:
        organ = row["organ"]
        expected = np.array([float(row[name]) for name in columns])
        found = solved.observables[organ][0, :-1] / HOT
        counts = expected > 1e-8
        # Issue's tolerance; below 1e-8 of the injected the table itself has few digits.
        np.testing.assert_allclose(found[counts], expected[counts], rtol=1e-4, err_msg=organ)
        tiac = solved.quadratures[f"{organ} integral"][0, -1] / HOT / 60.0
        np.testing.assert_allclose(tiac, float(row["TIAC_h"]), rtol=1e-4, err_msg=organ)


def test_it_is_read_with_a_warning(psma):
    assert len(psma.warnings) == 1
    assert "18 times" in psma.warnings[0]
    assert "21121" in psma.warnings[0]
