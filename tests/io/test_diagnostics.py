"""Diagnostics in a case file: what is read, and what a user sees of a bad one."""

from __future__ import annotations

import pytest

from theratwin.core import InputError
from theratwin.io import check_case
from theratwin.io.case_file import case_schema
from theratwin.io.case_file.template import template_text
from theratwin.store.case_json import case_from_dict, case_to_dict


def _text(**wrong):
    """Return the template with its commented diagnostic in force, and some of it replaced."""
    head, _, tail = template_text().partition("# [[diagnostics]]")
    lines = [line.removeprefix("# ") for line in ("# [[diagnostics]]" + tail).splitlines()]
    text = head.replace("# model", "model") + "\n".join(lines) + "\n"
    for old, new in wrong.items():
        assert old in text
        text = text.replace(old, new)
    return text


def _check(tmp_path, text, **tables):
    path = tmp_path / "case.toml"
    path.write_text(text, encoding="utf-8")
    for name, content in tables.items():
        (tmp_path / f"{name}.csv").write_text(content, encoding="utf-8")
    return check_case(path)


def test_a_diagnostic_has_its_own_drug_clock_and_decay(tmp_path):
    case, warnings = _check(tmp_path, _text())
    (pet,) = case.diagnostics
    assert (pet.name, pet.radiopharmaceutical.nuclide) == ("PSMA PET", "Ga-68")
    assert pet.radiopharmaceutical.ligand.target == "psma"
    assert (pet.administration.time, pet.administration.amount) == (0.0, 5.0)
    (scan,) = pet.measurements
    # 12 % of 150 MBq at the administration; the half-life is 67.71 min.
    assert scan.value == pytest.approx(18.0 * 2 ** (-60.0 / 67.71), rel=1e-3)
    assert scan.administration == "PSMA PET"
    assert warnings == ()
    assert len(case.measurements) == 4


def test_it_comes_back_from_json(tmp_path):
    case, _ = _check(tmp_path, _text())
    assert case_from_dict(case_to_dict(case)).diagnostics == case.diagnostics


def test_its_measurements_may_stand_in_a_table(tmp_path):
    head, _, _ = _text().partition("[[diagnostics.measurements]]")
    text = head + '[[diagnostics.measurements]]\nfile = "pet.csv"\nat = "scan"\n'
    table = "region,time [h],activity [MBq],uncertainty [%]\nkidneys,1,9.7,8\nlesion_1,1,2,10\n"
    case, _ = _check(tmp_path, text, pet=table)
    assert [m.region for m in case.diagnostics[0].measurements] == ["kidneys", "lesion_1"]
    assert [path.name for path in case.files] == ["case.toml", "pet.csv"]


def test_a_case_with_a_diagnostic_and_no_therapy_scans_is_right(tmp_path):
    text = _text()
    first, last = text.index("[[measurements]]"), text.index("# Or many at once")
    case, warnings = _check(tmp_path, text[:first] + text[last:])
    assert len(case.measurements) == 0
    assert len(case.diagnostics[0].measurements) == 1
    assert not [each for each in warnings if "nothing is measured" in each]
    assert [each for each in warnings if "lesion_1" in each]


def test_curves_that_cannot_use_it_are_warned_of(tmp_path):
    _, warnings = _check(tmp_path, _text(**{'model = "psma"': "# model"}))
    assert [each for each in warnings if "curves have no use for them" in each]


#: What is replaced, by what, and what the error says.
BAD = {
    "bare number": ('amount = "5 nmol"', "amount = 5", ["diagnostics[0].amount", "unit"]),
    "unknown field": (
        'amount = "5 nmol"',
        'ammount = "5 nmol"',
        ["diagnostics[0].ammount", "unknown field", "nearest match 'amount'"],
    ),
    "nuclide": (
        'nuclide = "Ga-68"',
        'nuclide = "Ga-86m"',
        ["diagnostics[0].radiopharmaceutical.nuclide", "unknown nuclide"],
    ),
    "more than was given": (
        'activity = "12 %IA"',
        'activity = "200 MBq"',
        ["diagnostics[0].measurements[0].activity", "more activity than was administered"],
    ),
    "an administration of its own": (
        'time = "1 h"           # after the diagnostic\'s own start',
        'time = "1 h"\nadministration = "cycle 1"',
        ["diagnostics[0].measurements[0].administration", "unknown field"],
    ),
    "the name of a cycle": (
        'name = "PSMA PET"',
        'name = "cycle 1"',
        ["diagnostics[0].name", "the name stands twice"],
    ),
    "no volume": (
        'region = "kidneys"\ntime = "1 h"',
        'region = "spleen"\ntime = "1 h"',
        ["diagnostics[0].measurements[0].region", "the volume of spleen is missing"],
    ),
    "a date": (
        'time = "1 h" ',
        'time = "2024-03-01T10:00+01:00" ',
        ["diagnostics[0].measurements[0].time", "a date needs the date"],
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_diagnostic_is_told_with_its_line(what, tmp_path):
    wrong, put, parts = BAD[what]
    text = _text(**{wrong: put})
    with pytest.raises(InputError) as raised:
        _check(tmp_path, text)
    told = str(raised.value)
    for part in (*parts, "case.toml, line "):
        assert part in told, told


def test_nothing_measured_is_an_error(tmp_path):
    head, _, _ = _text().partition("[[diagnostics.measurements]]")
    with pytest.raises(InputError, match="nothing was measured"):
        _check(tmp_path, head)


def test_a_lesion_that_appears_later_is_refused(tmp_path):
    text = _text(**{'# appears = "cycle 2"': 'appears = "cycle 1"'})
    text = text.replace('region = "kidneys"\ntime = "1 h"', 'region = "lesion_1"\ntime = "1 h"')
    with pytest.raises(InputError, match="appears after the diagnostic"):
        _check(tmp_path, text)


def test_the_schema_knows_its_tables():
    diagnostics = case_schema()["properties"]["diagnostics"]["items"]
    assert sorted(diagnostics["required"]) == ["activity", "name", "radiopharmaceutical"]
    assert diagnostics["additionalProperties"] is False
    inner = diagnostics["properties"]
    assert "ligand" in inner["radiopharmaceutical"]["properties"]
    assert "administration" not in inner["measurements"]["items"]["properties"]
    assert "region" in inner["measurements"]["items"]["properties"]
