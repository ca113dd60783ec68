"""The figures of a report, each a picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from theratwin.report.names import in_order, title
from theratwin.report.picture import Picture, picture
from theratwin.report.plots import (
    LIMITS,
    plot_activity,
    plot_bed_against_limits,
    plot_budget,
    plot_doses,
    plot_plan,
    plot_update,
)
from theratwin.report.style import PAGE_WIDTH, house_style, new_figure
from theratwin.twin import Prediction, Twin

if TYPE_CHECKING:
    from theratwin.planning import Plan

_PANEL = (PAGE_WIDTH / 3.0, 1.5)
_MARGINS = {"left": 0.23, "right": 0.97, "bottom": 0.27, "top": 0.87}


@house_style
def curves(twin: Twin) -> list[Picture]:
    """Return the activity in every measured region, a panel each with the same margins."""
    return [_panel(twin, region) for region in in_order(twin.case.measurements.regions, twin.case)]


def _panel(twin: Twin, region: str) -> Picture:
    ax = plot_activity(twin, region, new_figure(*_PANEL, _MARGINS).add_subplot())
    return picture(ax, f"{title(region)}: activity over time with 90 % bands")


@house_style
def limits(prediction: Prediction, given: int, own: Mapping[str, float]) -> Picture | None:
    """Return cumulative BED and marrow dose against limits; None where there is none."""
    shown = [region for region in LIMITS if region in prediction.regions]
    if not shown or prediction.case.patient.species != "human":
        return None
    figure = new_figure(PAGE_WIDTH / 2 * len(shown), 2.4)
    axes = [figure.add_subplot(1, len(shown), place + 1) for place in range(len(shown))]
    for region, ax in zip(shown, axes, strict=True):
        plot_bed_against_limits(prediction, region, ax, given=given, limit=own.get(region))
    if given < len(prediction.schedule):
        axes[0].legend(loc="center left")
    return picture(axes[0], "Cumulative BED of kidneys and dose of red marrow against limits")


def doses(prediction: Prediction) -> Picture:
    """Return the forest plot of doses per activity."""
    return picture(plot_doses(prediction), "Absorbed dose per activity by region and cycle")


def shares(twin: Twin) -> Picture:
    """Return the uncertainty budgets."""
    return picture(plot_budget(twin), "Share of each source of uncertainty by region")


def trade_off(plan: Plan) -> Picture:
    """Return what each number of cycles allows and reaches."""
    return picture(plot_plan(plan), "Objective by number of cycles, against the standard course")


def changed(twin: Twin) -> Picture:
    """Return what the update changed."""
    return picture(plot_update(twin), "Dose per activity before and after the update")
