"""``theratwin case``: a new case file, a check of one, and its schema."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from theratwin.case import (
        Administration,
        AminoAcids,
        Case,
        Diagnostic,
        Measurement,
        Radiopharmaceutical,
        Volume,
    )

app = typer.Typer(no_args_is_help=True, help="Write and check case files.")


@app.command("new")
def new(
    file: Annotated[Path, typer.Argument(help="Where to write it.")] = Path("case.toml"),
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
) -> None:
    """Write a commented case file to begin with."""
    from theratwin.io.case_file import write_template

    print(f"{write_template(file, force=force)} is written. Put your values in, then run")
    print(f"theratwin case check {file}")


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="The case file.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print what was understood as JSON.")] = (
        False
    ),
) -> None:
    """Tell what was understood of a case file, or all that is wrong with it."""
    from theratwin.cli.output import emit
    from theratwin.io import check_case

    case, warnings = check_case(file)
    emit(
        "case/1",
        understood(case),
        text=summary(case, warnings),
        as_json=as_json,
        extra={"warnings": list(warnings)},
    )


@app.command("schema")
def schema() -> None:
    """Print the JSON Schema of the case file."""
    import json

    from theratwin.io.case_file import case_schema

    print(json.dumps(case_schema(), indent=2))


def understood(case: Case) -> dict[str, Any]:
    """Return what a case says, in inside units, each named in its key."""
    patient = case.patient
    return {
        "name": case.name,
        "origin": case.origin,
        "description": case.description,
        "patient": {
            "sex": patient.sex,
            "species": patient.species,
            "age_a": patient.age,
            "height_mm": patient.height,
            "mass_g": patient.mass,
            "mass_source": patient.mass_source,
            "body_surface_area_m2": patient.body_surface_area,
            "hematocrit": patient.hematocrit,
            "gfr_mL_per_h": patient.gfr,
            "gfr_relative_uncertainty": patient.gfr_uncertainty,
            "absent": list(patient.absent),
        },
        "radiopharmaceutical": _radiopharmaceutical(case.radiopharmaceutical),
        "uncertainty": {
            "calibration": case.uncertainty.calibration,
            "recovery": case.uncertainty.recovery,
        },
        "organs": {name: _volume(volume) for name, volume in patient.organs.items()},
        "lesions": [
            {"name": lesion.name, "site": lesion.site, "appears": lesion.appears}
            | _volume(lesion.volume)
            for lesion in case.lesions
        ],
        "administrations": [_administration(each) for each in case.schedule],
        "measurements": [_measurement(each) for each in case.measurements],
        "diagnostics": [_diagnostic(each) for each in case.diagnostics],
    }


def _diagnostic(given: Diagnostic) -> dict[str, Any]:
    return {
        "radiopharmaceutical": _radiopharmaceutical(given.radiopharmaceutical),
        "measurements": [_measurement(each) for each in given.measurements],
    } | {
        key: value
        for key, value in _administration(given.administration).items()
        if key not in {"time_h", "start"}
    }


def _radiopharmaceutical(given: Radiopharmaceutical) -> dict[str, Any]:
    return {
        "name": given.name,
        "ligand": given.ligand.name,
        "target": given.ligand.target,
        "nuclide": given.nuclide,
    }


def _administration(given: Administration) -> dict[str, Any]:
    return {
        "name": given.name,
        "time_h": given.time,
        "activity_MBq": given.activity,
        "amount_nmol": given.amount,
        "duration_h": given.duration,
        "start": given.start.isoformat() if given.start else None,
        "amino_acids": _amino_acids(given.amino_acids),
    }


def _amino_acids(given: AminoAcids | None) -> dict[str, float] | None:
    return None if given is None else {"before_h": given.before, "duration_h": given.duration}


def _measurement(measured: Measurement) -> dict[str, Any]:
    return {
        "region": measured.region,
        "administration": measured.administration,
        "time_h": measured.time,
        "kind": str(measured.kind),
        "value": measured.value,
        "unit": "MBq" if measured.kind == "activity" else "MBq/mL",
        "relative_uncertainty": measured.relative_uncertainty,
        "volume_mL": measured.volume,
        "source": measured.source,
    }


def _volume(volume: Volume) -> dict[str, Any]:
    return {
        "volume_mL": volume.value,
        "mass_g": volume.mass,
        "relative_uncertainty": volume.relative_uncertainty,
        "source": volume.source,
    }


def summary(case: Case, warnings: tuple[str, ...] = ()) -> str:
    """Return what a case says, for a reader."""
    lines = [
        f"{case.name} ({case.origin})",
        "",
        f"Patient      {_patient(case)}",
        f"Treatment    {case.radiopharmaceutical.name} ({case.radiopharmaceutical.nuclide})",
    ]
    lines += [
        f"  {each.name:<12} {_activity(each.activity)} at {each.time:g} h{_with_what(each)}"
        for each in case.schedule
    ]
    for each in case.diagnostics:
        what, given = each.radiopharmaceutical, each.administration
        lines += [
            f"Diagnostic   {what.name} ({what.nuclide})",
            f"  {each.name:<12} {_activity(given.activity)}{_with_what(given)}",
        ]
    volumes = dict(case.patient.organs) | {each.name: each.volume for each in case.lesions}
    lines += ["", "Volumes"]
    lines += [f"  {name:<22} {_volume_words(volume)}" for name, volume in volumes.items()]
    lines += ["", "Measurements, decay not corrected"]
    diagnostics = (case.of_diagnostic(each) for each in case.diagnostics)
    told = [line for each in (*diagnostics, case) for line in _measurement_lines(each)]
    lines += told or ["  none"]
    if warnings:
        lines += ["", "Odd, but no error", *(f"  {warning}" for warning in warnings)]
    return "\n".join(lines)


def _with_what(given: Administration) -> str:
    amount = f", {given.amount:g} nmol" if given.amount is not None else ""
    infused = f", over {60 * given.duration:g} min" if given.duration else ""
    return f"{amount}{infused}{_protected(given.amino_acids)}"


def _patient(case: Case) -> str:
    patient = case.patient
    mass = f"{patient.mass / 1000:.4g} kg" if patient.species == "human" else f"{patient.mass:g} g"
    parts = [patient.species if patient.species != "human" else "", patient.sex]
    parts.append(f"{patient.age:g} years" if patient.age is not None else "")
    parts.append(f"{patient.height / 10:g} cm" if patient.height is not None else "")
    parts.append(mass if patient.mass_source == "measured" else f"{mass} ({patient.mass_source})")
    if patient.gfr is not None and patient.gfr_uncertainty is not None:
        parts.append(f"GFR {patient.gfr / 60:.4g} mL/min ±{100 * patient.gfr_uncertainty:.3g} %")
    parts.append(f"without {', '.join(patient.absent)}" if patient.absent else "")
    return ", ".join(part for part in parts if part)


def _protected(given: AminoAcids | None) -> str:
    if given is None:
        return ""
    return f", amino acids from {60 * given.before:g} min before, for {given.duration:g} h"


def _activity(megabecquerel: float) -> str:
    if megabecquerel >= 1000:
        return f"{megabecquerel / 1000:.4g} GBq"
    return f"{megabecquerel:.4g} MBq"


def _volume_words(volume: Volume) -> str:
    text = f"{volume.value:.4g} mL, {volume.mass:.4g} g, ±{100 * volume.relative_uncertainty:.3g} %"
    return text if volume.source == "measured" else f"{text} ({volume.source})"


def _measurement_lines(case: Case) -> list[str]:
    lines = []
    for administration in case.measurements.administrations:
        of_cycle = case.measurements.of(administration)
        for region in of_cycle.regions:
            points = sorted(of_cycle.of_region(region), key=lambda each: each.time)
            shown = ", ".join(
                f"{each.value:.3g} {'MBq' if each.kind == 'activity' else 'MBq/mL'}"
                f" at {each.time:g} h"
                for each in points
            )
            lines.append(f"  {administration}, {region:<22} {shown}")
    return lines
