"""The corridors of the calibrated PSMA-617 body: evidence, page, and the whole study."""

from __future__ import annotations

from pathlib import Path

import psma_corridors as study
import pytest
from corridors import kinetics_tool, stored, table

METHODS = Path(__file__).parents[2] / "docs" / "methods" / "whole_body.md"


def test_the_methods_page_shows_the_evidence():
    page = METHODS.read_text(encoding="utf-8")
    for line in table(stored(study.EVIDENCE), study.CORRIDORS):
        assert line in page, f"docs/methods/whole_body.md lacks: {line}"


def test_a_sample_lies_in_the_corridors():
    """Of 150 patients the kidney median errs by 4 % (geometric SD 1.45): the corridor holds it."""
    rows = study.study(150, seed=7)
    assert 0.35 <= rows["dose.kidneys"]["percentiles"][1] <= 0.55
    assert 0.4 <= rows["dose.parotid_glands"]["percentiles"][1] <= 0.7
    assert 0.03 <= rows["dose.red_marrow"]["percentiles"][1] <= 0.1


def test_the_set_is_what_the_calibration_finds():
    tool = kinetics_tool("calibrate_psma")
    medians, _ = tool.calibrate()
    known = {each.name: each.value for each in tool.body().network.parameters}
    for name, value in medians.items():
        # The set holds four digits; the minimum is flat to some parts in a thousand.
        assert known[name] == pytest.approx(value, rel=1e-2), name


@pytest.mark.verify
def test_the_evidence_is_found_again():
    known = stored(study.EVIDENCE)
    for name, row in study.study().items():
        # Three digits are stored.
        assert row["percentiles"] == pytest.approx(known[name]["percentiles"], rel=0.01), name
