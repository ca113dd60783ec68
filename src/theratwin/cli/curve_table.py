"""A table of activities over time for ``theratwin curve fit``: CSV with units in its header."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING

from theratwin.core.errors import InputError, TheratwinError, UnsupportedError

if TYPE_CHECKING:
    from theratwin.dosimetry.time_activity import Samples

#: Canonical column: the names it may have.
_NAMES = {
    "time": ("time", "t", "time_after_administration"),
    "activity": ("activity", "a", "concentration", "activity_concentration"),
    "sd": ("sd", "standard_deviation", "uncertainty", "sigma"),
}
_HEADER = re.compile(r"\s*([A-Za-z_]*[A-Za-z])(?:\s*[\[(]\s*([^\])]+?)\s*[\])])?\s*")
_EXAMPLE = "columns such as time_h,activity_MBq,sd_MBq or time [h],activity [MBq],uncertainty [%]"


def read_samples(path: Path, region: str | None = None, unit: str = "MBq") -> Samples:
    """Read one region's activities from a CSV file.

    Parameters
    ----------
    path
        The file. Its header names time, activity and, if known, the standard deviation, each with
        a unit (``time_h``, ``activity [MBq]``, ``uncertainty [%]``; ``sd`` alone has the unit of
        the activity). A column ``region`` may tell regions apart.
    region
        Which of them.
    unit
        To which activities are converted: ``MBq``, or ``MBq/mL`` for concentrations.

    Raises
    ------
    InputError
        If a column, unit or number is missing or wrong, or the region is not named.
    UnsupportedError
        If activities were corrected for decay, or follow several administrations.
    """
    rows = _rows(path)
    columns, units = _columns(path, list(rows[0]))
    return _samples(path, _of_region(path, rows, region), columns, units, unit)


def _samples(
    path: Path,
    rows: list[dict[str, str]],
    columns: dict[str, str],
    units: dict[str, str],
    unit: str = "MBq",
) -> Samples:
    """Return the activities of rows of one region and patient."""
    from theratwin.dosimetry.time_activity import Samples

    _refuse_other_tables(path, rows)
    times = _numbers(path, rows, columns["time"], units["time"], "h")
    activities = _numbers(path, rows, columns["activity"], units["activity"], unit)
    if "sd" not in columns:
        return Samples(times, activities)  # pyright: ignore[reportArgumentType]
    relative = units["sd"] in ("%", "1")
    sd = _numbers(path, rows, columns["sd"], units["sd"], "" if relative else unit)
    if relative:
        sd = [part * value for part, value in zip(sd, activities, strict=True)]
    return Samples(times, activities, sd)  # pyright: ignore[reportArgumentType]


def read_patients(path: Path) -> dict[str, Samples]:
    """Read the activities of several patients from a CSV file with a column ``patient``.

    Parameters
    ----------
    path
        The file; for the rest as in `read_samples`. Rows of a patient need not stand together.

    Raises
    ------
    InputError
        If a column, unit or number is missing or wrong.
    UnsupportedError
        If activities were corrected for decay, or follow several administrations.
    """
    rows = _rows(path)
    if "patient" not in rows[0]:
        raise InputError("the table has no column patient", field=str(path), value=list(rows[0]))
    names = list(dict.fromkeys(row["patient"] for row in rows))
    columns, units = _columns(path, list(rows[0]))
    found = {}
    for name in names:
        kept = [row for row in rows if row["patient"] == name]
        try:
            found[name] = _samples(path, kept, columns, units)
        except TheratwinError as error:
            raise error.at(f"patient {name}") from None
    return found


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        raise InputError("there is no such file", field="TABLE", value=str(path))
    with path.open(newline="", encoding="utf-8-sig") as file:
        lines = [line for line in file if line.strip() and not line.lstrip().startswith("#")]
    rows = list(csv.DictReader(lines, skipinitialspace=True))
    if not rows:
        raise InputError("the table has no rows", field=str(path), allowed=_EXAMPLE)
    return rows


def _columns(path: Path, header: list[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the header's name and the unit of each canonical column."""
    columns: dict[str, str] = {}
    units: dict[str, str] = {}
    for text in header:
        name, unit = _split(text or "")
        found = next((key for key, names in _NAMES.items() if name in names), None)
        if found in columns:
            raise InputError(f"two columns of {found}", field=str(path), value=text)
        if found:
            columns[found], units[found] = text, unit
    for needed in ("time", "activity"):
        if not units.get(needed):
            wrong = "its unit" if needed in columns else "a column"
            raise InputError(
                f"{needed} lacks {wrong}", field=str(path), value=header, allowed=_EXAMPLE
            )
    if "sd" in units and not units["sd"]:
        units["sd"] = units["activity"]
    return columns, units


def _split(text: str) -> tuple[str, str]:
    """Return name and unit of a header: ``time [h]``, ``time (h)`` or ``time_h``."""
    match = _HEADER.fullmatch(text)
    if not match:
        return text.strip().lower(), ""
    name, unit = match[1], match[2] or ""
    known = {each for names in _NAMES.values() for each in names}
    if not unit and name.lower() not in known and "_" in name:
        name, unit = name.rsplit("_", 1)
    return name.lower(), {"percent": "%", "hours": "h", "days": "d"}.get(unit, unit)


def _of_region(path: Path, rows: list[dict[str, str]], region: str | None) -> list[dict[str, str]]:
    if "region" not in rows[0]:
        if region is not None:
            raise InputError("the table has no column region", field="--region", value=region)
        return rows
    known = list(dict.fromkeys(row["region"] for row in rows))
    if region is None and len(known) > 1:
        raise InputError(
            "the table holds several regions", field=str(path), value=known, remedy="Give --region"
        )
    kept = [row for row in rows if row["region"] == (region or known[0])]
    if not kept:
        raise InputError("not in the table", field="--region", value=region, allowed=known)
    return kept


def _refuse_other_tables(path: Path, rows: list[dict[str, str]]) -> None:
    if len({row.get("administration") for row in rows}) > 1:
        raise UnsupportedError(
            "a table is fitted for one administration",
            field=f"{path}: administration",
            remedy="Fit several together from a case file",
        )
    if {row.get("at") for row in rows} - {None, "", "scan"}:
        raise UnsupportedError(
            "activities corrected for decay are not fitted",
            field=f"{path}: at",
            allowed=["scan"],
            remedy="Give the activities at the scans",
        )


def _numbers(
    path: Path, rows: list[dict[str, str]], column: str, unit: str, wanted: str
) -> list[float]:
    from theratwin.core.units import parse

    texts = [(row[column] or "").strip() for row in rows]
    spelled = "" if unit == "1" else unit
    return [
        parse(f"{text} {spelled}", wanted, field=f"{path}: {column}, row {number}")
        for number, text in enumerate(texts, 1)
    ]
