"""What has accumulated from cycle to cycle, against the limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from theratwin.core import parameter_set
from theratwin.core.errors import InputError
from theratwin.report.names import title
from theratwin.report.style import BLUE, MUTED, RULE, axes_or_new, house_style
from theratwin.twin import Prediction

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Regions with a limit: the quantity limited, and limits by name in ``response/clinical_limits``.
LIMITS = {
    "kidneys": ("BED", {"kidneys.bed": "limit", "kidneys.bed_with_risk_factors": "risk factors"}),
    "red_marrow": ("dose", {"marrow.absorbed_dose": "limit"}),
}

_LABELS = {"BED": "Cumulative BED (Gy)", "dose": "Cumulative absorbed dose (Gy)"}
_LEVELS = (5.0, 50.0, 95.0)


def cumulative(prediction: Prediction, region: str) -> np.ndarray:
    """Return draws of the limited quantity (Gy) summed up to each cycle, ``(draws, cycles)``.

    Raises
    ------
    InputError
        If the region has no limit, or no dose is predicted there.
    """
    if region not in LIMITS:
        raise InputError("no limit is known", field="region", value=region, allowed=list(LIMITS))
    dose = prediction[region]
    return np.cumsum(dose.bed if LIMITS[region][0] == "BED" else dose.dose, axis=1)


def limit_values(region: str) -> dict[str, float]:
    """Return the limits of a region (Gy), the one that plans are held to first.

    Examples
    --------
    >>> limit_values("kidneys")
    {'limit': 40.0, 'risk factors': 28.0}
    """
    known = parameter_set("response", "clinical_limits")
    return {label: known.value(name) for name, label in LIMITS[region][1].items()}


@house_style
def plot_bed_against_limits(
    prediction: Prediction,
    region: str = "kidneys",
    ax: Axes | None = None,
    *,
    given: int | None = None,
    limit: float | None = None,
) -> Axes:
    """Plot the cumulative BED (red marrow: absorbed dose) cycle by cycle against its limits.

    Parameters
    ----------
    prediction
        The course.
    region
        ``"kidneys"`` or ``"red_marrow"``.
    ax
        Where to draw; a figure of its own by default.
    given
        How many cycles have been given; later ones are drawn hollow. All by default.
    limit
        The limit (Gy) in place of the customary one.

    Raises
    ------
    InputError
        If the region has no limit, or no dose is predicted there.
    """
    ax = axes_or_new(ax, 3.5, 2.5)
    low, median, high = np.percentile(cumulative(prediction, region), _LEVELS, axis=0)
    cycles = np.arange(1, median.size + 1)
    done = median.size if given is None else given
    start = np.concatenate([[0.0], cycles])
    edges = [np.concatenate([[0.0], bound]) for bound in (low, median, high)]
    ax.fill_between(start, edges[0], edges[2], color=BLUE, alpha=0.22, lw=0)
    ax.plot(start[: done + 1], edges[1][: done + 1], color=BLUE)
    ax.plot(start[done:], edges[1][done:], color=BLUE, ls=(0, (4, 2)))
    ax.plot(cycles[:done], median[:done], "o", color=BLUE, label="given")
    ax.plot(cycles[done:], median[done:], "o", mec=BLUE, mfc="white", label="planned")
    values = limit_values(region) | ({} if limit is None else {"limit": limit})
    _draw_limits(ax, values)
    quantity = LIMITS[region][0]
    top = max(*values.values(), float(high[-1]))
    ax.set(xlim=(0.0, median.size + 0.3), ylim=(0.0, 1.12 * top), title=title(region))
    ax.set_xticks(cycles)
    ax.set(xlabel="Cycle", ylabel=_LABELS[quantity])
    return ax


def _draw_limits(ax: Axes, values: dict[str, float]) -> None:
    for number, (label, value) in enumerate(values.items()):
        color, line = (MUTED, ":") if number else (RULE, "-")
        ax.axhline(value, color=color, lw=1.0, ls=line)
        ax.annotate(
            f"{label}, {value:g} Gy",
            (0.02, value),
            xycoords=("axes fraction", "data"),
            xytext=(0, 2),
            textcoords="offset points",
            color=color,
            fontsize=7.5,
        )
