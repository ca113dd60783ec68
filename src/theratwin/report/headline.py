"""The key answers: doses per activity of what matters most, and the use made of limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from theratwin.report.names import site, title
from theratwin.report.numbers import bounds, middle, percent, with_bounds
from theratwin.report.plots.bed import LIMITS, cumulative, limit_values
from theratwin.twin import Interval, Prediction

#: How many lesions stand among the key answers.
LESIONS_SHOWN = 3
_LEVELS = (50.0, 5.0, 95.0)


@dataclass(frozen=True)
class Answer:
    """One number that a reader looks for first."""

    name: str
    site: str
    value: str
    unit: str
    interval: str


@dataclass(frozen=True)
class LimitUse:
    """What has been given, and what is planned, against one limit."""

    quantity: str
    given: str
    planned: str
    limit: str
    share: str
    below: str


def answers(prediction: Prediction) -> list[Answer]:
    """Return the doses per activity of kidneys, marrow, and the first lesions."""
    totals = {
        region: intervals[-1] for region, intervals in prediction.dose_per_activity().rows.items()
    }
    first = [region for region in LIMITS if region in totals]
    if not first:
        first = [dose.region for dose in prediction.organs][:2]
    lesions = [dose.region for dose in prediction.lesions][:LESIONS_SHOWN]
    return [
        Answer(
            title(region),
            site(region, prediction.case),
            middle(totals[region]),
            "Gy/GBq",
            f"90 %: {bounds(totals[region])}",
        )
        for region in first + lesions
    ]


def limit_uses(
    prediction: Prediction, given: int, *, planned: bool, limits: Mapping[str, float]
) -> list[LimitUse]:
    """Return what a course takes of each limit; limits are for people.

    Parameters
    ----------
    prediction
        The course, planned cycles included.
    given
        How many of its cycles have been given.
    planned
        Whether there is a plan.
    limits
        Limits (Gy) by region in place of the customary ones.
    """
    if prediction.case.patient.species != "human":
        return []
    return [
        _use(
            region,
            cumulative(prediction, region),
            given,
            planned,
            limits.get(region, limit_values(region)["limit"]),
        )
        for region in LIMITS
        if region in prediction.regions
    ]


def _use(region: str, total: np.ndarray, given: int, planned: bool, limit: float) -> LimitUse:
    quantity = "BED" if LIMITS[region][0] == "BED" else "absorbed dose"
    last = total[:, -1] if planned else total[:, given - 1]
    return LimitUse(
        f"{title(region)}, {quantity}",
        _shown(total[:, given - 1]),
        _shown(total[:, -1]) if planned else "",
        f"{limit:g} Gy",
        percent(float(np.median(last)) / limit),
        percent(float(np.mean(last <= limit))),
    )


def _shown(draws: np.ndarray) -> str:
    return with_bounds(Interval(*np.percentile(draws, _LEVELS)), "Gy")
