"""The key answers: doses per activity of what matters most, and what has been used of limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from theratwin.report.names import title
from theratwin.report.numbers import bounds, middle, percent
from theratwin.report.plots.bed import LIMITS, cumulative, limit_values
from theratwin.twin import Prediction
from theratwin.twin.twin import Interval

_LESIONS_SHOWN = 3
_LEVELS = (50.0, 5.0, 95.0)


@dataclass(frozen=True)
class Answer:
    """One number that a reader looks for first."""

    name: str
    value: str
    unit: str
    interval: str
    remark: str = ""


@dataclass(frozen=True)
class LimitUse:
    """What a course takes of one limit."""

    region: str
    quantity: str
    so_far: Interval
    limit: float
    below: float
    cycles: int

    @property
    def words(self) -> str:
        """The same in a sentence."""
        share = self.so_far.median / self.limit
        after = "1 cycle" if self.cycles == 1 else f"{self.cycles} cycles"
        return (
            f"{title(self.region)} after {after}: {self.quantity} {middle(self.so_far)} Gy "
            f"({bounds(self.so_far)}), {percent(share)} of the limit of {self.limit:g} Gy; "
            f"the probability of being below it is {percent(self.below)}."
        )


def answers(prediction: Prediction) -> list[Answer]:
    """Return the doses per activity of kidneys, marrow, and the lesions."""
    totals = {
        region: intervals[-1] for region, intervals in prediction.dose_per_activity().rows.items()
    }
    lesions = [dose.region for dose in prediction.lesions]
    first = [region for region in ("kidneys", "red_marrow") if region in totals]
    if not first:
        first = [dose.region for dose in prediction.organs][:2]
    return [
        _answer(region, totals[region], prediction) for region in first + lesions[:_LESIONS_SHOWN]
    ]


def _answer(region: str, interval: Interval, prediction: Prediction) -> Answer:
    return Answer(
        title(region, prediction.case), middle(interval), "Gy/GBq", f"90 %: {bounds(interval)}"
    )


def limit_uses(prediction: Prediction) -> Iterator[LimitUse]:
    """Yield what the course takes of each limit; limits are for people."""
    if prediction.case.patient.species != "human":
        return
    for region, (quantity, _) in LIMITS.items():
        if region in prediction.regions:
            total = cumulative(prediction, region)[:, -1]
            limit = limit_values(region)["limit"]
            yield LimitUse(
                region,
                "cumulative BED" if quantity == "BED" else "cumulative absorbed dose",
                Interval(*np.percentile(total, _LEVELS)),
                limit,
                float(np.mean(total < limit)),
                len(prediction.schedule),
            )
