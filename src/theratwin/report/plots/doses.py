"""Absorbed doses with their intervals, region by region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from theratwin.report.names import in_order, title
from theratwin.report.style import axes_or_new, cycle_style, house_style, plain_log_ticks
from theratwin.twin import Prediction

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROW = 0.3
_SPREAD = 0.5


@house_style
def plot_doses(
    prediction: Prediction, ax: Axes | None = None, *, per_activity: bool = True
) -> Axes:
    """Plot the dose of every region and cycle: median and 90 % credible interval.

    Parameters
    ----------
    prediction
        What to show.
    ax
        Where to draw; a figure of its own by default.
    per_activity
        Gy for each GBq administered; otherwise Gy.
    """
    table = prediction.dose_per_activity() if per_activity else prediction.dose()
    regions = in_order(table.rows, prediction.case)
    ax = axes_or_new(ax, 7.1, 0.7 + _ROW * len(regions))
    cycles = table.columns[:-1]
    for number, cycle in enumerate(cycles):
        color, marker = cycle_style(number)
        offset = _SPREAD * (number / (len(cycles) - 1) - 0.5) if len(cycles) > 1 else 0.0
        for row, region in enumerate(regions):
            interval = table.rows[region][number]
            if interval.high <= 0:
                continue  # before a lesion appeared
            ax.plot([interval.low, interval.high], [row + offset] * 2, color=color, alpha=0.75)
            ax.plot(
                [interval.median],
                [row + offset],
                marker,
                color=color,
                markeredgecolor="white",
                markeredgewidth=0.5,
                label=cycle if row == 0 else None,
            )
    ax.set_xscale("log")
    plain_log_ticks(ax.xaxis)
    ax.set_yticks(range(len(regions)), [title(region, prediction.case) for region in regions])
    ax.tick_params(axis="y", length=0, labelcolor="black")
    ax.set_ylim(len(regions) - 0.4, -0.6)
    ax.grid(axis="x")
    ax.set_xlabel(f"{table.quantity} ({table.unit}), median and 90 % credible interval")
    if len(cycles) > 1:
        ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=len(cycles))
    return ax
