"""The coverage of single scans: its evidence is what the code gives, and what the page says."""

from __future__ import annotations

import json
from pathlib import Path

import one_scan_coverage as study
import pytest

METHODS = Path(__file__).parents[2] / "docs" / "methods" / "single_scans.md"


@pytest.fixture(scope="module")
def evidence():
    return json.loads(study.EVIDENCE.read_text(encoding="utf-8"))["covered"]


def test_the_shape_of_one_phase_is_found_again(evidence):
    found = study.covered("mono")
    for time, share in evidence["mono"].items():
        # Another machine's last digits may let one patient in 300 change sides.
        assert found[time] == pytest.approx(share, abs=0.5 / 100)


@pytest.mark.parametrize("shape", list(study.POPULATIONS))
def test_the_page_says_what_was_found(evidence, shape):
    shares = [100.0 * share for share in evidence[shape].values()]
    assert f"{min(shares):.0f} to {max(shares):.0f} %" in METHODS.read_text(encoding="utf-8")
