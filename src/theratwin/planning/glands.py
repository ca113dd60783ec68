r"""Salivary and lacrimal glands as a soft objective.

There is no validated limit, so that their dose is weighed against the effect on the lesions:

.. math:: J = \mathrm{E}[\text{objective}] - w\, c\; \mathrm{E}[\overline{BED}_\mathrm{glands}]

where c is what one Gy more in every lesion is worth to the objective. The weight w is a choice: how
many Gy of BED in the lesions one would give up to spare the glands one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from theratwin.case import find_region
from theratwin.core import parameter_set
from theratwin.core.errors import InputError
from theratwin.planning.course import Course
from theratwin.planning.limit import bed

_GLANDS = ("salivary_glands", "lacrimal_glands")


@dataclass(frozen=True)
class Glands:
    """The glands that were measured, with the weight of their mean BED.

    Parameters
    ----------
    regions
        Their names; empty if none was measured.
    weight
        Gy of lesion BED worth one Gy of gland BED.
    """

    regions: tuple[str, ...]
    weight: float

    @property
    def count(self) -> bool:
        """Whether they enter the plan."""
        return bool(self.regions) and self.weight > 0

    def mean_bed(self, course: Course, cycles: int, activity: Any) -> np.ndarray:
        """Return the mean of the glands' BED (Gy), shape ``(*activity.shape, draws)``."""
        return np.mean([course.total(bed(r)).at(cycles, activity) for r in self.regions], axis=0)


def glands_of(course: Course, weight: float | None) -> Glands:
    """Return the glands measured in a course.

    Parameters
    ----------
    course
        The course.
    weight
        Their weight; None for that of the parameter set ``planning/choices``.

    Raises
    ------
    InputError
        If the weight is negative, or one is given but no gland was measured.
    """
    regions = tuple(
        name
        for name, dose in course.regions.items()
        if not dose.lesion and dose.tissue is not None and _is_gland(name)
    )
    if weight is None:
        return Glands(regions, parameter_set("planning", "choices").value("glands.weight"))
    if not 0 <= weight < float("inf"):
        raise InputError(
            "the weight is out of range", field="glands", value=weight, allowed="0 and more"
        )
    if weight > 0 and not regions:
        raise InputError(
            "no gland was measured, so that a weight has no meaning",
            field="glands",
            value=weight,
            remedy="Measure the salivary glands, or leave the weight out",
        )
    return Glands(regions, weight)


def _is_gland(name: str) -> bool:
    found = find_region(name)
    return found is not None and any(found.is_part_of(group) for group in _GLANDS)
