"""One self-contained HTML page of a twin."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from theratwin.core.files import write_text
from theratwin.report import facts, figures
from theratwin.report.changes import changes
from theratwin.report.dose_table import dose_table
from theratwin.report.headline import answers, limit_uses
from theratwin.report.names import in_order, title
from theratwin.report.quality import quality, warnings_in_words
from theratwin.report.sources import assumptions, sources
from theratwin.twin import Prediction, Twin, predict

if TYPE_CHECKING:
    from theratwin.planning import Plan

DISCLAIMER = "Research use only. Not a medical device."


def write_report(twin: Twin, path: Path | str, plan: Plan | None = None) -> Path:
    """Write the report of a twin to a file, whole or not at all.

    Parameters
    ----------
    twin
        The twin.
    path
        The HTML file; it is replaced if it exists.
    plan
        What comes next, if it was planned.

    Returns
    -------
    Path
        The file written.
    """
    return write_text(path, render(twin, plan))


def render(twin: Twin, plan: Plan | None = None) -> str:
    """Return the report of a twin as one HTML page, which loads nothing from outside.

    The same twin gives the same page.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    templates = Environment(
        loader=PackageLoader("theratwin.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    prediction = predict(twin)
    content = {
        **_case(twin),
        **_doses(twin, prediction),
        **_trust(twin, prediction),
        "disclaimer": DISCLAIMER,
        "change": changes(twin) if twin.history else None,
        "changed": figures.changed(twin),
    }
    return templates.get_template("report.html").render(content)


def _case(twin: Twin) -> dict[str, Any]:
    case = twin.case
    return {
        "case": case,
        "simulated": case.origin == "simulated",
        "patient": facts.patient_line(case),
        "treatment": facts.treatment_line(case),
        "scans": list(facts.scan_lines(case)),
        "volumes": [(title(r, case), v, source) for r, v, source in facts.volume_rows(case)],
        "curves": figures.curves(twin),
    }


def _doses(twin: Twin, prediction: Prediction) -> dict[str, Any]:
    return {
        "answers": answers(prediction),
        "limit_uses": list(limit_uses(prediction)),
        "doses": figures.doses(prediction),
        "dose_table": dose_table(prediction),
        "limits": figures.limits(prediction, given=len(twin.case.schedule)),
        "shares": figures.shares(twin),
        "tissues": [
            (title(dose.region, twin.case), dose.tissue)
            for dose in (prediction[r] for r in in_order(prediction.regions, twin.case))
            if dose.tissue is not None
        ],
    }


def _trust(twin: Twin, prediction: Prediction) -> dict[str, Any]:
    return {
        "twin": twin,
        "has_marrow": "red_marrow" in prediction.regions,
        "quality": list(quality(twin)),
        "warnings": warnings_in_words(twin, list(prediction.regions)),
        "sources": sources(twin, prediction),
        "assumptions": assumptions(twin, prediction),
    }
