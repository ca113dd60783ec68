"""Why a plan is what it is, in words."""

from __future__ import annotations

from theratwin.planning.limit import Limit
from theratwin.planning.outcome import BY_BOUND, BY_GLANDS, BY_LABEL, Outcome
from theratwin.planning.plan import Plan
from theratwin.planning.table import TITLES, UNITS
from theratwin.planning.words import against, chance, cycles, gigabecquerel


def reason(plan: Plan) -> str:
    """Return what decides activity and number of cycles, and how the standard compares."""
    sentences = [
        _activity(plan),
        _number(plan),
        _settings(plan),
        _going_on(plan),
        _standard(plan),
        _rival(plan),
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _activity(plan: Plan) -> str:
    best = plan.best
    each = f"{gigabecquerel(best.activity)} GBq in each of {cycles(best.cycles, 'further')}"
    if best.decided_by == BY_BOUND:
        return (
            f"The bound of {plan.bounds.activity / 1000:g} GBq a cycle is reached: with "
            f"{each} {_all_hold(plan)}."
        )
    if best.decided_by == BY_GLANDS:
        return (
            f"The glands decide: beyond {each} the objective gains less than their dose costs it "
            f"at a weight of {plan.glands.weight:g}; {_all_hold(plan)}."
        )
    if best.decided_by == BY_LABEL:
        return (
            f"The ligand carries no more: in {each} every molecule of {plan.regimen.amount:.3g} "
            f"nmol is labeled; {_all_hold(plan)}."
        )
    limit, held = _binding(plan)
    return (
        f"The limit on the {limit.quantity.words} binds: with {each} it stays at or below "
        f"{limit.bound:g} Gy with probability {chance(held)} (at least {limit.probability:g} is "
        f"asked for), reached in {plan.schedule.names[-1]}, the last."
    )


def _binding(plan: Plan) -> tuple[Limit, float]:
    for limit, held in zip(plan.limits, plan.best.probabilities, strict=True):
        if str(limit) == plan.best.decided_by:
            return limit, held
    raise AssertionError(plan.best.decided_by)


def _all_hold(plan: Plan) -> str:
    if not plan.limits:
        return "no limit was asked for"
    held = ", ".join(
        f"{limit.quantity.words} {chance(reached)}"
        for limit, reached in zip(plan.limits, plan.best.probabilities, strict=True)
    )
    return f"every limit holds (probabilities: {held})"


def _number(plan: Plan) -> str:
    total = len(plan.schedule)
    if total == plan.bounds.cycles:
        return f"The bound of {cycles(total)} in total is reached."
    more = plan.options[plan.cycles + 1]
    return (
        f"{cycles(more.cycles, 'further').capitalize()} would be of "
        f"{gigabecquerel(more.activity)} GBq each and reach no more of the objective"
        f"{', the glands counted' if plan.glands.count else ''}: "
        f"{against(more.score, plan.best.score)}."
    )


def _settings(plan: Plan) -> str:
    """Return what was chosen of amount, infusion and interval, and whether an end decides."""
    found = []
    for setting in plan.bounds.free:
        span, value = getattr(plan.bounds, setting), getattr(plan.regimen, setting)
        end = {span.low: "least", span.high: "most"}.get(value)
        decides = f", the {end} that the bounds allow," if end else ""
        per, unit = UNITS[setting]
        of = "is best" if end else "is best between the bounds"
        found.append(f"{TITLES[setting].capitalize()}: {value / per:.3g} {unit}{decides} {of}.")
    return " ".join(found)


def _rival(plan: Plan) -> str:
    """Return what the other plan would do by this twin."""
    if plan.rival is None:
        return ""
    outcome = plan.rival.outcome
    course = f"{outcome.cycles} x {gigabecquerel(outcome.activity)} GBq"
    head = f"The plan by the model {plan.rival.model}, {course},"
    objective = against(outcome.objective, plan.best.objective)
    cycle, limits = _first_broken(plan, outcome)
    if cycle:
        return f"{head} would by this twin break {limits} in {cycle} ({objective})."
    return f"{head} would by this twin keep every limit and reach {objective} of the objective."


def _going_on(plan: Plan) -> str:
    cycle, limits = _first_broken(plan, plan.one_more_cycle)
    if not cycle:
        return ""
    return f"Going on at the same activity, {limits} would first be broken in {cycle}."


def _standard(plan: Plan) -> str:
    outcome = plan.standard_outcome
    if outcome is None:
        return f"The standard course of {plan.standard.words} is complete."
    course = f"The standard from here, {outcome.cycles} x {plan.standard.activity / 1000:g} GBq,"
    cycle, limits = _first_broken(plan, outcome)
    if cycle:
        return f"{course} would break {limits} in {cycle}."
    return f"{course} keeps every limit too." if plan.limits else ""


def _first_broken(plan: Plan, outcome: Outcome) -> tuple[str, str]:
    """Return the first cycle in which a limit is broken, and each limit broken in it, in words.

    The probabilities are those at the end of the course.
    """
    broken = [name for name in plan.cycle_names if name in outcome.first_broken]
    if not broken:
        return "", ""
    limits = [
        f"the limit on the {limit.quantity.words} (probability {chance(held)} at the end)"
        for limit, name, held in zip(
            plan.limits, outcome.first_broken, outcome.probabilities, strict=True
        )
        if name == broken[0]
    ]
    return broken[0], " and ".join(limits)
