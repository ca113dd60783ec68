"""What a plan rests on: how it changes with its assumptions, and which unknowns decide it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from theratwin.core.errors import InfeasibleError
from theratwin.planning.amount_course import DoseSlopes, course_and_slopes
from theratwin.planning.course import Course, course_of
from theratwin.planning.dose_arrays import DoseArrays, Doses
from theratwin.planning.limit import Limit
from theratwin.planning.objective import LogCellKill, Objective
from theratwin.planning.outcome import Outcome
from theratwin.planning.plan import Plan
from theratwin.planning.search import choose, options
from theratwin.response import Repair, Tissue
from theratwin.twin import Twin
from theratwin.twin.doses import MARROW, marrow_factor, marrow_model_of
from theratwin.twin.systematics import systematics

#: By how much bounds and amounts are changed, and radiobiology, which is known less.
_LITTLE, _MUCH = 1.1, 1.25
_OTHER_PROBABILITY = 0.9
_SHOWN = 6


@dataclass(frozen=True)
class Shift:
    """The plan with one assumption changed.

    Parameters
    ----------
    assumption
        What was changed, and to what.
    activity
        The activity (MBq) of every further cycle then; None if no course is feasible.
    cycles
        The number of further cycles.
    objective
        The expected objective, with the assumption changed.
    """

    assumption: str
    activity: float | None
    cycles: int
    objective: float | None


@dataclass(frozen=True)
class Decisive:
    """An unknown, and how much of the doubt about the plan is its own.

    Parameters
    ----------
    parameter
        Its name.
    share
        Squared correlation of its logarithm with that of the activity at which a draw reaches the
        limit that was nearest.
    """

    parameter: str
    share: float


@dataclass(frozen=True)
class Sensitivity:
    """What a plan rests on.

    Parameters
    ----------
    shifts
        The plan with one assumption changed at a time.
    limit
        The limit that is nearest to be broken; empty without limits.
    decisive
        The unknowns that decide how much activity it allows, the weightiest first; of models with
        one vector of parameters.
    """

    shifts: tuple[Shift, ...]
    limit: str
    decisive: tuple[Decisive, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain containers; activities in MBq."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class _Assumed:
    """A plan's premises, one of which is changed at a time."""

    plan: Plan
    course: Course
    objective: Objective
    limits: tuple[Limit, ...]

    def shift(self, words: str, **changes: Any) -> Shift:
        changed, plan = replace(self, **changes), self.plan
        try:
            best = choose(
                options(changed.course, changed.objective, changed.limits, plan.glands, plan.bounds)
            )
        except InfeasibleError:
            return Shift(words, None, 0, None)
        return Shift(words, best.activity, best.cycles, best.objective)


def sensitivity(twin: Twin, plan: Plan) -> Sensitivity:
    """Return how a plan changes with its assumptions, and which unknowns decide it.

    Limits, their probabilities, radiosensitivity, repair, growth and, for a whole body, the amount
    of ligand (by the exact derivatives of the engine) are changed one at a time, and activity and
    number of cycles are chosen anew.

    Parameters
    ----------
    twin, plan
        The twin, and what was planned from it.
    """
    delivered = plan.schedule.administrations[: plan.delivered]
    further = len(plan.cycle_names) - plan.delivered
    slopes: dict[str, DoseSlopes] = {}
    if twin.model == "curves":
        course = course_of(twin, delivered, further, plan.regimen, plan.external_beam)
    else:
        course, slopes = course_and_slopes(
            twin, delivered, further, plan.regimen, plan.external_beam
        )
    assumed = _Assumed(plan, course, plan.objective, plan.limits)
    shifts = (*_limits(assumed), *_biology(assumed), *_amount(assumed, slopes))
    nearest = _nearest(plan, course)
    if nearest is None:
        return Sensitivity(shifts, "", ())
    return Sensitivity(shifts, str(nearest), _decisive(twin, course, nearest, plan.best))


def _limits(assumed: _Assumed) -> Iterator[Shift]:
    for k, limit in enumerate(assumed.limits):

        def others(changed: Limit, k: int = k) -> tuple[Limit, ...]:
            return (*assumed.limits[:k], changed, *assumed.limits[k + 1 :])

        bound = limit.bound * _LITTLE
        yield assumed.shift(
            f"{limit.quantity.words} at most {bound:.3g} Gy",
            limits=others(replace(limit, bound=bound)),
        )
        if limit.probability > _OTHER_PROBABILITY:
            yield assumed.shift(
                f"{limit.quantity.words} within its limit with probability {_OTHER_PROBABILITY:g}",
                limits=others(replace(limit, probability=_OTHER_PROBABILITY)),
            )


def _biology(assumed: _Assumed) -> Iterator[Shift]:
    names = dict.fromkeys(
        doses.tissue.name
        for doses in assumed.course.regions.values()
        if doses.tissue is not None and (doses.lesion or _is_limited(doses.region, assumed.limits))
    )
    for name in names:
        for words, change in _CHANGES.items():
            course = _with_tissue(assumed.course, name, change)
            if course is not None:
                yield assumed.shift(f"{words} of {name.replace('_', ' ')}", course=course)
    growth = assumed.objective
    if isinstance(growth, LogCellKill) and growth.doubling_time is not None:
        faster = growth.doubling_time / _MUCH
        yield assumed.shift(
            f"clonogens double in {faster / 24.0:.3g} days",
            objective=replace(growth, doubling_time=faster),
        )


def _is_limited(region: str, limits: tuple[Limit, ...]) -> bool:
    return any(limit.quantity.region == region and limit.quantity.kind == "bed" for limit in limits)


def _scaled_repair(tissue: Tissue) -> Tissue:
    slower = Repair(tissue.repair.fractions, tuple(_MUCH * t for t in tissue.repair.half_times))
    return replace(tissue, repair=slower)


def _scaled_alpha(tissue: Tissue) -> Tissue | None:
    # Alpha over beta stays: cell kill alone changes, not BED.
    return None if tissue.alpha is None else replace(tissue, alpha=tissue.alpha / _MUCH)


_CHANGES: dict[str, Callable[[Tissue], Tissue | None]] = {
    f"{_MUCH:g} times the alpha/beta": lambda t: replace(t, alpha_beta=_MUCH * t.alpha_beta),
    f"1/{_MUCH:g} of the alpha/beta": lambda t: replace(t, alpha_beta=t.alpha_beta / _MUCH),
    f"{_MUCH:g} times the repair half-time": _scaled_repair,
    f"1/{_MUCH:g} of the alpha": _scaled_alpha,
}


def _with_tissue(
    course: Course, name: str, change: Callable[[Tissue], Tissue | None]
) -> Course | None:
    """Return the course with one tissue changed everywhere; None if that cannot be."""
    regions: dict[str, Doses] = {}
    for region, doses in course.regions.items():
        regions[region] = doses
        if doses.tissue is not None and doses.tissue.name == name:
            changed = change(doses.tissue)
            if changed is None:
                return None
            regions[region] = replace(doses, tissue=changed)
    return replace(course, regions=regions)


def _amount(assumed: _Assumed, slopes: Mapping[str, DoseSlopes]) -> Iterator[Shift]:
    amount = assumed.plan.regimen.amount
    if not slopes or amount is None:
        return
    for factor in (_LITTLE, 1.0 / _LITTLE):
        regions: dict[str, Doses] = {
            name: _moved(assumed.course.arrays(name), slopes[name], amount, float(np.log(factor)))
            for name in assumed.course.regions
        }
        course = replace(assumed.course, regions=regions, most=assumed.course.most * factor)
        yield assumed.shift(f"{amount * factor:.3g} nmol of ligand", course=course)


def _moved(arrays: DoseArrays, slopes: DoseSlopes, amount: float, by: float) -> DoseArrays:
    """Return doses along their derivative by the logarithm of the amount."""

    def along(values: np.ndarray, slope: np.ndarray) -> np.ndarray:
        relative = amount * slope / np.where(values > 0.0, values, 1.0)
        return values * np.exp(by * relative)

    square = arrays.square
    if square is not None and slopes.square is not None:
        square = along(square, slopes.square)
    return replace(arrays, dose=along(arrays.dose, slopes.dose), square=square)


def _nearest(plan: Plan, course: Course) -> Limit | None:
    """Return the limit that the plan's activity comes nearest to breaking."""
    from theratwin.planning.search import largest_activity

    if not plan.limits:
        return None
    return min(plan.limits, key=lambda limit: largest_activity(course, limit, plan.cycles))


def _decisive(twin: Twin, course: Course, limit: Limit, best: Outcome) -> tuple[Decisive, ...]:
    reached = course.total(limit.quantity).reaching(best.cycles, limit.bound)
    usable = np.isfinite(reached) & (reached > 0.0)
    if usable.sum() < 3:
        return ()
    found = []
    for name, values in _unknowns(twin, course, limit.quantity.region, best.cycles):
        chosen = values[usable]
        if np.ptp(chosen) > 0.0:
            correlation = np.corrcoef(np.log(reached[usable]), chosen)[0, 1]
            found.append(Decisive(name, float(correlation**2)))
    return tuple(sorted(found, key=lambda each: -each.share)[:_SHOWN])


def _unknowns(
    twin: Twin, course: Course, region: str, cycles: int
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield what differs between the draws: name, and logarithm by draw."""
    for posterior in twin.posteriors:
        shares = posterior.each_share()
        if len(shares) == 1:
            alternative, theta = shares[0]
            yield from zip(alternative.parameter_names, theta.T, strict=True)
    if region == MARROW:
        factor = marrow_factor(marrow_model_of(twin.case), draws=twin.draws, seed=twin.seed)
        yield "model of the red marrow", np.log(factor)
    if twin.case.has_volume(region):
        factors = systematics(twin.case, region, draws=twin.draws, seed=twin.seed)
        for name in ("calibration", "recovery", "mass", "dose_factor"):
            words = f"{name.replace('_', ' ')} of the {region.replace('_', ' ')}"
            yield words, np.log(getattr(factors, name))
    dose = course.regions[region].dose
    given = course.delivered
    before, after = dose[:, given - 1], dose[:, given : given + cycles].mean(axis=1)
    if course.delivered and np.all(before > 0.0):
        yield "cycles to come against the last one given", np.log(after / before)
