"""Small pieces of HTML."""

from __future__ import annotations

from html import escape

from theratwin.report.names import title
from theratwin.report.numbers import bounds, middle
from theratwin.twin import Table


def html_table(table: Table) -> str:
    """Return a table of intervals as HTML: median, below it the 90 % credible interval.

    Examples
    --------
    >>> from theratwin.twin import Interval
    >>> table = Table("Absorbed dose", "Gy", ("total",), {"liver": (Interval(2.0, 1.0, 3.0),)})
    >>> "<td>2.0<br><small>1.0–3.0</small></td>" in html_table(table)
    True
    """
    head = "".join(f"<th>{escape(column)}</th>" for column in table.columns)
    rows = "".join(
        f"<tr><th>{escape(title(region))}</th>"
        + "".join(
            f"<td>{middle(interval)}<br><small>{bounds(interval)}</small></td>"
            for interval in intervals
        )
        + "</tr>"
        for region, intervals in table.rows.items()
    )
    return (
        f"<table><caption>{escape(table.quantity)} ({escape(table.unit)}), median and 90 % "
        f"credible interval</caption><thead><tr><th></th>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )
