"""The radiopharmaceutical and the administrations of a case file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from theratwin.case import Administration, AminoAcids, Ligand, Radiopharmaceutical, Schedule
from theratwin.core.errors import InputError, nearest_match
from theratwin.io.case_file.fields import Field, Table, choice, quantity, raw, text
from theratwin.io.case_file.times import hours_between, moment

#: What a ligand binds, by a part of its name.
_TARGETS = {"psma": "psma", "dotatate": "sstr", "dotatoc": "sstr", "dotanoc": "sstr", "fap": "fap"}

RADIOPHARMACEUTICAL: Mapping[str, Field] = {
    "name": text("Its name", required=True, example='"177Lu-PSMA-I&T"'),
    "ligand": text("The targeting molecule", required=True, example='"psma-i&t"'),
    "nuclide": text("The radionuclide", required=True, example='"Lu-177"'),
    "target": choice("What the ligand binds", ("psma", "sstr", "fap", "other")),
}

_TIME_SCHEMA = {"type": ["string", "object"], "examples": ["24 h", "2024-03-01T10:00+01:00"]}

AMINO_ACIDS: Mapping[str, Field] = {
    "before": quantity(
        "How long before the administration they begin", "h", "30 min", zero=True, required=True
    ),
    "duration": quantity("How long they run", "h", "4 h", required=True),
}

ADMINISTRATION: Mapping[str, Field] = {
    "name": text("Its name", required=True, example='"cycle 1"'),
    "time": Field(
        "Start: time after the start of the first, or date and time with zone (then all have one)",
        lambda raw, name: moment(raw, name, "0 h"),
        _TIME_SCHEMA,
        '"0 h"',
        required=True,
    ),
    "activity": quantity("Administered activity at the start", "MBq", "7.4 GBq", required=True),
    "amount": quantity("Administered ligand, hot and cold", "nmol", "98 nmol"),
    "duration": quantity("Length of the infusion; a bolus if left out", "h", "10 min", zero=True),
    "amino_acids": raw(
        "Lysine and arginine that protect the kidneys",
        {"type": "object"},
        example='{ before = "30 min", duration = "4 h" }',
    ),
}


def read_radiopharmaceutical(table: Table) -> tuple[Radiopharmaceutical, float] | None:
    """Build the radiopharmaceutical, with its decay constant (1/h)."""
    from theratwin.physics import nuclide

    found = table.read(RADIOPHARMACEUTICAL)
    known = None
    if "nuclide" in found:
        try:
            known = nuclide(found["nuclide"])
        except InputError as error:
            nearest = error.nearest or nearest_match(found["nuclide"], error.allowed or ())
            table.fail(
                error.message,
                "nuclide",
                value=found["nuclide"],
                allowed=f"nearest match {nearest!r}" if nearest else "such as Lu-177",
                remedy="`theratwin nuclide list` shows all",
            )
    if known is None or not {"name", "ligand"} <= set(found):
        return None
    ligand = found["ligand"].casefold()
    target = next((of for part, of in _TARGETS.items() if part in ligand), "")
    return (
        Radiopharmaceutical(found["name"], Ligand(ligand, found.get("target", target)), known.name),
        known.decay_constant,
    )


def read_schedule(case: Table) -> Schedule | None:
    """Build the schedule; None, with errors, if that cannot be."""
    tables = case.tables("administrations")
    if not tables:
        case.fail(
            "at least one is needed",
            "administrations",
            remedy='Add [[administrations]] with name = "cycle 1", time = "0 h" and activity',
        )
        return None
    entries = [_entry(table) for table in tables]
    times = _hours(tables, entries)
    _names_stand_once(tables, entries)
    if times is None or any(not {"name", "activity"} <= set(entry) for entry in entries):
        return None
    with case.problems.at(case.place("administrations")):
        return Schedule(tuple(_administration(*pair) for pair in zip(entries, times, strict=True)))
    return None


def _entry(table: Table) -> dict[str, Any]:
    """Read an administration with the table in it."""
    found = table.read(ADMINISTRATION)
    if "amino_acids" in found:
        found["amino_acids"] = _amino_acids(table)
    return found


def _amino_acids(table: Table) -> AminoAcids | None:
    inner = table.table("amino_acids")
    found = {} if inner is None else inner.read(AMINO_ACIDS)
    if set(found) != set(AMINO_ACIDS):
        return None
    with table.problems.at(table.place("amino_acids")):
        return AminoAcids(**found)
    return None


def _administration(entry: Mapping[str, Any], hours: float) -> Administration:
    return Administration(
        entry["name"],
        hours,
        entry["activity"],
        entry.get("amount"),
        entry.get("duration", 0.0),
        entry["time"] if isinstance(entry["time"], datetime) else None,
        entry.get("amino_acids"),
    )


def _hours(tables: Sequence[Table], entries: Sequence[Mapping[str, Any]]) -> list[float] | None:
    """Return the times in hours after the first; None, with errors, if that cannot be."""
    if any("time" not in entry for entry in entries):
        return None
    first = entries[0]["time"]
    dated = isinstance(first, datetime)
    hours: list[float] = []
    for table, entry in zip(tables, entries, strict=True):
        time = entry["time"]
        if isinstance(time, datetime) != dated:
            table.fail(
                "dates and times after the first are mixed",
                "time",
                remedy="Give all administrations a date, or none",
            )
            return None
        hours.append(hours_between(first, time) if dated else time)
        if len(hours) > 1 and hours[-1] <= hours[-2]:
            table.fail("it is not later than the one before", "time", value=str(time))
    if hours[0] != 0:
        tables[0].fail(
            "times are counted from the first administration",
            "time",
            value=f"{hours[0]:g} h",
            remedy='Write time = "0 h"',
        )
    increasing = all(earlier < later for earlier, later in pairwise(hours))
    return hours if increasing else None


def _names_stand_once(tables: Sequence[Table], entries: Sequence[Mapping[str, Any]]) -> None:
    seen: set[str] = set()
    for table, entry in zip(tables, entries, strict=True):
        if entry.get("name") in seen:
            table.fail("the name stands twice", "name", value=entry["name"])
        seen.add(entry.get("name", ""))


def unknown_administration(name: str, schedule: Schedule) -> InputError:
    """Return the error of an administration that is not in the schedule."""
    return InputError(
        "unknown administration",
        field="administration",
        value=name,
        allowed=schedule.names,
        remedy="Add it to [[administrations]]; "
        "`theratwin update` takes it by --administration, --activity and --time",
    )
