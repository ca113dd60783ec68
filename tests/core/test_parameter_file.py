"""Parameter files: every value with unit, spread and source; errors that name file and path."""

from __future__ import annotations

import math

import pytest

from theratwin.core import (
    Fixed,
    InputError,
    LogNormal,
    Normal,
    Uniform,
    UnsupportedError,
    parameter_set,
    parameter_set_names,
    read_parameter_set,
)

SOURCE = 'source = "assumption"\nnote = "an example"\n'


def read(tmp_path, body, *, head="format = 1\n"):
    file = tmp_path / "example_2020.toml"
    file.write_text(head + body, encoding="utf-8")
    return read_parameter_set(file)


def read_entry(tmp_path, entry):
    return read(tmp_path, f"[kidneys.x]\n{SOURCE}{entry}\n")["kidneys.x"]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ('unit = "Gy"\nvalue = 2', Fixed(2.0)),
        ('unit = "Gy"\nmedian = 2.0\ngsd = 1.5', LogNormal(2.0, 1.5)),
        ('unit = "Gy"\nmean = 2.0\nsd = 0.5', Normal(2.0, 0.5)),
        ('unit = "Gy"\nlow = 2.0\nhigh = 3.0', Uniform(2.0, 3.0)),
        ('unit = "h"\nvalue = "30 min"', Fixed(0.5)),
        ('unit = "h"\nmedian = "30 min"\ngsd = 1.5', LogNormal(0.5, 1.5)),
        ('value = "15 %"', Fixed(0.15)),
    ],
)
def test_numbers_and_texts_make_distributions(tmp_path, entry, expected):
    assert read_entry(tmp_path, entry).distribution == expected


def test_lognormal_by_mean_and_sd_keeps_both(tmp_path):
    spread = read_entry(tmp_path, 'mean = 30.0\nsd = 10.0\ndistribution = "lognormal"').distribution
    half_variance = spread.log_sd**2 / 2
    assert spread.median * math.exp(half_variance) == pytest.approx(30.0, rel=1e-14)
    assert 30.0 * math.sqrt(math.expm1(2 * half_variance)) == pytest.approx(10.0, rel=1e-13)


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("median = 2.0", "make no distribution"),
        ("value = 2.0\nsd = 1.0", "make no distribution"),
        ("", "make no distribution"),
        ("mean = 2.0\nlow = 1.0", "make no distribution"),
        ('value = 2.0\ndistribution = "normal"', "no such distribution"),
        ('mean = 2.0\nsd = 1.0\ndistribution = "gamma"', "allowed: normal, lognormal"),
        ("median = -2.0\ngsd = 1.5", "out of range"),
        ("median = 2.0\ngsd = 1.0", "a number above 1"),
        ('mean = 0.0\nsd = 1.0\ndistribution = "lognormal"', "a positive number"),
        ("low = 2.0\nhigh = 1.0", "a number above 2.0"),
        ("value = nan", "finite number"),
        ("value = true", "finite number"),
        ("value = [1.0]", "finite number"),
        ('unit = "h"\nvalue = "30 Gy"', "does not convert"),
        ('unit = "min"\nvalue = 30', "used inside"),
        ("unit = 3\nvalue = 30", "must be text"),
        ("value = 2.0\nvalu = 3.0", "nearest match 'value'"),
    ],
)
def test_wrong_entries_name_file_and_path(tmp_path, entry, problem):
    with pytest.raises(InputError, match=r"example_2020\.toml: kidneys\.x") as error:
        read_entry(tmp_path, entry)
    assert problem in str(error.value)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("", "the source is missing"),
        ('source = "assumption"', "needs a note"),
        ('source = "kletting_2061"', "nearest match 'kletting_2016'"),
    ],
)
def test_no_number_without_a_source(tmp_path, source, problem):
    with pytest.raises(InputError, match=r"example_2020\.toml: kidneys\.x") as error:
        read(tmp_path, f"[kidneys.x]\nvalue = 1.0\n{source}\n")
    assert problem in str(error.value)


@pytest.mark.parametrize(
    ("head", "error"),
    [
        ("format = 2\n", UnsupportedError),
        ("", InputError),
        ('format = "1"\n', InputError),
        ("format = true\n", InputError),
        ("format = 0\n", InputError),
        ("format = \n", InputError),
    ],
)
def test_only_the_known_format_is_read(tmp_path, head, error):
    with pytest.raises(error, match=r"example_2020\.toml"):
        read(tmp_path, "", head=head)


def test_stray_and_unreadable_content_is_refused(tmp_path):
    with pytest.raises(InputError, match="no table of a parameter"):
        read(tmp_path, "alpha = 3.0\n")
    with pytest.raises(InputError, match="no TOML file"):
        read_parameter_set(tmp_path / "absent.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="no TOML file"):
        read_parameter_set(tmp_path / "bytes.toml")


def test_a_set_is_a_mapping_by_dotted_path(tmp_path):
    found = read(
        tmp_path,
        f'title = "Example"\n[kidneys.x]\nvalue = 1.0\n{SOURCE}[kidneys.y]\nvalue = 2.0\n'
        'source = "kletting_2016"\nwhere = "Table 1"\n[liver.x]\nvalue = 3.0\n' + SOURCE,
    )
    assert (found.name, found.title) == ("example_2020", "Example")
    assert list(found) == ["kidneys.x", "kidneys.y", "liver.x"]
    assert found.value("kidneys.y") == 2.0
    assert [found.under("kidneys")[name].value for name in ("x", "y")] == [1.0, 2.0]
    assert [citation.key for citation in found.citations()] == ["kletting_2016"]
    assert "liver.x" in found
    with pytest.raises(InputError, match=r"nearest match 'kidneys\.x'"):
        found["kidney.x"]
    with pytest.raises(TypeError):
        found.parameters["kidneys.x"] = None


def test_unknown_rooms_and_sets_are_refused():
    assert parameter_set_names("core") == []
    with pytest.raises(InputError, match="no such room"):
        parameter_set("respons", "clinical_limits")
    with pytest.raises(InputError, match="unknown parameter set"):
        parameter_set("core", "../references/kinetics")
