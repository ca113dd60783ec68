"""What the uncertainty of each dose consists of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from theratwin.report.names import in_order, label
from theratwin.report.style import (
    BLUE,
    GREEN,
    INK,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    axes_or_new,
    house_style,
)
from theratwin.twin import Twin, predict
from theratwin.twin.budget import budget

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLORS = {
    "curve": BLUE,
    "calibration": ORANGE,
    "recovery": GREEN,
    "mass": VERMILION,
    "dose factor": SKY,
    "cross-dose": PURPLE,
}
_ROW = 0.27


@house_style
def plot_budget(twin: Twin, regions: Sequence[str] | None = None, ax: Axes | None = None) -> Axes:
    """Plot each factor's share of the variance of every region's dose.

    Parameters
    ----------
    twin
        The twin.
    regions
        The regions to show; all that have a dose by default.
    ax
        Where to draw; a figure of its own by default.

    Raises
    ------
    InputError
        If a region has no dose.
    """
    shown = in_order(predict(twin).regions, twin.case) if regions is None else list(regions)
    ax = axes_or_new(ax, 7.1, 0.75 + _ROW * len(shown))
    budgets = [budget(twin, region) for region in shown]
    left = [0.0] * len(shown)
    for part, color in _COLORS.items():
        widths = [100.0 * each.shares[part] for each in budgets]
        ax.barh(range(len(shown)), widths, 0.62, left, color=color, label=part, ec="white", lw=0.5)
        left = [start + width for start, width in zip(left, widths, strict=True)]
    for row, each in enumerate(budgets):
        ax.text(101.5, row, f"{100 * each.total:.0f} %", va="center", color=INK)
    ax.text(101.5, -0.72, "total", va="center", color=INK, fontweight="bold")
    ax.set_yticks(range(len(shown)), [label(region, twin.case) for region in shown])
    ax.tick_params(axis="y", length=0, labelcolor=INK)
    ax.set(xlim=(0.0, 100.0), ylim=(len(shown) - 0.5, -0.55))
    ax.set_xlabel("Share of the variance of the absorbed dose (%)")
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=len(_COLORS))
    return ax
