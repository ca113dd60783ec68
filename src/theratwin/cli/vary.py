"""``theratwin predict --vary``: one patient's doses per activity over a range."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from theratwin.cli.prediction_text import DISCLAIMER, interval_values
from theratwin.core.errors import InputError

if TYPE_CHECKING:
    from theratwin.twin import DoseStudy, Twin


def tell_study(
    twin: Twin,
    vary: str,
    options: Mapping[str, Any],
    *,
    plot: Path | None,
    as_json: bool,
    out: Path | None,
    force: bool,
) -> None:
    """Make the study that ``vary`` asks for, draw it if it should be, and tell it.

    Raises
    ------
    InputError
        If nothing of that name can be varied, or the amount is given and varied.
    """
    from theratwin.cli.output import emit
    from theratwin.cli.plot_file import save_plot

    study = _study(twin, vary, options)
    if plot is not None:
        from theratwin.report import plot_dose_study

        save_plot(plot_dose_study(study)[0], plot)
    emit(
        "dose-study/1",
        _values(study),
        unit={"vary": study.unit or "1", "own": study.unit or "1", "dose_per_activity": "Gy/GBq"},
        text=_text(study),
        as_json=as_json,
        out=out,
        force=force,
        provenance=study.provenance,
    )


def _study(twin: Twin, vary: str, options: Mapping[str, Any]) -> DoseStudy:
    from theratwin.twin import amount_study, sink_study

    studies: dict[str, Callable[..., DoseStudy]] = {
        "amount": amount_study,
        "tumor_burden": sink_study,
    }
    name, _, given = (part.strip() for part in vary.partition("="))
    if name not in studies or not given:
        raise InputError(
            "nothing of that name can be varied" if given else "this is no range",
            field="--vary",
            value=vary,
            allowed=list(studies) if given else '"NAME=LOW..HIGH UNIT"',
            remedy='Write it as "amount=20..500 nmol" or "tumor_burden=0..4"',
        )
    course = options["schedule"]
    if name == "amount" and course is not None and any(each.amount for each in course):
        raise InputError(
            "the amount is varied already", field="--amount", remedy="Leave out one of the two"
        )
    return studies[name](twin, given, **options)


def _values(study: DoseStudy) -> dict[str, Any]:
    return {
        "varied": study.varied,
        "vary": study.values,
        "own": study.own,
        "draws": study.draws,
        "radiopharmaceutical": study.case.radiopharmaceutical.name,
        "activity_MBq": study.schedule.activity,
        "cycles": len(study.schedule),
        "dose_per_activity": {
            region: [interval_values(interval) for interval in intervals]
            for region, intervals in study.intervals().items()
        },
    }


def _text(study: DoseStudy) -> str:
    case, cycles = study.case, len(study.schedule)
    course = f"{cycles} cycle" if cycles == 1 else f"{cycles} cycles"
    lines = [f"{case.name}: {case.radiopharmaceutical.name}, {course}"]
    if case.origin == "simulated":
        lines.append("The measurements are simulated.")
    lines += ["", f"Absorbed dose per activity [Gy/GBq], median (90 % of {study.draws} draws)"]
    intervals = study.intervals()
    table = [[f"{study.title}, {study.unit}" if study.unit else study.title, *intervals]]
    for k, value in enumerate(study.values.tolist()):
        at = (each[k] for each in intervals.values())
        cells = (f"{i.median:.3g} ({i.low:.3g} to {i.high:.3g})" for i in at)
        table.append([f"{value:.4g}", *cells])
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines += [
        "  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True))
        for row in table
    ]
    if study.varied == "tumor_burden":
        lines += ["", "A lesion's dose is that of the lesion as it is, while other tumor changes."]
    return "\n".join([*lines, "", DISCLAIMER])
