"""Absorbed doses with their intervals, region by region."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from theratwin.report.names import in_order, label
from theratwin.report.style import INK, axes_or_new, cycle_style, house_style, plain_log_ticks
from theratwin.twin import Prediction

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SPREAD = 0.5
_CYCLES_SHOWN = 3


@house_style
def plot_doses(
    prediction: Prediction, ax: Axes | None = None, *, per_activity: bool = True
) -> Axes:
    """Plot the dose of every region: median and 90 % credible interval.

    Shown are the measured cycles, the last three of them, and the whole course.

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
    shown = _columns(prediction, table.columns)
    ax = axes_or_new(ax, 7.1, 0.7 + (0.12 + 0.08 * len(shown)) * len(regions))
    for place, column in enumerate(shown):
        color, marker = _style(len(prediction.schedule), column)
        offset = _SPREAD * (place / (len(shown) - 1) - 0.5) if len(shown) > 1 else 0.0
        for row, region in enumerate(regions):
            interval = table.rows[region][column]
            if interval.high > 0:  # not before a lesion appeared
                ax.plot([interval.low, interval.high], [row + offset] * 2, color=color, alpha=0.75)
                ax.plot(interval.median, row + offset, marker, color=color, mec="white", mew=0.5)
        ax.plot([], [], marker, ls="-", color=color, label=table.columns[column])
    ax.set_xscale("log")
    plain_log_ticks(ax.xaxis, wide=True)
    ax.set_yticks(range(len(regions)), [label(region, prediction.case) for region in regions])
    ax.tick_params(axis="y", length=0, labelcolor=INK)
    ax.set_ylim(len(regions) - 0.4, -0.6)
    ax.grid(axis="x")
    ax.set_xlabel(f"{table.quantity} ({table.unit}), median and 90 % credible interval")
    if len(shown) > 1:
        ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=len(shown))
    return ax


def _columns(prediction: Prediction, columns: Sequence[str]) -> list[int]:
    """Return the columns to show: the last measured cycles, and the total of several."""
    names, measured = prediction.schedule.names, prediction.case.measurements.administrations
    cycles = [number for number, name in enumerate(names) if name in measured]
    total = [len(names)] if len(columns) > len(names) else []
    return cycles[-_CYCLES_SHOWN:] + total or [0]


def _style(cycles: int, column: int) -> tuple[str, str]:
    return (INK, "D") if column == cycles else cycle_style(column)
