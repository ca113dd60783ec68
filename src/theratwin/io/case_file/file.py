"""A case is read from its file, whole or not at all, with all problems told at once."""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from theratwin.case import (
    KINETIC_MODELS,
    Case,
    Lesion,
    Measurements,
    Patient,
    SharedUncertainty,
    Volume,
)
from theratwin.core.errors import InputError, UnsupportedError
from theratwin.io.case_file.checks import check_measurements, warn_of_oddities
from theratwin.io.case_file.diagnostics import read_diagnostics
from theratwin.io.case_file.fields import Field, Table, choice, fraction, raw, text
from theratwin.io.case_file.lines import key_lines
from theratwin.io.case_file.measurements import Reading
from theratwin.io.case_file.patient import read_patient
from theratwin.io.case_file.problems import Problems
from theratwin.io.case_file.rows import in_order, rows_of, tables_of
from theratwin.io.case_file.table import read_table
from theratwin.io.case_file.treatment import read_radiopharmaceutical, read_schedule
from theratwin.io.case_file.volumes import read_lesions

FORMAT = 1
_TABLE = {"type": "object"}
_TABLES = {"type": "array"}

CASE: Mapping[str, Field] = {
    "format": raw("Format of the file", {"const": FORMAT}, required=True, example="1"),
    "name": text("Name of the case", required=True, example='"patient 2"'),
    "origin": choice("Whether the measurements are real", ("measured", "simulated"), required=True),
    "description": text("In your words"),
    "model": choice(
        'The kinetic model: every region\'s own curve, or the whole body ("psma", "sstr")',
        KINETIC_MODELS,
    ),
    "patient": raw("Who is treated", _TABLE, required=True, example="[patient]"),
    "radiopharmaceutical": raw("With what", _TABLE, required=True, example="[radiopharmaceutical]"),
    "uncertainty": raw(
        "What all scans share",
        _TABLE,
        required=True,
        advice="Say what all scans share",
        example='[uncertainty] with calibration = "5 %" and recovery = "8 %"',
    ),
    "organs": raw("Volumes of the organs, one table a region", _TABLE),
    "lesions": raw("The lesions", _TABLES),
    "administrations": raw("When and how much", _TABLES),
    "measurements": raw("What was measured", _TABLES),
    "diagnostics": raw("Diagnostic studies of the patient before therapy", _TABLES),
}

UNCERTAINTY: Mapping[str, Field] = {
    "calibration": fraction(
        "Of the camera's calibration and the activity meter",
        "5 %",
        required=True,
        advice='Give the relative standard uncertainty, "0 %" if the values hold it already',
    ),
    "recovery": fraction(
        "Of the recovery of small objects (lesions and glands)",
        "8 %",
        required=True,
        advice='Give the relative standard uncertainty, "0 %" if the values hold it already',
    ),
}


def load_case(path: Path | str) -> Case:
    """Read a case from its TOML file.

    Oddities that are no errors are logged as warnings.

    Raises
    ------
    InputError
        With all that is wrong: file, line, field, value, what was expected, and the remedy.
    UnsupportedError
        If the file is of a newer format.
    """
    case, warnings = check_case(path)
    for warning in warnings:
        logging.getLogger(__name__).warning(warning)
    return case


def check_case(path: Path | str) -> tuple[Case, tuple[str, ...]]:
    """Read a case from its TOML file, with what is odd about it.

    Returns
    -------
    tuple
        The case, and the warnings.

    Raises
    ------
    InputError
        With all that is wrong.
    UnsupportedError
        If the file is of a newer format.
    """
    path = Path(path)
    problems = Problems(path.name)
    case = _case(_top(path, problems), path)
    problems.raise_if_any()
    if case is None:
        raise InputError("the case is incomplete", field=path.name)
    warn_of_oddities(case, problems)
    return case, tuple(problems.warnings)


def load_measurements(path: Path | str, case: Case) -> Measurements:
    """Read the measurements of a CSV table that belong to a case.

    Raises
    ------
    InputError
        With all that is wrong, or if a measurement stands in the case already.
    """
    path = Path(path)
    problems = Problems(path.name)
    from theratwin.physics import nuclide

    reading = Reading(
        case.schedule,
        _volumes(case.patient, case.lesions),
        case.lesion_names,
        nuclide(case.radiopharmaceutical.nuclide).decay_constant,
        problems,
    )
    rows = read_table(path, problems)
    read = [(row, m) for row in rows if (m := reading.measurement(row)) is not None]
    known = {(m.region, m.administration, m.time): m.source for m in case.measurements}
    for row, m in read:
        if (m.region, m.administration, m.time) in known:
            error = InputError(
                f"{m.region} at {m.time:g} h after {m.administration!r} is in the case already",
                field="time",
                remedy="Remove it; it must not count twice",
            )
            problems.add(row.place, error)
    check_measurements(case, read, problems)
    problems.raise_if_any()
    return Measurements(tuple(m for _, m in read))


def _top(path: Path, problems: Problems) -> Table:
    """Return the file as a table; what is no TOML of this format is refused at once."""
    try:
        content = path.read_text(encoding="utf-8-sig")
        table = tomllib.loads(content)
    except FileNotFoundError:
        raise InputError(
            "there is no such file",
            value=str(path),
            remedy="`theratwin case new FILE` writes one to begin with",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the file cannot be read: {error}", field=path.name) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(
            f"this is no TOML: {error}",
            field=path.name,
            remedy='Quantities stand in quotes, as in "7.4 GBq"; lists of tables in [[ ]]',
        ) from None
    version = table.get("format")
    if isinstance(version, int) and version > FORMAT:
        raise UnsupportedError(
            "the file is of a newer format",
            field=f"{path.name}: format",
            value=version,
            allowed=f"format = {FORMAT}",
            remedy="Update theratwin",
        )
    return Table(table, (), path.name, key_lines(content), problems)


def _case(top: Table, path: Path) -> Case | None:
    """Build the case; None, with errors, if that cannot be."""
    found = top.read(CASE)
    if found.get("format", FORMAT) != FORMAT:
        top.fail("unknown format", "format", value=found["format"], allowed="format = 1")
    tables = {
        key: top.table(key) if key in top.content else None
        for key in ("patient", "radiopharmaceutical", "uncertainty")
    }
    shared = tables["uncertainty"].read(UNCERTAINTY) if tables["uncertainty"] else {}
    schedule = read_schedule(top)
    patient = read_patient(top, tables["patient"]) if tables["patient"] else None
    lesions = read_lesions(top, schedule.names if schedule else ())
    with_what = tables["radiopharmaceutical"]
    radiopharmaceutical = read_radiopharmaceutical(with_what) if with_what else None
    reading = Reading(
        schedule,
        _volumes(patient, lesions) if patient else None,
        _declared(top),
        radiopharmaceutical[1] if radiopharmaceutical else 0.0,
        top.problems,
    )
    rows = rows_of(top, path.parent)
    read = [(row, m) for row in rows if (m := reading.measurement(row)) is not None]
    if patient is None or radiopharmaceutical is None or schedule is None:
        return None
    case = Case(
        found.get("name", ""),
        patient,
        radiopharmaceutical[0],
        schedule,
        lesions,
        uncertainty=SharedUncertainty(**shared),
        origin=found.get("origin", "measured"),
        description=found.get("description", ""),
        files=(path, *tables_of(top, path.parent)),
        model=found.get("model", KINETIC_MODELS[0]),
    )
    _refuse_amino_acids(top, case)
    if not top.problems.errors:
        check_measurements(case, read, top.problems)
    case = case.with_measurements(in_order(case, [m for _, m in read]))
    diagnostics = read_diagnostics(top, case, path.parent)
    return case if top.problems.errors else replace(case, diagnostics=diagnostics)


def _refuse_amino_acids(top: Table, case: Case) -> None:
    """Note amino acids where the model has no use for them."""
    if case.model != "psma":
        return
    for number, administration in enumerate(case.schedule):
        if administration.amino_acids is not None:
            top.fail(
                "amino acids have no effect in the model psma",
                "administrations",
                number,
                "amino_acids",
                remedy="Leave them out: what a ligand of PSMA leaves in the kidneys is bound",
            )


def _volumes(patient: Patient, lesions: tuple[Lesion, ...]) -> dict[str, Volume]:
    return dict(patient.organs) | {lesion.name: lesion.volume for lesion in lesions}


def _declared(top: Table) -> tuple[str, ...]:
    """Return the names of the lesions, those with errors too."""
    names = (table.content.get("name") for table in top.tables("lesions"))
    return tuple(name for name in names if isinstance(name, str))
