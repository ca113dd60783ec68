"""Complication of normal tissue: probit (Lyman) and logistic curves over BED."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from theratwin.core import InputError, parameter_set
from theratwin.core._arrays import as_float
from theratwin.response.linear_quadratic import bed as bed_of_dose


def probit_ntcp(dose: Any, td50: float, m: float) -> Any:
    r"""Return :math:`\Phi\left(\frac{D - TD_{50}}{m\,TD_{50}}\right)` (Lyman).

    Dose and tolerance must be of one kind: both BED, or both EQD2.

    Examples
    --------
    >>> float(probit_ntcp(50.4, 50.4, 0.1))
    0.5

    References
    ----------
    Citation ``lyman_1985``.
    """
    from scipy.special import ndtr

    _positive(td50=td50, m=m)
    return ndtr((as_float(dose) - td50) / (m * td50))


def logistic_ntcp(dose: Any, td50: float, gamma50: float) -> Any:
    r"""Return :math:`1 / [1 + (TD_{50} / D)^{4 \gamma_{50}}]`.

    ``gamma50`` is the slope at the half: :math:`TD_{50}\,dP/dD`. Dose and tolerance must be of
    one kind: both BED, or both EQD2.

    Examples
    --------
    >>> logistic_ntcp([0.0, 50.4, 1000.0], 50.4, 3.0).round(4).tolist()
    [0.0, 0.5, 1.0]
    """
    from scipy.special import expit

    _positive(td50=td50, gamma50=gamma50)
    dose = as_float(dose)
    if not np.all(dose >= 0):
        raise InputError("a dose must not be negative", field="dose")
    with np.errstate(divide="ignore"):
        return expit(4.0 * gamma50 * np.log(dose / td50))


@dataclass(frozen=True)
class Complication:
    r"""The Lyman-Kutcher-Burman model, on the BED scale on both sides.

    A tolerance known from external-beam fractions must be turned into BED once (`in_fractions`),
    as an absorbed dose given at low dose rate never compares with it.

    Parameters
    ----------
    bed50
        BED (Gy) of uniform irradiation that harms half of the patients.
    m
        Slope, relative to ``bed50``. As BED is EQD2 times a constant, it is the same on both.
    n
        Volume exponent; 1 means that the mean BED counts.
    alpha_beta
        :math:`\alpha/\beta` (Gy) that the BED is for.

    Examples
    --------
    >>> kidneys = Complication.in_fractions(td50=28.0, fraction_dose=2.0, alpha_beta=2.5, m=0.1,
    ...                                     n=0.7)
    >>> round(kidneys.bed50, 6)
    50.4
    >>> print(f"{kidneys.probability(40.0):.4f}")
    0.0195
    """

    bed50: float
    m: float
    n: float
    alpha_beta: float

    def __post_init__(self) -> None:
        _positive(bed50=self.bed50, m=self.m, n=self.n, alpha_beta=self.alpha_beta)

    @classmethod
    def in_fractions(
        cls, *, td50: float, fraction_dose: float, alpha_beta: float, m: float, n: float
    ) -> Complication:
        """Build from a tolerance dose (Gy) in external-beam fractions of ``fraction_dose`` (Gy)."""
        _positive(td50=td50, fraction_dose=fraction_dose, alpha_beta=alpha_beta)
        # n fractions of d each: BED = D (1 + d / (alpha/beta)), so G = d / D.
        return cls(float(bed_of_dose(td50, fraction_dose / td50, alpha_beta)), m, n, alpha_beta)

    def probability(self, bed: Any) -> Any:
        """Return the probability for a uniform BED (Gy, any shape)."""
        return probit_ntcp(bed, self.bed50, self.m)

    def probability_of_voxels(self, bed: Any, volumes: Any = 1.0) -> Any:
        """Return the probability for BEDs (Gy) of voxels, the last axis, by their gEUD."""
        from theratwin.response.uniform_dose import generalized_eud

        return self.probability(generalized_eud(bed, 1.0 / self.n, volumes))


def complication(tissue: str, alpha_beta: float) -> Complication:
    """Return the model of a tissue in the parameter set ``response/complication``.

    Parameters
    ----------
    tissue
        Name of the tissue; external-beam data, for comparison.
    alpha_beta
        For the conversion of its tolerance to BED (Gy).

    Raises
    ------
    InputError
        If there is no such tissue.

    Examples
    --------
    >>> round(complication("kidneys", alpha_beta=2.5).bed50, 6)
    50.4
    """
    parameters = parameter_set("response", "complication")
    branch = parameters.under(tissue)
    if not branch:
        known = sorted({name.partition(".")[0] for name in parameters})
        raise InputError("no complication model", field="tissue", value=tissue, allowed=known)
    return Complication.in_fractions(
        **{key: branch[key].value for key in ("td50", "fraction_dose", "m", "n")},
        alpha_beta=alpha_beta,
    )


def _positive(**values: float) -> None:
    for name, value in values.items():
        if not (math.isfinite(value) and value > 0):
            raise InputError(
                "the value is out of range", field=name, value=value, allowed="a positive number"
            )
