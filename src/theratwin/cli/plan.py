"""``theratwin plan``: the next activity and the number of cycles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from theratwin.cli.options import Force, Json, Out
from theratwin.core.errors import InputError

if TYPE_CHECKING:
    from theratwin.planning import Limit, Objective, Plan, ScanValue, Sensitivity
    from theratwin.twin import Twin

_UNITS = {
    "activity": "MBq",
    "amount": "nmol",
    "time": "h",
    "duration": "h",
    "interval": "h",
    "bound": "Gy",
    "dose": "Gy",
    "bed": "Gy",
}


TwinFolder = Annotated[Path, typer.Argument(metavar="TWIN", help="The twin's folder.")]
Maximize = Annotated[
    str | None,
    typer.Option(
        help="log-cell-kill, mean-lesion-bed or mean-lesion-dose; by default the first of these "
        "that the lesions' radiosensitivity allows."
    ),
]
LimitTexts = Annotated[
    list[str] | None,
    typer.Option(
        "--limit",
        help='A limit with its probability, as "bed(kidneys) <= 28 Gy @ 0.95"; in place of the '
        "default on the same quantity, else beside the defaults. May be repeated.",
    ),
]
WithoutLimit = Annotated[
    list[str] | None,
    typer.Option(
        help="Leave out the default limit of this region on purpose, as red_marrow. May be "
        "repeated."
    ),
]
MaxActivity = Annotated[str | None, typer.Option(help='Largest activity of a cycle, as "9.3 GBq".')]
MaxCycles = Annotated[
    int | None, typer.Option(help="Largest number of cycles, delivered ones included.")
]
Interval = Annotated[
    str | None,
    typer.Option(
        help='Time between cycles, as "6 weeks"; or a range to choose from, as "6..10 weeks", '
        "with --doubling-time."
    ),
]
Amount = Annotated[
    str | None,
    typer.Option(
        help='Ligand of each further cycle, as "57 nmol", or a range to choose from, as '
        '"20..300 nmol"; by default as last given. For a whole body.'
    ),
]
InfusionTime = Annotated[
    str | None,
    typer.Option(
        "--infusion",
        help='Length of each further infusion likewise, as "30 min" or "10..240 min".',
    ),
]
DoublingTime = Annotated[
    str | None,
    typer.Option(
        help='In which the tumor\'s clonogens double between cycles, as "60 days"; not counted by '
        "default. For log-cell-kill."
    ),
]
Beside = Annotated[
    Path | None,
    typer.Option(
        metavar="TWIN",
        help="Another twin of the same patient, as one of curves: what its plan would do by this "
        "one.",
    ),
]
GlandWeight = Annotated[
    float | None,
    typer.Option(help="Gy of lesion BED worth one Gy of mean gland BED; 0 leaves the glands out."),
]
ShowSensitivity = Annotated[
    bool,
    typer.Option(
        "--sensitivity",
        help="Show how the plan changes with its assumptions, and which unknowns decide it.",
    ),
]
Scans = Annotated[
    list[str] | None,
    typer.Option(
        "--scan",
        help='What one more scan would be worth to the plan, as "cycle 2 at 72 h". May be '
        "repeated.",
    ),
]
Delivered = Annotated[
    str | None, typer.Option(help="Last administration given, if it was not measured.")
]


ExternalBeamTexts = Annotated[
    list[str] | None,
    typer.Option(
        "--external-beam",
        help="External-beam fractions beside the cycles, by region: "
        '"lesion_1: 3 Gy x 5 from 2 weeks every 1 day", counted from the first administration. '
        "May be repeated.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the verb to the program."""
    app.command("plan")(plan)


def plan(
    twin: TwinFolder,
    maximize: Maximize = None,
    limit: LimitTexts = None,
    without_limit: WithoutLimit = None,
    max_activity: MaxActivity = None,
    max_cycles: MaxCycles = None,
    interval: Interval = None,
    amount: Amount = None,
    infusion: InfusionTime = None,
    doubling_time: DoublingTime = None,
    gland_weight: GlandWeight = None,
    delivered: Delivered = None,
    external_beam: ExternalBeamTexts = None,
    beside: Beside = None,
    show_sensitivity: ShowSensitivity = False,
    scan: Scans = None,
    as_json: Json = False,
    out: Out = None,
    force: Force = False,
) -> None:
    """Choose the next activity and the number of cycles, under limits and uncertainty."""
    from theratwin import planning
    from theratwin.case import parse_external_beam
    from theratwin.cli.output import emit
    from theratwin.store import load_twin

    asked = {
        "maximize": _objective(maximize, doubling_time),
        "limits": _limits(limit or [], without_limit or []),
        "glands": gland_weight,
        "delivered": delivered,
        "external_beam": [parse_external_beam(text) for text in external_beam or []],
    }
    rival = None
    if beside is not None:
        own = planning.bounds(max_activity, max_cycles, interval)
        rival = planning.plan(load_twin(beside), bounds=own, **asked)
    bounds = planning.bounds(max_activity, max_cycles, interval, amount=amount, infusion=infusion)
    scans = [_scan(text) for text in scan or []]
    known = load_twin(twin)
    chosen = planning.plan(known, bounds=bounds, beside=rival, **asked)
    found = planning.sensitivity(known, chosen) if show_sensitivity else None
    worth = [_worth(known, chosen, *each) for each in scans]
    value = chosen.to_dict()
    value |= {} if found is None else {"sensitivity": found.to_dict()}
    value |= {"scans": [each.to_dict() for each in worth]} if worth else {}
    emit(
        "plan/1",
        value,
        unit=_UNITS,
        text=_text(chosen, found, worth),
        as_json=as_json,
        out=out,
        force=force,
        provenance=chosen.provenance,
    )


def _text(chosen: Plan, found: Sensitivity | None, worth: list[ScanValue]) -> str:
    from theratwin.planning.premises import scans_text, sensitivity_text

    parts = [] if found is None else [sensitivity_text(chosen, found)]
    parts += [scans_text(worth)] if worth else []
    return "\n\n".join([chosen.summary(), *parts])


def _worth(twin: Twin, chosen: Plan, administration: str, time: str) -> ScanValue:
    from theratwin.planning import scan_value

    try:
        return scan_value(twin, chosen, administration, time)
    except InputError as error:
        raise error.at("--scan") from None


def _scan(text: str) -> tuple[str, str]:
    """Return administration and time of a scan."""
    administration, separator, time = text.rpartition(" at ")
    if not separator:
        raise InputError(
            "this is no scan",
            field="--scan",
            value=text,
            remedy='Name the administration and the time after it, as "cycle 2 at 72 h"',
        )
    return administration.strip(), time.strip()


def _objective(name: str | None, doubling_time: str | None) -> Objective | None:
    """Return the objective of a name; with growth log cell kill, which alone counts it."""
    from theratwin import planning

    if doubling_time is None:
        return None if name is None else planning.objective_named(name)
    if name not in (None, "log-cell-kill"):
        raise InputError(
            "only log cell kill counts growth",
            field="--doubling-time",
            value=doubling_time,
            remedy="Maximize log-cell-kill, or leave it out",
        )
    return planning.log_cell_kill(doubling_time=doubling_time)


def _limits(given: list[str], without: list[str]) -> list[Limit]:
    """Return the default limits, less those left out or replaced, and those given."""
    from theratwin.planning import default_limits, parse_limit

    own = [parse_limit(text) for text in given]
    replaced = {limit.quantity for limit in own}
    kept = [each for each in default_limits(without=without) if each.quantity not in replaced]
    return [*kept, *own]
