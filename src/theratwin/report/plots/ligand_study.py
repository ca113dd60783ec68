"""A ligand design study: doses and their ratio over a property, or a map over two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from theratwin.report.names import title
from theratwin.report.plots.band_curve import band_curve
from theratwin.report.style import (
    BLUE,
    GREEN,
    INK,
    MUTED,
    PAGE_WIDTH,
    PURPLE,
    VERMILION,
    house_style,
    new_figure,
    plain_log_ticks,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from theratwin.planning import LigandStudy, Sweep

_ORGANS = {"kidneys": VERMILION, "parotid_glands": GREEN}


@house_style
def plot_ligand_study(
    study: LigandStudy, tumor: str = "tumors", organ: str = "kidneys"
) -> tuple[Axes, Axes]:
    """Plot doses per activity beside the ratio of tumor to organ.

    One sweep gives curves, with 90 % bands where there are several patients; two give maps of the
    medians. A ring or a line of dots marks the value that the body itself has.

    Parameters
    ----------
    study
        The study.
    tumor, organ
        Whose doses.
    """
    ratio = study.ratio(tumor, organ)
    figure = new_figure(PAGE_WIDTH, 2.9)
    left, right = figure.subplots(1, 2)
    words = f"{_name(tumor)} to {_name(organ)}".lower()
    if len(study.sweeps) == 1:
        shown = {tumor: BLUE, **{name: _ORGANS.get(name, PURPLE) for name in (organ, *_ORGANS)}}
        across = study.sweeps[0].shown
        for region, color in shown.items():
            if region in study.doses:
                band_curve(left, across, study.doses[region], color, _name(region))
        band_curve(right, across, ratio, INK, words)
        _frame_curves(study, left, right, words)
    else:
        _map(figure, left, study, np.median(study.doses[tumor], axis=0), "Blues", INK)
        _map(figure, right, study, np.median(ratio, axis=0), "viridis", "white")
        left.set_title(f"{_name(tumor)}, Gy/GBq")
        right.set_title(f"Dose ratio, {words}")
    return left, right


def _name(region: str) -> str:
    return "Tumors" if region == "tumors" else title(region)


def _frame_curves(study: LigandStudy, left: Axes, right: Axes, words: str) -> None:
    sweep = study.sweeps[0]
    own = _own(study, sweep)
    for ax in (left, right):
        ax.set_xscale("log")
        ax.set_xlim(sweep.shown[0], sweep.shown[-1])
        ax.set_xlabel(f"{sweep.title} ({sweep.unit})")
        ax.grid(axis="y")
        plain_log_ticks(ax.xaxis, wide=True)
        if own is not None:
            ax.axvline(own, color=MUTED, lw=0.8, ls=(0, (1, 2)))
    left.set_yscale("log")
    plain_log_ticks(left.yaxis)
    left.set_title("Absorbed dose per activity, Gy/GBq")
    left.legend(loc="best")
    right.set_ylim(0.0, None)
    right.set_title(f"Dose ratio, {words}")


def _map(figure: Figure, ax: Axes, study: LigandStudy, values: Any, colors: str, line: str) -> None:
    from matplotlib.ticker import MaxNLocator

    across, up = study.sweeps
    # Before the contours, whose labels are placed by what is seen.
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlim(across.shown[0], across.shown[-1])
    ax.set_ylim(up.shown[0], up.shown[-1])
    filled = ax.contourf(across.shown, up.shown, values.T, levels=24, cmap=colors)
    filled.set_rasterized(True)
    lines = ax.contour(across.shown, up.shown, values.T, levels=6, colors=line, linewidths=0.6)
    ax.clabel(lines, fontsize=6.5, fmt="%g")
    ax.set_xlabel(f"{across.title} ({across.unit})")
    ax.set_ylabel(f"{up.title} ({up.unit})")
    plain_log_ticks(ax.xaxis, wide=True)
    plain_log_ticks(ax.yaxis, wide=True)
    x, y = _own(study, across), _own(study, up)
    if x is not None and y is not None:
        ax.plot(x, y, "o", ms=7, mfc="none", mec=VERMILION, mew=1.6)
    figure.colorbar(filled, ax=ax, format="%g", ticks=MaxNLocator(6))


def _own(study: LigandStudy, sweep: Sweep) -> float | None:
    """Return the body's own value as shown, if it has one and it lies in the range."""
    value = study.own(sweep.name)
    if value is None or not sweep.low <= value <= sweep.high:
        return None
    return value * sweep.shown[0] / sweep.low
