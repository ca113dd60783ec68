"""The tables of a plan, as rows of text: against the standard, and the trade-off."""

from __future__ import annotations

from theratwin.planning.limit import Quantity, bed, dose
from theratwin.planning.outcome import Outcome
from theratwin.planning.plan import Plan
from theratwin.planning.settings import Trial
from theratwin.planning.words import chance, gigabecquerel, number, spread

Rows = list[list[str]]

#: Settings of a regimen in words, with the unit that they are shown in and its size inside.
TITLES = {"amount": "amount of ligand", "duration": "infusion", "interval": "interval"}
UNITS = {"amount": (1.0, "nmol"), "duration": (1.0 / 60.0, "min"), "interval": (168.0, "weeks")}
_SHOWN = 8


def comparison(plan: Plan) -> Rows:
    """Return the plan beside the standard course and beside 1 GBq more; the first row is a head."""
    rival = None if plan.rival is None else plan.rival.outcome
    outcomes = [plan.best, plan.standard_outcome, rival, plan.more_activity]
    columns = [outcome for outcome in outcomes if outcome is not None]
    heads = [_head(plan, outcome) for outcome in columns]
    rows = [["", *heads]]
    rows.append([f"E[{plan.objective.title}]", *(number(o.objective) for o in columns)])
    if not all(
        outcome.tumor_control is None or outcome.tumor_control_is_zero for outcome in columns
    ):
        rows.append(
            ["tumor control probability", *(number(o.tumor_control or 0.0) for o in columns)]
        )
    if all(outcome.kidney_complication is not None for outcome in columns):
        rows.append(
            ["kidney complication (NTCP)", *(number(o.kidney_complication or 0.0) for o in columns)]
        )
    for k, limit in enumerate(plan.limits):
        rows.append([str(limit), *(_verdict(o, k) for o in columns)])
    for quantity in quantities(plan):
        label = f"{quantity.words} [Gy]"
        rows.append([label, *(spread(o.interval(quantity)) for o in columns)])
    return rows


def quantities(plan: Plan) -> list[Quantity]:
    """Return what is shown: what is limited, then BED (or dose) of lesions and glands."""
    shown = [limit.quantity for limit in plan.limits]
    lesions = [name for name in plan.case.lesion_names if name in plan.best.dose]
    for name in (*lesions, *plan.glands.regions):
        shown.append(bed(name) if name in plan.best.bed else dose(name))
    return list(dict.fromkeys(shown))


def trade_off(plan: Plan) -> Rows:
    """Return the best activity for each number of further cycles; the first row is a head."""
    head = ["further cycles", "GBq each", f"E[{plan.objective.title}]"]
    head += [f"P({limit.quantity})" for limit in plan.limits]
    if "kidneys" in plan.best.bed:
        head.append("kidney BED [Gy]")
    if plan.glands.regions:
        head.append("gland BED [Gy]")
    return [[*head, "decided by"], *(_option(plan, option) for option in plan.options)]


def tried(plan: Plan) -> dict[str, Rows]:
    """Return by setting the best course with each of its values; the first rows are heads."""
    found: dict[str, Rows] = {}
    for trial in _thinned(plan):
        head = [TITLES[trial.setting], "further cycles", "GBq each", "score", "decided by"]
        rows = found.setdefault(trial.setting, [head])
        value = _value(trial.setting, trial.value)
        chosen = " (chosen)" if getattr(plan.regimen, trial.setting) == trial.value else ""
        if trial.best is None:
            rows.append([value + chosen, "-", "-", "-", "no feasible course"])
            continue
        best = trial.best
        cells = [str(best.cycles), gigabecquerel(best.activity), number(best.score)]
        rows.append([value + chosen, *cells, best.decided_by])
    return found


def _thinned(plan: Plan) -> list[Trial]:
    """Return the chosen value of every setting, with about every third of those of the amount."""
    by_setting: dict[str, list[Trial]] = {}
    for trial in plan.tried:
        by_setting.setdefault(trial.setting, []).append(trial)
    kept = []
    for setting, trials in by_setting.items():
        every = max(len(trials) // _SHOWN, 1)
        chosen = getattr(plan.regimen, setting)
        kept += [
            trial
            for k, trial in enumerate(trials)
            if k % every == 0 or k == len(trials) - 1 or trial.value == chosen
        ]
    return kept


def _value(setting: str, value: float) -> str:
    per, unit = UNITS[setting]
    return f"{value / per:.3g} {unit}"


def _option(plan: Plan, option: Outcome) -> list[str]:
    activity = gigabecquerel(option.activity) if option.cycles else "-"
    row = [str(option.cycles), activity, number(option.objective)]
    row += [chance(held) for held in option.probabilities]
    if "kidneys" in option.bed:
        row.append(spread(option.bed["kidneys"]))
    if option.gland_bed is not None:
        row.append(spread(option.gland_bed))
    chosen = " (chosen)" if option is plan.best else ""
    return [*row, option.decided_by + chosen]


def _head(plan: Plan, outcome: Outcome) -> str:
    course = f"{outcome.cycles} x {gigabecquerel(outcome.activity)} GBq"
    if outcome is plan.best:
        return f"plan: {course}"
    if outcome is plan.standard_outcome:
        return f"standard: {course}{_ligand(plan, plan.usual_amount)}"
    if plan.rival is not None and outcome is plan.rival.outcome:
        amount = plan.rival.regimen.amount
        return f"plan by {plan.rival.model}: {course}{_ligand(plan, amount)}"
    return f"1 GBq more: {course}"


def _ligand(plan: Plan, amount: float | None) -> str:
    """Name the amount of ligand of a course where it is not the plan's."""
    differs = plan.model != "curves" and amount is not None and amount != plan.regimen.amount
    return f" in {amount:.3g} nmol" if differs else ""


def _verdict(outcome: Outcome, k: int) -> str:
    broken = outcome.first_broken[k]
    return chance(outcome.probabilities[k]) + (f", broken in {broken}" if broken else "")


def aligned(rows: Rows) -> str:
    """Return rows as text in columns."""
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return "\n".join(
        "  "
        + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
