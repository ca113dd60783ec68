"""What an update changed: intervals before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from theratwin.report.changes import changes
from theratwin.report.names import label
from theratwin.report.style import BLUE, INK, MUTED, axes_or_new, house_style, plain_log_ticks
from theratwin.twin import Twin

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROW = 0.26


@house_style
def plot_update(twin: Twin, ax: Axes | None = None) -> Axes:
    """Plot the dose per activity of the updated cycle before and after its scans came in.

    Raises
    ------
    InputError
        If the twin was never updated.
    """
    change = changes(twin)
    ax = axes_or_new(ax, 7.1, 0.75 + _ROW * len(change.rows))
    styles = (
        (-0.14, MUTED, "s", f"before, from {change.before}"),
        (0.14, BLUE, "o", f"after, with {change.added}"),
    )
    for side, (offset, color, marker, words) in enumerate(styles):
        for row, region in enumerate(change.rows):
            interval = change.rows[region][side]
            ax.plot([interval.low, interval.high], [row + offset] * 2, color=color)
            ax.plot(
                [interval.median], [row + offset], marker, color=color, label="" if row else words
            )
    ax.set_xscale("log")
    plain_log_ticks(ax.xaxis, wide=True)
    ax.set_yticks(range(len(change.rows)), [label(region, twin.case) for region in change.rows])
    ax.tick_params(axis="y", length=0, labelcolor=INK)
    ax.set_ylim(len(change.rows) - 0.45, -0.55)
    ax.grid(axis="x")
    ax.set_xlabel(f"Absorbed dose per activity, {change.cycle} (Gy/GBq), 90 % credible interval")
    ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2)
    return ax
