"""``theratwin response counts``: blood counts over a course, their nadirs and grades."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from theratwin.cli.output import emit
from theratwin.cli.plot_file import Plot, check_plot, save_plot
from theratwin.cli.response_counts_text import course, summary, text, units
from theratwin.cli.response_exposure import (
    Acute,
    Constant,
    Duration,
    Exponential,
    HalfLife,
    Terms,
    exposure_of,
)
from theratwin.cli.response_parameters import ParameterFile, Settings, values_of
from theratwin.core.errors import InputError
from theratwin.core.provenance import Provenance
from theratwin.core.units import parse

if TYPE_CHECKING:
    from theratwin.core import Curve
    from theratwin.response.blood import BloodCounts

_MODELS = {"hematopoiesis": "blood_lines", "friberg": "friberg"}
_DRUGS = ("docetaxel",)

Model = Annotated[
    str,
    typer.Option(help="hematopoiesis: all lines, by dose to marrow; friberg: neutrophils, a drug."),
]
Cycles = Annotated[int, typer.Option(help="How many times the dose is given.")]
Every = Annotated[str, typer.Option(help="How far apart cycles begin.")]
Drug = Annotated[str | None, typer.Option(help="For friberg: docetaxel.")]
DrugDose = Annotated[
    str | None, typer.Option("--dose", help='Of the drug in each cycle, as "180 mg".')
]
Until = Annotated[
    str | None,
    typer.Option("--until", help='Follow up to this time, as "40 weeks"; else 100 d more.'),
]


def counts(
    acute: Acute = None,
    constant: Constant = None,
    duration: Duration = None,
    exponential: Exponential = None,
    half_life: HalfLife = None,
    terms: Terms = None,
    model: Model = "hematopoiesis",
    cycles: Cycles = 1,
    every: Every = "6 weeks",
    drug: Drug = None,
    dose: DrugDose = None,
    parameters: ParameterFile = None,
    settings: Settings = None,
    until: Until = None,
    plot: Plot = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON with all digits.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write to this file, not to stdout.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
) -> None:
    """Blood counts from the dose rate of red marrow: lowest count, day, grade, recovery.

    The dose is that of one cycle. An experimental model: see its page on methods.
    """
    check_plot(plot, force)
    _check(model, cycles, drug, dose)
    forms: dict[str, str | None] = {
        "acute": acute,
        "constant": constant,
        "duration": duration,
        "exponential": exponential,
        "half_life": half_life,
        "terms": terms,
    }
    starts = [_positive(every, "--every") * number for number in range(cycles)]
    values = _values(model, settings, parameters)
    marrow = None
    if drug is None or any(given is not None for given in forms.values()):
        marrow = _repeated(exposure_of(**forms, until=until)[0].total_dose_rate, starts)
    end = _end(starts, until)
    if drug is None:
        assert marrow is not None  # a dose is asked for without a drug
        found = _radiation(marrow, end, values)
    else:
        found = _docetaxel(dose or "", end, cycles, every, marrow, values)
    if plot is not None:
        from theratwin.report.plots.blood_counts import plot_blood_counts

        save_plot(plot_blood_counts(found, starts), plot)
    emit(
        "counts/1",
        {line: summary(found, line, starts) for line in found.lines},
        unit=units(found),
        text=text(found, starts),
        as_json=as_json,
        out=out,
        provenance=Provenance.now(parameter_sets=(f"response/{_MODELS[model]}",)),
        force=force,
        extra={
            "model": model,
            "starts_day": [start / 24.0 for start in starts],
            "course": course(found),
        },
    )


def _check(model: str, cycles: int, drug: str | None, dose: str | None) -> None:
    if model not in _MODELS:
        raise InputError("no such model", field="--model", value=model, allowed=[*_MODELS])
    if cycles < 1:
        raise InputError("at least one cycle is needed", field="--cycles", value=cycles)
    if drug is not None and drug not in _DRUGS:
        raise InputError("no such drug", field="--drug", value=drug, allowed=_DRUGS)
    if (drug is None) != (dose is None):
        missing = "--drug" if drug is None else "--dose"
        raise InputError(
            "a drug and its dose go together",
            field=missing,
            remedy='Give both, as --drug docetaxel --dose "180 mg"',
        )
    if (drug is not None) != (model == "friberg"):
        raise InputError(
            "drugs belong to the model friberg, and it to drugs",
            field="--model",
            value=model,
            remedy="Give --model friberg with --drug and --dose, or neither",
        )


def _positive(text: str, field: str) -> float:
    number = parse(text, "h", field=field)
    if not number > 0:
        raise InputError("this must be positive", field=field, value=text)
    return number


def _values(model: str, settings: list[str] | None, file: Path | None) -> dict[str, float]:
    from theratwin.core import parameter_set

    known = parameter_set("response", _MODELS[model])
    return values_of({name: p.unit for name, p in known.items()}, settings, file)


def _repeated(curve: Curve, starts: list[float]) -> Curve:
    from theratwin.core import joined

    return joined([curve.shifted(start) for start in starts])


def _end(starts: list[float], until: str | None) -> float:
    if until is None:
        return starts[-1] + 100 * 24.0
    end = _positive(until, "--until")
    if end <= starts[-1]:
        raise InputError(
            "the last cycle begins later", field="--until", value=until, allowed=f"> {starts[-1]} h"
        )
    return end


def _times(end: float) -> Any:
    import numpy as np

    return np.append(np.arange(0.0, end, 6.0), end)


def _radiation(marrow: Curve, end: float, values: Mapping[str, float]) -> BloodCounts:
    from theratwin.response.blood import blood_counts

    return blood_counts(marrow, _times(end), parameters=values)


def _docetaxel(
    dose: str,
    end: float,
    cycles: int,
    every: str,
    marrow: Curve | None,
    values: Mapping[str, float],
) -> BloodCounts:
    from theratwin.response.blood import docetaxel_course

    return docetaxel_course(
        dose, _times(end), cycles=cycles, every=every, marrow=marrow, parameters=values
    )


def register(app: typer.Typer) -> None:
    """Add the command to ``theratwin response``."""
    app.command()(counts)
