"""The empirical kinetic model: a patient's own curves, region by region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from theratwin.case import Administration, Case, Measurement
from theratwin.core.errors import InputError
from theratwin.kinetics.priors import region_prior
from theratwin.kinetics.region_curve import RegionCurve
from theratwin.kinetics.structure import STRUCTURES

#: Regions that hold the activity from the start: an intravenous administration fills them.
_FILLED_AT_ONCE = frozenset({"whole_body", "remainder", "blood", "plasma"})

#: What only gains but for decay.
_COLLECTING = frozenset({"excreted_urine"})


@dataclass(frozen=True)
class Block:
    """Parameters that are estimated together, apart from all others.

    Parameters
    ----------
    name
        Its name; for empirical curves the region's.
    alternatives
        Competing structures for it.
    parameter_sets
        Parameter sets that this block alone rests on, as ``room/name``.
    """

    name: str
    alternatives: tuple[Any, ...]
    parameter_sets: tuple[str, ...] = ()


def empirical_curves(case: Case, decay_constant: float) -> tuple[Block, ...]:
    """Return a block for each measured region of a case.

    Raises
    ------
    InputError
        If nothing was measured after therapy; a diagnostic tells curves nothing.
    """
    if not len(case.measurements):
        raise InputError(
            "nothing was measured after therapy",
            field="measurements",
            remedy="Add [[measurements]] of at least one region"
            + (
                ", or calibrate with a model of the whole body, which a diagnostic enters"
                if case.diagnostics
                else ""
            ),
        )
    return tuple(region_block(case, region, decay_constant) for region in case.measurements.regions)


def region_block(case: Case, region: str, decay_constant: float) -> Block:
    """Return the competing curves of one region.

    Raises
    ------
    InputError
        If a value was measured before the region appears, or while an infusion ran, or is of
        excreted urine.
    """
    if region in _COLLECTING:
        raise InputError(
            "what was excreted adds up; curves describe what a region loses",
            field=f"measurements of {region}",
            value=region,
            remedy="Leave it out, or calibrate with a model of the whole body",
        )
    # The populations are of people: an animal gets the widest priors.
    human = case.patient.species == "human"
    target = case.radiopharmaceutical.ligand.target if human else ""
    prior = region_prior(region, target, lesion=region in case.lesion_names)
    first, administrations = _reaching(case, region)
    measurements = tuple(case.measurements.of_region(region))
    _refuse_during_infusion(measurements, administrations)
    alternatives = tuple(
        RegionCurve(
            region, structure, prior, administrations, measurements, decay_constant, first + 1
        )
        for structure in STRUCTURES
        if not structure.uptake_phase
        or (region not in _FILLED_AT_ONCE and _after_start(measurements, administrations))
    )
    return Block(region, alternatives)


def _reaching(case: Case, region: str) -> tuple[int, tuple[Administration, ...]]:
    """Return the administrations from the first that reaches the region to the last measured."""
    names = case.schedule.names
    appears = {lesion.name: lesion.appears for lesion in case.lesions}.get(region)
    first = names.index(appears) if appears else 0
    measured = [names.index(m.administration) for m in case.measurements.of_region(region)]
    if min(measured) < first:
        raise InputError(
            f"measured after {names[min(measured)]!r}, before it appears",
            field=f"lesions.{region}.appears",
            value=appears,
            allowed=names,
        )
    return first, case.schedule.administrations[first : max(measured) + 1]


def _refuse_during_infusion(
    measurements: Sequence[Measurement], administrations: Sequence[Administration]
) -> None:
    duration = {a.name: a.duration for a in administrations}
    for measurement in measurements:
        if measurement.time < duration[measurement.administration]:
            raise InputError(
                "measured while the infusion was running",
                field=measurement.source or f"measurements of {measurement.region}: time",
                value=f"{measurement.time:g} h",
                allowed=f"{duration[measurement.administration]:g} h and later",
                remedy="Count the time from the start of the infusion, or leave the value out",
            )


def _after_start(
    measurements: Sequence[Measurement], administrations: Sequence[Administration]
) -> bool:
    """Whether every value was measured after its administration took effect."""
    middle = {a.name: 0.5 * a.duration for a in administrations}
    return all(m.time > middle[m.administration] for m in measurements)
