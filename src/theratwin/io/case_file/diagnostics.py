"""Diagnostics of a case file: radiopharmaceutical, administration and measurements of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from theratwin.case import Administration, Case, Diagnostic, Measurements, Schedule
from theratwin.core.errors import InputError
from theratwin.io.case_file.checks import check_measurements
from theratwin.io.case_file.fields import Field, Table, quantity, raw, text
from theratwin.io.case_file.measurements import MEASUREMENT, Reading
from theratwin.io.case_file.rows import in_order, rows_of
from theratwin.io.case_file.treatment import ADMINISTRATION, read_radiopharmaceutical

DIAGNOSTIC: Mapping[str, Field] = {
    "name": text("Its name", required=True, example='"PSMA PET"'),
    "radiopharmaceutical": raw(
        "What was given",
        {"type": "object"},
        required=True,
        advice="Say what was given",
        example="[diagnostics.radiopharmaceutical]",
    ),
    "activity": quantity("Administered activity at the start", "MBq", "150 MBq", required=True),
    "amount": quantity("Administered ligand, hot and cold", "nmol", "5 nmol"),
    "duration": ADMINISTRATION["duration"],
    "measurements": raw("What was measured, in hours after its own start", {"type": "array"}),
}

#: As of the case, but for the administration, which is the diagnostic's own.
DIAGNOSTIC_MEASUREMENT: Mapping[str, Field] = {
    key: field for key, field in MEASUREMENT.items() if key != "administration"
}


def read_diagnostics(top: Table, case: Case, folder: Path) -> tuple[Diagnostic, ...]:
    """Build the diagnostics of a case; what is wrong is noted and left out.

    Parameters
    ----------
    top
        The file.
    case
        The case without its diagnostics.
    folder
        Where its tables of measurements lie.
    """
    found: dict[str, Diagnostic] = {}
    for table in top.tables("diagnostics"):
        diagnostic = _diagnostic(table, case, folder)
        if diagnostic is None:
            continue
        if diagnostic.name in (*found, *case.schedule.names):
            table.fail("the name stands twice", "name", value=diagnostic.name)
        found[diagnostic.name] = diagnostic
    return tuple(found.values())


def _diagnostic(table: Table, case: Case, folder: Path) -> Diagnostic | None:
    entry = table.read(DIAGNOSTIC)
    with_what = table.table("radiopharmaceutical") if "radiopharmaceutical" in entry else None
    given = read_radiopharmaceutical(with_what) if with_what else None
    if given is None or not {"name", "activity"} <= set(entry):
        return None
    what, decay_constant = given
    empty = Diagnostic(entry["name"], what, _administration(entry))
    own = case.of_diagnostic(empty)
    reading = Reading(
        Schedule((empty.administration,)),
        dict(case.patient.organs) | {lesion.name: lesion.volume for lesion in case.lesions},
        case.lesion_names,
        decay_constant,
        table.problems,
    )
    rows = rows_of(table, folder, {"administration": entry["name"]}, DIAGNOSTIC_MEASUREMENT)
    read = [(row, m) for row in rows if (m := reading.measurement(row)) is not None]
    if not rows:
        table.fail(
            "nothing was measured",
            "measurements",
            remedy="Add [[diagnostics.measurements]] of at least one region",
        )
    late = set(case.lesion_names) - set(own.lesion_names)
    for row, measurement in read:
        if measurement.region in late:
            error = InputError(
                "the lesion appears after the diagnostic",
                field=row.field("region"),
                value=measurement.region,
                remedy="See appears of the lesion",
            )
            table.problems.add(row.place_of("region"), error)
    if table.problems.errors:
        return empty
    check_measurements(own, read, table.problems)
    measurements = in_order(own, [m for _, m in read])
    return replace(empty, measurements=Measurements(measurements))


def _administration(entry: Mapping[str, Any]) -> Administration:
    return Administration(
        entry["name"], 0.0, entry["activity"], entry.get("amount"), entry.get("duration", 0.0)
    )
