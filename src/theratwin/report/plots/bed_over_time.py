"""Dose and biologically effective dose of one tissue as they add up over time."""

from __future__ import annotations

from math import inf, isfinite
from typing import TYPE_CHECKING

import numpy as np

from theratwin.core import Curve
from theratwin.report.plots.survival import shown_until
from theratwin.report.style import BLUE, VERMILION, axes_or_new, hour_ticks, house_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from theratwin.response import Tissue

_POINTS = 121


@house_style
def plot_bed_over_time(
    curve: Curve, tissue: Tissue, until: float = inf, ax: Axes | None = None
) -> Axes:
    """Plot the dose so far and the BED that it would have if it ended there.

    Parameters
    ----------
    curve
        Dose rate (Gy/h) of one patient.
    tissue
        Its alpha/beta and repair.
    until
        The end (h); where nearly all dose is given if infinite.
    ax
        Where to draw; a figure of its own by default.
    """
    from theratwin.response import effect_of

    ax = axes_or_new(ax, 4.4, 2.6)
    end = until if isfinite(until) else shown_until(curve)
    times = np.linspace(0.0, end, _POINTS)
    found = [effect_of(curve, tissue, until=float(time)) for time in times]
    for name, values, color in (
        ("BED", [each.bed for each in found], VERMILION),
        ("absorbed dose", [each.dose for each in found], BLUE),
    ):
        drawn = np.array(values, dtype=float)
        ax.plot(times, drawn, color=color, label=f"{name}, {drawn[-1]:.3g} Gy")
    ax.set(xlim=(0.0, end), xlabel="Time (h)", ylabel="Gy")
    ax.set_ylim(bottom=0.0)
    hour_ticks(ax.xaxis, end)
    ax.grid(axis="y")
    ax.legend(loc="lower right")
    return ax
