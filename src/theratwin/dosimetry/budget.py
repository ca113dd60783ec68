r"""The uncertainty budget of an absorbed dose.

The relative standard uncertainties of independent factors add in squares (EANM guidance on
uncertainty, Gear et al. 2018):

.. math::

    u^2(D) = u^2(\tilde A) + u^2(Q) + u^2(R) + c^2 u^2(m) + u^2(S)

with the curve fit (counting, delineation between scans, curve shape), the calibration, the
recovery of small objects, the mass with its sensitivity :math:`c = \partial\ln S/\partial\ln m`
(near -1), and the dose factor. A doubt that acts through several factors, as the outline does
through counts, recovery and mass, is one part here with the sum of what it does (`DoseChain`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from theratwin.core.errors import InputError


@dataclass(frozen=True)
class Budget:
    """Relative standard uncertainties of the factors of one dose.

    Parameters
    ----------
    parts
        Name of the factor to its relative standard uncertainty in the dose.

    Examples
    --------
    >>> budget = Budget({"curve": 0.06, "mass": 0.08})
    >>> round(budget.total, 6), round(budget.shares["mass"], 2)
    (0.1, 0.64)
    """

    parts: Mapping[str, float]

    def __post_init__(self) -> None:
        for name, part in self.parts.items():
            if not (math.isfinite(part) and part >= 0):
                raise InputError("must not be negative", field=f"Budget.{name}", value=part)

    @property
    def total(self) -> float:
        """The combined relative standard uncertainty."""
        return math.sqrt(sum(part**2 for part in self.parts.values()))

    @property
    def shares(self) -> dict[str, float]:
        """The part of the variance that each factor brings, summing to one."""
        total = self.total
        return {name: (part / total) ** 2 if total else 0.0 for name, part in self.parts.items()}

    def interval(self, median: float, probability: float = 0.9) -> tuple[float, float]:
        """Return the central interval of a log-normal quantity of this budget.

        Raises
        ------
        InputError
            If the probability is not between 0 and 1.

        Examples
        --------
        >>> [round(edge, 3) for edge in Budget({"all": 0.1}).interval(20.0)]
        [16.967, 23.576]
        """
        from scipy.special import ndtri

        if not 0 < probability < 1:
            raise InputError("must lie between 0 and 1", field="probability", value=probability)
        factor = math.exp(float(ndtri(0.5 + 0.5 * probability)) * self.total)
        return median / factor, median * factor


def log_sd(relative: float) -> float:
    r"""Return the standard deviation of the logarithm of a log-normal factor.

    .. math:: \sqrt{\ln(1 + u^2)}

    Parameters
    ----------
    relative
        Relative standard uncertainty u: standard deviation over mean.

    Examples
    --------
    >>> round(log_sd(0.1), 5), round(log_sd(0.5), 5)
    (0.09975, 0.47238)
    """
    return math.sqrt(math.log1p(relative**2))


def relative_spread(draws: Float[np.ndarray, " draws"]) -> float:
    """Return the standard deviation of the logarithm of positive draws.

    It is the relative standard uncertainty while that is small.
    """
    return float(np.std(np.log(draws)))
