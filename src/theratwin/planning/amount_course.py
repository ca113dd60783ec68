r"""The course at any amount of ligand, from a few amounts that the engine solves.

Each dose of a cycle is smooth in the logarithm of the amount. At the nodes its value and its exact
derivative are known; in between :math:`\ln d` is the cubic with both in common (Hermite), whose
error falls with the fourth power of the nodes' distance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from jaxtyping import Float

from theratwin.case import Administration, ExternalBeam
from theratwin.planning.course import UNIT, Course, carried, further_schedule
from theratwin.planning.dose_arrays import Doses
from theratwin.planning.regimen import Regimen
from theratwin.twin import RegionDose, Twin, predict_by_amount

#: Distance of the nodes on the logarithmic axis, at most: doses between them err by less than a
#: three-hundredth.
_NODE_DISTANCE = 1.15

#: From a logarithm of the amount to an array.
_Curve: TypeAlias = "Callable[[float], np.ndarray]"


@dataclass(frozen=True, eq=False)
class AmountCourses:
    """Courses of one regimen but for the amount of ligand.

    Parameters
    ----------
    twin, delivered, further, regimen
        As of `theratwin.planning.course.course_of`.
    amounts
        The amounts solved (nmol), rising.
    """

    twin: Twin
    template: Course
    regimen: Regimen
    amounts: Float[np.ndarray, " nodes"]
    doses: Mapping[str, tuple[_Curve, _Curve | None]]

    @classmethod
    def solved(
        cls,
        twin: Twin,
        delivered: Sequence[Administration],
        further: int,
        regimen: Regimen,
        ends: tuple[float, float],
        beams: Sequence[ExternalBeam] = (),
    ) -> AmountCourses:
        """Solve the course at nodes between two amounts (nmol), both included.

        What external-beam fractions and a cycle do together is taken to depend on the amount as
        the cycle's dose does.

        Raises
        ------
        UnsupportedError
            If the twin's model does not know the amount of ligand.
        """
        count = 1 + int(np.ceil(np.log(ends[1] / ends[0]) / _NODE_DISTANCE))
        amounts = np.geomspace(*ends, max(count, 2))
        nodes = [
            course_and_slopes(twin, delivered, further, regimen.changed("amount", amount), beams)
            for amount in amounts
        ]
        template = nodes[0][0]
        curves = {
            name: _curves(amounts, [(c.regions[name], slopes[name]) for c, slopes in nodes])
            for name in template.regions
        }
        return cls(twin, template, regimen, amounts, curves)

    def at(self, amount: float) -> Course:
        """Return the course with an amount (nmol) between the ends."""
        regions, x = {}, float(np.log(amount))
        for name, (dose, square) in self.doses.items():
            arrays = self.template.arrays(name)
            known = None if square is None else square(x)
            regions[name] = replace(arrays, dose=dose(x), square=known)
        regimen = self.regimen.changed("amount", amount)
        return replace(self.template, regions=regions, most=carried(self.twin, regimen))


@dataclass(frozen=True, eq=False)
class DoseSlopes:
    """What a nmol more in every further cycle adds (per nmol).

    Parameters
    ----------
    dose
        To the dose (Gy) of each cycle, shape ``(draws, cycles)``.
    square
        To G D² (Gy²) likewise; None where no tissue is known.
    """

    dose: Float[np.ndarray, "draws cycles"]
    square: Float[np.ndarray, "draws cycles"] | None


def course_and_slopes(
    twin: Twin,
    delivered: Sequence[Administration],
    further: int,
    regimen: Regimen,
    beams: Sequence[ExternalBeam] = (),
) -> tuple[Course, dict[str, DoseSlopes]]:
    """Return the course of a regimen, and its exact derivatives by the amount, by region."""
    schedule = further_schedule(twin.case, delivered, further, regimen)
    later = schedule.names[len(delivered) :]
    prediction, changes = predict_by_amount(twin, schedule, later)
    most = carried(twin, regimen)
    regions = prediction.regions
    course = Course(twin.case, schedule, len(delivered), UNIT, regions, most, tuple(beams))
    slopes = {name: _slopes(prediction.regions[name], change) for name, change in changes.items()}
    return course, slopes


def _slopes(doses: RegionDose, change: RegionDose) -> DoseSlopes:
    square = None if doses.tissue is None else doses.quadratic_slope(change)
    return DoseSlopes(change.dose, square)


def _curves(
    amounts: np.ndarray, nodes: Sequence[tuple[Doses, DoseSlopes]]
) -> tuple[_Curve, _Curve | None]:
    dose = _hermite(amounts, [d.dose for d, _ in nodes], [s.dose for _, s in nodes])
    if nodes[0][0].tissue is None:
        return dose, None
    squares = [s.square for _, s in nodes if s.square is not None]
    return dose, _hermite(amounts, [d.quadratic for d, _ in nodes], squares)


def _hermite(
    amounts: np.ndarray, values: Sequence[np.ndarray], slopes: Sequence[np.ndarray]
) -> _Curve:
    """Return the cubic through logarithms and their derivatives; what is zero stays zero."""
    from scipy.interpolate import CubicHermiteSpline

    value, slope = np.array(values), np.array(slopes)
    present = value[0] > 0.0
    safe = np.where(present, value, 1.0)
    by_log = amounts[:, None, None] * np.where(present, slope, 0.0) / safe
    spline = CubicHermiteSpline(np.log(amounts), np.log(safe), by_log)
    return lambda x: np.where(present, np.exp(spline(x)), 0.0)
