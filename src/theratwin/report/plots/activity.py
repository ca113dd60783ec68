"""Activity over time: the curve with its bands, and the data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from theratwin.report.bands import Band, activity_bands
from theratwin.report.names import label
from theratwin.report.style import (
    axes_or_new,
    cycle_style,
    hour_ticks,
    house_style,
    plain_log_ticks,
)
from theratwin.twin import Prediction, Twin

#: A curve that falls on far below what was measured is cut here, as a share of the least value.
_BELOW_DATA = 0.03

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@house_style
def plot_activity(
    source: Twin | Prediction, region: str, ax: Axes | None = None, *, log: bool = True
) -> Axes:
    """Plot the activity in a region after each administration.

    The line is the median, the inner band its 90 % interval; 90 % of single measurements would
    fall in the outer band. Points are measurements with one standard uncertainty. A whole body
    has curves of regions without scans too.

    Parameters
    ----------
    source
        A twin (the curve as the scans see it) or a prediction (with what all scans share).
    region
        Name of the region.
    ax
        Where to draw; a figure of its own by default.
    log
        Whether activity stands on a logarithmic axis.

    Raises
    ------
    InputError
        If the twin has no curve of the region, or no dose is predicted there.
    """
    ax = axes_or_new(ax, 3.6, 2.4)
    bands = activity_bands(source, region)
    for band in bands:
        _draw(ax, band)
    if log:
        ax.set_yscale("log")
        ax.set_ylim(*log_limits(bands))
        plain_log_ticks(ax.yaxis)
    else:
        ax.set_ylim(bottom=0.0)
    ax.set_xlim(0.0, bands[0].times[-1])
    hour_ticks(ax.xaxis, bands[0].times[-1])
    ax.grid(axis="y")
    ax.set_title(label(region, source.case))
    ax.set_xlabel("Time after administration (h)")
    quantity = "Activity" if bands[0].unit == "MBq" else "Concentration"
    ax.set_ylabel(f"{quantity} ({bands[0].unit})")
    return ax


def _draw(ax: Axes, band: Band) -> None:
    color, marker = cycle_style(band.number)
    if band.scan_low is not None and band.scan_high is not None:
        ax.fill_between(band.times, band.scan_low, band.scan_high, color=color, alpha=0.12, lw=0)
    ax.fill_between(band.times, band.low, band.high, color=color, alpha=0.28, lw=0)
    ax.plot(band.times, band.median, color=color, label=band.name)
    if band.measured.size:
        ax.errorbar(
            band.measured_times,
            band.measured,
            yerr=band.errors,
            fmt=marker,
            color=color,
            markeredgecolor="white",
            markeredgewidth=0.5,
            elinewidth=0.9,
            zorder=3,
        )


def log_limits(bands: Sequence[Band]) -> tuple[float, float]:
    """Span medians and data, not the far ends of wide bands near time zero."""
    measured = np.concatenate([band.measured for band in bands])
    values = np.concatenate(
        [
            np.append(band.median[band.times > 0.02 * band.times[-1]], band.measured)
            for band in bands
        ]
    )
    least = _BELOW_DATA * float(measured.min()) if measured.size else 0.0
    return max(0.6 * float(values.min()), least), 1.7 * float(values.max())
