"""A plan as text for a terminal."""

from __future__ import annotations

from textwrap import fill

from theratwin.planning.plan import Plan
from theratwin.planning.table import TITLES, aligned, comparison, trade_off, tried
from theratwin.planning.words import cycles, gigabecquerel

_WIDTH = 100


def summary(plan: Plan) -> str:
    """Return headline, reason, comparison, trade-off, what was asked for, and notes."""
    asked = [f"{limit}. Source: {limit.source}" for limit in plan.limits]
    parts = [
        headline(plan),
        fill(plan.reason, _WIDTH),
        "Expected over the whole course, median (90 % credible interval), delivered cycles counted",
        aligned(comparison(plan)),
        "Trade-off: the best activity for each number of further cycles",
        aligned(trade_off(plan)),
        *_tried(plan),
        "Limits",
        _bullets(asked) if asked else "  none",
        "Bounds, which are choices",
        _bullets([str(plan.bounds)]),
        "Notes",
        _bullets(plan.notes),
        "Research use only. Not a medical device.",
    ]
    return "\n\n".join(_headed(parts))


def headline(plan: Plan) -> str:
    """Return the plan in one line.

    The activity is rounded down to 10 MBq.
    """
    simulated = " (simulated patient)" if plan.case.origin == "simulated" else ""
    course = f"{plan.next.name}: {gigabecquerel(plan.activity)} GBq"
    if plan.cycles > 1:
        course += f", then {plan.cycles - 1} more of the same"
    given = plan.regimen.words if plan.tried else f"{plan.regimen.interval / 168:.3g} weeks apart"
    return (
        f"Plan for {plan.case.name}{simulated}: {course}, {given}; "
        f"{cycles(len(plan.schedule))} in all, {plan.delivered} delivered."
    )


def _tried(plan: Plan) -> list[str]:
    """Return the heading and table of each setting that was free."""
    found = []
    for setting, rows in tried(plan).items():
        found += [f"The best course by {TITLES[setting]}", aligned(rows)]
    return found


def _headed(parts: list[str]) -> list[str]:
    """Join each heading with what follows it."""
    return [
        *parts[:2],
        *(f"{a}\n{b}" for a, b in zip(parts[2:-1:2], parts[3:-1:2], strict=True)),
        parts[-1],
    ]


def _bullets(lines) -> str:
    return "\n".join(
        fill(line, _WIDTH, initial_indent="  - ", subsequent_indent="    ") for line in lines
    )
