"""``theratwin predict``: doses of a course, with another label or ligand, or over a range."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from theratwin.cli.amino_acids import AminoAcidsText, read_amino_acids
from theratwin.cli.options import Force, Json, Out
from theratwin.cli.plot_file import Plot, check_plot
from theratwin.core.errors import InputError, UnsupportedError

if TYPE_CHECKING:
    from theratwin.case import AminoAcids, Radiopharmaceutical, Schedule
    from theratwin.twin import Prediction, Twin

TwinFolder = Annotated[Path, typer.Argument(metavar="TWIN", help="The twin's folder.")]
Activity = Annotated[
    str | None, typer.Option("--activity", help='Activity of each cycle, as "7.4 GBq".')
]
Cycles = Annotated[int | None, typer.Option("--cycles", help="Number of cycles.")]
Every = Annotated[str, typer.Option("--every", help="Interval between cycles.")]
Amount = Annotated[
    str | None,
    typer.Option("--amount", help='Ligand of each cycle, hot and cold, as "57 nmol".'),
]
Infusion = Annotated[
    str | None,
    typer.Option("--infusion", help='Length of each infusion, as "30 min"; a bolus without it.'),
]
NuclideName = Annotated[str | None, typer.Option("--nuclide", help="Another label, as Tb-161.")]
LigandName = Annotated[
    str | None, typer.Option("--ligand", help="Another ligand of the same target, as psma-i&t.")
]
Vary = Annotated[
    str | None,
    typer.Option(
        "--vary",
        metavar='"NAME=LOW..HIGH UNIT"',
        help='Dose per activity over a range: "amount=20..500 nmol" or "tumor_burden=0..4".',
    ),
]
Points = Annotated[int | None, typer.Option("--points", min=2, help="Of the range; 15 if not.")]
StudyDraws = Annotated[
    int | None, typer.Option("--draws", min=1, help="How many draws at each point; 200 if not.")
]


def register(app: typer.Typer) -> None:
    """Add the verb to the program."""
    app.command("predict")(predict)


def predict(
    twin: TwinFolder,
    activity: Activity = None,
    cycles: Cycles = None,
    every: Every = "6 weeks",
    amount: Amount = None,
    infusion: Infusion = None,
    amino_acids: AminoAcidsText = None,
    nuclide: NuclideName = None,
    ligand: LigandName = None,
    vary: Vary = None,
    points: Points = None,
    draws: StudyDraws = None,
    plot: Plot = None,
    as_json: Json = False,
    out: Out = None,
    force: Force = False,
) -> None:
    """Predict doses and effects: of the case's own course, of another one, or over a range."""
    from theratwin import twin as rooms
    from theratwin.cli.vary import tell_study
    from theratwin.store import load_twin

    of_course = {"--amount": amount, "--infusion": infusion, "--amino-acids": amino_acids}
    _check_course(activity, cycles, of_course)
    _check_study(vary, {"--points": points, "--draws": draws, "--plot": plot})
    check_plot(plot, force)
    known = load_twin(twin)
    course = None
    if activity is not None and cycles is not None:
        course = _course(known, activity, cycles, every, of_course)
    chosen: dict[str, Any] = {
        "schedule": course,
        "radiopharmaceutical": _radiopharmaceutical(known, nuclide, ligand),
    }
    if vary is None:
        prediction = rooms.predict(known, **chosen)
        _tell(prediction, as_json=as_json, out=out, force=force)
        return
    counts = {"points": points, "draws": draws}
    chosen |= {name: count for name, count in counts.items() if count is not None}
    tell_study(known, vary, chosen, plot=plot, as_json=as_json, out=out, force=force)


def _tell(prediction: Prediction, *, as_json: bool, out: Path | None, force: bool) -> None:
    from theratwin.cli import prediction_text as told
    from theratwin.cli.output import emit

    emit(
        "prediction/1",
        told.prediction_values(prediction),
        unit=told.UNITS,
        text=told.prediction_text(prediction),
        as_json=as_json,
        out=out,
        force=force,
        provenance=prediction.provenance,
        extra={"schedule": told.schedule_values(prediction)},
    )


def _check_course(
    activity: str | None, cycles: int | None, others: Mapping[str, str | None]
) -> None:
    if (activity is None) != (cycles is None):
        raise InputError(
            "an activity and a number of cycles belong together",
            field="--activity, --cycles",
            remedy='Give both, as in --activity "7.4 GBq" --cycles 6, or none for the case\'s own',
        )
    for name, value in others.items():
        if value is not None and activity is None:
            raise InputError(
                "it belongs to a course that is not the case's own, with an activity",
                field=name,
                value=value,
                remedy="Give --activity and --cycles",
            )


def _check_study(vary: str | None, others: Mapping[str, object]) -> None:
    for name, value in others.items():
        if value is not None and vary is None:
            raise InputError(
                "it belongs to a range",
                field=name,
                value=str(value),
                remedy='Give --vary, as in --vary "amount=20..500 nmol"',
            )


def _course(
    twin: Twin, activity: str, cycles: int, every: str, others: Mapping[str, str | None]
) -> Schedule:
    """Return the course; what it states must have an effect in the twin's model."""
    from theratwin.case import Schedule

    amount = others["--amount"]
    if amount is not None and twin.model == "curves":
        raise UnsupportedError(
            "curves do not depend on the amount of ligand",
            field="--amount",
            value=amount,
            remedy="Calibrate with a whole body, as with --model psma, or leave the amount out",
        )
    return Schedule.regular(
        activity,
        cycles=cycles,
        every=every,
        amount=amount,
        duration=others["--infusion"],
        amino_acids=_amino_acids(twin, others["--amino-acids"]),
    )


def _amino_acids(twin: Twin, text: str | None) -> AminoAcids | None:
    """Return those of the course; other models have no use for them."""
    if twin.model == "sstr":
        return read_amino_acids(text, twin.case)
    if text is not None:
        raise UnsupportedError(
            f"amino acids have no effect in the model {twin.model}",
            field="--amino-acids",
            value=text,
            remedy="Leave it out",
        )
    return None


def _radiopharmaceutical(
    twin: Twin, nuclide: str | None, ligand: str | None
) -> Radiopharmaceutical | None:
    """Return the case's with another label or ligand; None if neither is asked for."""
    from theratwin.case import Ligand, Radiopharmaceutical
    from theratwin.physics import nuclide as nuclide_named

    if nuclide is None and ligand is None:
        return None
    known = twin.case.radiopharmaceutical
    label = known.nuclide if nuclide is None else nuclide_named(nuclide).name
    bound = known.ligand if ligand is None else Ligand(ligand.casefold(), known.ligand.target)
    return Radiopharmaceutical(f"{label} {bound.name}", bound, label)
