"""The walk: calibrate on cycle 1, update with cycle 2, plan, report."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from theratwin.cli.options import Json, Quiet, Seed

if TYPE_CHECKING:
    from theratwin.planning import Plan
    from theratwin.twin import Prediction, Twin

FILES = ("case.toml", "cycle1.csv", "cycle2.csv")


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("demo")(demo)


def demo(
    out: Annotated[Path, typer.Option("--out", help="Where everything is put.")] = Path("out/demo"),
    seed: Seed = 1,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Walk a simulated Lu-177 PSMA patient through the loop: scans, doses, plan, report."""
    from theratwin import planning
    from theratwin import twin as rooms
    from theratwin.cli.watch import doing
    from theratwin.io import load_case, load_measurements
    from theratwin.report import write_report
    from theratwin.store import save_twin

    copy_files(out)
    with doing("Calibrating on cycle 1", quiet=quiet):
        before = rooms.calibrate(load_case(out / "case.toml"), seed=seed)
    with doing("Updating with cycle 2", quiet=quiet):
        scans = load_measurements(out / "cycle2.csv", before.case)
        twin = rooms.update(before, scans, inputs=[out / "cycle2.csv"])
        save_twin(twin, out / "twin", force=True)
    with doing("Planning", quiet=quiet):
        plan = planning.plan(twin)
    with doing("Writing the report", quiet=quiet):
        report = write_report(twin, out / "report.html", plan=plan)
    _tell(twin, plan, report, as_json=as_json)


def copy_files(folder: Path) -> None:
    """Put the demo's case and measurements into a folder, where a user can read and change them."""
    from theratwin.core.files import write_text

    shipped = files("theratwin.cli.demo")
    for name in FILES:
        write_text(folder / name, shipped.joinpath(name).read_text(encoding="utf-8"))


def _tell(twin: Twin, plan: Plan, report: Path, *, as_json: bool) -> None:
    from theratwin.cli.output import emit
    from theratwin.twin import predict

    prediction = predict(twin)
    total = {
        region: intervals[-1] for region, intervals in prediction.dose_per_activity().rows.items()
    }
    emit(
        "demo/1",
        {
            "dose_per_activity": {region: vars(interval) for region, interval in total.items()},
            "plan": plan.to_dict(),
            "report": str(report),
        },
        text=_text(prediction, plan, report),
        as_json=as_json,
        provenance=twin.provenance,
    )


def plan_lines(plan: Plan) -> list[str]:
    """Return what is recommended next, and why."""
    from textwrap import wrap

    course = "cycle" if plan.cycles == 1 else "cycles"
    return [
        f"Recommended: {1e-3 * plan.activity:.2f} GBq in each of {plan.cycles} further {course}.",
        *wrap(plan.reason, 88),
    ]


def _text(prediction: Prediction, plan: Plan, report: Path) -> str:
    table = prediction.dose_per_activity()
    lines = [
        "A simulated patient after two cycles of 177Lu-PSMA-I&T (5.4 GBq each).",
        "",
        "Absorbed dose per activity, Gy/GBq: median (90 % credible interval)",
        *(
            f"  {region:<15} {i[-1].median:.3g} ({i[-1].low:.3g} to {i[-1].high:.3g})"
            for region, i in table.rows.items()
        ),
        "",
        *plan_lines(plan),
        "",
        f"The report: {os.path.relpath(report)}",
        "Research use only. Not a medical device.",
    ]
    return "\n".join(lines)
