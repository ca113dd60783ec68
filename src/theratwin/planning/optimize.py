"""Plan: from a twin to the next activity, the number of cycles, and how they are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from theratwin.case import Administration, Case, ExternalBeam
from theratwin.core.errors import InfeasibleError, InputError, UnsupportedError
from theratwin.planning.bounds import Bounds
from theratwin.planning.bounds import bounds as default_bounds
from theratwin.planning.course import (
    Course,
    course_of,
    delivered_administrations,
    require_reached,
)
from theratwin.planning.customary import default_limits
from theratwin.planning.glands import Glands, glands_of
from theratwin.planning.limit import Limit
from theratwin.planning.notes import notes_on
from theratwin.planning.objective import Objective, default_objective
from theratwin.planning.outcome import Outcome, evaluate
from theratwin.planning.plan import PARAMETER_SETS, Plan, Rival
from theratwin.planning.regimen import Regimen
from theratwin.planning.search import choose, options
from theratwin.planning.settings import check_free, chosen_regimen
from theratwin.planning.standard import Standard, standard_course
from theratwin.twin import Twin

_GIGABECQUEREL = 1000.0


@dataclass(frozen=True, eq=False)
class _Asked:
    """What a plan is asked for, of which twin, after which cycles."""

    twin: Twin
    delivered: tuple[Administration, ...]
    further: int
    objective: Objective
    limits: tuple[Limit, ...]
    bounds: Bounds
    glands: Glands
    beams: tuple[ExternalBeam, ...]
    known: dict[Regimen, Course]

    def course(self, regimen: Regimen) -> Course:
        """Predict a course once, however often it is asked for."""
        if regimen not in self.known:
            self.known[regimen] = course_of(
                self.twin, self.delivered, self.further, regimen, self.beams
            )
        return self.known[regimen]

    def options(self, course: Course) -> tuple[Outcome, ...]:
        return options(course, self.objective, self.limits, self.glands, self.bounds)

    def outcome(self, course: Course, cycles: int, activity: float) -> Outcome:
        return evaluate(course, self.objective, self.limits, self.glands, cycles, activity)


def plan(
    twin: Twin,
    *,
    maximize: Objective | None = None,
    limits: Sequence[Limit] | None = None,
    bounds: Bounds | None = None,
    glands: float | None = None,
    delivered: str | None = None,
    beside: Plan | None = None,
    external_beam: Sequence[ExternalBeam] = (),
) -> Plan:
    """Choose the activity and the number of further cycles, and what of their giving is free.

    Among all that keep the limits and bounds, the course that maximizes the objective less the
    glands' penalty. For given amount of ligand, infusion and interval the draws of the twin's
    doses are computed once and the search is over arrays; where these are free in the bounds,
    they are searched around it (`theratwin.planning.settings`).

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
        Hard bounds, and what is free; those of `theratwin.planning.bounds` by default.
    glands
        Gy of lesion BED worth one Gy of mean gland BED; 0 leaves them out. By default that of the
        parameter set ``planning/choices``.
    delivered
        Name of the last administration that was given; by default the last one measured.
    beside
        Another plan of the same patient after the same cycles, such as that of a twin of curves:
        the new plan says what that one would do by this twin.
    external_beam
        External-beam therapy beside the cycles: its fractions count in limits and objective, with
        what they and the cycles do together before sublethal damage is repaired.

    Raises
    ------
    InputError
        If a limit's region or all lesions were not measured, an argument is wrong, or the interval
        is free but no growth is counted.
    UnsupportedError
        If the twin is an animal's, or of curves and amount or infusion are given.
    InfeasibleError
        If no further cycle keeps the limits and bounds, or none is better than stopping.
    """
    _require_person(twin)
    bounds = default_bounds() if bounds is None else bounds
    beams = tuple(external_beam)
    asked = _asked(twin, maximize, limits, bounds, glands, delivered, beams)
    regimen, tried = chosen_regimen(
        twin,
        asked.delivered,
        asked.further,
        asked.bounds,
        lambda course: choose(asked.options(course)),
        beams,
    )
    course = asked.course(regimen)
    found = asked.options(course)
    best = choose(found)
    standard = standard_course(twin.case.radiopharmaceutical.ligand.target)
    chosen = maximize is None
    return Plan(
        case=twin.case,
        model=twin.model,
        schedule=course.schedule_of(best.cycles, best.activity),
        regimen=regimen,
        tried=tried,
        delivered=course.delivered,
        cycle_names=course.schedule.names,
        best=best,
        options=found,
        more_activity=asked.outcome(course, best.cycles, best.activity + _GIGABECQUEREL),
        one_more_cycle=asked.outcome(course, best.cycles + 1, best.activity),
        standard=standard,
        standard_outcome=_standard(asked, standard),
        rival=None if beside is None else _rival(asked, beside),
        objective=asked.objective,
        limits=asked.limits,
        bounds=asked.bounds,
        glands=asked.glands,
        external_beam=beams,
        notes=notes_on(
            twin, course, found, best, asked.limits, asked.objective, asked.glands, chosen=chosen
        ),
        provenance=_provenance(twin),
    )


def _asked(
    twin: Twin,
    maximize: Objective | None,
    limits: Sequence[Limit] | None,
    bounds: Bounds,
    glands: float | None,
    delivered: str | None,
    beams: tuple[ExternalBeam, ...],
) -> _Asked:
    """Fill in what was not given, and check that all of it can be."""
    given = _given(twin, bounds, delivered)
    standard = standard_course(twin.case.radiopharmaceutical.ligand.target)
    # One more than can be planned, to say what going on would do.
    further = max(bounds.cycles + 1, standard.cycles) - len(given)
    first = Regimen.first(bounds, given[-1] if given else twin.case.schedule.administrations[0])
    before = course_of(twin, given, further, first, beams)
    require_reached(beams, before)
    limits = default_limits() if limits is None else tuple(limits)
    _require_known(limits, before)
    objective = maximize or default_objective(before)
    check_free(twin, bounds, objective)
    soft = glands_of(before, glands)
    return _Asked(twin, given, further, objective, limits, bounds, soft, beams, {first: before})


def _require_person(twin: Twin) -> None:
    if twin.case.patient.species != "human":
        raise UnsupportedError(
            "limits, bounds and standard courses are those of people",
            field="patient.species",
            value=twin.case.patient.species,
            allowed="human",
        )


def _given(twin: Twin, bounds: Bounds, delivered: str | None) -> tuple[Administration, ...]:
    given = delivered_administrations(twin.case, delivered)
    if len(given) >= bounds.cycles:
        raise InfeasibleError(
            f"the bound on the number of cycles is reached: {len(given)} were delivered",
            field="bounds.cycles",
            value=bounds.cycles,
            remedy="The bound is a choice: give a larger one if another cycle is wanted",
        )
    return given


def _standard(asked: _Asked, standard: Standard) -> Outcome | None:
    """Return what the standard course would do from here, with ligand and infusion as before."""
    left = standard.cycles - len(asked.delivered)
    if left <= 0:
        return None
    case = asked.twin.case
    last = asked.delivered[-1] if asked.delivered else case.schedule.administrations[0]
    regimen = Regimen(standard.interval, last.amount, last.duration)
    return asked.outcome(asked.course(regimen), left, standard.activity)


def _rival(asked: _Asked, other: Plan) -> Rival:
    if _who(other.case) != _who(asked.twin.case):
        raise InputError(
            "the other plan is of another patient",
            field="beside",
            value=other.case.name,
            allowed=asked.twin.case.name,
            remedy="Calibrate both twins from the same case file",
        )
    delivered = tuple(other.schedule.administrations[: other.delivered])
    if delivered != asked.delivered:
        raise InputError(
            "the other plan follows other cycles",
            field="beside",
            value=[a.name for a in delivered],
            allowed=[a.name for a in asked.delivered],
            remedy="Plan both from the same cycles of the same patient",
        )
    if other.cycles > asked.further:
        raise InputError(
            "the other plan has more cycles than this one may have",
            field="beside",
            value=other.cycles,
            allowed=f"at most {asked.further} further",
            remedy="Give both the same bounds",
        )
    outcome = asked.outcome(asked.course(other.regimen), other.cycles, other.activity)
    return Rival(other.model, other.regimen, outcome)


def _who(case: Case) -> tuple:
    """Return what two cases of one patient have in common, whatever was measured in each."""
    return case.name, case.patient, case.radiopharmaceutical, case.lesions


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
