"""The section on two models of the same data, ready for its template."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from theratwin.case import Case, Measurements
from theratwin.core.errors import InputError
from theratwin.report import figures, planned
from theratwin.report.beside import compared
from theratwin.report.body import model_title
from theratwin.report.plots.beside import STYLES
from theratwin.twin import Twin

if TYPE_CHECKING:
    from theratwin.planning import Plan


def two_models(
    twin: Twin, plan: Plan | None, other: Twin | None, other_plan: Plan | None
) -> dict[str, Any]:
    """Return what stands in the section on two models; without a second one, nothing."""
    if other is None:
        if other_plan is not None:
            raise InputError(
                "there is a plan of a twin beside, but no such twin",
                field="beside_plan",
                remedy="Give the twin too, as beside",
            )
        return {"beside": None}
    require_same_data(twin, other)
    if other_plan is not None:
        planned.require_same_case(other_plan, other)
    plans = ((twin, plan), (other, other_plan))
    courses = [
        (model_title(each), planned.course_in_words(own) if own else "not planned")
        for each, own in plans
    ]
    return {
        "beside": compared(twin, other),
        "beside_panels": figures.beside(twin, other),
        "beside_colors": [color for color, _, _ in STYLES],
        "beside_courses": courses if plan or other_plan else [],
    }


def require_same_data(twin: Twin, other: Twin) -> None:
    """Raise if two twins are not of the same data, or are of the same model.

    Raises
    ------
    InputError
        If so.
    """
    if _plain(twin.case) != _plain(other.case):
        raise InputError(
            "the two twins rest on different cases or different measurements",
            field="beside",
            value=other.case.name,
            allowed=twin.case.name,
            remedy="Calibrate both from the same case file, and update both with the same scans",
        )
    if twin.model == other.model:
        raise InputError(
            "both twins have the same model",
            field="beside",
            value=other.model,
            remedy='Calibrate the other one with another model, as with model = "curves"',
        )


def _plain(case: Case) -> Case:
    """Return a case without the files that it was read from, and whatever order they had."""
    return replace(
        case,
        model="curves",
        files=(),
        measurements=_ordered(case.measurements),
        diagnostics=tuple(
            replace(each, measurements=_ordered(each.measurements)) for each in case.diagnostics
        ),
    )


def _ordered(measurements: Measurements) -> Measurements:
    measured = sorted(
        (replace(each, source="") for each in measurements),
        key=lambda each: (each.region, each.administration, each.time, each.value),
    )
    return Measurements(tuple(measured))
