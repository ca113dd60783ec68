"""Dose and biologically effective dose of one course, as they build up over time."""

from __future__ import annotations

from math import inf, isfinite
from typing import TYPE_CHECKING

import numpy as np

from theratwin.core import Curve, Exposure
from theratwin.report.plots.survival import shown_until
from theratwin.report.style import BLUE, MUTED, axes_or_new, hour_ticks, house_style
from theratwin.response import Tissue, effect_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_POINTS = 121


@house_style
def plot_bed_course(
    exposure: Exposure | Curve, tissue: Tissue, until: float = inf, ax: Axes | None = None
) -> Axes:
    """Plot the dose so far and its BED in a tissue, with what they come to.

    Parameters
    ----------
    exposure
        Dose rate (Gy/h), of photons and electrons.
    tissue
        Its alpha/beta and repair.
    until
        The time up to which the dose counts (h).
    ax
        Where to draw; a figure of its own by default.
    """
    ax = axes_or_new(ax, 4.2, 2.8)
    end = until if isfinite(until) else shown_until(exposure)
    times = np.linspace(0.0, end, _POINTS)
    so_far = [effect_of(exposure, tissue, until=float(time)) for time in times]
    whole = effect_of(exposure, tissue, until=until)
    for name, values, in_all, color in (
        ("BED", [float(e.bed) for e in so_far], whole.bed, BLUE),
        ("absorbed dose", [float(e.dose) for e in so_far], whole.dose, MUTED),
    ):
        ax.plot(times, values, color=color, label=f"{name}, {float(in_all):.3g} Gy")
    ax.set_xlim(0.0, end)
    ax.set_ylim(bottom=0.0)
    hour_ticks(ax.xaxis, end)
    ax.grid(axis="y")
    ax.set(xlabel="Time (h)", ylabel="So far (Gy)")
    ax.legend(title="In the end", alignment="left", loc="lower right")
    return ax
