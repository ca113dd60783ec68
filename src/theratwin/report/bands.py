"""What a plot of activity shows: curves with bands, and the data, cycle by cycle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from theratwin.case import Administration, Case, Measurements, Schedule
from theratwin.core import Curve, joined
from theratwin.core.errors import InputError
from theratwin.core.seed import stream
from theratwin.physics import nuclide
from theratwin.twin import Prediction, Twin, residuals
from theratwin.twin.doses import BLOOD

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
    prediction's contain them, and all of its administrations are shown, as are those of a region
    that a whole body predicts without scans.

    Raises
    ------
    InputError
        If the twin has no curve of the region, or no dose is predicted there.
    """
    case, schedule, curves, seed = _course(source, region)
    total = joined(filter(None, curves))
    measured = case.measurements.of_region(region)
    only_measured = isinstance(source, Twin) and len(measured)
    shown = measured.administrations if only_measured else schedule.names
    allowed = _allowed_sd(source, region)
    return tuple(
        _band(region, total, number, administration, measured, horizon(case), seed, allowed)
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
    if region not in source.regions:
        raise InputError(
            "there is no curve of it", field="region", value=region, allowed=source.regions
        )
    return case, case.schedule, source.activities[region], source.seed


def _allowed_sd(source: Twin | Prediction, region: str) -> float:
    """Return how far a single measurement falls from the curve, as the fit allows (log).

    A whole body allows for its own error beside the measurements'.
    """
    measured = source.case.measurements.of_region(region)
    if isinstance(source, Twin) and len(measured):
        fitted = residuals(source.posterior(region))
        return next(float(np.median(each.sd)) for each in fitted if each.region == region)
    relative = np.array([m.relative_uncertainty for m in measured])
    return float(np.sqrt(np.log1p(np.median(relative) ** 2))) if relative.size else 0.0


def _band(
    region: str,
    total: Curve,
    number: int,
    administration: Administration,
    measurements: Measurements,
    end: float,
    seed: int,
    allowed: float,
) -> Band:
    # Kilobecquerel suits concentrations in blood.
    scale, unit = (1e3, "kBq/mL") if region == BLOOD else (1.0, "MBq")
    measured = tuple(measurements.of(administration.name))
    first = 0.5 * administration.duration + end / 1000.0
    times = np.union1d(np.linspace(first, end, _POINTS), np.geomspace(first, end, _POINTS // 4))
    draws = scale * total(administration.time + times)
    low, median, high = np.percentile(draws, _LEVELS, axis=0)
    relative = np.array([m.relative_uncertainty for m in measured])
    scan_low = scan_high = None
    if measured:
        noise = stream(seed, administration.name, "scan").standard_normal(draws.shape)
        scan_low, scan_high = np.percentile(draws * np.exp(allowed * noise), _LEVELS[::2], axis=0)
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
