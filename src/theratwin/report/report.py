"""One self-contained HTML page of a twin."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from theratwin.case import Schedule
from theratwin.core.files import write_text
from theratwin.report import facts, figures, planned
from theratwin.report.beamed import with_beams
from theratwin.report.body_content import body_content
from theratwin.report.cautions import cautions
from theratwin.report.changes import changes
from theratwin.report.dose_table import cross_dose_in_words, dose_table, rate_table
from theratwin.report.headline import LESIONS_SHOWN, answers, limit_uses
from theratwin.report.names import in_order, title
from theratwin.report.numbers import listed
from theratwin.report.quality import quality
from theratwin.report.sources import assumptions, sources
from theratwin.report.style import CYCLES
from theratwin.report.two_models import two_models
from theratwin.twin import Prediction, Twin, body_of, predict
from theratwin.twin.doses import MARROW
from theratwin.twin.effects import effects

if TYPE_CHECKING:
    from theratwin.planning import Plan
    from theratwin.response import Tissue

DISCLAIMER = "Research use only. Not a medical device."


def write_report(
    twin: Twin,
    path: Path | str,
    plan: Plan | None = None,
    *,
    unplanned: str = "",
    beside: Twin | None = None,
    beside_plan: Plan | None = None,
) -> Path:
    """Write the report of a twin to a file, whole or not at all.

    Parameters
    ----------
    twin
        The twin.
    path
        The HTML file; it is replaced if it exists.
    plan
        What comes next, if it was planned.
    unplanned
        Why it was not planned, to stand in the report.
    beside
        A twin of the same data by another model, to be set beside this one.
    beside_plan
        What comes next by that twin, if it was planned.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    InputError
        If the plan was made for another case, the two twins rest on different data or have the
        same model, or there is a plan of a twin beside and no such twin.
    """
    page = render(twin, plan, unplanned=unplanned, beside=beside, beside_plan=beside_plan)
    return write_text(path, page)


def render(
    twin: Twin,
    plan: Plan | None = None,
    *,
    unplanned: str = "",
    beside: Twin | None = None,
    beside_plan: Plan | None = None,
) -> str:
    """Return the report of a twin as one HTML page, which loads nothing from outside.

    The same twins and plans give the same page. The parameters are those of `write_report`.

    Raises
    ------
    InputError
        As `write_report` does.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    templates = Environment(
        loader=PackageLoader("theratwin.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    compared = two_models(twin, plan, beside, beside_plan)  # first, since it may refuse
    prediction = predict(twin)
    content = {
        "disclaimer": DISCLAIMER,
        "unplanned": unplanned,
        **compared,
        **_case(twin, prediction),
        **_doses(twin, prediction),
        **_plan(twin, prediction, plan),
        **body_content(twin),
        **_trust(twin, prediction, plan),
    }
    return templates.get_template("report.html").render(content)


def _case(twin: Twin, prediction: Prediction) -> dict[str, Any]:
    case = twin.case
    return {
        "case": case,
        "simulated": case.origin == "simulated",
        "patient": facts.patient_line(case),
        "treatment": facts.treatment_line(case),
        "scans": facts.scan_line(case),
        "volumes": [
            (title(r), v, source) for r, v, source in facts.volume_rows(case, prediction.regions)
        ],
        "curves": figures.curves(twin, prediction),
        "cycle_colors": [
            (name, CYCLES[number % len(CYCLES)])
            for number, name in enumerate(case.schedule.names)
            if name in case.measurements.administrations
        ],
    }


def _doses(twin: Twin, prediction: Prediction) -> dict[str, Any]:
    given = twin.case.schedule.administrations[: facts.given(twin.case)]
    whole = len(given) in (0, len(twin.case.schedule))  # before therapy, what is intended
    return {
        "answers": answers(prediction if whole else predict(twin, Schedule(given))),
        "more_lesions": max(len(prediction.lesions) - LESIONS_SHOWN, 0),
        "doses": figures.doses(prediction),
        "dose_table": dose_table(prediction),
        "rate_table": rate_table(prediction),
        "cross": cross_dose_in_words(prediction),
        "shares": figures.shares(twin),
        "change": changes(twin) if twin.history else None,
        "changed": figures.changed(twin) if twin.history else None,
        "tissues": _tissues(prediction),
    }


def _tissues(prediction: Prediction) -> list[tuple[str, Tissue]]:
    """Return each tissue once, with the names of its regions; lesions together."""
    regions: dict[str, list[str]] = {}
    tissues: dict[str, Tissue] = {}
    for name in in_order(prediction.regions, prediction.case):
        dose = prediction[name]
        if dose.tissue is not None:
            found = regions.setdefault(dose.tissue.name, [])
            words = "Lesions" if dose.lesion else title(name)
            found += [] if words in found else [words]
            tissues[dose.tissue.name] = dose.tissue
    return [(listed(names), tissues[key]) for key, names in regions.items()]


def _plan(twin: Twin, prediction: Prediction, plan: Plan | None) -> dict[str, Any]:
    """Return what looks ahead; without a plan the course so far stands in its place."""
    own = planned.limits_of(plan)
    given = facts.given(twin.case)
    if plan is not None:
        planned.require_same_case(plan, twin)
        prediction = with_beams(predict(twin, plan.schedule), plan.external_beam)
        given = plan.delivered
    return {
        "plan": plan,
        "given": given,
        "course": planned.course_in_words(plan) if plan else None,
        "comparison": planned.comparison(plan) if plan else None,
        "trade_off": figures.trade_off(plan) if plan else None,
        "limit_uses": limit_uses(prediction, given, planned=plan is not None, limits=own),
        "limits": figures.limits(prediction, given, own),
        **_effects(prediction),
    }


def _effects(prediction: Prediction) -> dict[str, Any]:
    """Return what may follow from the doses of the course, planned cycles counted."""
    found = effects(prediction)
    return {
        "effects": figures.effects(found, prediction),
        "has_counts": found.counts is not None,
        "followed": listed([title(name) for name in list(found.lesions)[: figures.LESIONS_DRAWN]]),
        "not_followed": listed(
            [title(r.region) for r in prediction.lesions if r.region not in found.lesions]
        ),
    }


def _trust(twin: Twin, prediction: Prediction, plan: Plan | None) -> dict[str, Any]:
    sets = (plan or twin).provenance.parameter_sets
    return {
        "twin": twin,
        "parameter_sets": sets,
        "has_marrow": MARROW in prediction.regions,
        "quality": [] if body_of(twin) else list(quality(twin)),
        "warnings": cautions(twin, list(prediction.regions)),
        "sources": sources(sets, prediction, twin),
        "assumptions": assumptions(sets, prediction, twin),
    }
