"""Measurement tables in CSV: columns by name, units in the header or in the cells."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from theratwin.core.errors import InputError, nearest_match
from theratwin.io.case_file.problems import Place, Problems

#: The columns of a table, which are the fields of an inline measurement.
COLUMNS = ("region", "administration", "time", "activity", "uncertainty", "volume", "at")

_HEADER = re.compile(r"^(?P<name>[^\[(]+?)\s*(?:[\[(]\s*(?P<unit>[^\])]*?)\s*[\])])?$")
_DECIMAL_COMMA = re.compile(r"^\s*[-+]?\d+,\d+")


@dataclass(frozen=True)
class Row:
    """One measurement as given: what stands in each column (None if told wrong), and where."""

    cells: dict[str, Any]
    place: Place
    name: str = ""
    places: Mapping[str, Place] = field(default_factory=dict)

    def place_of(self, column: str) -> Place:
        """Return where a cell stands."""
        return self.places.get(column, self.place)

    def field(self, column: str) -> str:
        """Return the name of a cell in an error."""
        return f"{self.name}.{column}" if self.name else column


def read_table(path: Path, problems: Problems) -> list[Row]:
    """Read the rows of a table; what is wrong with it is noted.

    Empty rows and lines that begin with ``#`` are skipped. Columns are separated by commas, or
    by semicolons if the header has them.
    """
    with problems.at(Place(path.name)):
        return _rows(_lines(path), path.name, problems)
    return []


def _lines(path: Path) -> list[list[tuple[int, str]]]:
    """Return the cells of each line that says something, with its number."""
    try:
        content = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError("there is no such file", value=str(path)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"the file cannot be read as text: {error}", remedy="Save it as CSV in UTF-8"
        ) from None
    said = [
        (number, line)
        for number, line in enumerate(content.splitlines(), start=1)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    separator = ";" if said and ";" in said[0][1] else ","
    return [[(number, cell) for cell in _cells(line, separator)] for number, line in said]


def _cells(line: str, separator: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader(StringIO(line), delimiter=separator), [])]
    except csv.Error as error:
        raise InputError(f"this is no CSV: {error}") from None


def _rows(lines: list[list[tuple[int, str]]], file: str, problems: Problems) -> list[Row]:
    if not lines:
        raise InputError(
            "the table is empty", remedy=f"Its first line names the columns: {','.join(COLUMNS)}"
        )
    header = [_column(cell) for _, cell in lines[0]]
    _check_header([name for name, _ in header], Place(file, lines[0][0][0]), problems)
    rows = []
    for line in lines[1:]:
        place = Place(file, line[0][0])
        if len(line) != len(header):
            error = InputError(
                "the number of cells differs from that of the header",
                value=len(line),
                allowed=f"{len(header)} cells",
                remedy="Put quotes around a cell that holds the separator",
            )
            problems.add(place, error)
            continue
        rows.append(Row(_row_cells(header, [cell for _, cell in line], place, problems), place))
    return rows


def _row_cells(
    header: list[tuple[str, str]], line: list[str], place: Place, problems: Problems
) -> dict[str, Any]:
    """Return what stands in each column, with its unit; None where it is told to be wrong."""
    cells: dict[str, Any] = {}
    for (name, unit), cell in zip(header, line, strict=True):
        if _DECIMAL_COMMA.match(cell):
            error = InputError(
                "a decimal comma is not understood",
                field=name,
                value=cell,
                remedy=f'Write "{cell.replace(",", ".", 1)}"',
            )
            problems.add(place, error)
            cells[name] = None
        elif cell:
            cells[name] = _with_unit(cell, unit)
    return cells


def _column(cell: str) -> tuple[str, str]:
    """Return the name and the unit of a column."""
    found = _HEADER.match(cell)
    if not found:
        return cell.casefold(), ""
    return found["name"].strip().casefold(), found["unit"] or ""


def _check_header(names: list[str], place: Place, problems: Problems) -> None:
    for name in names:
        if name not in COLUMNS:
            nearest = nearest_match(name, COLUMNS)
            error = InputError(
                "unknown column",
                field=name or "header",
                value=nearest and name,
                allowed=COLUMNS,
                remedy="Rename or remove it; a unit stands in brackets, as in activity [MBq]",
            )
            problems.add(place, error)
        elif names.count(name) > 1:
            problems.add(place, InputError("the column stands twice", field=name))


def _with_unit(cell: str, unit: str) -> str:
    try:
        float(cell)
    except ValueError:
        return cell
    return f"{cell} {unit}" if unit else cell
