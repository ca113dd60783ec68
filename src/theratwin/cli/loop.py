"""The verbs of the loop: calibrate, predict, update."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from theratwin.cli.options import Draws, Force, Json, Out, Quiet, Seed
from theratwin.core.errors import InputError, UnsupportedError

if TYPE_CHECKING:
    from theratwin.case import Administration, Case
    from theratwin.twin import Prediction, Table, Twin

TwinFolder = Annotated[Path, typer.Argument(metavar="TWIN", help="The twin's folder.")]


def register(app: typer.Typer) -> None:
    """Add the verbs to the program."""
    app.command("calibrate")(calibrate)
    app.command("predict")(predict)
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


def predict(
    twin: TwinFolder,
    activity: Annotated[
        str | None, typer.Option("--activity", help='Activity of each cycle, as "7.4 GBq".')
    ] = None,
    cycles: Annotated[int | None, typer.Option("--cycles", help="Number of cycles.")] = None,
    every: Annotated[str, typer.Option("--every", help="Interval between cycles.")] = "6 weeks",
    amount: Annotated[
        str | None,
        typer.Option("--amount", help='Ligand of each cycle, hot and cold, as "57 nmol".'),
    ] = None,
    as_json: Json = False,
    out: Out = None,
    force: Force = False,
) -> None:
    """Predict doses and effects: of the case's own course, or of another one."""
    from theratwin import twin as rooms
    from theratwin.case import Schedule
    from theratwin.cli.output import emit
    from theratwin.store import load_twin

    if (activity is None) != (cycles is None):
        raise InputError(
            "an activity and a number of cycles belong together",
            field="--activity, --cycles",
            remedy='Give both, as in --activity "7.4 GBq" --cycles 6, or none for the case\'s own',
        )
    if amount is not None and activity is None:
        raise InputError(
            "an amount needs an activity", field="--amount", remedy="Give --activity and --cycles"
        )
    known = load_twin(twin)
    if amount is not None and known.model == "curves":
        raise UnsupportedError(
            "curves do not depend on the amount of ligand",
            field="--amount",
            value=amount,
            remedy="Calibrate with a whole body, as with --model psma, or leave the amount out",
        )
    course = None
    if activity is not None and cycles is not None:
        course = Schedule.regular(activity, cycles=cycles, every=every, amount=amount)
    prediction = rooms.predict(known, course)
    emit(
        "prediction/1",
        _values(prediction),
        unit=_UNITS,
        text=_text(prediction),
        as_json=as_json,
        out=out,
        force=force,
        provenance=prediction.provenance,
        extra={"schedule": _schedule(prediction)},
    )


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
        str | None,
        typer.Option("--amount", help='Ligand of it, hot and cold, as "57 nmol".'),
    ] = None,
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
    new = _administration(administration, activity, time, amount, before.case)
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
    name: str | None, activity: str | None, time: str | None, amount: str | None, case: Case
) -> Administration | None:
    from theratwin.case import Administration
    from theratwin.core.units import parse

    if name is None and activity is None and time is None:
        if amount is not None:
            raise InputError(
                "an amount needs a new administration",
                field="--amount",
                value=amount,
                remedy="Give --administration, --activity and --time, or leave the amount out",
            )
        return None
    if name is None or activity is None or time is None:
        raise InputError(
            "a new administration needs its name, activity and time",
            field="--administration, --activity, --time",
        )
    if name in case.schedule.names:
        raise InputError(
            "the case knows this administration",
            field="--administration",
            value=name,
            remedy="Leave --administration, --activity and --time out",
        )
    return Administration(
        name,
        parse(time, "h", field="--time"),
        parse(activity, "MBq", field="--activity"),
        amount=None if amount is None else parse(amount, "nmol", field="--amount"),
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
    from theratwin.cli.output import emit

    lines = [_text(prediction), "", *(f"Warning: {warning}" for warning in twin.warnings)]
    emit(
        "twin/1",
        _values(prediction),
        unit=_UNITS,
        text="\n".join([*lines, f"The twin is in {folder}"]),
        as_json=as_json,
        provenance=twin.provenance,
        extra={
            "schedule": _schedule(prediction),
            "twin": str(folder),
            "warnings": list(twin.warnings),
        },
    )


_UNITS = {"dose": "Gy", "dose_per_activity": "Gy/GBq", "bed": "Gy"}


def _values(prediction: Prediction) -> dict[str, Any]:
    return {
        "dose": _rows(prediction.dose()),
        "dose_per_activity": _rows(prediction.dose_per_activity()),
        "bed": _rows(prediction.bed()),
    }


def _rows(table: Table) -> dict[str, dict[str, dict[str, float]]]:
    """Return region, then administration or total, then median and 90 % interval."""
    return {
        region: {
            column: {"median": i.median, "low": i.low, "high": i.high}
            for column, i in zip(table.columns, intervals, strict=True)
        }
        for region, intervals in table.rows.items()
    }


def _schedule(prediction: Prediction) -> list[dict[str, Any]]:
    return [
        {
            "name": a.name,
            "time_h": a.time,
            "activity_MBq": a.activity,
            "amount_nmol": a.amount,
        }
        for a in prediction.schedule
    ]


def _activity(megabecquerel: float) -> str:
    if megabecquerel < 100:
        return f"{megabecquerel:.3g} MBq"
    return f"{1e-3 * megabecquerel:.3g} GBq"


def _text(prediction: Prediction) -> str:
    case = prediction.case
    course = ", ".join(f"{a.name} {_activity(a.activity)}" for a in prediction.schedule)
    head = [f"{case.name}: {case.radiopharmaceutical.name}, {course}"]
    if case.origin == "simulated":
        head.append("The measurements are simulated.")
    tables = (prediction.dose_per_activity(), prediction.dose(), prediction.bed())
    parts = [str(table) for table in tables if table.rows]
    return "\n\n".join(["\n".join(head), *parts, "Research use only. Not a medical device."])
