"""Draws of the dose rate in every region of a case over a course."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from theratwin.case import Case, Kind, Schedule
from theratwin.core import Curve, joined
from theratwin.core.errors import InputError
from theratwin.core.seed import stream
from theratwin.dosimetry import MarrowModel, bodies, marrow_model, self_s_value
from theratwin.twin.course import Activities, activities_by_cycle
from theratwin.twin.cross_dose import CrossDose, cross_dose, cross_uncertainty
from theratwin.twin.posterior import BlockPosterior
from theratwin.twin.region_dose import RegionDose
from theratwin.twin.systematics import systematics
from theratwin.twin.tissues import tissue_of

MARROW = "red_marrow"
WHOLE_BODY = "whole_body"
REMAINDER = "remainder"
BLOOD = "blood"
EXCRETED = "excreted_urine"

#: Measured for the marrow's sake, or out of the body; no self-dose is computed for them.
_NOT_TARGETS = frozenset({WHOLE_BODY, REMAINDER, BLOOD, EXCRETED, MARROW})


def region_doses(
    case: Case, posteriors: Sequence[BlockPosterior], schedule: Schedule, *, cross: bool, seed: int
) -> tuple[RegionDose, ...]:
    """Return the doses of organs, lesions, and of red marrow where the data allow it."""
    activities = all_activities(posteriors, schedule, seed=seed)
    draws = posteriors[0].draws
    return doses_of(case, activities, schedule, cross=cross, draws=draws, seed=seed)


def all_activities(
    posteriors: Sequence[BlockPosterior], schedule: Schedule, *, seed: int
) -> dict[str, tuple[Curve | None, ...]]:
    """Return the curves of all regions that the blocks offer, by administration."""
    return {
        region: curves
        for posterior in posteriors
        for region, curves in activities_by_cycle(posterior, schedule, seed=seed).items()
    }


def doses_of(
    case: Case, activities: Activities, schedule: Schedule, *, cross: bool, draws: int, seed: int
) -> tuple[RegionDose, ...]:
    """Return the doses that activities give: where a volume is declared, and in red marrow.

    ``cross`` adds what regions give each other.
    """
    others = cross_dose(case, tuple(activities)) if cross else None
    found = [
        _dose(case, region, curves, schedule, activities, others, draws=draws, seed=seed)
        for region, curves in activities.items()
        if is_target(case, region)
    ]
    if marrow_is_known(case, activities):
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
    studies = (case.measurements, *(each.measurements for each in case.diagnostics))
    for measurement in (each for study in studies for each in study):
        due = Kind.CONCENTRATION if measurement.region == BLOOD else Kind.ACTIVITY
        if measurement.kind is not due:
            raise InputError(
                f"{measurement.region} is measured as {due.value}",
                field=measurement.source or f"measurements.{measurement.region}",
                value=measurement.kind.value,
                remedy='Give blood in "kBq/mL", organs and lesions in "MBq"',
            )
    for region in case.regions_measured:
        if region not in _NOT_TARGETS or region == MARROW:
            case.volume(region)


def is_target(case: Case, region: str) -> bool:
    """Whether a region with a curve gets a self-dose: all of which the volume is declared."""
    return region not in _NOT_TARGETS and case.has_volume(region)


def marrow_is_known(case: Case, regions: Iterable[str]) -> bool:
    """Whether the marrow's dose follows from regions with curves: blood or marrow, and the body."""
    known = set(regions)
    enough = bool(known & {BLOOD, MARROW}) and bool(known & {WHOLE_BODY, REMAINDER})
    return enough and case.patient.height is not None and case.patient.species == "human"


def marrow_source(case: Case) -> str:
    """Return where the marrow's activity comes from: the marrow if it was imaged, else blood."""
    return MARROW if MARROW in case.measurements.regions else BLOOD


def _dose(
    case: Case,
    region: str,
    curves: tuple[Curve | None, ...],
    schedule: Schedule,
    activities: Activities,
    cross: CrossDose | None,
    *,
    draws: int,
    seed: int,
) -> RegionDose:
    """Return a region's dose: its own, and by other regions a share more with the same course."""
    factors = systematics(case, region, draws=draws, seed=seed)
    scale = factors.calibration * factors.recovery
    lesion = region in case.lesion_names
    doubt = _cross_doubt(region, draws, seed)
    rates, shares = [], []
    for cycle, (administration, curve) in enumerate(zip(schedule, curves, strict=True)):
        volume = case.volume(region, administration.name)
        s_value = factors.dose_factor * self_s_value(
            case.radiopharmaceutical.nuclide,
            volume.mass * factors.mass,
            bodies=bodies(region, case.patient.absent),
            density=volume.density,
        )
        share = np.zeros(draws)
        if curve is not None and cross is not None:
            share = doubt * _share(cross.to(region, activities, cycle), curve, s_value)
        rates.append(None if curve is None else curve * (scale * s_value * (1.0 + share)))
        shares.append(share)
    return RegionDose(
        region=region,
        dose_rates=tuple(rates),
        activities=tuple(None if curve is None else curve * scale for curve in curves),
        tissue=tissue_of(
            region,
            lesion=lesion,
            target=case.radiopharmaceutical.ligand.target,
            species=case.patient.species,
        ),
        mass=case.volume(region).mass * factors.mass,
        lesion=lesion,
        cross_share=np.stack(shares, axis=-1),
    )


def _share(cross: np.ndarray | float, curve: Curve, s_value: np.ndarray) -> np.ndarray:
    """Return the dose from other regions over the region's own."""
    own = np.asarray(curve.integral() * s_value)
    return np.divide(cross, own, out=np.zeros(own.shape), where=own != 0)


def _cross_doubt(region: str, draws: int, seed: int) -> np.ndarray:
    log_sd = np.sqrt(np.log1p(cross_uncertainty() ** 2))
    return np.exp(log_sd * stream(seed, region, "cross-dose").standard_normal(draws))


def marrow_model_of(case: Case) -> MarrowModel:
    """Return the case's marrow model: of the volume imaged, if activity was measured in marrow."""
    height = case.patient.height
    if height is None:
        raise InputError("the height is missing", field="patient.height")
    imaged = marrow_source(case) == MARROW
    return marrow_model(
        case.radiopharmaceutical.nuclide,
        case.patient.mass,
        height,
        marrow_mass=case.volume(MARROW).mass if imaged else None,
    )


def marrow_factor(model: MarrowModel, *, draws: int, seed: int) -> np.ndarray:
    """Return draws of the factor, of median one, by which the marrow's model is uncertain."""
    log_sd = np.sqrt(np.log1p(model.relative_uncertainty**2))
    return np.exp(log_sd * stream(seed, MARROW, "model").standard_normal(draws))


def _marrow_dose(
    case: Case, activities: Activities, schedule: Schedule, *, draws: int, seed: int
) -> RegionDose:
    model = marrow_model_of(case)
    uncertain = marrow_factor(model, draws=draws, seed=seed)
    if marrow_source(case) == MARROW:
        uncertain = uncertain / systematics(case, MARROW, draws=draws, seed=seed).mass
    calibration_sd = np.sqrt(np.log1p(case.uncertainty.calibration**2))
    calibration = np.exp(calibration_sd * stream(seed, "calibration").standard_normal(draws))
    doubt = _cross_doubt(MARROW, draws, seed)
    own = _in_marrow(case, activities, model.activity_for_blood, calibration)
    body = _in_body(activities)
    rates = tuple(
        joined(
            [
                marrow * (model.self_s_value * uncertain),
                whole * (model.body_s_value * calibration * doubt),
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
) -> tuple[Curve, ...]:
    """Return the marrow's activity: as measured there, or from blood (a well counter's)."""
    if marrow_source(case) == MARROW:
        return tuple(_present(curve) * calibration for curve in activities[MARROW])
    return tuple(_present(curve) * for_blood for curve in activities[BLOOD])


def _in_body(activities: Activities) -> tuple[Curve, ...]:
    """Return the whole body's activity: as measured, or the remainder with all other regions."""
    if WHOLE_BODY in activities:
        return tuple(_present(curve) for curve in activities[WHOLE_BODY])
    apart = [curves for region, curves in activities.items() if region not in {BLOOD, MARROW}]
    cycles = zip(*apart, strict=True)
    return tuple(joined(filter(None, cycle)) for cycle in cycles)


def _present(curve: Curve | None) -> Curve:
    return joined([] if curve is None else [curve])
