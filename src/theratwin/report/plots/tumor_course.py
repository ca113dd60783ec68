"""A tumor over time: its volume, the living cells in it, and a marker beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from theratwin.report.style import (
    BLUE,
    FAINT,
    MUTED,
    ORANGE,
    VERMILION,
    axes_or_new,
    house_style,
    plain_log_ticks,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from theratwin.response.tumor import TumorCourse

_WEEK = 7 * 24.0
_BAND = (5.0, 50.0, 95.0)
#: Living cells further below the volume than this are not drawn: nothing is seen of them.
_LEAST = 1e-4


@house_style
def plot_tumor_course(
    course: TumorCourse, starts: Sequence[float] = (), ax: Axes | None = None
) -> Axes:
    """Plot volume, living cells and marker over their start, with 90 % of several patients.

    Parameters
    ----------
    course
        The course.
    starts
        When cycles begin (h); marked.
    ax
        Where to draw; a figure of its own by default.
    """
    ax = axes_or_new(ax, 5.2, 3.0)
    weeks = course.times / _WEEK
    for start in starts:
        ax.axvline(start / _WEEK, color=FAINT, lw=0.8)
    known = [("whole volume", course.volume, BLUE), ("living cells", course.living, VERMILION)]
    if course.marker is not None:
        known.append(("marker", course.marker, ORANGE))
    for name, values, color in known:
        start = course.volume if name == "living cells" else values
        part = np.maximum(100.0 * values / start[:, :1], 100.0 * _LEAST / 10.0)
        low, middle, high = np.percentile(part, _BAND, axis=0)
        if len(part) > 1:
            ax.fill_between(weeks, low, high, color=color, alpha=0.18, lw=0)
        ax.plot(weeks, middle, color=color, label=name)
    ax.axhline(100.0, color=MUTED, lw=0.6, ls=":")
    ax.set_yscale("log")
    low, high = ax.get_ylim()
    ax.set_ylim(max(low, 100.0 * _LEAST), high)
    ax.set_xlim(0.0, weeks[-1])
    plain_log_ticks(ax.yaxis)
    ax.grid(axis="y")
    ax.set(xlabel="Time (weeks)", ylabel="Part of the start (%)")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(known))
    return ax
