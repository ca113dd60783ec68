"""What a number of further cycles of one activity would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from theratwin.planning.course import Course
from theratwin.planning.glands import Glands
from theratwin.planning.limit import Limit, Quantity, bed
from theratwin.planning.objective import LogCellKill, Objective
from theratwin.response import complication, tumor_control
from theratwin.twin import Interval

_LEVELS = (5.0, 50.0, 95.0)

#: What decided the activity, apart from a limit, which is named.
BY_BOUND, BY_GLANDS, BY_NOTHING = "bound on the activity", "glands", "no further cycle"
BY_LABEL = "every molecule labeled"


@dataclass(frozen=True)
class Outcome:
    """The expected outcome of a course: delivered cycles and further ones of one activity.

    Parameters
    ----------
    cycles
        Number of further cycles.
    activity
        Activity (MBq) of each of them.
    objective
        Expectation of what is maximized.
    score
        The same less the glands' penalty: what the choice rests on.
    probabilities
        Posterior probability that each limit holds at the end, in the order of the limits.
    first_broken
        For each limit the first cycle after which it does not hold with its probability; None if
        it holds to the end.
    dose, bed
        Total absorbed dose and BED (Gy) by region; BED where radiosensitivity is known.
    gland_bed
        Mean BED (Gy) of the glands measured, if any.
    kidney_complication
        Expected probability of late kidney complication (NTCP, external-beam parameters applied
        to BED), if the kidneys' BED is known.
    tumor_control
        Poisson probability that no clonogen survives, if log cell kill is maximized.
    tumor_control_is_zero
        Whether that is below the smallest double-precision number in every draw.
    decided_by
        What decided the activity: the limit that binds, a bound, the glands.
    """

    cycles: int
    activity: float
    objective: float
    score: float
    probabilities: tuple[float, ...]
    first_broken: tuple[str | None, ...]
    dose: Mapping[str, Interval]
    bed: Mapping[str, Interval]
    gland_bed: Interval | None
    kidney_complication: float | None
    tumor_control: float | None
    tumor_control_is_zero: bool
    decided_by: str

    def interval(self, quantity: Quantity) -> Interval:
        """Return a quantity's median with its 90 % interval."""
        return (self.bed if quantity.kind == "bed" else self.dose)[quantity.region]

    def to_dict(self) -> dict[str, Any]:
        """Return plain containers, ready for JSON."""
        return asdict(self)


def evaluate(
    course: Course,
    objective: Objective,
    limits: Sequence[Limit],
    glands: Glands,
    cycles: int,
    activity: float,
    decided_by: str = "",
) -> Outcome:
    """Return the outcome of ``cycles`` further cycles of one activity (MBq)."""
    draws = objective.draws(course, cycles, activity)
    control = tumor_control(1.0, draws) if isinstance(objective, LogCellKill) else None
    return Outcome(
        cycles=cycles,
        activity=float(activity),
        objective=float(draws.mean()),
        score=float(draws.mean()) - float(penalty(course, objective, glands, cycles, activity)),
        probabilities=tuple(probability(course, each, cycles, activity) for each in limits),
        first_broken=tuple(_first_broken(course, each, cycles, activity) for each in limits),
        dose={r: _interval(course, Quantity("dose", r), cycles, activity) for r in course.regions},
        bed={
            name: _interval(course, bed(name), cycles, activity)
            for name, region in course.regions.items()
            if region.tissue is not None
        },
        gland_bed=summarize(glands.mean_bed(course, cycles, activity)) if glands.regions else None,
        kidney_complication=_kidney_complication(course, cycles, activity),
        tumor_control=None if control is None else float(control.probability.mean()),
        tumor_control_is_zero=control is not None and bool(control.underflows.all()),
        decided_by=decided_by,
    )


def _kidney_complication(course: Course, cycles: int, activity: float) -> float | None:
    kidneys = course.regions.get("kidneys")
    if kidneys is None or kidneys.tissue is None:
        return None
    total = course.total(bed("kidneys")).at(cycles, activity)
    probability = complication("kidneys", kidneys.tissue.alpha_beta).probability(total)
    return float(np.mean(probability))


def penalty(
    course: Course, objective: Objective, glands: Glands, cycles: int, activity: Any
) -> Any:
    """Return what the glands take off the objective, shape of ``activity``."""
    if not glands.count:
        return np.zeros(np.shape(activity))
    mean = glands.mean_bed(course, cycles, activity).mean(axis=-1)
    return glands.weight * objective.worth(course) * mean


def probability(course: Course, limit: Limit, cycles: int, activity: float) -> float:
    """Return the posterior probability that a limit holds."""
    total = course.total(limit.quantity).at(cycles, activity)
    return float(np.mean(total <= limit.bound))


def summarize(draws: np.ndarray) -> Interval:
    """Return the median with its 90 % interval."""
    low, median, high = np.percentile(draws, _LEVELS)
    return Interval(float(median), float(low), float(high))


def _interval(course: Course, quantity: Quantity, cycles: int, activity: float) -> Interval:
    return summarize(course.total(quantity).at(cycles, activity))


def _first_broken(course: Course, limit: Limit, cycles: int, activity: float) -> str | None:
    names = course.schedule.names
    for number in range(cycles + 1):
        if not limit.held_by(probability(course, limit, number, activity)):
            return names[course.delivered + number - 1]
    return None
