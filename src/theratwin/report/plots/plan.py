"""The trade-off of a plan: what each number of cycles allows and reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from theratwin.report.style import BLUE, INK, MUTED, VERMILION, axes_or_new, house_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from theratwin.planning import Outcome, Plan


@house_style
def plot_plan(plan: Plan, ax: Axes | None = None) -> Axes:
    """Plot the objective that each number of cycles reaches at its best feasible activity.

    Each point says that activity; the one chosen is filled, and the standard course, whether it
    keeps the limits or not, stands beside them.

    Parameters
    ----------
    plan
        The plan.
    ax
        Where to draw; a figure of its own by default.
    """
    ax = axes_or_new(ax, 7.1, 2.5)
    totals = [plan.delivered + option.cycles for option in plan.options]
    reached = [option.objective for option in plan.options]
    ax.plot(totals, reached, "-o", color=BLUE, mfc="white", ms=6, label="best feasible activity")
    chosen = plan.delivered + plan.best.cycles
    ax.plot(chosen, plan.best.objective, "o", color=BLUE, ms=7, label="plan")
    for total, option in zip(totals, plan.options, strict=True):
        _label(ax, total, option, -13, BLUE)
    if plan.standard_outcome is not None:
        standard = plan.standard_outcome
        course = plan.delivered + standard.cycles
        ax.plot(course, standard.objective, "D", color=VERMILION, ms=5.5, label=_standard(plan))
    _frame(ax, plan, totals)
    return ax


def _label(ax: Axes, total: int, option: Outcome, rise: int, color: str) -> None:
    words = f"{option.activity / 1000:.3g} GBq" if option.cycles else "none further"
    ax.annotate(
        words,
        (total, option.objective),
        xytext=(5, rise),
        textcoords="offset points",
        color=color if option.cycles else MUTED,
        fontsize=7.5,
    )


def _standard(plan: Plan) -> str:
    broken = plan.standard_outcome is not None and any(plan.standard_outcome.first_broken)
    each = f"standard, {plan.standard.activity / 1000:g} GBq each"
    return f"{each} (breaks a limit)" if broken else each


def _frame(ax: Axes, plan: Plan, totals: list[int]) -> None:
    from matplotlib.ticker import MaxNLocator

    ax.set_xlim(min(totals) - 0.3, max(totals) + 0.7)
    ax.margins(y=0.18)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlabel(f"Cycles in all ({plan.delivered} given)")
    title = plan.objective.title.replace("[", "(").replace("]", ")").replace("-ln", "−ln")
    ax.set_ylabel(f"Expected {title}")
    ax.grid(axis="y")
    ax.legend(loc="upper left", labelcolor=INK)
