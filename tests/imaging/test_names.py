"""Names of labels: files and entries, through the registry of regions."""

from __future__ import annotations

import pytest

from theratwin.core.errors import InputError
from theratwin.imaging import read_names

TOML = 'format = 1\n[labels]\n17000 = "Left Kidney"\n18000 = "kidney, right"\n19000 = "lesion_1"\n'
CSV = "label, region\n17000, Left Kidney\n18000, kidney right\n19000, lesion_1\n"
NAMES = {17000: "kidney_left", 18000: "kidney_right", 19000: "lesion_1"}


@pytest.mark.parametrize(("name", "text"), [("names.toml", TOML), ("names.csv", CSV)])
def test_reads_files(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    assert read_names([tmp_path / name]) == NAMES


def test_values_may_share_a_region():
    assert read_names(["1=kidneys", "2=kidneys"]) == {1: "kidneys", 2: "kidneys"}


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ([], "no label is named"),
        (["1=kidny"], "kidney"),
        (["1=lesoin_1"], "A lesion is named lesion_1"),
        (["0=liver"], "0 is the background"),
        (["1=liver", "1=spleen"], "stands twice"),
        (["1=kidneys", "2=kidney_left"], "kidneys would lack this part"),
        (["absent.toml"], "no such file"),
        (["one=liver"], "no such file"),
    ],
)
def test_refuses_wrong_entries(entries, says):
    with pytest.raises(InputError) as refused:
        read_names(entries)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("n.toml", TOML.replace("Left Kidney", "Left Kidny"), "labels.17000: unknown region"),
        ("n.toml", TOML.replace("format = 1", "format = 2"), "format is unknown"),
        ("n.toml", TOML.replace("format = 1\n", ""), "format = 1"),
        ("n.toml", "format = 1\n", "[labels] is missing"),
        ("n.toml", "labels: 1", "no TOML"),
        ("n.toml", TOML.replace("[labels]", "lables = 1\n[labels]"), "nearest match 'labels'"),
        ("n.toml", TOML.replace("17000", "left"), "a label value is a whole number"),
        ("n.toml", "format = 1\n[labels]\n1 = 2\n", "the region has no name"),
        ("n.csv", CSV.replace("label,", "value,"), "line 1: wrong columns"),
        ("n.csv", CSV.replace("Left Kidney", "Left Kidny"), "line 2: unknown region"),
        ("n.csv", CSV.replace("17000", "\n17000").replace("Left Kidney", "Left Kidny"), "line 3"),
        ("n.csv", CSV + "20000\n", "line 5: the region has no name"),
        ("n.csv", CSV + "1,liver,spleen\n", "line 5: more than two cells"),
    ],
)
def test_names_the_place_of_what_is_wrong(tmp_path, name, text, says):
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError) as refused:
        read_names([tmp_path / name])
    assert says in str(refused.value)
    assert name in str(refused.value)


def test_refuses_a_binary_file(tmp_path):
    (tmp_path / "n.csv").write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(InputError, match="no text file"):
        read_names([tmp_path / "n.csv"])
