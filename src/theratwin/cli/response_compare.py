"""``theratwin response compare``: one exposure by every model of cell survival."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from theratwin.cli.lists import split
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
from theratwin.cli.response_options import option_values, options_among
from theratwin.cli.response_parameters import ModelSettings, ParameterFile, values_of
from theratwin.core.errors import InputError
from theratwin.core.provenance import Provenance

if TYPE_CHECKING:
    from theratwin.response.cell_survival import CellModel, Comparison

Models = Annotated[
    list[str] | None,
    typer.Option("--models", metavar="NAME,...", help="Which models; all without it."),
]
Matched = Annotated[
    bool,
    typer.Option(
        "--matched", help="Match the kinetic models to the values of lq before comparing."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("compare")(compare)


def compare(
    acute: Acute = None,
    constant: Constant = None,
    duration: Duration = None,
    exponential: Exponential = None,
    half_life: HalfLife = None,
    terms: Terms = None,
    let: Let = None,
    until: Until = None,
    models: Models = None,
    matched: Matched = False,
    settings: ModelSettings = None,
    parameters: ParameterFile = None,
    plot: Plot = None,
    as_json: Json = False,
    out: Out = None,
    force: Force = False,
) -> None:
    """Survival after one exposure by every model; parameters are named MODEL.NAME."""
    from theratwin.response.cell_survival import compare as compared

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
    chosen = _models(split(models), settings, parameters, matched)
    found = compared(exposure, chosen, end)
    if plot is not None:
        from theratwin.report.plots.survival import plot_survival

        save_plot(plot_survival(found, exposure, end), plot)
    emit(
        "survival_comparison/1",
        {answer.name: answer.survival for answer in found.answers},
        unit="1",
        text=_text(found),
        as_json=as_json,
        out=out,
        provenance=Provenance.now(parameter_sets=_sets(found)),
        force=force,
        extra={
            "dose": {"value": float(exposure.dose(end=end)), "unit": "Gy"},
            "models": {answer.name: _details(answer) for answer in found.answers},
        },
    )


def _models(
    names: list[str], settings: list[str] | None, file: Path | None, matched: bool
) -> list[CellModel]:
    from theratwin.response.cell_survival import cell_model_class, cell_model_names

    made = {}
    for name in names or cell_model_names():
        written = cell_model_class(name)
        entries, settings = options_among(written, settings, f"{name}.")
        made[name] = written.of(**option_values(written, entries, f"{name}."))
    units = {f"{name}.{key}": u for name, m in made.items() for key, u in m.units.items()}
    values = values_of(units, settings, file)
    own: dict[str, dict[str, float]] = {name: {} for name in made}
    for path, value in values.items():
        name, _, key = path.partition(".")
        own[name][key] = value
    return list(_match(made, own) if matched else _given(made, own))


def _given(
    models: dict[str, CellModel], values: dict[str, dict[str, float]]
) -> Iterator[CellModel]:
    for name, model in models.items():
        yield model.with_parameters(values[name])


def _match(
    models: dict[str, CellModel], values: dict[str, dict[str, float]]
) -> Iterator[CellModel]:
    """Match kinetic models to ``lq``; values of theirs may be those that the match leaves free."""
    from theratwin.response.cell_survival import matched_models

    if "lq" not in models:
        raise InputError("there is no lq to match", field="--matched", remedy="Add it to --models")
    p = models["lq"].with_parameters(values["lq"]).parameters
    rate = math.log(2.0) / p["repair_half_time"]
    matches = matched_models(p["alpha"], p["beta"], rate, values)
    for name, model in models.items():
        yield matches[name] if name in matches else model.with_parameters(values[name])


def _details(answer: Any) -> dict[str, Any]:
    from theratwin.cli.response_survival import described

    outcome = {"refused": answer.refusal} if answer.refusal else {"log_kill": answer.log_kill}
    return outcome | described(answer.model)


def _sets(found: Comparison) -> tuple[str, ...]:
    sets = (a.model.parameter_set for a in found.answers if a.model.parameter_set is not None)
    return tuple(dict.fromkeys("/".join(one) for one in sets))


def _text(found: Comparison) -> str:
    rows = found.rows
    widths = [max(len(row[k]) for row in rows) for k in range(3)]
    lines = []
    for name, survival, kill, remark in rows:
        line = f"{name:<{widths[0]}}  {survival:>{widths[1]}}  {kill:>{widths[2]}}  {remark}"
        lines.append(line.rstrip())
    return "\n".join(lines)
