"""What a reader of a plan must know beside the numbers."""

from __future__ import annotations

from collections.abc import Sequence

from theratwin.core import parameter_set
from theratwin.planning.course import Course
from theratwin.planning.customary import default_limits
from theratwin.planning.glands import Glands
from theratwin.planning.limit import Limit
from theratwin.planning.objective import LogCellKill, Objective
from theratwin.planning.outcome import Outcome
from theratwin.twin import Twin

#: Where a region's dose is seen, if not in itself alone.
_SEEN_BY = {"red_marrow": {"red_marrow", "blood"}}


def notes_on(
    twin: Twin,
    course: Course,
    tried: Sequence[Outcome],
    best: Outcome,
    limits: Sequence[Limit],
    objective: Objective,
    glands: Glands,
    *,
    chosen: bool,
) -> tuple[str, ...]:
    """Return the notes, each one sentence or two.

    Parameters
    ----------
    chosen
        Whether the objective was chosen for the user.
    """
    found = [
        _objective(course, objective, chosen=chosen),
        _control(tried, objective),
        _glands(glands),
        _not_limited(limits),
        _lesions_left_out(course),
        *_foretold(twin, limits),
        _intended(course),
        _beams(course),
        _low(best),
        _growth(objective),
        _amount(twin, course),
        *(f"The twin warns: {warning}." for warning in twin.warnings),
    ]
    return tuple(note for note in found if note)


def _objective(course: Course, objective: Objective, *, chosen: bool) -> str:
    if not chosen or isinstance(objective, LogCellKill):
        return ""
    tissues = {lesion.tissue.name for lesion in course.lesions if lesion.tissue is not None}
    unknown = f"alpha of {', '.join(sorted(tissues))}" if tissues else "the lesions' tissue"
    return f"The {objective.title} is maximized, as log cell kill needs {unknown}, not known here."


def _control(tried: Sequence[Outcome], objective: Objective) -> str:
    if not isinstance(objective, LogCellKill):
        return ""
    clonogens = f"with {1e-6 * objective.density:g} million clonogens in a gram (an assumption)"
    if all(option.tumor_control_is_zero for option in tried):
        return f"Tumor control probability is 0 for every feasible plan, {clonogens}."
    best = max(option.tumor_control or 0.0 for option in tried)
    return f"Tumor control probability is at most {best:.2g} among feasible plans, {clonogens}."


def _growth(objective: Objective) -> str:
    if isinstance(objective, LogCellKill) and objective.doubling_time is not None:
        return (
            f"Clonogens double in {objective.doubling_time / 24.0:.3g} days from the first "
            "administration to the last; recovery of marrow between cycles is not counted, so that "
            "the shortest interval looks best."
        )
    return (
        "Tumor growth between cycles is not counted, so that next to nothing depends on the "
        "interval."
    )


def _amount(twin: Twin, course: Course) -> str:
    if twin.model == "curves" or course.delivered == len(course.schedule):
        return ""
    amount = course.schedule.administrations[course.delivered].amount
    return f"Every further cycle is taken to hold {amount:.3g} nmol of ligand, hot and cold."


def _glands(glands: Glands) -> str:
    if not glands.regions:
        return "No gland was measured, so that the glands do not enter the plan."
    if not glands.count:
        return "The glands do not enter the plan: their weight is 0."
    return (
        f"The glands' mean BED enters with a weight of {glands.weight:g} against the lesions' BED, "
        "a choice: no validated limit exists."
    )


def _not_limited(limits: Sequence[Limit]) -> str:
    limited = {limit.quantity for limit in limits}
    missing = [str(limit) for limit in default_limits() if limit.quantity not in limited]
    if not missing:
        return ""
    return f"Customary limits left out on purpose: {', '.join(missing)}."


def _foretold(twin: Twin, limits: Sequence[Limit]) -> list[str]:
    """Say which limits rest on what was never measured, but follows from the model."""
    measured = set(twin.case.regions_measured)
    return [
        f"The {limit.quantity.words} was not measured: the model foretells it from other regions."
        for limit in limits
        if not measured & _SEEN_BY.get(limit.quantity.region, {limit.quantity.region})
    ]


def _lesions_left_out(course: Course) -> str:
    missing = [name for name in course.case.lesion_names if name not in course.regions]
    return f"Not measured, so not counted: {', '.join(missing)}." if missing else ""


def _intended(course: Course) -> str:
    intended = course.case.schedule.names[course.delivered :]
    if not intended:
        return ""
    return (
        f"Not measured, so taken as intended only and replaced: {', '.join(intended)}. If one was "
        "given, name the last as delivered."
    )


def _beams(course: Course) -> str:
    if not course.beams:
        return ""
    given = [
        f"{dose:g} Gy x {len(beam.times)} to {region.replace('_', ' ')} from day "
        f"{beam.times[0] / 24.0:.3g}"
        for beam in course.beams
        for region, dose in beam.doses.items()
    ]
    return (
        f"External beam beside the cycles, whatever their number: {'; '.join(given)}. A mean dose "
        "over each region; regions without one get none."
    )


def _low(best: Outcome) -> str:
    low = parameter_set("planning", "choices").value("activity.low")
    if best.activity >= low:
        return ""
    return f"Less than {low / 1000:g} GBq a cycle is left: weigh whether treatment should stop."
