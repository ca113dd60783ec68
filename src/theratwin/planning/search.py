"""Search the best activity for each number of further cycles, and the best number."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from theratwin.core.errors import InfeasibleError
from theratwin.planning.bounds import Bounds
from theratwin.planning.course import Course
from theratwin.planning.glands import Glands
from theratwin.planning.limit import ROUNDING, Limit
from theratwin.planning.objective import Objective
from theratwin.planning.outcome import (
    BY_BOUND,
    BY_GLANDS,
    BY_LABEL,
    BY_NOTHING,
    Outcome,
    evaluate,
    penalty,
    probability,
)

#: So that rounding in the last digits does not break the limit that binds.
_INSIDE = 1.0 - ROUNDING
#: Activities tried before the best of them is refined.
_GRID = 129
#: An activity (MBq) below this is no treatment.
_LEAST = 1.0
#: Differences of the score below this are none: then fewer cycles are taken.
_TIE = 1e-9


def largest_activity(course: Course, limit: Limit, cycles: int) -> float:
    """Return the largest activity (MBq) of each of ``cycles`` cycles that a limit allows.

    Exact: each draw has its own activity at which it reaches the bound, and the limit holds as
    long as no more draws than it allows have reached theirs.

    Returns
    -------
    float
        Negative infinity if the delivered cycles break the limit already.
    """
    reached = np.sort(course.total(limit.quantity).reaching(cycles, limit.bound))[::-1]
    needed = math.ceil(limit.probability * len(reached) * _INSIDE)
    activity = float(reached[needed - 1])
    return activity * _INSIDE if activity >= 0 else -math.inf


def options(
    course: Course,
    objective: Objective,
    limits: Sequence[Limit],
    glands: Glands,
    bounds: Bounds,
) -> tuple[Outcome, ...]:
    """Return the best activity for each possible number of further cycles, from none.

    Raises
    ------
    InfeasibleError
        If delivered cycles break a limit already.
    """
    _require_room(course, limits)
    none = evaluate(course, objective, limits, glands, 0, 0.0, BY_NOTHING)
    remaining = range(1, bounds.cycles - course.delivered + 1)
    return (
        none,
        *(
            best_of(course, objective, limits, glands, cycles, bounds.activity)
            for cycles in remaining
        ),
    )


def best_of(
    course: Course,
    objective: Objective,
    limits: Sequence[Limit],
    glands: Glands,
    cycles: int,
    bound: float,
) -> Outcome:
    """Return the outcome of the best activity for one number of further cycles."""
    allowed = {str(limit): largest_activity(course, limit, cycles) for limit in limits}
    allowed = {BY_BOUND: bound, BY_LABEL: course.most, **allowed}
    decided_by, most = min(allowed.items(), key=lambda item: item[1])
    if glands.count:

        def score(activity: np.ndarray) -> np.ndarray:
            kill = objective.draws(course, cycles, activity).mean(axis=-1)
            return kill - penalty(course, objective, glands, cycles, activity)

        activity = maximum(score, most)
        if activity < most:
            decided_by, most = BY_GLANDS, activity
    return evaluate(course, objective, limits, glands, cycles, most, decided_by)


def maximum(score: Callable[[np.ndarray], np.ndarray], most: float) -> float:
    """Return where a score is largest in [0, most]: a grid first, then refined around its best.

    Examples
    --------
    >>> round(maximum(lambda a: -((a - 2.0) ** 2), 10.0), 6)
    2.0
    >>> maximum(lambda a: a, 10.0)
    10.0
    """
    from scipy.optimize import minimize_scalar

    grid = np.linspace(0.0, most, _GRID)
    scores = score(grid)
    best = int(np.argmax(scores))
    around = (grid[max(best - 1, 0)], grid[min(best + 1, _GRID - 1)])
    found = minimize_scalar(
        lambda a: -float(score(np.asarray(a))),
        bounds=around,
        method="bounded",
        options={"xatol": 1e-9 * most},
    )
    return float(found.x) if -found.fun > scores[best] else float(grid[best])


def choose(tried: Sequence[Outcome]) -> Outcome:
    """Return the outcome of the largest score; of equal ones that with the fewest cycles.

    Raises
    ------
    InfeasibleError
        If no further cycle is possible, or none is better than stopping.
    """
    none, *further = tried
    if not further:
        raise InfeasibleError(
            "the bound on the number of cycles is reached",
            field="bounds.cycles",
            remedy="The bound is a choice: give a larger one if another cycle is wanted",
        )
    best = further[0]
    for option in further[1:]:
        if option.score > best.score + _TIE * abs(best.score):
            best = option
    if best.score <= none.score or best.activity < _LEAST:
        by_glands = best.decided_by == BY_GLANDS
        raise InfeasibleError(
            "no further cycle is better than stopping"
            + (": with this weight the glands' dose outweighs the effect" if by_glands else ""),
            field="glands" if by_glands else "limits",
            remedy="Give the glands a smaller weight" if by_glands else None,
        )
    return best


def _require_room(course: Course, limits: Sequence[Limit]) -> None:
    """Raise if the delivered cycles leave no room under a limit."""
    for limit in limits:
        held = probability(course, limit, 0, 0.0)
        if not limit.held_by(held) or not _allows_some(course, limit):
            raise InfeasibleError(
                f"the {course.delivered} delivered cycles leave no room: "
                f"the {limit.quantity.words} stays at or below {limit.bound:g} Gy with probability "
                f"{held:.3f} without any further one",
                field=f"limit on {limit.quantity}",
                allowed=f"a probability of at least {limit.probability:g}",
                remedy="Stop, or plan against another limit on purpose",
            )


def _allows_some(course: Course, limit: Limit) -> bool:
    further = course.total(limit.quantity).linear.shape[1] > 1
    return not further or largest_activity(course, limit, 1) > _LEAST
