"""Measurement tables: what is wrong is told, and nothing but errors of the family comes out."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from theratwin.core.errors import InputError, TheratwinError
from theratwin.io import load_case, load_measurements
from theratwin.io.case_file import write_template

HEADER = "region,administration,time,activity,uncertainty,at"
RIGHT = "kidneys,cycle 1,96 h,50 MBq,5 %,scan"

# No deadline: the first example loads the unit registry. One folder serves all examples.
FUZZ = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return load_case(write_template(tmp_path_factory.mktemp("case") / "case.toml"))


def problem_of(tmp_path, case, text):
    file = tmp_path / "more.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        load_measurements(file, case)
    return str(raised.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ["empty", "region,administration"]),
        (f"{HEADER}\nkidnees,cycle 1,96 h,50 MBq,5 %,scan", ["line 2: region", "'kidneys'"]),
        (f"{HEADER}\nkidneys,cycle 1,96 h,50,5 %,scan", ["line 2: activity", "unit like MBq"]),
        (f"{HEADER}\nkidneys,cycle 1,96 h,50 MBq,5 %", ["line 2", "number of cells", "6 cells"]),
        (f"{HEADER}\nkidneys,cycle 1,96 h,50 MBq,5 %,", ["line 2: at", "missing", "scan"]),
        (f"{HEADER}\nkidneys,cycle 2,96 h,50 MBq,5 %,scan", ["unknown administration", "cycle 1"]),
        (f"{HEADER}\nkidneys,cycle 1,96 h,50 MBq,0/0,scan", ["line 2: uncertainty", "0/0"]),
        (f"{HEADER}\n{RIGHT}\n{RIGHT}", ["line 3: time", "twice", "line 2"]),
        (f"{HEADER}\nkidneys,cycle 1,24 h,50 MBq,5 %,scan", ["in the case already", "twice"]),
        (f"{HEADER.replace('time', 'hours')}\n{RIGHT}", ["hours: unknown column", "brackets"]),
        (f"{HEADER},at\n{RIGHT},scan", ["line 1: at", "column stands twice"]),
        (
            f"{HEADER.replace(',', ';')}\nkidneys;cycle 1;96 h;50,5 MBq;5 %;scan",
            ["decimal comma", '"50.5 MBq"'],
        ),
        (f"{HEADER}\nkidneys,cycle 1,96 h,0 MBq,5 %,scan", ["must be positive", "Leave the time"]),
        (f"{HEADER}\nlung,cycle 1,96 h,5 kBq/mL,5 %,scan", ["needs the volume", "[organs.lungs]"]),
    ],
)
def test_bad_table_is_told_with_line_column_and_remedy(tmp_path, case, text, said):
    message = problem_of(tmp_path, case, text)
    for part in said:
        assert part in message


@given(content=st.binary(max_size=300) | st.text(max_size=300).map(lambda t: t.encode("utf-8")))
@settings(FUZZ, max_examples=100)
def test_any_bytes_are_read_or_refused_in_words(tmp_path, case, content):
    read_or_refuse(tmp_path, case, content)


CELL = st.one_of(
    st.sampled_from(["kidneys", "cycle 1", "scan", "96 h", "50 MBq", "5 %", "3 %IA/g", ""]),
    st.text(max_size=12),
    st.floats().map(str),
    st.floats().map(lambda value: f"{value} MBq"),
)


@given(rows=st.lists(st.lists(CELL, min_size=6, max_size=6), max_size=5))
@settings(FUZZ, max_examples=150)
def test_any_cells_are_read_or_refused_in_words(tmp_path, case, rows):
    text = "\n".join([HEADER, *(",".join(row) for row in rows)])
    read_or_refuse(tmp_path, case, text.encode("utf-8", "surrogatepass"))


def read_or_refuse(tmp_path, case, content):
    file = tmp_path / "more.csv"
    file.write_bytes(content)
    refused = None
    try:
        measurements = load_measurements(file, case)
    except TheratwinError as error:
        refused = error
    if refused is None:
        assert all(0 < each.value < float("inf") for each in measurements)
    else:
        assert refused.exit_status in (2, 3)
        assert "more.csv" in str(refused)
