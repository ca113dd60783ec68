"""``theratwin report``: one page of a twin, with the next treatment planned."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from theratwin.cli.options import Force, Json, Quiet
from theratwin.core.errors import InputError

if TYPE_CHECKING:
    from theratwin.planning import Plan
    from theratwin.twin import Prediction, Twin

_NAME = Path("report.html")


def register(app: typer.Typer) -> None:
    """Add the verb to the program."""
    app.command("report")(report)


def report(
    twin: Annotated[Path, typer.Argument(metavar="TWIN", help="The twin's folder.")],
    out: Annotated[Path, typer.Option("--out", help="The HTML file.")] = _NAME,
    beside: Annotated[
        Path | None,
        typer.Option(
            "--beside",
            metavar="OTHER_TWIN",
            help="Folder of a twin of the same data by another model, to set beside.",
        ),
    ] = None,
    no_plan: Annotated[
        bool, typer.Option("--no-plan", help="Leave the next treatment out.")
    ] = False,
    as_json: Json = False,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Write the report of a twin: one HTML page that loads nothing from outside.

    The next treatment is planned with the customary limits and bounds; where that cannot be, the
    report says why. With a second twin both fits, doses and plans stand side by side.
    """
    from theratwin.cli.output import emit
    from theratwin.cli.watch import doing
    from theratwin.report import plan_or_reason, write_report
    from theratwin.report.two_models import require_same_data
    from theratwin.store import load_twin
    from theratwin.twin import predict

    _must_be_free(out, force)
    with doing("Writing the report", quiet=quiet):
        known = load_twin(twin)
        other = None if beside is None else load_twin(beside)
        if other is not None:
            require_same_data(known, other)
        second = None if other is None or no_plan else plan_or_reason(other)[0]
        plan, unplanned = (None, "") if no_plan else plan_or_reason(known, second)
        write_report(known, out, plan, unplanned=unplanned, beside=other, beside_plan=second)
        prediction = predict(known)
    emit(
        "report/1",
        {"report": str(out)}
        | _value(known, prediction, plan)
        | ({} if other is None else {"beside": _value(other, predict(other), second)}),
        unit={"dose_per_activity": "Gy/GBq"},
        text=_text(prediction, plan, unplanned, out, _beside_text(known, other)),
        as_json=as_json,
        provenance=known.provenance,
        extra={"unplanned": unplanned},
    )


def _value(twin: Twin, prediction: Prediction, plan: Plan | None) -> dict[str, Any]:
    rows = prediction.dose_per_activity().rows
    return {
        "model": twin.model,
        "dose_per_activity": {region: vars(row[-1]) for region, row in rows.items()},
        "plan": plan.to_dict() if plan else None,
    }


def _beside_text(twin: Twin, other: Twin | None) -> list[str]:
    """Return where two models disagree; nothing without a second one."""
    from theratwin.report.beside import compared

    if other is None:
        return []
    found = compared(twin, other)
    return [f"Beside {found.titles[1]}: {found.words}"]


def _text(
    prediction: Prediction, plan: Plan | None, unplanned: str, out: Path, beside: list[str]
) -> str:
    from theratwin.report.headline import answers
    from theratwin.report.planned import course_in_words

    lines = [
        f"{answer.name}: {answer.value} {answer.unit} ({answer.interval})"
        for answer in answers(prediction)
    ]
    if plan is not None:
        lines.append(f"Next: {course_in_words(plan)}. {plan.reason}")
    elif unplanned:
        lines.append(f"No plan: {unplanned}")
    return "\n".join(
        [*lines, *beside, f"The report is in {out}", "Research use only. Not a medical device."]
    )


def _must_be_free(file: Path, force: bool) -> None:
    """Refuse before the work is done, not after."""
    if file.exists() and not force:
        raise InputError(
            "this exists already",
            field="--out",
            value=str(file),
            remedy="Choose another --out, or give --force to replace it",
        )
