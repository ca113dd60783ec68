"""Cumulative dose-volume histograms of regions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from theratwin.core.errors import InputError
from theratwin.report.style import CYCLES, axes_or_new, house_style
from theratwin.twin.words import title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from theratwin.dosimetry import DoseDistribution

#: Past six regions the colors come again, with other dashes.
_DASHES = ("-", (0, (5, 2)), (0, (1.5, 1.5)))
#: The axis ends a little beyond what the hottest two percent of any region get: single hot voxels
#: are noise, and would press all else to the left.
_HOTTEST = 0.02


@house_style
def plot_dose_volume(
    regions: Mapping[str, DoseDistribution],
    ax: Axes | None = None,
    *,
    quantity: str = "Absorbed dose",
) -> Axes:
    """Plot the part of each region's volume that gets a dose or more.

    Regions are listed by falling mean dose, with it. The axis of dose ends beyond D2 of all.

    Parameters
    ----------
    regions
        Distributions by name.
    ax
        Where to draw; a figure of its own by default.
    quantity
        What is distributed, in Gy.

    Raises
    ------
    InputError
        If there is no region.
    """
    from matplotlib.ticker import MaxNLocator

    if not regions:
        raise InputError("there is no region to draw", field="regions")
    ax = axes_or_new(ax, 5.2, 3.0)
    end = 1.08 * max(each.to_hottest(_HOTTEST) for each in regions.values()) or 1.0
    doses = np.linspace(0.0, end, 1201)
    shown = sorted(regions.items(), key=lambda item: -item[1].mean)
    for number, (name, found) in enumerate(shown):
        volume = 100.0 * found.fraction_above(doses)
        last = np.count_nonzero(volume) + 1  # no line along the axis
        ax.plot(
            doses[:last],
            volume[:last],
            color=CYCLES[number % len(CYCLES)],
            ls=_DASHES[number // len(CYCLES) % len(_DASHES)],
            label=f"{title(name)}, {found.mean:.3g} Gy",
        )
    ax.set(xlim=(0.0, end), ylim=(0.0, 102.0))
    ax.xaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10]))
    ax.grid(axis="y")
    ax.set_xlabel(f"{quantity} (Gy)")
    ax.set_ylabel("Volume that gets it or more (%)")
    ax.legend(
        title="Mean dose",
        alignment="left",
        loc="center left",
        bbox_to_anchor=(1.01, 0.5),
    )
    return ax
