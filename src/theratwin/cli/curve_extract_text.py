"""What ``theratwin curve extract`` shows besides the table: records, summary, notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from theratwin.imaging import Extraction

UNITS = {
    "time": "h",
    "activity": "MBq",
    "relative_uncertainty": "",
    "mean": "kBq/mL",
    "volume": "mL",
}


def records(
    found: Extraction, administration: str, uncertainties: Mapping[str, float], at: str
) -> list[dict[str, Any]]:
    """Return a record for each region and scan, in the units of `UNITS`."""
    return [
        {
            "region": row.region,
            "administration": administration,
            "time": row.time,
            "activity": row.activity,
            "relative_uncertainty": uncertainties[row.region],
            "mean": 1000.0 * row.mean,
            "volume": row.volume,
            "voxels": row.voxels,
            "labels": list(row.labels),
            "recovery": row.recovery,
            "at": at,
        }
        for row in found.rows
    ]


def totals(found: Extraction) -> list[dict[str, float]]:
    """Return all activity in the image at each time."""
    return [{"time": time, "activity": total} for time, total in found.totals.items()]


def summary(found: Extraction, notes: Sequence[str]) -> str:
    """Return a table for the reader, with the notes below."""
    lines = [f"{'region':<22}{'time h':>9}{'voxels':>9}{'mL':>10}{'kBq/mL':>12}{'MBq':>12}"]
    lines += [
        f"{row.region:<22}{row.time:>9.4g}{row.voxels:>9}{row.volume:>10.4g}"
        f"{1000 * row.mean:>12.5g}{row.activity:>12.5g}"
        for row in found.rows
    ]
    return "\n".join([*lines, *(f"note: {note}" for note in notes)])


def notes_on(found: Extraction, *, declared: bool, at: str, remainder: bool) -> list[str]:
    """Return what the user must know: what looks wrong, what is taken as given, what is not done.

    Parameters
    ----------
    declared
        Whether the scans were declared to hold concentrations.
    at
        Which moment the activities belong to.
    remainder
        Whether the remainder was asked for.
    """
    notes = [*found.warnings]
    notes += [
        f"{row.region} holds no activity at {row.time:g} h and is left out of the table"
        for row in found.rows
        if not row.activity > 0
    ]
    if at == "administration":
        notes.append("the scans are taken as corrected for decay to the administration")
    elif declared:
        notes.append(
            "activities are taken as they were at each scan; if the scans are corrected for decay "
            "to the administration, give --at administration"
        )
    if remainder:
        notes.append("whole_body is all activity in the image: only what the scans show of it")
    if all(row.recovery == 1.0 for row in found.rows):
        notes.append("what the camera's resolution spills over edges is not corrected for")
    return notes
