"""The figures of a report, each a picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from theratwin.report.names import in_order, label, title
from theratwin.report.picture import Picture, picture
from theratwin.report.plots import (
    LIMITS,
    plot_activity,
    plot_bed_against_limits,
    plot_beside,
    plot_blood_counts,
    plot_budget,
    plot_doses,
    plot_estimates,
    plot_lesion_volumes,
    plot_plan,
    plot_residuals,
    plot_update,
)
from theratwin.report.style import PAGE_WIDTH, house_style, new_figure
from theratwin.twin import Prediction, Twin
from theratwin.twin.doses import BLOOD, MARROW
from theratwin.twin.effects import Effects

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from theratwin.planning import Plan

#: Lesions of which the volume is drawn.
LESIONS_DRAWN = 5

_PANEL = (PAGE_WIDTH / 3.0, 1.5)
_MARGINS = {"left": 0.25, "right": 0.97, "bottom": 0.27, "top": 0.87}


@house_style
def curves(twin: Twin, prediction: Prediction) -> list[Picture]:
    """Return the activity over time, a panel each with the same margins.

    Shown are the regions that were measured, and of a whole body also those that a dose rests on
    without scans.
    """
    measured = [each for each in twin.case.measurements.regions if each in twin.regions]
    resting = [each for each in prediction.regions if each in twin.regions]
    if MARROW in prediction.regions and MARROW not in measured:
        resting.append(BLOOD)
    shown = in_order(dict.fromkeys([*measured, *resting]), twin.case)
    return [_panel(twin, region, scanned=region in measured) for region in shown]


def _panel(twin: Twin, region: str, *, scanned: bool) -> Picture:
    ax = plot_activity(twin, region, new_figure(*_PANEL, _MARGINS).add_subplot())
    if not scanned:
        ax.set_title(f"{title(region)}, predicted")
    return picture(_short(ax), f"{title(region)}: activity over time with 90 % bands")


def _short(ax: Axes) -> Axes:
    """Shorten the label of a concentration, which is longer than a panel is high."""
    ax.set_ylabel(ax.get_ylabel().replace("Concentration", "Conc."))
    return ax


@house_style
def beside(twin: Twin, other: Twin) -> list[Picture]:
    """Return the activity in every measured region by two twins, a panel each."""
    both = set(twin.regions) & set(other.regions) & set(twin.case.measurements.regions)
    return [
        picture(
            _short(plot_beside(twin, other, region, new_figure(*_PANEL, _MARGINS).add_subplot())),
            f"{title(region)}: activity over time by both models with 90 % bands",
        )
        for region in in_order(both, twin.case)
    ]


def learned(twin: Twin) -> Picture:
    """Return what was estimated of a whole body, before and after the scans."""
    return picture(plot_estimates(twin), "Parameters by their priors and by their posteriors")


def left(twin: Twin) -> Picture:
    """Return what a whole body's fit leaves of the scans."""
    return picture(plot_residuals(twin), "Residuals by region in standard deviations")


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


@house_style
def effects(found: Effects, prediction: Prediction) -> Picture | None:
    """Return volumes of lesions and blood counts over time; None where neither is known."""
    shown = list(found.lesions)[:LESIONS_DRAWN]
    panels = bool(shown) + (found.counts is not None)
    if not panels:
        return None
    figure = new_figure(PAGE_WIDTH / 2 * panels, 2.5)
    axes = [figure.add_subplot(1, panels, place + 1) for place in range(panels)]
    if shown:
        named = {label(name, prediction.case): found.lesions[name] for name in shown}
        plot_lesion_volumes(named, found.starts, axes[0])
    if found.counts is not None:
        plot_blood_counts(found.counts, found.starts, axes[-1])
        axes[-1].legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
        axes[-1].set_xlabel("Weeks after the first cycle")
    return picture(axes[0], "Volume of lesions and blood counts over time with 90 % bands")


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
