"""The table of what options change, as documented: some of its rows anew."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import pytest
from numpy.testing import assert_allclose

from theratwin.core import Curve, Exponentials, Pieces, Pulses
from theratwin.response.medras import Medras, MedrasRpt

PAGE = Path(__file__).parents[4] / "docs" / "methods" / "medras.md"
DECAY = math.log(2.0) / 51.0
EXPOSURES: tuple[Curve, ...] = (
    Pulses([0.0], [0.2]),
    Pulses([0.0], [2.0]),
    Pieces([0.0, 24.0], [[0.25]]),
    Exponentials([10.0 * DECAY], [DECAY]),
)
LINES = {
    "P53 mutant": {"p53": "mutant"},
    "P53 mutant, HR-deficient": {"p53": "mutant", "hr": "deficient"},
    "P53 wild type": {"p53": "wildtype"},
}
ROWS: dict[str, tuple[type, dict[str, Any]]] = {
    "`medras`": (Medras, {}),
    '`medras-rpt`, `cycle="frozen"`': (MedrasRpt, {"cycle": "frozen"}),
    "`medras-rpt`": (MedrasRpt, {}),
    '`follow="population"`': (MedrasRpt, {"follow": "population"}),
    "`checkpoint`": (MedrasRpt, {"checkpoint": True}),
    "`hypersensitivity`": (MedrasRpt, {"hypersensitivity": True}),
    "`single_strand_breaks`": (MedrasRpt, {"single_strand_breaks": True}),
}


def documented(line: str, row: str) -> list[float]:
    section = PAGE.read_text(encoding="utf-8").split(f"**{line}**")[1].split("**")[0]
    (numbers,) = re.findall(rf"^\| {re.escape(row)} \|(.*)\|$", section, re.MULTILINE)
    return [float(number) for number in numbers.split("|")]


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("row", ROWS)
def test_rows(line, row):
    model, options = ROWS[row]
    cells = model.of(**LINES[line], **options)
    found = [float(cells.survival(curve)) for curve in EXPOSURES]
    assert_allclose(found, documented(line, row), atol=5.1e-5)  # four digits are printed
