"""``theratwin plan``: the next activity and the number of cycles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from theratwin.cli.options import Force, Json, Out

if TYPE_CHECKING:
    from theratwin.planning import Limit

_UNITS = {"activity": "MBq", "time": "h", "interval": "h", "bound": "Gy", "dose": "Gy", "bed": "Gy"}


def register(app: typer.Typer) -> None:
    """Add the verb to the program."""
    app.command("plan")(plan)


def plan(
    twin: Annotated[Path, typer.Argument(metavar="TWIN", help="The twin's folder.")],
    maximize: Annotated[
        str | None,
        typer.Option(
            "--maximize",
            help="log-cell-kill, mean-lesion-bed or mean-lesion-dose; by default the first of "
            "these that the lesions' radiosensitivity allows.",
        ),
    ] = None,
    limit: Annotated[
        list[str] | None,
        typer.Option(
            "--limit",
            help='A limit with its probability, as "bed(kidneys) <= 28 Gy @ 0.95"; in place of '
            "the default on the same quantity, else beside the defaults. May be repeated.",
        ),
    ] = None,
    without_limit: Annotated[
        list[str] | None,
        typer.Option(
            "--without-limit",
            help="Leave out the default limit of this region on purpose, as red_marrow. May be "
            "repeated.",
        ),
    ] = None,
    max_activity: Annotated[
        str | None, typer.Option("--max-activity", help='Bound on a cycle\'s, as "9.3 GBq".')
    ] = None,
    max_cycles: Annotated[
        int | None, typer.Option("--max-cycles", help="Bound on all cycles, delivered included.")
    ] = None,
    interval: Annotated[
        str | None, typer.Option("--interval", help='Time between cycles, as "6 weeks".')
    ] = None,
    gland_weight: Annotated[
        float | None,
        typer.Option(
            "--gland-weight",
            help="Gy of lesion BED worth one Gy of mean gland BED; 0 leaves the glands out.",
        ),
    ] = None,
    delivered: Annotated[
        str | None,
        typer.Option("--delivered", help="Last administration given, if it was not measured."),
    ] = None,
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
