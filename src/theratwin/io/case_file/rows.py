"""The measurements of a case file as given: inline, and from the tables that it names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from theratwin.case import Case, Measurement
from theratwin.io.case_file.fields import Field, Table
from theratwin.io.case_file.measurements import MEASUREMENT
from theratwin.io.case_file.table import Row, read_table


def rows_of(
    top: Table,
    folder: Path,
    known: Mapping[str, Any] | None = None,
    fields: Mapping[str, Field] = MEASUREMENT,
) -> list[Row]:
    """Return all measurements as given, inline and from tables.

    Parameters
    ----------
    top
        The table that holds them.
    folder
        Where the tables lie that it names.
    known
        Cells that hold for all rows that do not say otherwise.
    fields
        What an entry may hold.
    """
    rows: list[Row] = []
    for table in top.tables("measurements"):
        cells = {key: _plain(value) for key, value in table.read(fields).items()}
        cells = dict(known or {}) | cells
        for key in table.content:
            cells.setdefault(key, None)
        file = cells.pop("file", None)
        if "file" not in table.content:
            places = {key: table.place(key) for key in table.content}
            rows.append(Row(cells, table.place(), table.name(), places))
        elif isinstance(file, str):
            rows += _file_rows(table, folder / file, cells)
    return rows


def tables_of(top: Table, folder: Path) -> list[Path]:
    """Return the tables that a case file names, each once."""
    entries = [*top.tables("measurements")]
    for diagnostic in top.tables("diagnostics"):
        entries += diagnostic.tables("measurements")
    named = (table.content.get("file") for table in entries)
    return [folder / name for name in dict.fromkeys(named) if isinstance(name, str)]


def _file_rows(table: Table, path: Path, defaults: dict[str, Any]) -> list[Row]:
    """Return the rows of a table, with what its entry in the case file says for all."""
    if not path.is_file():
        table.fail(
            "there is no such file beside the case file",
            "file",
            value=table.content["file"],
            remedy=f"It was looked for in {path.parent}",
        )
        return []
    return [Row(defaults | row.cells, row.place) for row in read_table(path, table.problems)]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def in_order(case: Case, measurements: list[Measurement]) -> tuple[Measurement, ...]:
    """Sort by administration and region in order of appearance, then by time."""
    regions = list(dict.fromkeys(m.region for m in measurements))
    names = case.schedule.names
    return tuple(
        sorted(
            measurements,
            key=lambda m: (names.index(m.administration), regions.index(m.region), m.time),
        )
    )
