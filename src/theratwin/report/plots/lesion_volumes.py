"""Volumes of lesions over a course, with bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from theratwin.report.style import (
    BLUE,
    FAINT,
    GREEN,
    ORANGE,
    PURPLE,
    VERMILION,
    axes_or_new,
    house_style,
    plain_log_ticks,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from theratwin.response.tumor import TumorCourse

COLORS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE)
_WEEK = 7 * 24.0
_BAND = (5.0, 50.0, 95.0)
#: Volumes below this (mL) are seen by no scan.
_SEEN = 0.01


@house_style
def plot_lesion_volumes(
    courses: Mapping[str, TumorCourse], starts: Sequence[float] = (), ax: Axes | None = None
) -> Axes:
    """Plot the volume of each lesion, the median with its 90 % band.

    Parameters
    ----------
    courses
        Label to course; the first few get a color each.
    starts
        When cycles begin (h); marked.
    ax
        Where to draw; a figure of its own by default.
    """
    ax = axes_or_new(ax, 3.6, 2.4)
    for start in starts:
        ax.axvline(start / _WEEK, color=FAINT, lw=0.8)
    end = 0.0
    for (label, course), color in zip(courses.items(), COLORS, strict=False):
        weeks = course.times / _WEEK
        low, middle, high = np.percentile(course.volume, _BAND, axis=0)
        ax.fill_between(weeks, np.maximum(low, _SEEN / 10.0), high, color=color, alpha=0.18, lw=0)
        ax.plot(weeks, middle, color=color, label=label)
        end = max(end, float(weeks[-1]))
    ax.set_yscale("log")
    ax.set_ylim(bottom=_SEEN)
    ax.set_xlim(0.0, end)
    plain_log_ticks(ax.yaxis)
    ax.grid(axis="y")
    ax.set(xlabel="Weeks after the first cycle", ylabel="Volume (mL)")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)
    return ax
