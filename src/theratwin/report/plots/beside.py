"""One region by two models: both bands and the scans."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theratwin.report.bands import Band, activity_bands
from theratwin.report.names import label
from theratwin.report.plots.activity import log_limits
from theratwin.report.style import (
    BLUE,
    INK,
    VERMILION,
    axes_or_new,
    hour_ticks,
    house_style,
    plain_log_ticks,
)
from theratwin.twin import Twin

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Color and line of each twin: told apart in gray by the dashes, and by the band's hatching.
STYLES = ((BLUE, "-", ""), (VERMILION, "--", "//////"))


@house_style
def plot_beside(twin: Twin, other: Twin, region: str, ax: Axes | None = None) -> Axes:
    """Plot the activity in a region by two twins of the same data, with the scans.

    Shown is the cycle with most scans of the region, the first of several. The first twin has a
    solid line and a plain band, the other a dashed line and a hatched band; bands are 90 %
    credible intervals of the curve.

    Raises
    ------
    InputError
        If a twin has no curve of the region.
    """
    ax = axes_or_new(ax, 3.6, 2.4)
    bands = [_fullest(activity_bands(each, region)) for each in (twin, other)]
    for band, (color, line, hatch) in zip(bands, STYLES, strict=True):
        ax.fill_between(
            band.times,
            band.low,
            band.high,
            facecolor=(color, 0.25 if not hatch else 0.06),
            edgecolor=(color, 0.55),
            hatch=hatch,
            lw=0.3,
        )
        ax.plot(band.times, band.median, color=color, ls=line)
    seen = bands[0]
    ax.errorbar(
        seen.measured_times,
        seen.measured,
        yerr=seen.errors,
        fmt="o",
        color=INK,
        mec="white",
        mew=0.5,
        elinewidth=0.9,
        zorder=3,
    )
    ax.set_yscale("log")
    ax.set_ylim(*log_limits(bands))
    plain_log_ticks(ax.yaxis)
    ax.set_xlim(0.0, seen.times[-1])
    hour_ticks(ax.xaxis, seen.times[-1])
    ax.grid(axis="y")
    ax.set_title(f"{label(region, twin.case)}, {seen.name}")
    ax.set_xlabel("Time after administration (h)")
    quantity = "Activity" if seen.unit == "MBq" else "Concentration"
    ax.set_ylabel(f"{quantity} ({seen.unit})")
    return ax


def _fullest(bands: tuple[Band, ...]) -> Band:
    return bands[int(np.argmax([band.measured.size for band in bands]))]
