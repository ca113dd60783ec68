"""An assay as a schedule: incubate, wash, incubate again, wash, observe."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from theratwin.core.errors import InputError
from theratwin.dynamics import Bolus, Dose
from theratwin.kinetics.body.dosing import specific_activity

#: Fresh medium comes this much (h) after the wash of the same time, which would take it away.
_AFTER_WASH = 1e-6


@dataclass(frozen=True)
class Incubation:
    """Cells under labeled ligand, from a time until they are washed.

    Parameters
    ----------
    start, end
        When it begins and is washed off (h).
    activity_concentration
        At its start (MBq/mL).
    molar_activity
        Activity for the amount of ligand, labeled or not, at its start (MBq/nmol).

    Raises
    ------
    InputError
        If a value is out of range.
    """

    start: float
    end: float
    activity_concentration: float
    molar_activity: float = 50.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.start < self.end < math.inf:
            raise InputError(
                "an incubation ends after it begins, at 0 h or later",
                field="incubation",
                value=f"{self.start} to {self.end} h",
            )
        for name in ("activity_concentration", "molar_activity"):
            if not 0.0 < getattr(self, name) < math.inf:
                raise InputError("must be positive", field=name, value=getattr(self, name))


@dataclass(frozen=True)
class Assay:
    """What is done to the cells of a well, and when.

    Parameters
    ----------
    incubations
        In the order of time; the first begins at 0 h. A wash ends each.
    washes
        Further washes (h).

    Raises
    ------
    InputError
        If there is no incubation, the first begins later, or two overlap.

    Examples
    --------
    >>> twice = Assay([Incubation(0.0, 1.0, 1.0), Incubation(24.0, 25.0, 1.0)], washes=[2.0])
    >>> twice.wash_times
    (1.0, 2.0, 25.0)
    """

    incubations: Sequence[Incubation]
    washes: Sequence[float] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "incubations", tuple(self.incubations))
        object.__setattr__(self, "washes", tuple(sorted(map(float, self.washes))))
        if not self.incubations or self.incubations[0].start != 0.0:
            raise InputError("the first incubation begins at 0 h", field="incubations")
        for one, other in pairwise(self.incubations):
            if other.start < one.end:
                raise InputError(
                    "it begins before the one before is washed off",
                    field="incubations",
                    value=f"{other.start} h, before {one.end} h",
                )
        for time in self.washes:
            if not 0.0 < time < math.inf:
                raise InputError("must be positive", field="washes", value=time)

    @property
    def wash_times(self) -> tuple[float, ...]:
        """All washes (h), each time once."""
        return tuple(sorted({*(each.end for each in self.incubations), *self.washes}))

    @property
    def given(self) -> dict[str, float]:
        """What `in_vitro` has to be given, with as many washes as `wash_times` has."""
        first = self.incubations[0]
        further = {f"wash_{i}.time": t for i, t in enumerate(self.wash_times[1:], start=2)}
        return {
            "activity_concentration": first.activity_concentration,
            "molar_activity": first.molar_activity,
            "incubation": self.wash_times[0],
            **further,
        }

    def doses(self, medium_volume: float, nuclide: str) -> tuple[Dose, ...]:
        """Return the ligand that comes with fresh medium after the first incubation.

        Parameters
        ----------
        medium_volume
            In the well (mL).
        nuclide
            The label.

        Raises
        ------
        InputError
            If there is more activity than if every molecule were labeled.
        """
        specific = specific_activity(nuclide)
        found: list[Dose] = []
        for each in self.incubations[1:]:
            if each.molar_activity > specific:
                raise InputError(
                    "more activity than if every molecule were labeled",
                    field="molar_activity",
                    value=each.molar_activity,
                    allowed=f"at most {specific:.6g} MBq/nmol",
                )
            activity = each.activity_concentration * medium_volume
            hot, amount = activity / specific, activity / each.molar_activity
            start = each.start + _AFTER_WASH
            found += [Bolus("medium.hot", start, hot), Bolus("medium.cold", start, amount - hot)]
        return tuple(found)
