"""A table of time-integrated activities for ``theratwin dose organ``: CSV with units."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import TYPE_CHECKING

from theratwin.core.errors import InputError
from theratwin.core.units import convert

if TYPE_CHECKING:
    from theratwin.dosimetry.organ import CumulatedActivity

_UNITS = {"activity": "MBq h", "uncertainty": "", "mass": "g"}
_EXAMPLE = "region,activity [MBq h],uncertainty [%],mass [g]"


def read_activities(path: Path) -> tuple[dict[str, CumulatedActivity], dict[str, float]]:
    """Return time-integrated activities by source, and the masses (g) of those that have one.

    Raises
    ------
    InputError
        If a column, a unit or a number is missing or wrong.
    """
    from theratwin.dosimetry.organ import CumulatedActivity

    if not path.is_file():
        raise InputError("there is no such file", field="--activities", value=str(path))
    with path.open(newline="", encoding="utf-8-sig") as file:
        lines = [line for line in file if line.strip() and not line.lstrip().startswith("#")]
    rows = list(csv.DictReader(lines, skipinitialspace=True))
    if not rows:
        raise InputError("the table has no rows", field=str(path), allowed=_EXAMPLE)
    columns = _columns(path, list(rows[0]))
    found: dict[str, CumulatedActivity] = {}
    masses: dict[str, float] = {}
    for line, row in enumerate(rows, start=2):
        place = f"{path}: row {line}"
        name = (row[columns["region"][0]] or "").strip()
        if not name or name in found:
            raise InputError("a region lacks or stands twice", field=place, value=name)
        numbers = {
            kind: _number(row[header], unit, _UNITS[kind], f"{place}: {kind}")
            for kind, (header, unit) in columns.items()
            if kind != "region" and (kind == "activity" or (row[header] or "").strip())
        }
        found[name] = CumulatedActivity(numbers["activity"], numbers.get("uncertainty", 0.0))
        if "mass" in numbers:
            masses[name] = numbers["mass"]
    return found, masses


def _columns(path: Path, header: list[str]) -> dict[str, tuple[str, str]]:
    """Return header and unit of each column, by kind."""
    found: dict[str, tuple[str, str]] = {}
    for text in header:
        name, _, unit = (text or "").replace("]", "").partition("[")
        kind = name.strip().lower()
        if kind in found or kind not in ("region", *_UNITS):
            raise InputError(
                "unknown column, or twice the same", field=str(path), value=text, allowed=_EXAMPLE
            )
        found[kind] = text, unit.strip()
    for kind in ("region", "activity"):
        if kind not in found or (kind == "activity" and not found[kind][1]):
            raise InputError(
                f"no column {kind} with its unit" if kind == "activity" else "no column region",
                field=str(path),
                value=", ".join(header),
                allowed=_EXAMPLE,
            )
    if "mass" in found and not found["mass"][1]:
        raise InputError("the mass lacks its unit", field=str(path), allowed=_EXAMPLE)
    return found


def _number(text: str | None, unit: str, inside: str, field: str) -> float:
    try:
        value = float((text or "").strip())
    except ValueError:
        raise InputError("not a number", field=field, value=text) from None
    if not math.isfinite(value) or value < 0:
        raise InputError("must be finite and not negative", field=field, value=text)
    return convert(value, unit, inside)
