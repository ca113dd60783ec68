"""The study of whole-body intervals: its evidence is what code gives, and what the page says."""

from __future__ import annotations

import json
from pathlib import Path

import body_coverage as study
import numpy as np
import pytest

METHODS = Path(__file__).parents[2] / "docs" / "methods" / "twin.md"


@pytest.fixture(scope="module")
def arms():
    return json.loads(study.EVIDENCE.read_text(encoding="utf-8"))["arms"]


@pytest.mark.parametrize("generator", study.GENERATORS)
def test_a_sample_of_the_evidence_is_found_again(arms, generator):
    # The first whose draws were weighted, not tempered: it takes a third of the time.
    rows = arms[generator]["patients"]
    number = next(k for k, row in enumerate(rows) if not row["tempered"])
    found = study.entry(generator, number)
    assert found["warned"] == rows[number]["warned"]
    for region in study.REGIONS:
        # The same to all digits stored on one machine. Another's sums may end in other digits,
        # by which a draw at the edge of an interval can give way to its neighbor: 1e-3, but for
        # the widest intervals.
        np.testing.assert_allclose(found[region], rows[number][region], rtol=5e-3)


def test_summaries_are_those_of_the_entries(arms):
    assert set(arms) == set(study.GENERATORS)
    for arm in arms.values():
        assert study.summary(arm["patients"]) == arm["summary"]
        assert arm["warned"] == sum(row["warned"] for row in arm["patients"])
        assert arm["tempered"] == sum(row["tempered"] for row in arm["patients"])


def test_the_methods_page_shows_the_evidence(arms):
    page = METHODS.read_text(encoding="utf-8")
    for line in study.table(arms):
        assert line in page, f"docs/methods/twin.md lacks: {line}"


@pytest.mark.verify
def test_intervals_cover_as_they_say():
    arms = study.study()
    for region in study.REGIONS:
        found = arms["priors"]["summary"][region]
        # Of 200, 90 % have a 95 % range of 86 to 94 %; four regions are looked at.
        assert 0.84 <= found["covered"] / found["of"] <= 0.96, region
