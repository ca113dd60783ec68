"""The case file: what is read from it, in inside units."""

from __future__ import annotations

from math import exp

import pytest

from theratwin.case import Kind
from theratwin.core import InputError
from theratwin.io import check_case, load_case, load_measurements
from theratwin.io.case_file import case_schema, write_template
from theratwin.io.case_file.lines import key_lines
from theratwin.io.case_file.template import template_text
from theratwin.physics import nuclide

DECAY = nuclide("Lu-177").decay_constant


def case_of(tmp_path, text, **tables):
    for name, content in tables.items():
        (tmp_path / f"{name}.csv").write_text(content, encoding="utf-8")
    file = tmp_path / "case.toml"
    file.write_text(text, encoding="utf-8")
    return load_case(file)


def with_row(**cells):
    row = {
        "region": "liver",
        "administration": "cycle 1",
        "time": "24 h",
        "activity": "300 MBq",
        "uncertainty": "5 %",
        "at": "scan",
    } | cells
    lines = "\n".join(f'{key} = "{value}"' for key, value in row.items())
    organs = '[organs.liver]\nvolume = "1.5 L"\nuncertainty = "5 %"\n'
    return template_text() + organs + "[[measurements]]\n" + lines + "\n"


def test_the_template_is_a_right_case(tmp_path):
    case, warnings = check_case(write_template(tmp_path / "new.toml"))
    assert warnings == ()
    assert case.patient.mass == 80000
    assert case.patient.height == 1760
    assert case.schedule["cycle 1"].activity == 7400
    assert case.schedule["cycle 1"].duration == pytest.approx(1 / 6, abs=1e-12)
    assert case.lesions[0].volume.value == 34
    assert case.radiopharmaceutical.ligand.target == "psma"
    assert case.origin == "simulated"
    assert case.uncertainty.calibration == 0.05


@pytest.mark.parametrize(
    ("activity", "at", "expected"),
    [
        ("300 MBq", "scan", 300.0),
        ("0.3 GBq", "administration", 300.0 * exp(-24 * DECAY)),
        ("4 %IA", "administration", 296.0 * exp(-24 * DECAY)),
        ("4 %ID", "scan", 296.0),
        ("200 kBq/mL", "scan", 300.0),
        ("0.002 %IA/mL", "scan", 222.0),
        ("0.002 %IA/g", "scan", 222.0 * 1.05),
    ],
)
def test_every_unit_becomes_activity_at_the_scan(tmp_path, activity, at, expected):
    case = case_of(tmp_path, with_row(activity=activity, at=at))
    (liver,) = case.measurements.of_region("liver")
    assert liver.kind is Kind.ACTIVITY
    # Rounding of one product or exponential.
    assert liver.value == pytest.approx(expected, rel=1e-12)


def test_blood_is_a_concentration(tmp_path):
    case = case_of(tmp_path, with_row(region="blood", activity="0.001 %IA/g"))
    (blood,) = case.measurements.of_region("blood")
    assert blood.kind is Kind.CONCENTRATION
    assert blood.value == pytest.approx(1e-5 * 7400 * 1.06, rel=1e-12)


def test_uncertainty_in_the_unit_of_the_value_is_divided_by_it(tmp_path):
    case = case_of(tmp_path, with_row(activity="300 MBq", uncertainty="0.03 GBq"))
    assert case.measurements.of_region("liver").items[0].relative_uncertainty == pytest.approx(0.1)


def test_volume_of_the_scan_counts_before_the_declared_one(tmp_path):
    case = case_of(tmp_path, with_row(activity="200 kBq/mL", volume="1 L"))
    (liver,) = case.measurements.of_region("liver")
    assert (liver.value, liver.volume) == (pytest.approx(200.0), 1000.0)


def test_dates_with_zones_become_hours(tmp_path):
    text = with_row(time="2024-03-02T12:00+02:00").replace(
        'time = "0 h"', 'time = "2024-03-01T10:00Z"'
    )
    case = case_of(tmp_path, text)
    assert case.measurements.of_region("liver").items[0].time == 24.0
    assert case.schedule["cycle 1"].start is not None


def test_mass_from_surface_and_reference_height_says_so(tmp_path):
    text = template_text().replace('mass = "80 kg"', 'body_surface_area = "1.9 m^2"')
    case = case_of(tmp_path, text.replace('height = "176 cm"', 'height = "reference"'))
    # Du Bois with 176 cm: 0.007184 m^0.425 176^0.725 = 1.9 at m = 73.95 kg.
    assert 0.007184 * (case.patient.mass / 1000) ** 0.425 * 176**0.725 == pytest.approx(1.9)
    assert "assumed" in case.patient.mass_source
    assert "Du Bois" in case.patient.mass_source
    assert case.patient.height is None


def test_reference_volume_is_named_as_such_and_halved_for_one_kidney(tmp_path):
    text = template_text().replace('volume = "311 mL"\nuncertainty = "8 %"', 'volume = "reference"')
    both = case_of(tmp_path, text).volume("kidneys")
    assert both.source == "reference adult male (ICRP-89)"
    assert both.mass == pytest.approx(310)
    one = case_of(tmp_path, text.replace("# absent", "absent")).volume("kidneys")
    assert one.mass == pytest.approx(155)
    assert one.source.endswith("one side")


def test_table_with_units_in_its_header(tmp_path):
    entry = '[[measurements]]\nfile = "cycle1.csv"\nadministration = "cycle 1"\nat = "scan"\n'
    table = "# made up\nRegion,Time [h],Activity (MBq),uncertainty [%]\nkidneys,96,50,5\n"
    case = case_of(tmp_path, template_text() + entry, cycle1=table)
    last = case.measurements.of_region("kidneys").items[-1]
    assert (last.time, last.value, last.relative_uncertainty) == (96.0, 50.0, 0.05)
    assert last.source == "cycle1.csv, line 3"


def test_table_for_an_update(tmp_path):
    case = case_of(tmp_path, template_text())
    table = tmp_path / "more.csv"
    table.write_text(
        "region;administration;time;activity;uncertainty;at\nkidneys;cycle 1;96 h;50 MBq;5 %;scan\n"
    )
    (more,) = load_measurements(table, case)
    assert (more.region, more.time) == ("kidneys", 96.0)
    assert len(case.with_measurements((more,)).measurements) == len(case.measurements) + 1


def test_lesion_named_like_the_registry_is_the_lesion(tmp_path):
    text = template_text().replace('"lesion_1"', '"tumor"')
    assert case_of(tmp_path, text).measurements.of_region("tumor").items[0].value > 0


def test_oddities_are_warnings(tmp_path):
    text = template_text().replace("80 kg", "800 kg").replace('time = "24 h"', 'time = "5 min"')
    file = tmp_path / "case.toml"
    file.write_text(text)
    _, warnings = check_case(file)
    assert any("800 kg is odd" in each for each in warnings)
    assert any("while the infusion ran" in each for each in warnings)


def test_lines_of_a_text_with_long_strings_and_quoted_keys():
    text = 'a = """\nb = 1\n[c]\n"""\n["d e"]\nf.g = 2\n[[h]]\n[h.i]\nj = 1\n[[h]]\n'
    lines = key_lines(text)
    assert lines[("d e", "f", "g")] == 6
    assert lines[("h", 0, "i", "j")] == 9
    assert lines[("h", 1)] == 10
    assert ("b",) not in lines


def test_schema_names_every_table_and_allows_no_other_field():
    schema = case_schema()
    assert schema["additionalProperties"] is False
    assert {"patient", "organs", "lesions", "administrations", "measurements"} <= set(
        schema["properties"]
    )
    assert schema["properties"]["lesions"]["items"]["required"] == ["name"]


def test_a_case_may_ask_for_a_kinetic_model(tmp_path):
    assert case_of(tmp_path, template_text()).model == "curves"
    asked = template_text().replace('# model = "psma"', 'model = "psma"')
    assert case_of(tmp_path, asked).model == "psma"
    with pytest.raises(InputError, match=r"model.*none of the choices"):
        case_of(tmp_path, asked.replace('"psma"  ', '"pbpk"  '))
    assert case_schema()["properties"]["model"]["enum"] == ["curves", "psma", "sstr"]


def test_collected_urine_needs_no_volume(tmp_path):
    case = case_of(tmp_path, with_row(region="collected urine", activity="40 %IA"))
    assert case.measurements.of_region("excreted_urine").items[0].value > 0
