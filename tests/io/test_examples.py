"""The example cases read without error, and say what their source says."""

from __future__ import annotations

import re
from math import exp, log
from pathlib import Path

import pytest

from theratwin.case import Kind
from theratwin.io import check_case

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.toml"))
REFERENCE = ROOT.parent / "shared" / "reference" / "mouse_biodistribution"


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_every_example_is_read_without_a_warning(file):
    _, warnings = check_case(file)
    assert warnings == ()


def test_mouse_kidney_activity_is_the_value_of_the_source_decayed():
    case, _ = check_case(ROOT / "examples" / "mouse_psma.toml")
    first, *_, last = case.measurements.of_region("kidneys")
    # 45.59 %IA/g of 3.7 MBq in 0.425 g at 1 h, with the half-life of Lu-177, 6.647 d.
    assert first.value == pytest.approx(
        0.4559 * 3.7 * 0.425 * exp(-log(2) / (6.647 * 24)), rel=1e-6
    )
    assert last.time == 192
    blood = case.measurements.of_region("blood").items
    assert {each.kind for each in blood} == {Kind.CONCENTRATION}
    assert len(case.measurements) == 36


def test_mouse_values_are_those_of_the_database():
    source = REFERENCE / "lu177_psma_percent_injected_dose_per_gram.csv"
    if not source.exists():
        pytest.skip("the mouse biodistribution is not beside the project")
    lines = [line.split(",") for line in source.read_text().splitlines()]
    columns = [name.lower() for name in lines[0]]
    named = {"kidneys": "kidney"}
    listed = {
        (region, float(cells[7])): float(cells[columns.index(named.get(region, region))])
        for cells in lines[1:]
        if cells[4] == "1448.4592"
        for region in ("tumor", "kidneys", "blood", "liver", "spleen", "heart")
    }
    table = (ROOT / "examples" / "mouse_psma.csv").read_text().splitlines()
    rows = [line.split(",") for line in table if not line.startswith(("#", "region"))]
    assert {(region, float(time)): float(value) for region, time, value in rows} == listed


def test_the_page_on_the_case_file_shows_a_right_case(tmp_path):
    page = (ROOT / "docs" / "case_file.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    table = re.search(r"```text\n(.*?)```", page, re.DOTALL)
    assert table is not None
    # The page measures the kidneys at 24 h twice, once in each way of writing.
    (tmp_path / "cycle1.csv").write_text(table[1].replace("kidneys,24", "kidneys,48"))
    (tmp_path / "case.toml").write_text("\n".join(blocks))
    case, warnings = check_case(tmp_path / "case.toml")
    assert warnings == ()
    assert case.patient.absent == ("kidney_left",)
    assert len(case.measurements) == 3
