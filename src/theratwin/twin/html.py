"""Tables, predictions and twins as HTML fragments, for notebooks: all escaped, nothing loaded."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from theratwin.twin.words import bounds, middle, title

if TYPE_CHECKING:
    from theratwin.case import Case
    from theratwin.twin.prediction import Prediction, Table
    from theratwin.twin.twin import Interval, Twin

_DISCLAIMER = "<p><em>Research use only. Not a medical device.</em></p>"


def html_table(table: Table) -> str:
    """Return a table of intervals as HTML: median, below it the 90 % credible interval.

    Examples
    --------
    >>> from theratwin.twin import Interval, Table
    >>> table = Table("Absorbed dose", "Gy", ("total",), {"liver": (Interval(2.0, 1.0, 3.0),)})
    >>> "<td>2.0<br><small>1.0–3.0</small></td>" in html_table(table)
    True
    """
    head = "".join(f"<th>{escape(column)}</th>" for column in table.columns)
    rows = "".join(
        f"<tr><th>{escape(title(region))}</th>{''.join(map(_cell, intervals))}</tr>"
        for region, intervals in table.rows.items()
    )
    caption = f"{table.quantity} ({table.unit}), median and 90 % credible interval"
    return (
        f"<table><caption>{escape(caption)}</caption><thead><tr><th></th>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def html_prediction(prediction: Prediction) -> str:
    """Return a prediction's doses and BED."""
    tables = (prediction.dose(), prediction.dose_per_activity(), prediction.bed())
    shown = "".join(html_table(table) for table in tables if table.rows)
    return f"<div>{_head(prediction.case)}{shown}{_DISCLAIMER}</div>"


def html_twin(twin: Twin) -> str:
    """Return what a twin rests on, its doses per activity, and its warnings."""
    from theratwin.twin.predict import predict

    case = twin.case
    count = len(case.measurements) + sum(len(each.measurements) for each in case.diagnostics)
    studies = [*(each.name for each in case.diagnostics), *case.measurements.administrations]
    rests = (
        f"Rests on {count} measurements in {len(case.regions_measured)} regions after "
        f"{', '.join(studies)}; {twin.draws} draws, seed {twin.seed}."
    )
    warnings = "".join(f"<li>{escape(warning)}</li>" for warning in twin.warnings)
    table = predict(twin).dose_per_activity()
    return (
        f"<div>{_head(case)}<p>{escape(rests)}</p>{html_table(table) if table.rows else ''}"
        f"{f'<ul>{warnings}</ul>' if warnings else ''}{_DISCLAIMER}</div>"
    )


def _head(case: Case) -> str:
    simulated = " (simulated)" if case.origin == "simulated" else ""
    return f"<p><strong>{escape(case.name)}</strong>{simulated}</p>"


def _cell(interval: Interval) -> str:
    if interval.high <= 0:  # before a lesion appeared
        return "<td>–</td>"
    return f"<td>{middle(interval)}<br><small>{bounds(interval)}</small></td>"
