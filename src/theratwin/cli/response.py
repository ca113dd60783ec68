"""``theratwin response``: protraction and BED of a course of dose rate; the further commands."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from theratwin.cli import response_compare, response_counts, response_survival, response_tumor
from theratwin.cli.output import emit
from theratwin.cli.plot_file import Plot, check_plot, save_plot
from theratwin.cli.response_exposure import (
    TERMS_HELP,
    Acute,
    Constant,
    Duration,
    Exponential,
    HalfLife,
    Until,
    course,
    end_of,
    exposure_of,
)
from theratwin.cli.response_exposure import Terms as AnyTerms
from theratwin.cli.response_repair import REPAIR, OwnRepair, repair_of
from theratwin.core.errors import InputError
from theratwin.core.provenance import Provenance
from theratwin.core.units import parse

if TYPE_CHECKING:
    from theratwin.response import Tissue

app = typer.Typer(
    name="response",
    no_args_is_help=True,
    help="What dose does: protraction, BED, survival of cells.",
    epilog="Research use only. Not a medical device.",
)

Terms = Annotated[str, typer.Option("--terms", help=TERMS_HELP)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON with all digits.")]
Out = Annotated[Path | None, typer.Option(help="Write to this file, not to stdout.")]
Force = Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")]
TissueName = Annotated[str | None, typer.Option("--tissue", help="A tissue that ships, as kidneys")]
AlphaBeta = Annotated[str | None, typer.Option(help='In place of the tissue\'s, as "2.5 Gy".')]

response_survival.register(app)
response_compare.register(app)
response_counts.register(app)
response_tumor.register(app)


@app.command()
def protraction(
    terms: Terms,
    repair: Annotated[str, REPAIR],
    until: Until = None,
    as_json: AsJson = False,
    out: Out = None,
    force: Force = False,
) -> None:
    """The Lea-Catcheside factor G of a dose rate."""
    from theratwin.response import protraction_factor

    end = end_of(until)
    curve = course(terms, end)
    factor = float(protraction_factor(curve, repair_of(repair), end))
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
    acute: Acute = None,
    constant: Constant = None,
    duration: Duration = None,
    exponential: Exponential = None,
    half_life: HalfLife = None,
    terms: AnyTerms = None,
    tissue: TissueName = None,
    alpha_beta: AlphaBeta = None,
    repair: OwnRepair = None,
    until: Until = None,
    plot: Plot = None,
    as_json: AsJson = False,
    out: Out = None,
    force: Force = False,
) -> None:
    """Biologically effective dose and EQD2, all cycles in one; no repopulation."""
    from theratwin.response import effect_of

    check_plot(plot, force)
    exposure, end = exposure_of(
        acute=acute,
        constant=constant,
        duration=duration,
        exponential=exponential,
        half_life=half_life,
        terms=terms,
        until=until,
    )
    known = _tissue(tissue, alpha_beta, repair)
    effect = effect_of(exposure, known, until=end)
    if plot is not None:
        from theratwin.report.plots.bed_course import plot_bed_course

        save_plot(plot_bed_course(exposure, known, end), plot)
    doses = {"BED": effect.bed, "EQD2": effect.eqd2, "dose": effect.dose}
    _emit_bed(doses, tissue, as_json, out, force)


def _emit_bed(
    doses: dict[str, float], tissue: str | None, as_json: bool, out: Path | None, force: bool
) -> None:
    value = {name: float(number) for name, number in doses.items()}
    sets = ("response/tissues",) if tissue else ()
    emit(
        "bed/1",
        value,
        unit=dict.fromkeys(value, "Gy"),
        text="\n".join(f"{name:<6}{number:.6g} Gy" for name, number in value.items()),
        as_json=as_json,
        out=out,
        provenance=Provenance.now(parameter_sets=sets),
        force=force,
    )


def _tissue(name: str | None, alpha_beta: str | None, repair: str | None) -> Tissue:
    """Take a tissue that ships, or what is given, which goes first."""
    from theratwin.response import Tissue, tissue

    ratio = None if alpha_beta is None else parse(alpha_beta, "Gy", field="--alpha-beta")
    known = None if repair is None else repair_of(repair)
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
