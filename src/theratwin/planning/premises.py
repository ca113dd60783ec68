"""What a plan rests on, and what scans would be worth, as text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from theratwin.planning.plan import Plan
from theratwin.planning.scan_value import ScanValue
from theratwin.planning.sensitivity import Sensitivity
from theratwin.planning.table import Rows, aligned
from theratwin.planning.words import chance, gigabecquerel, number


def shift_rows(plan: Plan, found: Sensitivity) -> Rows:
    """Return the plan, and the plan with each assumption changed; the first row is a head."""
    head = ["if instead", "further cycles", "GBq each", f"E[{plan.objective.title}]"]
    best = plan.best
    own = ["(as assumed)", str(best.cycles), gigabecquerel(best.activity), number(best.objective)]
    rows = [head, own]
    for shift in found.shifts:
        if shift.activity is None or shift.objective is None:
            rows.append([shift.assumption, "-", "-", "no feasible course"])
            continue
        cells = [str(shift.cycles), gigabecquerel(shift.activity), number(shift.objective)]
        rows.append([shift.assumption, *cells])
    return rows


def sensitivity_text(plan: Plan, found: Sensitivity) -> str:
    """Return how the plan changes with its assumptions, and which unknowns decide it."""
    parts = ["The plan with one assumption changed at a time", aligned(shift_rows(plan, found))]
    if found.decisive:
        rows = [["unknown", "share"]]
        rows += [[each.parameter, f"{each.share:.2f}"] for each in found.decisive]
        parts += [
            "",
            f"What decides the activity at which {found.limit} is reached: squared correlation",
            aligned(rows),
        ]
    return "\n".join(parts)


def scan_rows(values: Sequence[ScanValue]) -> Rows:
    """Return one scan a row; the first row is a head."""
    head = ["scan", "gain of the score", "P(plan changes)", "P(limit holds)", "as planned"]
    rows = [[*head, "GBq each then", "without it"]]
    for value in values:
        activity = value.activity
        spread = " to ".join(gigabecquerel(each) for each in (activity.low, activity.high))
        rows.append(
            [
                f"{value.administration}, {value.time:g} h",
                f"{number(value.gain)} +- {value.error:.2g}",
                f"{value.changed:.2f}",
                chance(value.held),
                chance(value.held_without),
                f"{gigabecquerel(activity.median)} ({spread})",
                gigabecquerel(value.activity_without),
            ]
        )
    return rows


def scans_text(values: Sequence[ScanValue]) -> str:
    """Return what each scan would be worth."""
    return f"What one more scan would be worth\n{aligned(scan_rows(values))}"
