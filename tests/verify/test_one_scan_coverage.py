"""The coverage of single scans: its evidence is what the code gives, and what the page says."""

from __future__ import annotations

import json
from pathlib import Path

import one_scan_coverage as study
import pytest

METHODS = Path(__file__).parents[2] / "docs" / "methods" / "single_scans.md"


@pytest.fixture(scope="module")
def evidence():
    return json.loads(study.EVIDENCE.read_text(encoding="utf-8"))


def test_the_first_patients_are_found_again(evidence):
    found = study.covered("mono", study.SAMPLE)
    for time, share in evidence["of_the_first"]["mono"].items():
        # Another machine's last digits may let one patient change sides.
        assert found[time] == pytest.approx(share, abs=1.1 / study.SAMPLE)


@pytest.mark.parametrize("shape", list(study.POPULATIONS))
def test_the_page_says_what_was_found(evidence, shape):
    shares = [round(100.0 * share) for share in evidence["covered"][shape].values()]
    ends = list(dict.fromkeys([min(shares), max(shares)]))
    assert " to ".join(map(str, ends)) + " %" in METHODS.read_text(encoding="utf-8")
