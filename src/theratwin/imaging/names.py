"""Which region each value of a label image stands for, as the user declares it."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable, Mapping
from itertools import permutations
from pathlib import Path
from typing import Any

from theratwin.case import region
from theratwin.core.errors import InputError

_INLINE = re.compile(r"\s*(\d+)\s*=\s*(.+?)\s*")
_LESION = re.compile(r"lesion_[a-z0-9_]+")
_FORMS = (
    'a TOML file with [labels] and lines such as 1 = "kidney_left", a CSV file with the columns '
    "label, region, or entries such as 1=kidney_left"
)


def read_names(entries: Iterable[str | Path]) -> dict[int, str]:
    """Return canonical region name by label value, from files and entries ``VALUE=REGION``.

    Several values may share a region; they are one then.

    Parameters
    ----------
    entries
        TOML files, CSV files, or entries such as ``"1=kidney_left"``.

    Raises
    ------
    InputError
        With the file and line or key, and the nearest name that exists.

    Examples
    --------
    >>> read_names(["1=Left Kidney", "2=right kidney", "3=lesion_1"])
    {1: 'kidney_left', 2: 'kidney_right', 3: 'lesion_1'}
    """
    names: dict[int, str] = {}
    for entry in entries:
        for value, name, place in _pairs(entry):
            if value in names:
                raise InputError("the label value stands twice", field=place, value=value)
            if value < 1:
                raise InputError(
                    "a label value must be positive; 0 is the background", field=place, value=value
                )
            names[value] = region_name(name, place)
    if not names:
        raise InputError("no label is named", field="names", allowed=_FORMS)
    _check_disjoint(set(names.values()))
    return names


def region_name(name: str, place: str = "names") -> str:
    """Return the canonical name of a region, or the lesion's name as it is.

    Raises
    ------
    InputError
        If it is neither a region of the registry nor ``lesion_...``.
    """
    if _LESION.fullmatch(name.strip()):
        return name.strip()
    try:
        return region(name).name
    except InputError as error:
        raise InputError(
            error.message,
            field=place,
            value=name,
            allowed=error.allowed,
            remedy="A lesion is named lesion_1, lesion_liver and so on, as the case declares it",
        ) from error


def _pairs(entry: str | Path) -> list[tuple[int, str, str]]:
    inline = _INLINE.fullmatch(str(entry))
    if inline:
        return [(int(inline[1]), inline[2], f"names: {entry}")]
    path = Path(entry)
    if not path.is_file():
        raise InputError("no such file", field="names", value=str(entry), allowed=_FORMS)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("this is no text file", field=str(path), allowed=_FORMS) from error
    if path.suffix.lower() == ".csv":
        return _csv_pairs(text, path)
    return _toml_pairs(text, path)


def _toml_pairs(text: str, path: Path) -> list[tuple[int, str, str]]:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"this is no TOML: {error}", field=str(path), allowed=_FORMS) from error
    if content.get("format") != 1:
        raise InputError(
            "the format is unknown",
            field=f"{path}: format",
            value=content.get("format"),
            allowed="format = 1 on a line of its own",
        )
    labels = content.get("labels")
    if not isinstance(labels, Mapping):
        raise InputError("the table [labels] is missing", field=str(path), allowed=_FORMS)
    unknown = set(content) - {"format", "labels"}
    if unknown:
        raise InputError("unknown key", field=str(path), value=min(unknown), allowed=["labels"])
    return [_pair(value, name, f"{path}: labels.{value}") for value, name in labels.items()]


def _csv_pairs(text: str, path: Path) -> list[tuple[int, str, str]]:
    reader = csv.DictReader(text.splitlines(), skipinitialspace=True)
    if [column.strip() for column in reader.fieldnames or ()] != ["label", "region"]:
        raise InputError(
            "wrong columns",
            field=f"{path}: line 1",
            value=", ".join(reader.fieldnames or ()),
            allowed="label, region",
        )
    rows = [(f"{path}: line {reader.line_num}", row) for row in reader]
    for place, row in rows:
        if None in row:
            raise InputError("more than two cells", field=place, allowed="label, region")
    return [_pair(value, name, place) for place, row in rows for value, name in [row.values()]]


def _pair(value: Any, name: Any, place: str) -> tuple[int, str, str]:
    if not re.fullmatch(r"\s*\d+\s*", str(value)):
        raise InputError(
            "a label value is a whole number", field=place, value=value, allowed=_FORMS
        )
    if not isinstance(name, str) or not name.strip():
        raise InputError("the region has no name", field=place, value=name, allowed=_FORMS)
    return int(value), name, place


def _check_disjoint(names: set[str]) -> None:
    """Refuse a region beside a part of it: a voxel has one label, so the whole lacks the part."""
    regions = [region(name) for name in sorted(names) if not _LESION.fullmatch(name)]
    for part, whole in permutations(regions, 2):
        if part.is_part_of(whole.name):
            raise InputError(
                f"{part.name} is a part of {whole.name}, but a voxel has one label only, so that "
                f"{whole.name} would lack this part",
                field="names",
                remedy=f"Give both labels the name {whole.name}, or name the other part",
            )
