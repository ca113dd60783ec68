"""The report of a twin that rests on a PET alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from theratwin.io import load_case
from theratwin.report import plot_activity, write_report
from theratwin.report.facts import given, scan_line, volume_rows
from theratwin.twin import calibrate, predict

CASE = load_case(Path(__file__).parents[2] / "examples" / "psma_pet.toml")


@pytest.fixture(scope="module")
def twin():
    return calibrate(CASE, seed=1, draws=120)


def test_it_tells_of_the_pet_and_of_planned_cycles(twin, tmp_path):
    page = write_report(twin, tmp_path / "report.html").read_text(encoding="utf-8")
    assert "PSMA PET at 1 h" in page
    assert "predicted" in page
    assert "Not measured: cycle 1, cycle 2, cycle 3 and cycle 4" in page


def test_nothing_was_given_and_volumes_are_those_that_were_seen():
    assert given(CASE) == 0
    assert scan_line(CASE).startswith("PSMA PET at 1 h after administration")
    regions = [region for region, *_ in volume_rows(CASE, ())]
    assert regions == ["kidneys", "parotid_glands", "liver", "spleen", "lesion_1", "lesion_2"]


def test_what_cycle_1_will_look_like_can_be_plotted(twin):
    axes = plot_activity(predict(twin), "kidneys")
    assert len(axes.lines) == len(CASE.schedule)
