"""HTML fragments for notebooks."""

from __future__ import annotations

from theratwin.twin import Interval, Table
from theratwin.twin.html import html_table


def _table(region: str) -> Table:
    intervals = (Interval(0.0, 0.0, 0.0), Interval(2.03, 1.1, 3.2))
    return Table("Absorbed dose", "Gy", ("cycle 1", "total"), {region: intervals})


def test_a_table_says_quantity_unit_and_interval():
    text = _table("lesion_1")._repr_html_()
    assert "Absorbed dose (Gy), median and 90 % credible interval" in text
    assert "<td>–</td>" in text  # before the lesion appeared
    assert "<td>2.0<br><small>1.1–3.2</small></td>" in text


def test_names_are_escaped():
    assert "<script>" not in html_table(_table("<script>alert(1)</script>"))
