"""The walk: calibrate on cycle 1, update with cycle 2, plan, report."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from theratwin.cli.options import Json, Quiet, Seed
from theratwin.core.errors import InputError

if TYPE_CHECKING:
    from theratwin.planning import Plan
    from theratwin.twin import Interval, Twin

CURVES = "curves"
#: The models that the demo may walk with, as its text calls them.
NAMES = {CURVES: "curves", "psma": "the whole body"}
MODELS = tuple(NAMES)
FILES = ("case.toml", "cycle1.csv", "cycle2.csv")


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("demo")(demo)


def demo(
    out: Annotated[Path, typer.Option("--out", help="Where everything is put.")] = Path("out/demo"),
    model: Annotated[
        str,
        typer.Option("--model", help='"curves", or "psma": a whole body, with curves beside it.'),
    ] = CURVES,
    seed: Seed = 1,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Walk a simulated Lu-177 PSMA patient through the loop: scans, doses, plan, report."""
    from theratwin.cli.watch import doing
    from theratwin.report import write_report

    if model not in MODELS:
        raise InputError("the demo has no such model", field="--model", value=model, allowed=MODELS)
    copy_files(out)
    walked: list[Walked] = []
    if model != CURVES:
        walked.append(_walk(out, CURVES, "twin-curves", seed, quiet=quiet))
    rival = walked[0].plan if walked else None
    walked.insert(0, _walk(out, model, "twin", seed, rival, quiet=quiet))
    with doing("Writing the report", quiet=quiet):
        beside = {"beside": walked[1].twin, "beside_plan": walked[1].plan} if walked[1:] else {}
        report = write_report(walked[0].twin, out / "report.html", plan=walked[0].plan, **beside)
    _tell(walked, report, as_json=as_json)


@dataclass(frozen=True)
class Walked:
    """One model's walk: its twin after both cycles, the plan, and the doses per activity."""

    twin: Twin
    plan: Plan
    doses: Mapping[str, Interval]


def _walk(
    out: Path, model: str, folder: str, seed: int, rival: Plan | None = None, *, quiet: bool
) -> Walked:
    """Calibrate on cycle 1, update with cycle 2, keep the twin, and plan, beside another plan."""
    from theratwin import planning
    from theratwin import twin as rooms
    from theratwin.cli.watch import doing
    from theratwin.io import load_case, load_measurements
    from theratwin.store import save_twin

    with doing(f"Calibrating on cycle 1 ({model})", quiet=quiet):
        before = rooms.calibrate(load_case(out / "case.toml"), seed=seed, model=model)
    with doing(f"Updating with cycle 2 ({model})", quiet=quiet):
        scans = load_measurements(out / "cycle2.csv", before.case)
        twin = rooms.update(before, scans, inputs=[out / "cycle2.csv"])
        save_twin(twin, out / folder, force=True)
    with doing(f"Planning ({model})", quiet=quiet):
        plan = planning.plan(twin, beside=rival)
    rows = rooms.predict(twin).dose_per_activity().rows
    return Walked(twin, plan, {region: intervals[-1] for region, intervals in rows.items()})


def copy_files(folder: Path) -> None:
    """Put the demo's case and measurements into a folder, where a user can read and change them."""
    from theratwin.core.files import write_text

    shipped = files("theratwin.cli.demo")
    for name in FILES:
        write_text(folder / name, shipped.joinpath(name).read_text(encoding="utf-8"))


def _tell(walked: Sequence[Walked], report: Path, *, as_json: bool) -> None:
    from theratwin.cli.output import emit

    value = [
        {
            "model": each.twin.model,
            "dose_per_activity": {region: vars(i) for region, i in each.doses.items()},
            "plan": each.plan.to_dict(),
            "warnings": list(each.twin.warnings),
        }
        for each in walked
    ]
    emit(
        "demo/1",
        value[0] | {"report": str(report)} | ({"beside": value[1]} if value[1:] else {}),
        text=_text(walked, report),
        as_json=as_json,
        provenance=walked[0].twin.provenance,
    )


def plan_lines(plan: Plan) -> list[str]:
    """Return what is recommended next, and why."""
    course = "cycle" if plan.cycles == 1 else "cycles"
    return [
        f"Recommended: {1e-3 * plan.activity:.2f} GBq in each of {plan.cycles} further {course}.",
        *wrapped([plan.reason]),
    ]


def _text(walked: Sequence[Walked], report: Path) -> str:
    lines = ["A simulated patient after two cycles of 177Lu-PSMA-I&T (5.4 GBq each)."]
    for each in walked:
        called = "" if len(walked) == 1 else f" by {NAMES[each.twin.model]}"
        lines += [
            "",
            f"Absorbed dose per activity{called}, Gy/GBq: median (90 % credible interval)",
            *(
                f"  {region:<15} {i.median:.3g} ({i.low:.3g} to {i.high:.3g})"
                for region, i in each.doses.items()
            ),
            "",
            *plan_lines(each.plan),
            *wrapped(f"Warning: {warning}." for warning in each.twin.warnings),
        ]
    lines += ["", f"The report: {os.path.relpath(report)}"]
    return "\n".join([*lines, "Research use only. Not a medical device."])


def wrapped(texts: Iterable[str]) -> list[str]:
    """Return texts in lines that a terminal can hold."""
    from textwrap import wrap

    return [line for text in texts for line in wrap(text, 88)]
