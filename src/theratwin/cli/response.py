"""``theratwin response``: protraction, BED and survival of a course of dose rate."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from theratwin.cli.output import emit
from theratwin.cli.response_exposure import TERMS_HELP, Until, course, end_of, rows
from theratwin.core.errors import InputError
from theratwin.core.provenance import Provenance
from theratwin.core.units import parse

if TYPE_CHECKING:
    from theratwin.response import Repair, Tissue

app = typer.Typer(
    name="response",
    no_args_is_help=True,
    help="What dose does: protraction, BED, survival.",
    epilog="Research use only. Not a medical device.",
)

_REPAIR = typer.Option(
    help="Repair as a JSON list of components: the fraction and the half-time. Example: "
    '[[1, "2.8 h"]].'
)
Terms = Annotated[str, typer.Option("--terms", help=TERMS_HELP)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON with all digits.")]
Out = Annotated[Path | None, typer.Option(help="Write to this file, not to stdout.")]
Force = Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")]
TissueName = Annotated[str | None, typer.Option("--tissue", help="A tissue that ships, as kidneys")]
AlphaBeta = Annotated[str | None, typer.Option(help='In place of the tissue\'s, as "2.5 Gy".')]
OwnRepair = Annotated[str | None, _REPAIR]


@app.command()
def protraction(
    terms: Terms,
    repair: Annotated[str, _REPAIR],
    until: Until = None,
    as_json: AsJson = False,
    out: Out = None,
    force: Force = False,
) -> None:
    """The Lea-Catcheside factor G of a dose rate."""
    from theratwin.response import protraction_factor

    end = end_of(until)
    curve = course(terms, end)
    factor = float(protraction_factor(curve, _repair(repair), end))
    dose = float(curve.integral(end=end))
    emit(
        "protraction/1",
        {"G": factor, "dose": dose},
        unit={"G": "1", "dose": "Gy"},
        text=f"G     {factor:.10g}\ndose  {dose:.10g} Gy",
        as_json=as_json,
        out=out,
        force=force,
    )


@app.command()
def bed(
    terms: Terms,
    tissue: TissueName = None,
    alpha_beta: AlphaBeta = None,
    repair: OwnRepair = None,
    until: Until = None,
    as_json: AsJson = False,
    out: Out = None,
    force: Force = False,
) -> None:
    """Biologically effective dose and EQD2, all cycles in one; no repopulation."""
    from theratwin.response import effect_of

    end = end_of(until)
    curve = course(terms, end)
    effect = effect_of(curve, _tissue(tissue, alpha_beta, repair), until=end)
    doses = {"BED": effect.bed, "EQD2": effect.eqd2, "dose": effect.dose}
    _emit_doses("bed/1", doses, {}, tissue, as_json, out, force)


@app.command()
def survival(
    terms: Terms,
    tissue: TissueName = None,
    alpha: Annotated[str | None, typer.Option(help='As "0.147 /Gy".')] = None,
    alpha_beta: AlphaBeta = None,
    repair: OwnRepair = None,
    until: Until = None,
    as_json: AsJson = False,
    out: Out = None,
    force: Force = False,
) -> None:
    """Surviving fraction of the linear-quadratic model, and its logarithm."""
    from theratwin.response import log_cell_kill_of, survival_of

    end = end_of(until)
    curve = course(terms, end)
    cells = _tissue(tissue, alpha_beta, repair)
    if alpha is not None:
        cells = replace(cells, alpha=parse(alpha, "1/Gy", field="--alpha"))
    if cells.alpha is None:
        raise InputError(
            f"alpha of {cells.name} is unknown",
            field="--alpha",
            remedy='Give it, as "0.147 /Gy"; BED does without it',
        )
    kill = log_cell_kill_of(curve, cells, until=end)
    plain = {"survival": survival_of(curve, cells, until=end), "log_cell_kill": kill}
    _emit_doses("survival/1", {"dose": curve.integral(end=end)}, plain, tissue, as_json, out, force)


def _emit_doses(
    schema: str,
    doses: dict[str, Any],
    plain: dict[str, Any],
    tissue: str | None,
    as_json: bool,
    out: Path | None,
    force: bool,
) -> None:
    value = {name: float(number) for name, number in {**plain, **doses}.items()}
    unit = {name: "Gy" if name in doses else "1" for name in value}
    width = max(map(len, value)) + 2
    lines = [
        f"{name:<{width}}{number:.6g}{' Gy' if name in doses else ''}"
        for name, number in value.items()
    ]
    sets = ("response/tissues",) if tissue else ()
    emit(
        schema,
        value,
        unit=unit,
        text="\n".join(lines),
        as_json=as_json,
        out=out,
        provenance=Provenance.now(parameter_sets=sets),
        force=force,
    )


def _tissue(name: str | None, alpha_beta: str | None, repair: str | None) -> Tissue:
    """Take a tissue that ships, or what is given, which goes first."""
    from theratwin.response import Tissue, tissue

    ratio = None if alpha_beta is None else parse(alpha_beta, "Gy", field="--alpha-beta")
    known = None if repair is None else _repair(repair)
    if name is not None:
        base = tissue(name)
        return replace(
            base,
            alpha_beta=base.alpha_beta if ratio is None else ratio,
            repair=base.repair if known is None else known,
        )
    if ratio is None or known is None:
        missing = "--alpha-beta" if ratio is None else "--repair"
        raise InputError("this is missing", field=missing, remedy="Give it, or --tissue")
    return Tissue(ratio, known)


def _repair(text: str) -> Repair:
    from theratwin.response import Repair

    fractions, half_times = [], []
    for i, entry in enumerate(rows(text, "--repair")):
        field = f"--repair[{i}]"
        if not isinstance(entry, list) or len(entry) != 2:
            raise InputError(
                "this is no component of repair",
                field=field,
                value=entry,
                allowed='[fraction, half-time], as [1, "2.8 h"]',
            )
        bare = type(entry[0]) in (int, float)
        fraction = float(entry[0]) if bare else parse(entry[0], "", field=f"{field}[0]")
        fractions.append(fraction)
        half_times.append(parse(entry[1], "h", field=f"{field}[1]"))
    try:
        return Repair(tuple(fractions), tuple(half_times))
    except InputError as error:
        raise error.at("--repair") from None
