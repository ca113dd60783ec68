"""Doses of organs from time-integrated activities in all sources, by the MIRD schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from theratwin.core.errors import InputError
from theratwin.physics.organs import (
    OrganSValues,
    Radiation,
    SafTable,
    Walls,
    organ_s_values,
    region_name,
    scaled_to_masses,
)
from theratwin.physics.organs.regions import PAIRS

Array = NDArray[np.float64]
REMAINDER = "remainder"


@dataclass(frozen=True)
class CumulatedActivity:
    """A region's time-integrated activity (MBq h) and its relative standard uncertainty."""

    value: float
    relative_uncertainty: float = 0.0


@dataclass(frozen=True, eq=False)
class OrganDoses:
    """Unweighted absorbed doses of targets, Gy.

    Parameters
    ----------
    target_mass
        Masses (g) that the doses stand for, by target, in the order of the other fields.
    by_source
        Dose from each source, Gy, each of shape (targets,).
    self_dose, cross_dose
        From the target itself (or a region that it is part of, or that is part of it), and from
        the other sources, Gy.
    relative_uncertainty
        Relative standard uncertainty of the sum: of activities and S values. Those of different
        sources count as independent.
    """

    target_mass: Mapping[str, float]
    by_source: Mapping[str, Array]
    self_dose: Array
    cross_dose: Array
    relative_uncertainty: Array

    @property
    def total(self) -> Array:
        """The sum over sources, Gy."""
        return self.self_dose + self.cross_dose


def organ_doses(
    table: SafTable,
    radiation: Radiation,
    activities: Mapping[str, CumulatedActivity],
    *,
    masses: Mapping[str, float] | None = None,
    walls: Walls = "mean",
) -> OrganDoses:
    r"""Return the doses of a phantom's organs, or those of a patient with other masses.

    .. math:: D(t) = \sum_s \tilde A(s)\, S(t \leftarrow s)

    (MIRD Pamphlet No. 21.) Activity of the ``remainder`` is spread by mass over the body but for
    the other sources:

    .. math:: S(t \leftarrow \mathrm{rem}) = \frac{M\,S(t \leftarrow \mathrm{body}) -
              \sum_s m_s\, S(t \leftarrow s)}{M - \sum_s m_s}

    Parameters
    ----------
    table, radiation, walls
        See `organ_s_values`.
    activities
        Time-integrated activities by source.
    masses
        Masses (g) of the patient's regions, for `scaled_to_masses`.

    Raises
    ------
    InputError
        If a region is unknown, stands twice, or overlaps another one; or there is no source.
    """
    named = _named(table, activities)
    values = {
        name: organ_s_values(table, radiation, name, walls=walls)
        for name in named
        if name != REMAINDER
    }
    patient = {name: scaled_to_masses(v, masses or {}) for name, v in values.items()}
    parts = {name: (v.total, v.relative_uncertainty) for name, v in patient.items()}
    if REMAINDER in named:
        parts[REMAINDER] = _remainder(table, radiation, values, walls)
    by_source = {name: named[name].value * s for name, (s, _) in parts.items()}
    spread = [
        by_source[name] * np.hypot(named[name].relative_uncertainty, of_s)
        for name, (_, of_s) in parts.items()
    ]
    any_one = next(iter(patient.values()), None)
    target_mass = any_one.target_mass if any_one else table.target_mass
    own = np.array([[_is_own(name, target) for target in target_mass] for name in by_source])
    doses = np.array(list(by_source.values()))
    total = np.maximum(doses.sum(axis=0), np.finfo(float).tiny)
    return OrganDoses(
        dict(target_mass),
        by_source,
        np.where(own, doses, 0.0).sum(axis=0),
        np.where(own, 0.0, doses).sum(axis=0),
        np.sqrt(np.square(spread).sum(axis=0)) / total,
    )


def _named(
    table: SafTable, activities: Mapping[str, CumulatedActivity]
) -> dict[str, CumulatedActivity]:
    """Return the activities by the table's names."""
    if not activities:
        raise InputError("no time-integrated activity is given", field="activity")
    known = (*table.sources, "trabecular_bone_surface", "cortical_bone_surface", REMAINDER)
    named: dict[str, CumulatedActivity] = {}
    for given, activity in activities.items():
        name = region_name(given, known, "activity")
        if name in named:
            raise InputError("the region stands twice", field="activity", value=given)
        if not 0 <= activity.value < np.inf:
            raise InputError(
                "a time-integrated activity must not be negative",
                field=f"activity of {name}",
                value=activity.value,
            )
        named[name] = activity
    for pair, sides in PAIRS.items():
        if pair in named and any(side in named for side in sides):
            raise InputError(
                f"{pair} and a side of them overlap",
                field="activity",
                remedy="Give the pair or its sides",
            )
    return named


def _remainder(
    table: SafTable, radiation: Radiation, values: Mapping[str, OrganSValues], walls: Walls
) -> tuple[Array, Array]:
    """Return S values of what is left of the body, and their relative uncertainties."""
    body = organ_s_values(table, radiation, "whole_body", walls=walls)
    if "whole_body" in values:
        raise InputError("the whole body leaves no remainder", field="activity", value=REMAINDER)
    left = body.source_mass - sum(v.source_mass for v in values.values())
    energy = body.source_mass * body.total - sum(v.source_mass * v.total for v in values.values())
    s = np.maximum(energy / left, 0.0)  # noise may make it negative inside a source
    square = (body.source_mass * body.total * body.relative_uncertainty) ** 2
    for v in values.values():
        square = square + (v.source_mass * v.total * v.relative_uncertainty) ** 2
    relative = np.sqrt(square) / left / np.maximum(s, np.finfo(float).tiny)
    return s, np.minimum(relative, 1.0)


def _is_own(source: str, target: str) -> bool:
    """Say whether a source is the target, or one of the two is a side of the other."""
    return source == target or any(
        {source, target} == {pair, side} for pair, sides in PAIRS.items() for side in sides
    )
