"""What a plot of activity shows: curves with bands, and the data, cycle by cycle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from theratwin.case import Administration, Case, Kind, Measurements, Schedule
from theratwin.core import Curve, joined
from theratwin.core.errors import InputError
from theratwin.core.seed import stream
from theratwin.physics import nuclide
from theratwin.twin import Prediction, Twin

_LEVELS = (5.0, 50.0, 95.0)
_POINTS = 80
_BEYOND = 1.4
_LEAST = 0.75


@dataclass(frozen=True, eq=False)
class Band:
    """The curve after one administration with its 90 % bands, and what was measured.

    Parameters
    ----------
    name
        The administration's.
    number
        Its place in the course, from 0.
    times
        Hours after its start.
    median, low, high
        The curve with its 90 % interval.
    scan_low, scan_high
        Where 90 % of single measurements would fall; None if nothing was measured.
    measured, errors
        Measured values with one standard uncertainty, at ``measured_times`` (h).
    unit
        ``MBq``, or ``kBq/mL`` for a concentration.
    """

    name: str
    number: int
    times: Float[np.ndarray, " times"]
    median: Float[np.ndarray, " times"]
    low: Float[np.ndarray, " times"]
    high: Float[np.ndarray, " times"]
    scan_low: Float[np.ndarray, " times"] | None
    scan_high: Float[np.ndarray, " times"] | None
    measured_times: Float[np.ndarray, " measurements"]
    measured: Float[np.ndarray, " measurements"]
    errors: Float[np.ndarray, " measurements"]
    unit: str


def activity_bands(source: Twin | Prediction, region: str) -> tuple[Band, ...]:
    """Return the bands of a region, one an administration that was measured there.

    A twin's curves are in terms of the scans, without the uncertainties that all scans share; a
    prediction's contain them, and all of its administrations are shown.

    Raises
    ------
    InputError
        If the region was not measured, or no dose is predicted there.
    """
    case, schedule, curves, seed = _course(source, region)
    total = joined(filter(None, curves))
    measured = case.measurements.of_region(region)
    shown = measured.administrations if isinstance(source, Twin) else schedule.names
    in_blood = any(m.kind is Kind.CONCENTRATION for m in measured)
    return tuple(
        _band(total, number, administration, measured, horizon(case), seed, in_blood)
        for number, administration in enumerate(schedule)
        if administration.name in shown and curves[number] is not None
    )


def horizon(case: Case) -> float:
    """Return how long after an administration curves are shown (h), the same for all regions.

    Beyond the last scan, and for most of a physical half-life at least: the dose rests on that.
    """
    last = max((measurement.time for measurement in case.measurements), default=0.0)
    return max(_BEYOND * last, _LEAST * nuclide(case.radiopharmaceutical.nuclide).half_life)


def _course(
    source: Twin | Prediction, region: str
) -> tuple[Case, Schedule, tuple[Curve | None, ...], int]:
    if isinstance(source, Prediction):
        seed = source.provenance.seed or 0
        return source.case, source.schedule, source[region].activities, seed
    case = source.case
    if region not in case.measurements.regions:
        raise InputError(
            "it was not measured",
            field="region",
            value=region,
            allowed=case.measurements.regions,
        )
    return case, case.schedule, source.activities[region], source.seed


def _band(
    total: Curve,
    number: int,
    administration: Administration,
    measurements: Measurements,
    end: float,
    seed: int,
    in_blood: bool,
) -> Band:
    # Kilobecquerel suits concentrations in blood.
    scale, unit = (1e3, "kBq/mL") if in_blood else (1.0, "MBq")
    measured = tuple(measurements.of(administration.name))
    first = 0.5 * administration.duration + end / 1000.0
    times = np.union1d(np.linspace(first, end, _POINTS), np.geomspace(first, end, _POINTS // 4))
    draws = scale * total(administration.time + times)
    low, median, high = np.percentile(draws, _LEVELS, axis=0)
    relative = np.array([m.relative_uncertainty for m in measured])
    scan_low = scan_high = None
    if measured:
        log_sd = np.sqrt(np.log1p(np.median(relative) ** 2))
        noise = stream(seed, administration.name, "scan").standard_normal(draws.shape)
        scan_low, scan_high = np.percentile(draws * np.exp(log_sd * noise), _LEVELS[::2], axis=0)
    values = scale * np.array([m.value for m in measured])
    return Band(
        administration.name,
        number,
        times,
        median,
        low,
        high,
        scan_low,
        scan_high,
        np.array([m.time for m in measured]),
        values,
        values * relative,
        unit,
    )
