"""``theratwin response survival``: the surviving fraction by any model of cells."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Annotated, Any

import typer

from theratwin.cli.options import Force, Json, Out
from theratwin.cli.output import emit
from theratwin.cli.plot_file import Plot, check_plot, save_plot
from theratwin.cli.response_exposure import (
    Acute,
    Constant,
    Duration,
    Exponential,
    HalfLife,
    Let,
    Terms,
    Until,
    exposure_of,
)
from theratwin.cli.response_model import (
    Alpha,
    AlphaBeta,
    ModelRepair,
    Sensitivity,
    TissueName,
    model_of,
)
from theratwin.cli.response_parameters import ModelSettings, ParameterFile
from theratwin.core.provenance import Provenance

if TYPE_CHECKING:
    from pathlib import Path

    from theratwin.core import Exposure
    from theratwin.response.cell_survival import CellModel

Model = Annotated[
    str,
    typer.Option(
        "--model", help="linear, lq, lq-l, lq-mixed, lpl, rmr, tlk, neira, mkm, medras, medras-rpt."
    ),
]
Phase = Annotated[
    str | None, typer.Option("--phase", help="Of the cycle: G1, S, G2, M or asynchronous.")
]
P53 = Annotated[str | None, typer.Option("--p53", help="wildtype or mutant.")]
Hr = Annotated[
    str | None, typer.Option("--hr", help="Homologous recombination: proficient or deficient.")
]
Nhej = Annotated[str | None, typer.Option("--nhej", help="End joining: proficient or deficient.")]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("survival")(survival)


def survival(
    model: Model = "lq",
    acute: Acute = None,
    constant: Constant = None,
    duration: Duration = None,
    exponential: Exponential = None,
    half_life: HalfLife = None,
    terms: Terms = None,
    let: Let = None,
    until: Until = None,
    phase: Phase = None,
    p53: P53 = None,
    hr: Hr = None,
    nhej: Nhej = None,
    tissue: TissueName = None,
    alpha: Alpha = None,
    alpha_beta: AlphaBeta = None,
    repair: ModelRepair = None,
    settings: ModelSettings = None,
    parameters: ParameterFile = None,
    plot: Plot = None,
    as_json: Json = False,
    out: Out = None,
    force: Force = False,
) -> None:
    """Surviving fraction of cells after an exposure, by a model and its parameters."""
    check_plot(plot, force)
    exposure, end = exposure_of(
        acute=acute,
        constant=constant,
        duration=duration,
        exponential=exponential,
        half_life=half_life,
        terms=terms,
        let=let,
        until=until,
    )
    options = {"phase": phase, "p53": p53, "hr": hr, "nhej": nhej}
    sensitivity = Sensitivity(tissue, alpha, alpha_beta, repair)
    cells = model_of(model, options, sensitivity, settings, parameters)
    if plot is not None:
        _draw(cells, exposure, end, plot)
    fraction = float(cells.survival(exposure, end))
    extra = {
        "log_kill": float(cells.log_kill(exposure, end)),
        "dose": {"value": float(exposure.dose(end=end)), "unit": "Gy"},
        **described(cells),
    }
    sets = () if cells.parameter_set is None else ("/".join(cells.parameter_set),)
    emit(
        "survival/2",
        fraction,
        unit="1",
        text=_text(fraction, extra),
        as_json=as_json,
        out=out,
        provenance=Provenance.now(parameter_sets=sets),
        force=force,
        extra=extra,
    )


def _draw(cells: CellModel, exposure: Exposure, end: float, plot: Path) -> None:
    from theratwin.report.plots.survival import plot_survival
    from theratwin.response.cell_survival import compare

    save_plot(plot_survival(compare(exposure, [cells], end), exposure, end), plot)


def described(cells: CellModel) -> dict[str, Any]:
    """Return a model's name, options and parameters with their units, and where it comes from."""
    options = {part.name: getattr(cells, part.name) for part in fields(cells)}
    return {
        "model": cells.name,
        "origin": cells.origin,
        "options": {name: _told(value) for name, value in options.items() if name != "parameters"},
        "parameters": {
            name: {"value": value, "unit": cells.units[name] or "1"}
            for name, value in cells.parameters.items()
        },
        "citations": list(cells.citations),
    }


def _told(option: Any) -> Any:
    from theratwin.response import Repair

    if isinstance(option, Repair):
        return {"fractions": list(option.fractions), "half_times_h": list(option.half_times)}
    return option


def _text(fraction: float, extra: dict[str, Any]) -> str:
    head = {
        "model": extra["model"],
        "surviving fraction": f"{fraction:.6g}",
        "-ln S": f"{extra['log_kill']:.6g}",
        "dose": f"{extra['dose']['value']:.6g} Gy",
    }
    for name, told in extra["parameters"].items():
        unit = "" if told["unit"] == "1" else f" {told['unit']}"
        head[name] = f"{float(told['value']):.6g}{unit}"
    width = max(map(len, head)) + 2
    return "\n".join(f"{name:<{width}}{value}" for name, value in head.items())
