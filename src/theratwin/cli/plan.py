"""``theratwin plan``: the next activity and the number of cycles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from theratwin.cli.options import Force, Json, Out

if TYPE_CHECKING:
    from theratwin.planning import Limit

_UNITS = {"activity": "MBq", "time": "h", "interval": "h", "bound": "Gy", "dose": "Gy", "bed": "Gy"}


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
Interval = Annotated[str | None, typer.Option(help='Time between cycles, as "6 weeks".')]
GlandWeight = Annotated[
    float | None,
    typer.Option(help="Gy of lesion BED worth one Gy of mean gland BED; 0 leaves the glands out."),
]
Delivered = Annotated[
    str | None, typer.Option(help="Last administration given, if it was not measured.")
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
    gland_weight: GlandWeight = None,
    delivered: Delivered = None,
    as_json: Json = False,
    out: Out = None,
    force: Force = False,
) -> None:
    """Choose the next activity and the number of cycles, under limits and uncertainty."""
    from theratwin import planning
    from theratwin.cli.output import emit
    from theratwin.store import load_twin

    chosen = planning.plan(
        load_twin(twin),
        maximize=None if maximize is None else planning.objective_named(maximize),
        limits=_limits(limit or [], without_limit or []),
        bounds=planning.bounds(max_activity, max_cycles, interval),
        glands=gland_weight,
        delivered=delivered,
    )
    emit(
        "plan/1",
        chosen.to_dict(),
        unit=_UNITS,
        text=chosen.summary(),
        as_json=as_json,
        out=out,
        force=force,
        provenance=chosen.provenance,
    )


def _limits(given: list[str], without: list[str]) -> list[Limit]:
    """Return the default limits, less those left out or replaced, and those given."""
    from theratwin.planning import default_limits, parse_limit

    own = [parse_limit(text) for text in given]
    replaced = {limit.quantity for limit in own}
    kept = [each for each in default_limits(without=without) if each.quantity not in replaced]
    return [*kept, *own]
