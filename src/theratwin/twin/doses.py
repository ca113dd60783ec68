"""Draws of the dose rate in every region of a case over a course."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from theratwin.case import Case, Kind, Schedule
from theratwin.core import Exponentials
from theratwin.core.errors import InputError
from theratwin.core.seed import stream
from theratwin.dosimetry import MarrowModel, bodies, marrow_model, self_s_value
from theratwin.twin.course import activity_by_cycle
from theratwin.twin.posterior import BlockPosterior
from theratwin.twin.region_dose import RegionDose
from theratwin.twin.systematics import systematics
from theratwin.twin.tissues import tissue_of

Activities = Mapping[str, tuple[Exponentials | None, ...]]

MARROW = "red_marrow"
WHOLE_BODY = "whole_body"
REMAINDER = "remainder"
BLOOD = "blood"

#: Measured for the marrow's sake; no self-dose is computed for them.
_NOT_TARGETS = frozenset({WHOLE_BODY, REMAINDER, BLOOD, MARROW})


def region_doses(
    case: Case, posteriors: Sequence[BlockPosterior], schedule: Schedule, *, seed: int
) -> tuple[RegionDose, ...]:
    """Return the doses of organs, lesions, and of red marrow where the data allow it."""
    activities = {
        posterior.name: activity_by_cycle(posterior, schedule, seed=seed)
        for posterior in posteriors
    }
    draws = posteriors[0].draws
    found = [
        _self_dose(case, region, curves, schedule, draws=draws, seed=seed)
        for region, curves in activities.items()
        if region not in _NOT_TARGETS
    ]
    if marrow_is_known(case):
        found.append(_marrow_dose(case, activities, schedule, draws=draws, seed=seed))
    return tuple(found)


def check_measured(case: Case) -> None:
    """Check that every measured region can have a dose: its kind of value, its volume.

    Raises
    ------
    InputError
        If blood was measured as an activity, another region as a concentration, or if the volume
        of an organ or lesion is missing.
    """
    for measurement in case.measurements:
        due = Kind.CONCENTRATION if measurement.region == BLOOD else Kind.ACTIVITY
        if measurement.kind is not due:
            raise InputError(
                f"{measurement.region} is measured as {due.value}",
                field=measurement.source or f"measurements.{measurement.region}",
                value=measurement.kind.value,
                remedy='Give blood in "kBq/mL", organs and lesions in "MBq"',
            )
    for region in case.measurements.regions:
        if region not in _NOT_TARGETS or region == MARROW:
            case.volume(region)


def marrow_is_known(case: Case) -> bool:
    """Whether the marrow's dose can be computed: blood or marrow, and the body, were measured."""
    regions = set(case.measurements.regions)
    measured = bool(regions & {BLOOD, MARROW}) and bool(regions & {WHOLE_BODY, REMAINDER})
    return measured and case.patient.height is not None and case.patient.species == "human"


def _self_dose(
    case: Case,
    region: str,
    curves: tuple[Exponentials | None, ...],
    schedule: Schedule,
    *,
    draws: int,
    seed: int,
) -> RegionDose:
    factors = systematics(case, region, draws=draws, seed=seed)
    scale = factors.calibration * factors.recovery
    lesion = region in case.lesion_names
    activities = tuple(None if curve is None else curve * scale for curve in curves)
    rates = []
    for administration, activity in zip(schedule, activities, strict=True):
        volume = case.volume(region, administration.name)
        s_value = factors.dose_factor * self_s_value(
            case.radiopharmaceutical.nuclide,
            volume.mass * factors.mass,
            bodies=bodies(region, case.patient.absent),
            density=volume.density,
        )
        rates.append(None if activity is None else activity * s_value)
    return RegionDose(
        region=region,
        dose_rates=tuple(rates),
        activities=activities,
        tissue=tissue_of(
            region,
            lesion=lesion,
            target=case.radiopharmaceutical.ligand.target,
            species=case.patient.species,
        ),
        mass=case.volume(region).mass * factors.mass,
        lesion=lesion,
    )


def marrow_model_of(case: Case) -> MarrowModel:
    """Return the case's marrow model: of the volume imaged, if activity was measured in marrow."""
    height = case.patient.height
    if height is None:
        raise InputError("the height is missing", field="patient.height")
    imaged = MARROW in case.measurements.regions
    return marrow_model(
        case.radiopharmaceutical.nuclide,
        case.patient.mass,
        height,
        marrow_mass=case.volume(MARROW).mass if imaged else None,
    )


def _marrow_dose(
    case: Case, activities: Activities, schedule: Schedule, *, draws: int, seed: int
) -> RegionDose:
    model = marrow_model_of(case)
    log_sd = np.sqrt(np.log1p(model.relative_uncertainty**2))
    uncertain = np.exp(log_sd * stream(seed, MARROW, "model").standard_normal(draws))
    if MARROW in activities:
        uncertain = uncertain / systematics(case, MARROW, draws=draws, seed=seed).mass
    calibration_sd = np.sqrt(np.log1p(case.uncertainty.calibration**2))
    calibration = np.exp(calibration_sd * stream(seed, "calibration").standard_normal(draws))
    own = _in_marrow(case, activities, model.activity_for_blood, calibration)
    body = _in_body(activities)
    rates = tuple(
        Exponentials.joined(
            [
                marrow * (model.self_s_value * uncertain),
                whole * (model.body_s_value * calibration),
            ]
        )
        for marrow, whole in zip(own, body, strict=True)
    )
    return RegionDose(
        region=MARROW,
        dose_rates=rates,
        activities=own,
        tissue=tissue_of(MARROW, lesion=False, target=""),
        mass=np.full(draws, model.mass),
        lesion=False,
    )


def _in_marrow(
    case: Case, activities: Activities, for_blood: float, calibration: np.ndarray
) -> tuple[Exponentials, ...]:
    """Return the marrow's activity: as measured there, or from blood (a well counter's)."""
    if MARROW in activities:
        return tuple(_present(curve) * calibration for curve in activities[MARROW])
    return tuple(_present(curve) * for_blood for curve in activities[BLOOD])


def _in_body(activities: Activities) -> tuple[Exponentials, ...]:
    """Return the whole body's activity: as measured, or the remainder with all other regions."""
    if WHOLE_BODY in activities:
        return tuple(_present(curve) for curve in activities[WHOLE_BODY])
    apart = [curves for region, curves in activities.items() if region not in {BLOOD, MARROW}]
    cycles = zip(*apart, strict=True)
    return tuple(Exponentials.joined(filter(None, cycle)) for cycle in cycles)


def _present(curve: Exponentials | None) -> Exponentials:
    return Exponentials.joined([] if curve is None else [curve])
