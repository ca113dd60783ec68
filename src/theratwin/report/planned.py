"""The plan as a report shows it: the course in a sentence, and beside the standard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from theratwin.core.errors import InfeasibleError, InputError, UnsupportedError
from theratwin.report.names import title
from theratwin.report.numbers import percent, with_bounds
from theratwin.report.plots.bed import LIMITS
from theratwin.twin import Twin

if TYPE_CHECKING:
    from theratwin.planning import Outcome, Plan, Quantity


@dataclass(frozen=True)
class Comparison:
    """The plan beside the standard course: heads, and rows of text."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def require_same_case(plan: Plan, twin: Twin) -> None:
    """Raise if a plan was made for another case than the twin's.

    Raises
    ------
    InputError
        If so.
    """
    if plan.case != twin.case:
        raise InputError(
            "the plan was made for another case or with other data than the twin",
            field="plan",
            value=plan.case.name,
            allowed=twin.case.name,
            remedy="Plan again from this twin",
        )


def course_in_words(plan: Plan) -> str:
    """Return the course in one sentence, its activity rounded down to 10 MBq."""
    from theratwin.planning.words import gigabecquerel

    name = plan.next.name
    first = f"{name[:1].upper()}{name[1:]} with {gigabecquerel(plan.activity)} GBq"
    more = plan.cycles - 1
    apart = f"{plan.regimen.interval / 168:.3g} weeks apart"
    then = f", then {more} more of the same, {plan.regimen.words if plan.tried else apart}"
    total = f"{len(plan.schedule)} cycles in all, {plan.delivered} given"
    return f"{first}{then if more else ''} ({total})"


def limits_of(plan: Plan | None) -> dict[str, float]:
    """Return the bounds (Gy) of the plan's own limits, by region, where the report draws them."""
    if plan is None:
        return {}
    return {
        limit.quantity.region: limit.bound
        for limit in plan.limits
        if LIMITS.get(limit.quantity.region, ("",))[0].lower() == limit.quantity.kind
    }


def comparison(plan: Plan) -> Comparison:
    """Return the plan beside the standard course and a rival, delivered cycles counted in all."""
    named = {
        "Plan": plan.best,
        "Standard": plan.standard_outcome,
        **({f"Plan by {plan.rival.model}": plan.rival.outcome} if plan.rival else {}),
    }
    heads, outcomes = zip(*((n, each) for n, each in named.items() if each), strict=True)
    below = [f"{o.cycles} further × {_each(o)}" for o in outcomes]
    rows = [(_objective(plan), *(f"{o.objective:.3g}".replace("-", "−") for o in outcomes))]
    for k, limit in enumerate(plan.limits):
        words = f"P({_words(limit.quantity)} ≤ {limit.bound:g} Gy)"
        needed = f"at least {percent(limit.probability)}"
        rows.append((f"{words}, {needed}", *(_held(o, k) for o in outcomes)))
    for quantity in _quantities(plan):
        cells = (with_bounds(o.interval(quantity)) for o in outcomes)
        rows.append((f"{_words(quantity)} (Gy)", *cells))
    joined = tuple(f"{head}: {line}" for head, line in zip(heads, below, strict=True))
    return Comparison(joined, tuple(rows))


def _each(outcome: Outcome) -> str:
    from theratwin.planning.words import gigabecquerel

    return f"{gigabecquerel(outcome.activity)} GBq"


def _objective(plan: Plan) -> str:
    words = plan.objective.title.replace("[", "(").replace("]", ")").replace("-ln", "−ln")
    return f"Expected {words}"


def _held(outcome: Outcome, k: int) -> str:
    broken = outcome.first_broken[k]
    return percent(outcome.probabilities[k]) + (f", broken from {broken}" if broken else "")


def _words(quantity: Quantity) -> str:
    return f"{title(quantity.region)}, {'BED' if quantity.kind == 'bed' else 'absorbed dose'}"


def _quantities(plan: Plan) -> list[Quantity]:
    from theratwin.planning.table import quantities

    return quantities(plan)


def plan_or_reason(twin: Twin, beside: Plan | None = None) -> tuple[Plan | None, str]:
    """Plan with the customary limits and bounds; where that cannot be, say why.

    Parameters
    ----------
    twin
        The twin.
    beside
        Another twin's plan for the same patient, to be seen by this one.

    Returns
    -------
    tuple
        The plan, or None with the reason in words.
    """
    from theratwin.planning import plan

    try:
        return plan(twin, beside=beside), ""
    except (InfeasibleError, InputError, UnsupportedError) as error:
        where = f"{error.field}: " if error.field else ""
        return None, f"{where}{error.message}."
