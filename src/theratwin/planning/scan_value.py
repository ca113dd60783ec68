"""What one more scan would be worth to the plan.

A scan not yet made shows what a draw of the twin says, with noise. For each of many such scans the
draws are moved to where it would put them (`theratwin.planning.ensemble`), and the rest of the
course is planned anew. How much more that reaches by then than the plan as it stands, in the mean
over the scans, is what the scan is worth (the expected value of sample information).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from theratwin.case import Schedule
from theratwin.core.errors import InfeasibleError, InputError
from theratwin.core.seed import stream
from theratwin.core.units import parse
from theratwin.planning.course import Course, course_of
from theratwin.planning.ensemble import conditioned
from theratwin.planning.outcome import Outcome, evaluate
from theratwin.planning.plan import Plan
from theratwin.planning.search import choose, options
from theratwin.twin import Interval, Twin
from theratwin.twin.doses import all_activities
from theratwin.twin.thinned import thinned

_DRAWS, _SCANS = 1000, 60
#: A plan counts as another if its activity differs by more.
_OTHER = 0.1
_LEVELS = (50.0, 5.0, 95.0)


@dataclass(frozen=True)
class ScanValue:
    """What one more scan would be worth.

    Parameters
    ----------
    administration, time
        After which administration, and how long after its start (h).
    regions
        What it would show.
    gain
        By how much it raises the expected score (the objective less the glands' penalty) of the
        course, against going on as planned.
    error
        Standard error of the gain, from the number of scans simulated.
    held, held_without
        Probability, in the mean over the scans, with which the least sure of the limits holds:
        planned anew, and going on as planned.
    changed
        The probability that the plan becomes another: other cycles, or an activity that differs by
        more than a tenth.
    activity
        The activity (MBq) of further cycles that it would lead to: median and 90 % interval.
    activity_without
        That of going on as planned, found on the same draws.
    """

    administration: str
    time: float
    regions: tuple[str, ...]
    gain: float
    error: float
    held: float
    held_without: float
    changed: float
    activity: Interval
    activity_without: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain containers; h, MBq."""
        return asdict(self)


def scan_value(
    twin: Twin,
    plan: Plan,
    administration: str,
    time: str,
    *,
    regions: Iterable[str] = (),
    uncertainty: str = "8 %",
    scans: int = _SCANS,
    seed: int = 1,
) -> ScanValue:
    """Return what one more scan would be worth.

    Parameters
    ----------
    twin, plan
        The twin, and what was planned from it.
    administration
        After which it is made: one that was delivered, or the next; that is then given as
        planned, and the cycles after it are planned anew.
    time
        How long after its start, such as ``"72 h"``.
    regions
        What it shows; by default the regions with limits, the lesions and the glands.
    uncertainty
        Relative standard uncertainty of each value. For a model of the whole body the model's own
        error comes on top, as in its fit.
    scans, seed
        How many scans are simulated, and the seed of their noise.

    Raises
    ------
    InputError
        If the administration is neither delivered nor the next, or is the last of the plan; if a
        region has no curve, or a value is out of range.
    """
    hours = parse(time, "h", field="time")
    noise = parse(uncertainty, "", field="uncertainty")
    _check(hours, noise, scans)
    delivered = _delivered(plan, administration)
    _check_time(plan, administration, hours)
    twin = thinned(twin, _DRAWS)
    shown = _regions(twin, plan, regions)
    seen = _seen(twin, plan, delivered, administration, hours, shown)
    spread = np.array([_spread(twin, region, noise) for region in shown])
    further = plan.bounds.cycles - delivered
    given = plan.schedule.administrations[:delivered]
    course = course_of(twin, given, further, plan.regimen, plan.external_beam)
    without = _planned(plan, course)
    generator = stream(seed, "scan value", administration, f"{hours:g}")
    pairs = []
    for truth in generator.integers(twin.draws, size=scans):
        values = seen[truth] + spread * generator.standard_normal(len(shown))
        known = conditioned(course, seen, values, spread, generator)
        pairs.append((_planned(plan, known), _evaluated(plan, known, without)))
    return _summary((administration, hours, shown), pairs, without)


def _check(hours: float, noise: float, scans: int) -> None:
    if not 0 <= hours < float("inf"):
        raise InputError("must not be negative", field="time", value=hours)
    if not 0 < noise < 1:
        raise InputError("must lie between 0 and 1", field="uncertainty", value=noise)
    if scans < 2:
        raise InputError("at least two scans are simulated", field="scans", value=scans)


def _check_time(plan: Plan, administration: str, hours: float) -> None:
    """Raise if the next cycle would have been given by then."""
    times = [each.time for each in plan.schedule]
    times.append(times[-1] + plan.regimen.interval)
    place = plan.schedule.names.index(administration)
    if hours >= times[place + 1] - times[place]:
        raise InputError(
            "by then the next cycle is given",
            field="time",
            value=f"{hours:g} h",
            allowed=f"less than {times[place + 1] - times[place]:g} h after {administration}",
        )


def _delivered(plan: Plan, administration: str) -> int:
    """Return how many cycles are delivered when the plan is made anew."""
    names = plan.schedule.names
    allowed = names[: min(plan.delivered + 1, plan.bounds.cycles - 1)]
    if administration not in allowed:
        raise InputError(
            "a scan can still change the plan after these administrations alone",
            field="administration",
            value=administration,
            allowed=allowed,
        )
    return max(plan.delivered, names.index(administration) + 1)


def _regions(twin: Twin, plan: Plan, regions: Iterable[str]) -> tuple[str, ...]:
    chosen = tuple(regions)
    if not chosen:
        limited = [limit.quantity.region for limit in plan.limits]
        wanted = dict.fromkeys((*limited, *twin.case.lesion_names, *plan.glands.regions))
        return tuple(region for region in wanted if region in twin.regions)
    for region in chosen:
        if region not in twin.regions:
            raise InputError(
                "the twin has no curve there", field="regions", value=region, allowed=twin.regions
            )
    return chosen


def _seen(
    twin: Twin, plan: Plan, delivered: int, administration: str, hours: float, shown: Sequence[str]
) -> Float[np.ndarray, "draws regions"]:
    """Return the logarithm of what each draw's scan would show without noise."""
    schedule = Schedule(plan.schedule.administrations[:delivered])
    curves = all_activities(twin.posteriors, schedule, seed=twin.seed)
    at = schedule[administration].time + hours
    values = [
        sum(np.asarray(curve(at)) for curve in curves[region] if curve is not None)
        for region in shown
    ]
    return np.log(np.maximum(np.stack(values, axis=-1), 1e-9))


def _spread(twin: Twin, region: str, noise: float) -> float:
    """Return the standard deviation of a value's logarithm, that of the model's error included."""
    variance = np.log1p(noise**2)
    if twin.model != "curves":
        from theratwin.kinetics.body_fit import model_error

        variance += np.log1p(model_error(region, twin.case.lesion_names) ** 2)
    return float(np.sqrt(variance))


def _planned(plan: Plan, course: Course) -> Outcome:
    """Return the best of the rest of the course; stopping where no cycle is feasible."""
    asked = (plan.objective, plan.limits, plan.glands)
    try:
        return choose(options(course, *asked, plan.bounds))
    except InfeasibleError:
        return evaluate(course, *asked, 0, 0.0)


def _evaluated(plan: Plan, course: Course, outcome: Outcome) -> Outcome:
    """Return what going on as planned would do, as the scan has it."""
    asked = (plan.objective, plan.limits, plan.glands)
    return evaluate(course, *asked, outcome.cycles, outcome.activity)


def _summary(
    scan: tuple[str, float, tuple[str, ...]],
    pairs: Sequence[tuple[Outcome, Outcome]],
    without: Outcome,
) -> ScanValue:
    gains = np.array([anew.score - on.score for anew, on in pairs])
    others = [
        anew.cycles != without.cycles
        or abs(anew.activity - without.activity) > _OTHER * without.activity
        for anew, _ in pairs
    ]
    median, low, high = np.percentile([anew.activity for anew, _ in pairs], _LEVELS)
    held, held_without = (
        float(np.mean([min(each[k].probabilities, default=1.0) for each in pairs])) for k in (0, 1)
    )
    return ScanValue(
        *scan,
        gain=float(gains.mean()),
        error=float(gains.std(ddof=1) / np.sqrt(len(gains))),
        held=held,
        held_without=held_without,
        changed=float(np.mean(others)),
        activity=Interval(float(median), float(low), float(high)),
        activity_without=without.activity,
    )
