"""A plan as an HTML fragment, for notebooks."""

from __future__ import annotations

from html import escape

from theratwin.planning.plan import Plan
from theratwin.planning.table import Rows, comparison, trade_off, tried
from theratwin.planning.text import headline


def fragment(plan: Plan) -> str:
    """Return headline, reason, the tables and notes; everything escaped, nothing loaded."""
    notes = "".join(f"<li>{escape(note)}</li>" for note in plan.notes)
    return (
        f"<div><p><strong>{escape(headline(plan))}</strong></p><p>{escape(plan.reason)}</p>"
        f"{_table(comparison(plan))}{_table(trade_off(plan))}"
        f"{''.join(map(_table, tried(plan).values()))}<ul>{notes}</ul>"
        "<p><em>Research use only. Not a medical device.</em></p></div>"
    )


def _table(rows: Rows) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in rows[0])
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows[1:]
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
