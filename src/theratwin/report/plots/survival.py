"""Survival of cells over time, by several models of one exposure."""

from __future__ import annotations

from math import inf, isfinite
from typing import TYPE_CHECKING

import numpy as np

from theratwin.core import Curve, Exposure
from theratwin.core.errors import InputError
from theratwin.report.style import CYCLES, axes_or_new, hour_ticks, house_style, plain_log_ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from theratwin.response.cell_survival import Comparison

#: Past six models the colors come again, with other dashes.
_DASHES = ("-", (0, (5, 2)), (0, (1.5, 1.5)))
#: Shown is the time of this part of the dose, and some repair after it (h).
_GIVEN, _AFTER = 0.998, 12.0
_POINTS = 121


@house_style
def plot_survival(
    comparison: Comparison,
    exposure: Exposure | Curve,
    until: float = inf,
    ax: Axes | None = None,
) -> Axes:
    """Plot the surviving fraction of the cells so far by each model that could take the exposure.

    Models are listed by rising survival, with the fraction in the end.

    Raises
    ------
    InputError
        If no model could take it.
    """
    known = [answer for answer in comparison.answers if not answer.refusal]
    if not known:
        raise InputError("no model can take this exposure", field="comparison")
    ax = axes_or_new(ax, 5.2, 3.0)
    end = until if isfinite(until) else shown_until(exposure)
    times = np.linspace(0.0, end, _POINTS)
    for number, answer in enumerate(sorted(known, key=lambda a: float(a.survival))):
        ax.plot(
            times,
            answer.model.over_time(exposure, times),
            color=CYCLES[number % len(CYCLES)],
            ls=_DASHES[number // len(CYCLES) % len(_DASHES)],
            label=f"{answer.name}, {float(answer.survival):.3g}",
        )
    ax.set_yscale("log")
    ax.set_xlim(0.0, end)
    plain_log_ticks(ax.yaxis)
    hour_ticks(ax.xaxis, end)
    ax.grid(axis="y")
    ax.set_xlabel("Time (h)")
    ax.set_ylabel("Surviving fraction so far")
    ax.legend(title="In the end", alignment="left", loc="center left", bbox_to_anchor=(1.01, 0.5))
    return ax


def shown_until(exposure: Exposure | Curve) -> float:
    """Return a time (h) by which nearly all dose is given, and some repair done."""
    curve = exposure.total_dose_rate if isinstance(exposure, Exposure) else exposure
    total = float(curve.integral())
    late = max(float(np.max(curve.breakpoints, initial=0.0)), 1.0)
    while float(curve.integral(end=late)) < _GIVEN * total:
        late *= 1.2
    return late + _AFTER
