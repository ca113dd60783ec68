"""Verbs of the loop that make a twin: calibrate, update."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from theratwin.cli.amino_acids import AminoAcidsText, read_amino_acids
from theratwin.cli.options import Draws, Force, Json, Quiet, Seed
from theratwin.core.errors import InputError

if TYPE_CHECKING:
    from theratwin.case import Administration, Case
    from theratwin.twin import Prediction, Twin

TwinFolder = Annotated[Path, typer.Argument(metavar="TWIN", help="The twin's folder.")]


def register(app: typer.Typer) -> None:
    """Add the verbs to the program."""
    app.command("calibrate")(calibrate)
    app.command("update")(update)


def calibrate(
    case: Annotated[Path, typer.Argument(metavar="CASE", help="The case file.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="The twin's folder; by default named after the case file."),
    ] = None,
    seed: Seed = 1,
    draws: Draws = 2000,
    model: Annotated[
        str | None,
        typer.Option(
            "--model", help='Kinetic model: "curves", "psma" or "sstr"; by default the case\'s.'
        ),
    ] = None,
    posterior: Annotated[
        str,
        typer.Option(
            "--posterior", help='How draws are made: "laplace", "smc", or "auto" to choose.'
        ),
    ] = "auto",
    until: Annotated[
        str | None,
        typer.Option("--until", help="Know the case only up to this administration."),
    ] = None,
    as_json: Json = False,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Fit the kinetic model to a case: the patient's twin, as a folder."""
    from theratwin import twin as rooms
    from theratwin.cli.watch import doing
    from theratwin.io import load_case
    from theratwin.store import save_twin

    folder = out or Path(f"{case.stem}-twin")
    _must_be_free(folder, force)
    known = load_case(case)
    if until is not None:
        known = known.until(until)
    with doing("Calibrating", quiet=quiet):
        fitted = rooms.calibrate(known, seed=seed, draws=draws, model=model, posterior=posterior)
        prediction = rooms.predict(fitted)
        save_twin(fitted, folder, force=force)
    _tell(fitted, prediction, folder, as_json=as_json)


def update(
    twin: TwinFolder,
    measurements: Annotated[
        Path, typer.Argument(metavar="MEASUREMENTS", help="CSV table of the new measurements.")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", help="Another folder for the updated twin.")
    ] = None,
    administration: Annotated[
        str | None,
        typer.Option("--administration", help="Name of a new administration that they follow."),
    ] = None,
    activity: Annotated[
        str | None, typer.Option("--activity", help="Activity of the new administration.")
    ] = None,
    time: Annotated[
        str | None,
        typer.Option("--time", help='Its time after the first administration, as "6 weeks".'),
    ] = None,
    amount: Annotated[
        str | None, typer.Option("--amount", help='Its ligand, hot and cold, as "57 nmol".')
    ] = None,
    infusion: Annotated[
        str | None, typer.Option("--infusion", help='Its length, as "30 min"; a bolus without it.')
    ] = None,
    amino_acids: AminoAcidsText = None,
    as_json: Json = False,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Narrow a twin with the next scans; it keeps what it said before."""
    from dataclasses import replace

    from theratwin import twin as rooms
    from theratwin.case import Schedule
    from theratwin.cli.watch import doing
    from theratwin.io import load_measurements
    from theratwin.store import load_twin, save_twin

    if out is not None:
        _must_be_free(out, force)
    before = load_twin(twin)
    further = {"--amount": amount, "--infusion": infusion, "--amino-acids": amino_acids}
    new = _administration(administration, activity, time, before.case, further)
    case = before.case
    if new is not None:
        case = replace(case, schedule=Schedule((*case.schedule.administrations, new)))
    scans = load_measurements(measurements, case)
    with doing("Updating", quiet=quiet):
        narrowed = rooms.update(before, scans, administration=new, inputs=[measurements])
        prediction = rooms.predict(narrowed)
        save_twin(narrowed, out or twin, force=force or out is None)
    _tell(narrowed, prediction, out or twin, as_json=as_json)


def _administration(
    name: str | None,
    activity: str | None,
    time: str | None,
    case: Case,
    further: Mapping[str, str | None],
) -> Administration | None:
    """Return the new administration, if one is asked for."""
    from theratwin.case import Administration
    from theratwin.core.units import parse

    whole = {"--administration": name, "--activity": activity, "--time": time}
    if all(value is None for value in (*whole.values(), *further.values())):
        return None
    if name is None or activity is None or time is None:
        raise InputError(
            "a new administration needs its name, activity and time", field=", ".join(whole)
        )
    if name in case.schedule.names:
        raise InputError(
            "the case knows this administration",
            field="--administration",
            value=name,
            remedy="Leave --administration, --activity and --time out",
        )
    amount, infusion = further["--amount"], further["--infusion"]
    begin, last = parse(time, "h", field="--time"), case.schedule.administrations[-1]
    if begin <= last.time:
        raise InputError(
            f"{last.name!r} was given later",
            field="--time",
            value=time,
            allowed=f"more than {last.time:g} h after the first administration",
        )
    return Administration(
        name,
        begin,
        parse(activity, "MBq", field="--activity"),
        None if amount is None else parse(amount, "nmol", field="--amount"),
        0.0 if infusion is None else parse(infusion, "h", field="--infusion"),
        amino_acids=read_amino_acids(further["--amino-acids"], case),
    )


def _must_be_free(folder: Path, force: bool) -> None:
    """Refuse before the work is done, not after."""
    if folder.exists() and not force:
        raise InputError(
            "this exists already",
            field="--out",
            value=str(folder),
            remedy="Choose another --out, or give --force to replace it",
        )


def _tell(twin: Twin, prediction: Prediction, folder: Path, *, as_json: bool) -> None:
    from theratwin.cli import prediction_text as told
    from theratwin.cli.output import emit

    lines = [
        told.prediction_text(prediction),
        "",
        *(f"Warning: {warning}" for warning in twin.warnings),
    ]
    emit(
        "twin/1",
        told.prediction_values(prediction),
        unit=told.UNITS,
        text="\n".join([*lines, f"The twin is in {folder}"]),
        as_json=as_json,
        provenance=twin.provenance,
        extra={
            "schedule": told.schedule_values(prediction),
            "twin": str(folder),
            "warnings": list(twin.warnings),
        },
    )
