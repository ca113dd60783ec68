"""What a user sees of a bad case file: the line, the field, what was given, the remedy."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from theratwin.core.errors import InputError, TheratwinError, UnsupportedError
from theratwin.io import check_case
from theratwin.io.case_file.template import template_text

#: What is wrong; the text of the template that is replaced; what is put in its place; what the
#: error says, each part of it. The line is that of the wrong text, found by the test.
BAD = {
    "bare number": (
        'mass = "80 kg" ',
        "mass = 80 ",
        ["patient.mass", "unit", "given 80", '"80 kg"'],
    ),
    "wrong dimension": (
        'volume = "311 mL"',
        'volume = "311 g"',
        ["organs.kidneys.volume", "g does not convert to mL", "311 g", "mL"],
    ),
    "unit of frequency": (
        'activity = "7.4 GBq"',
        'activity = "7.4 GHz"',
        ["administrations[0].activity", "unknown unit 'GHz'", '"7.4 GBq"'],
    ),
    "unit missing": (
        'time = "72 h"',
        'time = "72"',
        ["measurements[1].time", "unit is missing", '"24 h"'],
    ),
    "misspelled field": (
        'height = "176 cm"',
        'heigth = "176 cm"',
        ["patient.heigth", "unknown field", "nearest match 'height'"],
    ),
    "misspelled organ": (
        "[organs.kidneys]",
        "[organs.kidnyes]",
        ["organs.kidnyes", "unknown region", "nearest match 'kidneys'"],
    ),
    "misspelled lesion": (
        'region = "lesion_1"',
        'region = "lesion_l"',
        ["measurements[3].region", "unknown region or lesion", "nearest match 'lesion_1'"],
    ),
    "misspelled nuclide": (
        'nuclide = "Lu-177"',
        'nuclide = "Lu-777"',
        ["radiopharmaceutical.nuclide", "unknown nuclide", "'Lu-177'", "nuclide list"],
    ),
    "wrong choice": (
        'sex = "male" ',
        'sex = "mail" ',
        ["patient.sex", "choices", "nearest match 'male'", "female"],
    ),
    "wrong at": (
        'at = "administration"',
        'at = "injection"',
        ["measurements[3].at", "injection", '"scan"', "corrected for decay"],
    ),
    "unknown administration": (
        'region = "lesion_1"\nadministration = "cycle 1"',
        'region = "lesion_1"\nadministration = "cycle 2"',
        ["measurements[3].administration", "unknown administration", "cycle 1", "Add it"],
    ),
    "before the administration": (
        'time = "72 h"',
        'time = "-2 h"',
        ["measurements[1].time", "before 'cycle 1'", "-2 h"],
    ),
    "more than administered": (
        'activity = "150 MBq"',
        'activity = "150 GBq"',
        [
            "measurements[0].activity: more activity than was administered",
            "1.5e+05 MBq",
            "at most 6667 MBq",
            "unit",
        ],
    ),
    "measured twice": (
        'time = "72 h"',
        'time = "24 h"',
        ["measurements[1].time", "kidneys at 24 h after 'cycle 1' stands twice", "Remove one"],
    ),
    "date without zone": (
        'time = "0 h"',
        "time = 2024-03-01T10:00:00",
        ["administrations[0].time", "zone is missing", "2024-03-01T10:00+01:00"],
    ),
    "date of a scan but not of the cycle": (
        'time = "72 h"',
        'time = "2024-03-04T10:00Z"',
        ["measurements[1].time", "date of the administration", "cycle 1"],
    ),
    "uncertainty too large": (
        'uncertainty = "8 %"\nat',
        'uncertainty = "800 %"\nat',
        ["measurements[2].uncertainty", "between 0 and 100 %", "800 %"],
    ),
    "first time is not zero": (
        'time = "0 h"',
        'time = "3 h"',
        ["administrations[0].time", "counted from the first", 'time = "0 h"'],
    ),
    "lesion named as an organ": (
        'name = "lesion_1"',
        'name = "Liver"',
        ["lesions[0].name", "name of a region (liver)", "lesion_1"],
    ),
}

#: Fields that must be there: the line of the template that is left out, and what the error says.
MISSING = {
    "format = 1": ["format", "missing", "format = 1"],
    'mass = "80 kg"': ["patient.mass", "body_surface_area"],
    'sex = "male"': ["patient.sex", "missing"],
    'nuclide = "Lu-177"': ["radiopharmaceutical.nuclide", "missing", '"Lu-177"'],
    'calibration = "5 %"': ["uncertainty.calibration", '"0 %" if the values hold it already'],
    'uncertainty = "15 %"': ["organs.parotid_glands.uncertainty", "missing", '"10 %"'],
    'volume = "32 mL"': ["organs.parotid_glands.volume", "missing", "mL"],
    'activity = "7.4 GBq"': ["administrations[0].activity", "missing", "7.4 GBq"],
    'at = "administration"': ["measurements[3].at", "missing", "corrected for decay"],
    'activity = "20 MBq"': ["measurements[2].activity", "missing", "%IA/g"],
}


def problem_of(tmp_path, text):
    file = tmp_path / "case.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        check_case(file)
    return str(raised.value)


@pytest.mark.parametrize("kind", BAD)
def test_bad_value_is_told_with_line_field_and_remedy(kind, tmp_path):
    right, wrong, said = BAD[kind]
    template = template_text()
    assert right in template
    text = template.replace(right, wrong, 1)
    # A text of two lines is wrong in the second, but for those that end in `at`.
    second = right.count("\n") * (not right.endswith("at"))
    line = template[: template.index(right)].count("\n") + 1 + second
    message = problem_of(tmp_path, text)
    for part in said:
        assert part in message
    assert f"line {line}: {said[0]}" in message


@pytest.mark.parametrize("left_out", MISSING)
def test_missing_field_is_told_with_the_line_to_add(left_out, tmp_path):
    template = template_text()
    assert left_out in template
    text = template.replace(left_out, "", 1)
    message = problem_of(tmp_path, text)
    for part in MISSING[left_out]:
        assert part in message


def test_all_problems_are_told_at_once_in_order_of_line(tmp_path):
    text = template_text()
    for right, wrong, _ in (BAD["wrong choice"], BAD["misspelled nuclide"], BAD["wrong at"]):
        text = text.replace(right, wrong, 1)
    message = problem_of(tmp_path, text)
    first, *others = message.splitlines()
    assert first == "case.toml: 3 problems"
    numbers = [int(each.split("line ")[1].split(":")[0]) for each in others]
    assert len(numbers) == 3
    assert numbers == sorted(numbers)


def test_a_file_with_very_many_problems_tells_the_first_of_them(tmp_path):
    rows = "\n".join('[[measurements]]\nregion = "nowhere"' for _ in range(30))
    message = problem_of(tmp_path, template_text() + rows)
    assert message.splitlines()[-1].strip().startswith("... and ")
    assert len(message.splitlines()) == 22


def test_organ_measured_without_volume(tmp_path):
    text = template_text().replace("[organs.parotid_glands]", "[organs.liver]")
    message = problem_of(tmp_path, text)
    assert "measurements[2].region: the volume of parotid_glands is missing" in message
    assert "[organs.parotid_glands]" in message


def test_organ_that_the_patient_does_not_have(tmp_path):
    message = problem_of(
        tmp_path, template_text().replace('# absent = ["kidney_left"]', 'absent = ["kidneys"]')
    )
    assert "organs.kidneys: the patient does not have it. See patient.absent" in message


def test_scan_after_the_next_administration(tmp_path):
    second = '[[administrations]]\nname = "cycle 2"\ntime = "48 h"\nactivity = "7.4 GBq"\n'
    message = problem_of(tmp_path, template_text() + second)
    assert "it lies after the start of 'cycle 2' (given '72 h')" in message
    assert "Count it from 'cycle 2'" in message


def test_lesion_measured_before_it_appears(tmp_path):
    second = '[[administrations]]\nname = "cycle 2"\ntime = "6 weeks"\nactivity = "7.4 GBq"\n'
    text = template_text().replace('# appears = "cycle 2"', 'appears = "cycle 2"') + second
    assert "the lesion appears at 'cycle 2' only" in problem_of(tmp_path, text)


def test_surface_without_height_asks_for_it(tmp_path):
    text = template_text().replace('mass = "80 kg"', 'body_surface_area = "1.9 m^2"')
    text = text.replace('height = "176 cm"\n', "")
    message = problem_of(tmp_path, text)
    assert "patient.height: a mass from the body surface area needs the height" in message
    assert 'height = "reference"' in message


def test_no_toml_says_where(tmp_path):
    message = problem_of(tmp_path, template_text().replace('"80 kg"', "80 kg", 1))
    assert "this is no TOML" in message
    assert "line 14" in message
    assert "quotes" in message


def test_no_file_says_how_to_make_one(tmp_path):
    with pytest.raises(InputError, match=r"no such file.*case new"):
        check_case(tmp_path / "none.toml")


def test_no_text_is_no_traceback(tmp_path):
    file = tmp_path / "case.toml"
    file.write_bytes(b"\xff\xfe\x00 = 1")
    with pytest.raises(InputError, match="cannot be read"):
        check_case(file)


def test_newer_format_is_refused_by_name(tmp_path):
    file = tmp_path / "case.toml"
    file.write_text(template_text().replace("format = 1", "format = 2"))
    with pytest.raises(UnsupportedError, match=r"case.toml: format.*newer.*given 2"):
        check_case(file)


def test_measurement_table_that_is_not_there(tmp_path):
    text = template_text() + '[[measurements]]\nfile = "cycle9.csv"\nat = "scan"\n'
    message = problem_of(tmp_path, text)
    assert "measurements[4].file: there is no such file beside the case file" in message
    assert "cycle9.csv" in message


def test_lists_of_tables_written_as_one_table(tmp_path):
    text = template_text().replace("[[lesions]]", "[lesions]")
    assert "Write [[lesions]] with two brackets" in problem_of(tmp_path, text)


# No deadline: the first example loads the unit registry. One folder serves all examples.
FUZZ = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

SCALAR = st.one_of(
    st.integers().map(str),
    st.floats().map(str),
    st.sampled_from(["true", "2024-03-01", "2024-03-01T10:00:00Z", "[]", "{}", '""', '["x"]']),
    st.sampled_from(['"1e400 MBq"', '"-1 %"', '"reference"', '"cycle 1"', '"tumor"', '"0 h"']),
    st.text(st.characters(exclude_characters='"\\', exclude_categories=["C"])).map(
        lambda words: f'"{words}"'
    ),
)


@given(data=st.data())
@settings(FUZZ, max_examples=100)
def test_any_value_in_any_field_is_read_or_refused_in_words(tmp_path, data):
    lines = template_text().splitlines()
    fields = [at for at, line in enumerate(lines) if " = " in line and not line.startswith("#")]
    for at in data.draw(st.lists(st.sampled_from(fields), min_size=1, max_size=3)):
        lines[at] = f"{lines[at].split(' = ')[0]} = {data.draw(SCALAR)}"
    file = tmp_path / "case.toml"
    file.write_text("\n".join(lines), encoding="utf-8")
    refused = None
    try:
        case, _ = check_case(file)
    except TheratwinError as error:
        refused = error
    if refused is None:
        assert all(0 < each.value < float("inf") for each in case.measurements)
    else:
        assert "case.toml" in str(refused)
