"""``theratwin response tumor``: what becomes of a lesion after cycles of dose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
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
from theratwin.cli.response_options import options_among
from theratwin.cli.response_parameters import ModelSettings, ParameterFile, values_of
from theratwin.cli.response_survival import P53, Hr, Nhej, Phase, described
from theratwin.cli.response_tumor_text import UNITS, columns, summary, text
from theratwin.core.errors import InputError
from theratwin.core.provenance import Provenance
from theratwin.core.units import parse

if TYPE_CHECKING:
    from theratwin.core import Exposure
    from theratwin.response.cell_survival import CellModel
    from theratwin.response.tumor import TumorModel

Model = Annotated[str, typer.Option("--model", help="Of the cells, as for response survival.")]
Growth = Annotated[str, typer.Option("--growth", help="exponential, gompertz or logistic.")]
Cycles = Annotated[int, typer.Option("--cycles", help="How many times the dose is given.")]
Every = Annotated[str, typer.Option("--every", help="How far apart cycles begin.")]
Until = Annotated[
    str | None,
    typer.Option("--until", help='Follow up to this time, as "80 weeks"; else 2 years more.'),
]
Step = Annotated[str, typer.Option("--step", help="Between the times that are told.")]
_FOLLOW_UP = 2 * 365.25 * 24.0
_MOST_TIMES = 20_000
_LINEAR_QUADRATIC = ("alpha", "beta")


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("tumor")(tumor)


def tumor(
    acute: Acute = None,
    constant: Constant = None,
    duration: Duration = None,
    exponential: Exponential = None,
    half_life: HalfLife = None,
    terms: Terms = None,
    let: Let = None,
    cycles: Cycles = 1,
    every: Every = "6 weeks",
    growth: Growth = "exponential",
    model: Model = "lq",
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
    until: Until = None,
    step: Step = "1 d",
    plot: Plot = None,
    as_json: Json = False,
    out: Out = None,
    force: Force = False,
) -> None:
    """A lesion over time: volume, nadir, regrowth, RECIST, marker, control.

    The dose is that of one cycle. Parameters are those of the sets tumor and, as marker.NAME,
    markers, and those of the cells' model. A published or assumed set of numbers: see the page
    on methods.
    """
    check_plot(plot, force)
    schedule = _Schedule.of(cycles, every, until, step)
    once, _ = exposure_of(
        acute=acute,
        constant=constant,
        duration=duration,
        exponential=exponential,
        half_life=half_life,
        terms=terms,
        let=let,
    )
    options = {"phase": phase, "p53": p53, "hr": hr, "nhej": nhej}
    sensitivity = Sensitivity(tissue, alpha, alpha_beta, repair)
    lesion = _lesion(growth, model, options, sensitivity, settings, parameters)
    _follow(lesion, schedule, once, plot, parameters)(as_json=as_json, out=out, force=force)


def _follow(
    lesion: TumorModel,
    schedule: _Schedule,
    once: Exposure,
    plot: Path | None,
    file: Path | None,
) -> partial[None]:
    """Follow the lesion and draw it; returns what emits the result."""
    exposure = schedule.repeated(once)
    course = lesion.course(exposure, schedule.times)
    if plot is not None:
        from theratwin.report.plots.tumor_course import plot_tumor_course

        save_plot(plot_tumor_course(course, schedule.starts), plot)
    dose = float(exposure.dose(end=float(schedule.times[-1])))
    cells: CellModel = lesion.cells  # type: ignore[assignment]
    inputs = [] if file is None else [file]
    return partial(
        emit,
        "tumor/1",
        columns(course),
        unit=UNITS,
        text=text(course, dose, cells.name),
        provenance=Provenance.now(inputs=inputs, parameter_sets=_sets(lesion)),
        extra={
            "summary": summary(course),
            "dose": {"value": dose, "unit": "Gy"},
            "starts_day": [start / 24.0 for start in schedule.starts],
            "growth": lesion.growth,
            "parameters": _told(lesion),
            "cells": described(cells),
        },
    )


@dataclass(frozen=True)
class _Schedule:
    """When cycles begin, and when the lesion is looked at (h)."""

    starts: list[float]
    times: Any

    @classmethod
    def of(cls, cycles: int, every: str, until: str | None, step: str) -> _Schedule:
        import numpy as np

        if cycles < 1:
            raise InputError("at least one cycle is needed", field="--cycles", value=cycles)
        starts = [_positive(every, "--every") * number for number in range(cycles)]
        end = starts[-1] + _FOLLOW_UP if until is None else _positive(until, "--until")
        if end <= starts[-1]:
            raise InputError(
                "the last cycle begins later",
                field="--until",
                value=until,
                allowed=f"after {starts[-1]:g} h",
            )
        each = _positive(step, "--step")
        if end / each > _MOST_TIMES:
            raise InputError(
                "that makes too many times",
                field="--step",
                value=step,
                allowed=f"at least {end / _MOST_TIMES:.3g} h",
            )
        times = np.append(np.arange(0.0, end - 1e-9 * end, each), end)
        return cls(starts, times)

    def repeated(self, exposure: Exposure) -> Exposure:
        """Return the exposure of one cycle in all of them."""
        from dataclasses import replace

        from theratwin.core import joined

        rates = {
            component: joined([curve.shifted(start) for start in self.starts])
            for component, curve in exposure.dose_rate.items()
        }
        return replace(exposure, dose_rate=rates)


def _positive(text: str, field: str) -> float:
    number = parse(text, "h", field=field)
    if not 0 < number < float("inf"):
        raise InputError("this must be positive", field=field, value=text)
    return number


def _lesion(
    growth: str,
    model: str,
    options: Mapping[str, str | None],
    sensitivity: Sensitivity,
    settings: list[str] | None,
    file: Path | None,
) -> TumorModel:
    """Return the lesion: options of the cells before the file, ``--set`` before both."""
    from theratwin.response.cell_survival import cell_model_class
    from theratwin.response.tumor import TumorModel

    written = cell_model_class(model)
    of_options, settings = options_among(written, settings)
    cells = model_of(model, options, sensitivity, _growing(written, of_options), None)
    units = _units(TumorModel(growth, cells))
    of_cells = {name: unit for name, unit in cells.units.items() if name not in units}
    read = values_of(units | of_cells, None, file)
    _check_once(read, sensitivity)
    values = read | values_of(units | of_cells, settings)
    cells = cells.with_parameters({n: v for n, v in values.items() if n in of_cells})
    return TumorModel(growth, cells, {n: v for n, v in values.items() if n in units})


def _growing(written: type[CellModel], options: list[str]) -> list[str]:
    """Weight cells by their descendants, as a tumor that grows does, unless asked otherwise."""
    has = any(field.name == "follow" for field in fields(written))  # type: ignore[arg-type]
    asked = any(option.partition("=")[0].strip() == "follow" for option in options)
    return [*options, "follow=population"] if has and not asked else options


def _units(lesion: TumorModel) -> dict[str, str]:
    from theratwin.core import parameter_set

    known = {name: p.unit for name, p in parameter_set("response", "tumor").items()}
    markers = parameter_set("response", "markers").under("secreted")
    known |= {f"marker.{name}": p.unit for name, p in markers.items()}
    return {name: known[name] for name in lesion.names}


def _check_once(read: Mapping[str, float], sensitivity: Sensitivity) -> None:
    """Refuse radiosensitivity from the file and from options at a time."""
    given = (sensitivity.tissue, sensitivity.alpha, sensitivity.alpha_beta)
    for name in _LINEAR_QUADRATIC:
        if name in read and any(option is not None for option in given):
            raise InputError(
                "the file and an option both give the cells' radiosensitivity",
                field=f"--parameters: {name}",
                remedy="Leave out --tissue, --alpha and --alpha-beta, or take it from the file",
            )


def _sets(lesion: TumorModel) -> tuple[str, ...]:
    own = ("response/tumor", "response/markers", "response/response_criteria")
    cells: CellModel = lesion.cells  # type: ignore[assignment]
    return own if cells.parameter_set is None else (*own, "/".join(cells.parameter_set))


def _told(lesion: TumorModel) -> dict[str, Any]:
    """Return the values of the lesion in use, with their units."""
    return {
        name: {"value": float(lesion.value(name)), "unit": unit or "1"}
        for name, unit in _units(lesion).items()
    }
