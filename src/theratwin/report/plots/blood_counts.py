"""Blood counts over a course, relative to where they began."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from theratwin.report.style import (
    BLUE,
    FAINT,
    GREEN,
    MUTED,
    PURPLE,
    VERMILION,
    axes_or_new,
    house_style,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from theratwin.response.blood import BloodCounts

COLORS = {
    "neutrophils": BLUE,
    "platelets": VERMILION,
    "hemoglobin": PURPLE,
    "lymphocytes": GREEN,
}
_WEEK = 7 * 24.0
_BAND = (5.0, 50.0, 95.0)


@house_style
def plot_blood_counts(
    counts: BloodCounts, starts: Sequence[float] = (), ax: Axes | None = None
) -> Axes:
    """Plot each line as a part of its baseline, with 90 % of the patients where there are several.

    Parameters
    ----------
    counts
        The counts.
    starts
        When cycles begin (h); marked.
    ax
        Where to draw; a figure of its own by default.
    """
    ax = axes_or_new(ax, 5.0, 2.8)
    weeks = counts.times / _WEEK
    for start in starts:
        ax.axvline(start / _WEEK, color=FAINT, lw=0.8)
    for line in counts.lines:
        part = 100.0 * counts[line] / counts.baselines[line][:, None]
        low, middle, high = np.percentile(part, _BAND, axis=0)
        if len(part) > 1:
            ax.fill_between(weeks, low, high, color=COLORS[line], alpha=0.18, lw=0)
        ax.plot(weeks, middle, color=COLORS[line], label=line)
    ax.axhline(100.0, color=MUTED, lw=0.6, ls=":")
    ax.set(xlabel="Time (weeks)", ylabel="Part of the baseline (%)", xlim=(0.0, weeks[-1]))
    ax.set_ylim(0.0, None)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(counts.lines))
    return ax
