"""Doses of a course against one thing that is varied: what comes out of a what-if."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from theratwin.case import Case, Schedule
from theratwin.core import Provenance
from theratwin.core.errors import InputError
from theratwin.twin.twin import Interval

AMOUNT, BURDEN = "amount", "tumor_burden"
#: What may be varied: its words and its unit.
VARIED = {AMOUNT: ("Ligand administered", "nmol"), BURDEN: ("Tumor burden", "")}


@dataclass(frozen=True, eq=False)
class DoseStudy:
    """Doses per activity over the points of what is varied.

    Parameters
    ----------
    case
        The case, with the radiopharmaceutical of the study.
    schedule
        The course; where the amount is varied, that of its administrations is not meant.
    varied
        ``"amount"`` (nmol of every administration) or ``"tumor_burden"`` (a factor).
    values
        The points.
    doses
        Region to the dose of the whole course per activity (Gy/GBq), shape ``(draw, point)``. A
        lesion's of a study of the tumor burden is that of the lesion left as it is while all other
        tumor changes.
    own
        The value of the course itself; None if its administrations differ.
    reference
        The doses of the course itself, by region; none if its amounts of ligand are not stated.
    provenance
        What it was made from.
    """

    case: Case
    schedule: Schedule
    varied: str
    values: Float[np.ndarray, " point"]
    doses: Mapping[str, Float[np.ndarray, "draw point"]]
    own: float | None
    reference: Mapping[str, Float[np.ndarray, " draw"]]
    provenance: Provenance

    @property
    def title(self) -> str:
        """What is varied, in words."""
        return VARIED[self.varied][0]

    @property
    def unit(self) -> str:
        """The unit of what is varied."""
        return VARIED[self.varied][1]

    @property
    def draws(self) -> int:
        """The number of draws."""
        return len(next(iter(self.doses.values())))

    @property
    def lesions(self) -> tuple[str, ...]:
        """The lesions that have doses."""
        return tuple(name for name in self.case.lesion_names if name in self.doses)

    def ratio(self, lesion: str, organ: str = "kidneys") -> Float[np.ndarray, "draw point"]:
        """Return the ratio of a lesion's dose to an organ's, draw by draw.

        Raises
        ------
        InputError
            If one of them has no dose.
        """
        self._check("lesion", lesion)
        self._check("organ", organ)
        return self.doses[lesion] / self.doses[organ]

    def relative(self, region: str) -> Float[np.ndarray, "draw point"]:
        """Return a region's dose over that of the course itself, draw by draw.

        Raises
        ------
        InputError
            If there is no dose, or the course states no amount of ligand.
        """
        self._check("region", region)
        if not self.reference:
            raise InputError(
                "the course states no amount of ligand, so that it has no dose of its own",
                field="schedule",
                remedy="Give its administrations their amounts",
            )
        return self.doses[region] / self.reference[region][:, None]

    def _check(self, field: str, region: str) -> None:
        if region not in self.doses:
            raise InputError(
                "the study has no dose there", field=field, value=region, allowed=list(self.doses)
            )

    def intervals(self) -> dict[str, tuple[Interval, ...]]:
        """Return medians with 90 % credible intervals by region, one a point."""
        return {
            region: tuple(
                Interval(median, low, high)
                for low, median, high in np.percentile(dose, (5.0, 50.0, 95.0), axis=0).T
            )
            for region, dose in self.doses.items()
        }
