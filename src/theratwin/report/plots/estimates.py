"""What the scans taught of a whole body: each parameter before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theratwin.report.estimates import words_of
from theratwin.report.style import BLUE, FAINT, INK, axes_or_new, house_style, plain_log_ticks
from theratwin.twin import Twin, estimates

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROW = 0.19


@house_style
def plot_estimates(twin: Twin, ax: Axes | None = None) -> Axes:
    """Plot the parameters of a whole body over the medians of their priors.

    Gray bars are the priors' 90 % intervals, blue lines the posterior's with its median.

    Raises
    ------
    UnsupportedError
        If the twin has curves.
    """
    found = estimates(twin)
    ax = axes_or_new(ax, 7.1, 0.75 + _ROW * len(found))
    for row, each in enumerate(found):
        before = np.array([each.prior.low, each.prior.high]) / each.prior.median
        after = np.array([each.posterior.low, each.posterior.high]) / each.prior.median
        median = each.posterior.median / each.prior.median
        first = row == 0
        ax.plot(before, [row, row], color=FAINT, lw=6.5, solid_capstyle="butt")
        ax.plot(after, [row, row], color=BLUE)
        ax.plot(median, row, "o", color=BLUE, label="posterior" if first else "")
    ax.plot([], [], color=FAINT, lw=6.5, label="prior")
    ax.axvline(1.0, color=INK, lw=0.6, zorder=0)
    ax.set_xscale("log")
    plain_log_ticks(ax.xaxis, wide=True)
    ax.set_yticks(range(len(found)), [_label(each.name) for each in found])
    ax.tick_params(axis="y", length=0, labelcolor=INK)
    ax.set_ylim(len(found) - 0.4, -0.6)
    ax.set_xlabel("Over the median of the prior, 90 % intervals")
    ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2)
    return ax


def _label(name: str) -> str:
    region, quantity = words_of(name)
    return f"{region}: {quantity.replace(' over the cycle before', ' / before')}"
