"""A course: the delivered cycles, and what a unit of activity would do in further ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from typing import Any

import numpy as np

from theratwin.case import Administration, Case, ExternalBeam, Schedule, pulses_of
from theratwin.core import Pulses
from theratwin.core.errors import InputError
from theratwin.planning.dose_arrays import DoseArrays, Doses, crossing_of
from theratwin.planning.limit import Quantity
from theratwin.planning.regimen import Regimen
from theratwin.planning.total import Total
from theratwin.response import protraction_integral
from theratwin.twin import Twin, predict

#: Activity (MBq) that further cycles are predicted with; what they do is scaled from there.
UNIT = 1000.0


@dataclass(frozen=True, eq=False)
class Course:
    """The delivered cycles, and what a unit of activity would do in further ones.

    Parameters
    ----------
    case
        The case.
    schedule
        Delivered administrations, then further ones, each of the activity ``unit``.
    delivered
        Number of delivered administrations.
    unit
        Activity (MBq) of every further one.
    regions
        Draws by region over that schedule.
    most
        Largest activity (MBq) that the ligand of a further cycle carries, every molecule labeled.
    beams
        External-beam therapy beside it, all of which is given whatever the number of cycles.
    """

    case: Case
    schedule: Schedule
    delivered: int
    unit: float
    regions: Mapping[str, Doses]
    most: float = float("inf")
    beams: tuple[ExternalBeam, ...] = ()

    @cached_property
    def _totals(self) -> dict[Quantity, Total]:
        return {}

    def total(self, quantity: Quantity) -> Total:
        """Return the total of a quantity.

        Raises
        ------
        InputError
            If no dose is known in its region, or no radiosensitivity for its BED.
        """
        if quantity not in self._totals:
            self._totals[quantity] = self._total(quantity)
        return self._totals[quantity]

    def _total(self, quantity: Quantity) -> Total:
        if quantity.region not in self.regions:
            raise InputError(
                "no dose is known there",
                field=str(quantity),
                value=quantity.region,
                allowed=list(self.regions),
                remedy="Measure it; red marrow needs blood, whole body and the patient's height",
            )
        region = self.regions[quantity.region]
        linear = region.dose
        quadratic = np.zeros_like(linear)
        if quantity.kind == "bed":
            quadratic = region.quadratic / region.known_tissue.alpha_beta
        always, crossing = self._by_beams(region, quantity.kind)
        linear = linear * (1.0 + crossing)
        given = slice(0, self.delivered)
        return Total(
            (linear + quadratic)[:, given].sum(axis=1) + always,
            self._first(linear / self.unit),
            self._first(quadratic / self.unit**2),
        )

    def _by_beams(self, region: Doses, kind: str) -> tuple[float, np.ndarray | float]:
        """Return what the beams add by themselves (Gy), and to each cycle for a Gy of its dose."""
        fractions = self._fractions(region.region)
        if fractions is None:
            return 0.0, 0.0
        dose = float(fractions.integral())
        if kind == "dose":
            return dose, 0.0
        tissue = region.known_tissue
        square = float(protraction_integral(fractions, tissue.repair))
        return dose + square / tissue.alpha_beta, crossing_of(region, fractions) / tissue.alpha_beta

    def arrays(self, region: str) -> DoseArrays:
        """Return the doses of a region as arrays."""
        return DoseArrays.of(self.regions[region], self._fractions(region))

    def _fractions(self, region: str) -> Pulses | None:
        """Return the beams' fractions in a region; their clock is that of the schedule."""
        return pulses_of(self.beams, region)

    def _first(self, by_cycle: np.ndarray) -> np.ndarray:
        """Return sums over the first n further cycles, from n = 0."""
        further = by_cycle[:, self.delivered :]
        return np.concatenate([np.zeros((len(further), 1)), further.cumsum(axis=1)], axis=1)

    @property
    def lesions(self) -> tuple[Doses, ...]:
        """The lesions."""
        return tuple(region for region in self.regions.values() if region.lesion)

    def elapsed(self, cycles: int) -> float:
        """Return the time (h) from the first administration to the last of n further cycles."""
        last = max(self.delivered + cycles - 1, 0)
        administrations = self.schedule.administrations
        return administrations[last].time - administrations[0].time

    def resampled(self, draws: Any) -> Course:
        """Return the course with some of its draws, in any order, repeated or not."""
        regions = {name: self.arrays(name)[draws] for name in self.regions}
        return replace(self, regions=regions)

    def schedule_of(self, cycles: int, activity: float) -> Schedule:
        """Return the delivered administrations with further ones of one activity (MBq)."""
        administrations = self.schedule.administrations
        further = administrations[self.delivered : self.delivered + cycles]
        return Schedule(
            (
                *administrations[: self.delivered],
                *(replace(each, activity=activity) for each in further),
            )
        )


def course_of(
    twin: Twin,
    delivered: Sequence[Administration],
    further: int,
    regimen: Regimen,
    beams: Sequence[ExternalBeam] = (),
) -> Course:
    """Predict delivered administrations and ``further`` ones of a regimen, beams beside them."""
    schedule = further_schedule(twin.case, delivered, further, regimen)
    regions = predict(twin, schedule).regions
    most = carried(twin, regimen)
    return Course(twin.case, schedule, len(delivered), UNIT, regions, most, tuple(beams))


def require_reached(beams: Sequence[ExternalBeam], course: Course) -> None:
    """Raise if a beam gives dose where no dose is predicted: it is never dropped silently."""
    for region in (region for beam in beams for region in beam.doses):
        if region not in course.regions:
            raise InputError(
                "no dose is predicted there",
                field="external_beam",
                value=region,
                allowed=list(course.regions),
                remedy="Measure it, or leave the region out",
            )


def carried(twin: Twin, regimen: Regimen) -> float:
    """Return the activity (MBq) of a regimen's amount of ligand with every molecule labeled."""
    if regimen.amount is None:
        return float("inf")
    from theratwin.kinetics.body import specific_activity

    return regimen.amount * specific_activity(twin.case.radiopharmaceutical.nuclide)


def delivered_administrations(case: Case, last: str | None = None) -> tuple[Administration, ...]:
    """Return the administrations that were given.

    They are those of the case's schedule up to the last one that was measured; later ones are
    taken as intended only, unless ``last`` names a later one as given. Before therapy there are
    none.

    Raises
    ------
    InputError
        If ``last`` is unknown or lies before a measured one.
    """
    names = case.schedule.names
    measured = max((names.index(name) for name in case.measurements.administrations), default=-1)
    end = measured if last is None else names.index(case.schedule[last].name)
    if end < measured:
        raise InputError(
            f"{names[measured]!r} was measured, so it was delivered",
            field="delivered",
            value=last,
            allowed=names[measured:],
        )
    return case.schedule.administrations[: end + 1]


def further_schedule(
    case: Case, delivered: Sequence[Administration], further: int, regimen: Regimen
) -> Schedule:
    """Return delivered administrations and further ones of the activity `UNIT`.

    The first of all is given when the case intends it.
    """
    last = delivered[-1] if delivered else case.schedule.administrations[0]
    added = []
    for k, name in enumerate(_names(case, len(delivered), further), start=bool(delivered)):
        later = k * regimen.interval
        added.append(
            replace(
                last,
                name=name,
                time=last.time + later,
                activity=UNIT,
                amount=regimen.amount,
                duration=regimen.duration,
                start=None if last.start is None else last.start + timedelta(hours=later),
            )
        )
    return Schedule((*delivered, *added))


def _names(case: Case, delivered: int, further: int) -> list[str]:
    """Name further cycles as the case intends, then by their number."""
    names = list(case.schedule.names)[: delivered + further]
    number = len(names)
    while len(names) < delivered + further:
        number += 1
        if f"cycle {number}" not in case.schedule.names:
            names.append(f"cycle {number}")
    return names[delivered:]
