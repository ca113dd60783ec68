"""What a whole body's fit leaves of the scans, region by region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from theratwin.report.names import in_order, label
from theratwin.report.style import FAINT, INK, axes_or_new, cycle_style, house_style
from theratwin.twin import RegionResiduals, Twin, residuals

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROW = 0.27
#: Nine of ten residuals lie within, if model and uncertainties hold.
_WITHIN = 1.645
#: From here on a value is so far away that its time is written beside it.
_FAR = 2.5


@house_style
def plot_residuals(twin: Twin, ax: Axes | None = None) -> Axes:
    """Plot how far every measured value lies from the likeliest fit, in standard deviations.

    Right of the middle more was measured than fitted. Nine of ten values lie in the gray band if
    model and uncertainties hold; those far away have their time written beside them.
    """
    found = {each.region: each for posterior in twin.posteriors for each in residuals(posterior)}
    shown = in_order(found, twin.case)
    # Cycles keep the colors that they have elsewhere; diagnostics follow.
    given = (*twin.case.schedule.names, *(each.name for each in twin.case.diagnostics))
    ax = axes_or_new(ax, 7.1, 0.75 + _ROW * len(shown))
    ax.axvspan(-_WITHIN, _WITHIN, color=FAINT, alpha=0.55, lw=0)
    ax.axvline(0.0, color=INK, lw=0.6)
    for row, region in enumerate(shown):
        _draw(ax, row, found[region], given)
    measured = {m.administration for each in found.values() for m in each.measurements}
    for number, name in enumerate(given):
        if name in measured:
            color, marker = cycle_style(number)
            ax.plot([], [], marker, color=color, label=name)
    ax.set_yticks(range(len(shown)), [label(region, twin.case) for region in shown])
    ax.tick_params(axis="y", length=0, labelcolor=INK)
    ax.set_ylim(len(shown) - 0.4, -0.6)
    reach = max([3.0, *(1.15 * float(abs(each.standardized).max()) for each in found.values())])
    ax.set_xlim(-reach, reach)
    ax.set_xlabel("Measured over fitted, logarithm in standard deviations")
    ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=6)
    return ax


def _draw(ax: Axes, row: int, found: RegionResiduals, given: tuple[str, ...]) -> None:
    for measurement, value in zip(found.measurements, found.standardized, strict=True):
        number = given.index(measurement.administration)
        color, marker = cycle_style(number)
        below = number % 2  # by turns above and below the middle of the row
        offset = 0.12 * (2 * below - 1) if len(given) > 1 else 0.0
        ax.plot(value, row + offset, marker, color=color, mec="white", mew=0.5)
        if abs(value) > _FAR:
            ax.annotate(
                f"{measurement.time:g} h",
                (value, row + offset),
                (0, -3 if below else 3),
                textcoords="offset points",
                va="top" if below else "bottom",
                ha="center",
                fontsize=6.5,
            )
