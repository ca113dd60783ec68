"""What is allowed but may be a slip, and problems told once."""

from __future__ import annotations

from pathlib import Path

import pytest

from theratwin.core.errors import InputError
from theratwin.io import check_case
from theratwin.io.case_file import write_template


@pytest.fixture
def template(tmp_path: Path) -> Path:
    return write_template(tmp_path / "case.toml")


def test_a_unit_too_small_by_a_thousand_is_told(template):
    template.write_text(template.read_text().replace('"150 MBq"', '"15 kBq"'))
    _, warnings = check_case(template)
    assert any("check the unit" in warning and "kidneys" in warning for warning in warnings)


def test_one_problem_in_many_rows_is_told_once(template):
    template.write_text(template.read_text().replace('"kidneys"', '"kidnees"'))
    with pytest.raises(InputError) as caught:
        check_case(template)
    assert str(caught.value).count("kidnees") == 2  # once for each measurements[k]
    table = template.parent / "more.csv"
    table.write_text(
        "region,time [h],activity [MBq],uncertainty,at\n" + "kidnees,24,9,5 %,scan\n" * 3
    )
    template.write_text(
        template.read_text().replace('"kidnees"', '"kidneys"')
        + '\n[[measurements]]\nfile = "more.csv"\nadministration = "cycle 1"\n'
    )
    with pytest.raises(InputError, match="lines 2, 3 and 4"):
        check_case(template)


def test_the_tables_belong_to_the_case(template):
    table = template.parent / "more.csv"
    table.write_text("region,time [h],activity [MBq],uncertainty,at\nkidneys,48,90,5 %,scan\n")
    template.write_text(
        template.read_text() + '\n[[measurements]]\nfile = "more.csv"\nadministration = "cycle 1"\n'
    )
    case, _ = check_case(template)
    assert [path.name for path in case.files] == ["case.toml", "more.csv"]
