"""One patient's doses against the amount of ligand, or against the tumor burden."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from theratwin.core.errors import InputError
from theratwin.report.names import in_order, label, title
from theratwin.report.plots.band_curve import band_curve
from theratwin.report.style import (
    BLUE,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    PAGE_WIDTH,
    PURPLE,
    SKY,
    VERMILION,
    house_style,
    new_figure,
    plain_log_ticks,
)
from theratwin.twin.dose_study import AMOUNT, BURDEN

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from theratwin.twin import DoseStudy

_MEASURE = {AMOUNT: "Gy/GBq", BURDEN: "% of the present dose"}
_ORGANS = (VERMILION, PURPLE, GREEN, ORANGE)
_LESIONS = (BLUE, SKY, INK)


@house_style
def plot_dose_study(
    study: DoseStudy,
    organs: Sequence[str] | None = None,
    lesions: Sequence[str] | None = None,
    *,
    against: str = "kidneys",
) -> tuple[Axes, ...]:
    """Plot medians and 90 % bands of organs and of lesions; for amounts, the lesions' ratio too.

    Amounts have doses per activity; the tumor burden has doses relative to those of the tumor as it
    is, which the doubt about each dose itself does not blur. A line of dots marks the course's own
    value.

    Parameters
    ----------
    study
        Of `amount_study` or `sink_study`.
    organs, lesions
        Which; by default the first four and three.
    against
        The organ that the ratios are to.

    Returns
    -------
    tuple
        The axes of organs, then of lesions and their ratio where there are lesions.
    """
    known = in_order(study.doses, study.case)
    organs = _chosen(organs, [r for r in known if r not in study.lesions], len(_ORGANS), "organs")
    lesions = _chosen(lesions, study.lesions, len(_LESIONS), "lesions")
    panels = [(organs, _ORGANS, "Organs"), (lesions, _LESIONS, "Lesions")]
    panels = [panel for panel in panels if panel[0]]
    ratios = bool(lesions) and study.varied == AMOUNT and against in study.doses
    axes = new_figure(PAGE_WIDTH, 2.9).subplots(1, len(panels) + ratios, squeeze=False)[0]
    for ax, (regions, colors, words) in zip(axes, panels, strict=False):
        _doses(ax, study, regions, colors)
        ax.set_title(f"{words}, {_MEASURE[study.varied]}")
    if ratios:
        for region, color in zip(lesions, _LESIONS, strict=False):
            band_curve(axes[-1], study.values, study.ratio(region, against), color)
        axes[-1].set_title(f"Lesion to {title(against).lower()}")
        axes[-1].set_ylim(0.0, None)
    for ax in axes:
        _frame(ax, study)
    return tuple(axes)


def _chosen(
    asked: Sequence[str] | None, known: Sequence[str], most: int, field: str
) -> tuple[str, ...]:
    if asked is None:
        return tuple(known[:most])
    for region in asked:
        if region not in known:
            raise InputError(
                "the study has no dose there", field=field, value=region, allowed=list(known)
            )
    if len(asked) > most:
        raise InputError(
            "too many for one picture", field=field, value=list(asked), allowed=f"{most}"
        )
    return tuple(asked)


def _doses(ax: Axes, study: DoseStudy, regions: Sequence[str], colors: Sequence[str]) -> None:
    for region, color in zip(regions, colors, strict=False):
        values = study.doses[region] if study.varied == AMOUNT else 100.0 * study.relative(region)
        band_curve(ax, study.values, values, color, label(region, study.case))
    if study.varied == AMOUNT:
        ax.set_yscale("log")
        plain_log_ticks(ax.yaxis)
    ax.legend(
        loc="upper center",
        bbox_to_anchor=(0.5, -0.2),
        ncols=2,
        columnspacing=1.0,
        handlelength=1.4,
    )


def _frame(ax: Axes, study: DoseStudy) -> None:
    if study.varied == AMOUNT:
        ax.set_xscale("log")
    ax.set_xlim(study.values.min(), study.values.max())
    if study.varied == AMOUNT:
        plain_log_ticks(ax.xaxis)
    ax.set_xlabel(f"{study.title} ({study.unit})" if study.unit else f"{study.title} (factor)")
    ax.grid(axis="y")
    if study.own is not None:
        ax.axvline(study.own, color=MUTED, lw=0.8, ls=(0, (1, 2)))
