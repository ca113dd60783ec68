"""Plan: from a twin to the next activity and the number of cycles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from theratwin.core.errors import InfeasibleError, InputError, UnsupportedError
from theratwin.planning.bounds import Bounds
from theratwin.planning.bounds import bounds as default_bounds
from theratwin.planning.course import Course, course_of, delivered_administrations
from theratwin.planning.customary import default_limits
from theratwin.planning.glands import glands_of
from theratwin.planning.limit import Limit
from theratwin.planning.notes import notes_on
from theratwin.planning.objective import Objective, default_objective
from theratwin.planning.outcome import evaluate
from theratwin.planning.plan import PARAMETER_SETS, Plan
from theratwin.planning.search import choose, options
from theratwin.planning.standard import standard_course
from theratwin.twin import Twin

_GIGABECQUEREL = 1000.0


def plan(
    twin: Twin,
    *,
    maximize: Objective | None = None,
    limits: Sequence[Limit] | None = None,
    bounds: Bounds | None = None,
    glands: float | None = None,
    delivered: str | None = None,
) -> Plan:
    """Choose the activity of the next cycle and the number of further cycles of that activity.

    Among all that keep the limits and bounds, the course that maximizes the objective less the
    glands' penalty. Draws of the twin's doses are computed once; the search is over arrays.

    Parameters
    ----------
    twin
        The patient's twin.
    maximize
        `log_cell_kill()`, `mean_lesion_bed()` or `mean_lesion_dose()`; by default the first of
        these that the lesions' radiosensitivity allows, which the plan's notes say.
    limits
        The limits; those on kidneys and red marrow of `default_limits` by default.
    bounds
        Hard bounds; those of `theratwin.planning.bounds` by default.
    glands
        Gy of lesion BED worth one Gy of mean gland BED; 0 leaves them out. By default that of the
        parameter set ``planning/choices``.
    delivered
        Name of the last administration that was given; by default the last one measured.

    Raises
    ------
    InputError
        If a limit's region or all lesions were not measured, or an argument is wrong.
    UnsupportedError
        If the twin is an animal's.
    InfeasibleError
        If no further cycle keeps the limits and bounds, or none is better than stopping.
    """
    _require_person(twin)
    limits = default_limits() if limits is None else tuple(limits)
    bounds = default_bounds() if bounds is None else bounds
    course = _course(twin, bounds, delivered)
    _require_known(limits, course)
    maximize, chosen = maximize or default_objective(course), maximize is None
    soft = glands_of(course, glands)
    tried = options(course, maximize, limits, soft, bounds)
    best = choose(tried)

    def outcome(cycles: int, activity: float):
        return evaluate(course, maximize, limits, soft, cycles, activity)

    standard = standard_course(twin.case.radiopharmaceutical.ligand.target)
    left = standard.cycles - course.delivered
    return Plan(
        case=twin.case,
        schedule=course.schedule_of(best.cycles, best.activity),
        delivered=course.delivered,
        cycle_names=course.schedule.names,
        best=best,
        options=tried,
        more_activity=outcome(best.cycles, best.activity + _GIGABECQUEREL),
        one_more_cycle=outcome(best.cycles + 1, best.activity),
        standard=standard,
        standard_outcome=outcome(left, standard.activity) if left > 0 else None,
        objective=maximize,
        limits=limits,
        bounds=bounds,
        glands=soft,
        notes=notes_on(twin, course, tried, best, limits, maximize, soft, chosen=chosen),
        provenance=_provenance(twin),
    )


def _require_person(twin: Twin) -> None:
    if twin.case.patient.species != "human":
        raise UnsupportedError(
            "limits, bounds and standard courses are those of people",
            field="patient.species",
            value=twin.case.patient.species,
            allowed="human",
        )


def _course(twin: Twin, bounds: Bounds, delivered: str | None) -> Course:
    given = delivered_administrations(twin.case, delivered)
    if len(given) >= bounds.cycles:
        raise InfeasibleError(
            f"the bound on the number of cycles is reached: {len(given)} were delivered",
            field="bounds.cycles",
            value=bounds.cycles,
            remedy="The bound is a choice: give a larger one if another cycle is wanted",
        )
    standard = standard_course(twin.case.radiopharmaceutical.ligand.target)
    # One more than can be planned, to say what going on would do.
    most = max(bounds.cycles + 1, standard.cycles)
    return course_of(twin, given, most - len(given), bounds.interval)


def _require_known(limits: Sequence[Limit], course: Course) -> None:
    """Raise if a limit cannot be checked: it is never dropped silently."""
    for limit in limits:
        try:
            course.total(limit.quantity)
        except InputError as error:
            raise InputError(
                f"the limit cannot be checked: {error.message}",
                field=f"limit on {limit.quantity}",
                value=limit.quantity.region,
                allowed=error.allowed,
                remedy=f"{error.remedy or 'Limit its absorbed dose instead'}; or leave the limit "
                f"out on purpose: --without-limit {limit.quantity.region}, or "
                f'default_limits(without=["{limit.quantity.region}"])',
            ) from None


def _provenance(twin: Twin):
    sets = (*twin.provenance.parameter_sets, *("/".join(name) for name in PARAMETER_SETS))
    return replace(twin.provenance, parameter_sets=tuple(dict.fromkeys(sets)))
