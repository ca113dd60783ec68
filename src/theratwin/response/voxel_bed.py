"""BED voxel by voxel: each voxel's dose rate is a sum of few courses, each times a number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from theratwin.core import Curve, InputError
from theratwin.response.lea_catcheside import protraction_integral
from theratwin.response.repair import Repair
from theratwin.response.tissues import Tissue

_INFINITE = float("inf")


def protraction_matrix(
    courses: Sequence[Curve], repair: Repair, until: float = _INFINITE
) -> Float[np.ndarray, "courses courses"]:
    r"""Return :math:`G_{ab}` of courses, so that a mixture has :math:`G D^2 = \sum G_{ab} D_a D_b`.

    .. math:: G_{ab} = \int\!\!\int \hat r_a(t)\, \hat r_b(s) \sum_k p_k e^{-\mu_k |t - s|} ds\, dt

    with :math:`\hat r_a` the course of integral 1. The diagonal holds the Lea-Catcheside factors;
    beside it stands what damage of one course meets of another's, as of neighbors or cycles.

    Parameters
    ----------
    courses
        Dose-rate curves without batch axes; only their shape matters.
    repair
        Repair of sublethal damage.
    until
        The end (h); doses and the matrix both refer to the time up to it.

    Raises
    ------
    InputError
        If a course has batch axes or brings no dose, or as for `protraction_integral`.

    References
    ----------
    Citation ``lea_catcheside_1942``; a bilinear form, so that mixed terms follow by polarization.

    Examples
    --------
    >>> from theratwin.core import Exponentials
    >>> fast, slow = (Exponentials.from_half_lives([1.0], [half]) for half in (10.0, 50.0))
    >>> protraction_matrix([fast, slow], Repair.single(2.5)).round(4).tolist()
    [[0.2, 0.073], [0.073, 0.0476]]
    """
    unit = [_unit(course, number, until) for number, course in enumerate(courses)]
    own = [float(protraction_integral(course, repair, until)) for course in unit]
    matrix = np.diag(np.array(own, dtype=float))
    for a, first in enumerate(unit):
        for b, second in enumerate(unit[:a]):
            both = float(protraction_integral(first + second, repair, until))
            matrix[a, b] = matrix[b, a] = 0.5 * (both - own[a] - own[b])
    return matrix


def _unit(course: Curve, number: int, until: float) -> Curve:
    field = f"courses[{number}]"
    if course.batch_shape:
        raise InputError("a course has no batch axes", field=field, value=course.batch_shape)
    dose = float(course.integral(end=until))
    if not (np.isfinite(dose) and dose > 0):
        raise InputError("its dose must be finite and positive", field=field, value=dose)
    return course * (1.0 / dose)


def voxel_bed(
    doses: Sequence[Any], courses: Sequence[Curve], tissue: Tissue, until: float = _INFINITE
) -> Any:
    r"""Return the BED (Gy) of voxels whose dose rate is a sum of courses, exactly.

    .. math:: BED = \sum_a D_a + \frac{1}{\alpha/\beta} \sum_{ab} G_{ab} D_a D_b

    With one course it is :math:`D\,[1 + G D / (\alpha/\beta)]`: the dose rate is a pattern times
    a course.

    Parameters
    ----------
    doses
        Dose map (Gy) that each course brings up to ``until``, all of one shape.
    courses
        Their courses (dose rate over time), of any scale.
    tissue
        Its :math:`\alpha/\beta` and repair.
    until
        The end (h).

    Raises
    ------
    InputError
        If there are not as many maps as courses, or as for `protraction_matrix`.

    References
    ----------
    Citation ``dale_1985``.

    Examples
    --------
    >>> from theratwin.core import Exponentials
    >>> kidneys = Tissue(2.5, Repair.single(2.8))
    >>> decay = Exponentials.from_half_lives([1.0], [51.6])
    >>> voxel_bed([np.array([0.0, 23.0])], [decay], kidneys).round(4)
    array([ 0.    , 33.8912])
    """
    if len(doses) != len(courses) or not courses:
        raise InputError(
            "a dose map for each course is needed",
            field="doses",
            value=len(doses),
            allowed=f"{len(courses)}",
        )
    matrix = protraction_matrix(courses, tissue.repair, until)
    maps = [np.asarray(dose, dtype=float) for dose in doses]
    total = np.zeros(np.broadcast_shapes(*(dose.shape for dose in maps)))
    for row, dose in zip(matrix, maps, strict=True):
        felt = sum(factor * other for factor, other in zip(row, maps, strict=True))
        total += dose * (1.0 + felt / tissue.alpha_beta)
    return total


def decay_protraction(rate: Any, repair: Repair) -> Any:
    r"""Return G of dose rates that decay exponentially, :math:`\sum_k p_k \lambda/(\lambda+\mu_k)`.

    Parameters
    ----------
    rate
        Effective decay constants :math:`\lambda` (1/h), any shape, 0 or more; a rate of 0, where
        a map has no signal, gives 0.
    repair
        Repair of sublethal damage.

    Raises
    ------
    InputError
        If a rate is negative or not finite.

    Examples
    --------
    >>> decay_protraction(np.log(2) / np.array([51.6, 10.0]), Repair.single(2.8)).round(4)
    array([0.0515, 0.2188])
    """
    rate = np.asarray(rate, dtype=float)
    if not (np.all(rate >= 0) and np.all(np.isfinite(rate))):
        raise InputError("must not be negative", field="rate", allowed="finite numbers >= 0 1/h")
    parts = zip(repair.fractions, repair.rates, strict=True)
    return sum(fraction * (rate / (rate + mu)) for fraction, mu in parts)
