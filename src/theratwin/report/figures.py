"""The figures of a report, each a picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from theratwin.report.names import in_order
from theratwin.report.picture import Picture, picture
from theratwin.report.plots import (
    LIMITS,
    plot_activity,
    plot_bed_against_limits,
    plot_budget,
    plot_doses,
    plot_update,
)
from theratwin.report.style import PAGE_WIDTH, house_style, new_figure
from theratwin.twin import Prediction, Twin

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLUMNS = 3
_ROW_HEIGHT = 1.85


@house_style
def curves(twin: Twin) -> Picture:
    """Return small multiples of the activity in every measured region."""
    regions = in_order(twin.case.measurements.regions, twin.case)
    columns = min(_COLUMNS, len(regions))
    rows = math.ceil(len(regions) / columns)
    figure = new_figure(PAGE_WIDTH * columns / _COLUMNS, _ROW_HEIGHT * rows + 0.25)
    axes = [figure.add_subplot(rows, columns, place + 1) for place in range(len(regions))]
    for place, (region, ax) in enumerate(zip(regions, axes, strict=True)):
        plot_activity(twin, region, ax)
        if place + columns < len(regions):
            ax.set_xlabel("")
    _legend(figure, axes)
    return picture(axes[0], f"Activity over time in {len(regions)} regions with 90 % bands")


def _legend(figure: Figure, axes: list[Axes]) -> None:
    """Put one legend of the cycles above all axes."""
    found: dict[str, object] = {}
    for ax in axes:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            found.setdefault(label, handle)
    labels = sorted(found)
    figure.legend(
        [found[label] for label in labels], labels, loc="outside upper right", ncols=len(labels)
    )


@house_style
def limits(prediction: Prediction, given: int) -> Picture | None:
    """Return cumulative BED and marrow dose against limits; None where there is none."""
    shown = [region for region in LIMITS if region in prediction.regions]
    if not shown or prediction.case.patient.species != "human":
        return None
    figure = new_figure(PAGE_WIDTH / 2 * len(shown), 2.3)
    axes = [figure.add_subplot(1, len(shown), place + 1) for place in range(len(shown))]
    for region, ax in zip(shown, axes, strict=True):
        plot_bed_against_limits(prediction, region, ax, given=given)
    return picture(axes[0], "Cumulative BED of kidneys and dose of red marrow against limits")


def doses(prediction: Prediction) -> Picture:
    """Return the forest plot of doses per activity."""
    return picture(plot_doses(prediction), "Absorbed dose per activity by region and cycle")


def shares(twin: Twin) -> Picture:
    """Return the uncertainty budgets."""
    return picture(plot_budget(twin), "Share of each source of uncertainty by region")


def changed(twin: Twin) -> Picture | None:
    """Return what the update changed; None without one."""
    if not twin.history:
        return None
    return picture(plot_update(twin), "Dose per activity before and after the update")
