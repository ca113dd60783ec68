r"""Whether the data scatter about the best curve as their stated uncertainties say.

If the model holds, the residuals at the mode are normal with covariance :math:`I - H`, where
:math:`H` is the part of the curvature that the data bring (their leverage). Their sum of squares
then has the mean :math:`n - k_\mathrm{eff}`, the trace of :math:`I - H`; its distribution is taken
as a scaled chi-square with that mean and the variance :math:`2\,\mathrm{tr}(I - H)^2`
(Satterthwaite).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from theratwin.twin.laplace import Laplace
from theratwin.twin.sloped_target import target_of

#: Below this probability the misfit is no chance.
PROBABILITY_LIMIT = 1e-3


@dataclass(frozen=True)
class Misfit:
    """The scatter of the data about a fitted curve.

    Parameters
    ----------
    chi_square
        Sum of squared residuals of the data at the mode.
    expected
        Its mean if the stated uncertainties and the curve's shape hold.
    probability
        Of a sum as large or larger in that case.
    """

    chi_square: float
    expected: float
    probability: float

    @property
    def is_serious(self) -> bool:
        """Whether chance does not explain it."""
        return self.probability < PROBABILITY_LIMIT

    @property
    def problem(self) -> str:
        """It in words, with what to do."""
        return (
            f"the measured values scatter more than their stated uncertainties allow: chi-square "
            f"{self.chi_square:.1f} where {self.expected:.1f} is expected "
            f"(p = {self.probability:.1g}), so that the intervals are too narrow; check times, "
            "units and delineation of these scans, or state larger uncertainties"
        )


def misfit(alternative: Any, approximation: Laplace) -> Misfit:
    """Compare the data with a fitted curve."""
    return misfit_of(approximation.chi_square, residual_covariance(alternative, approximation))


def misfit_of(chi_square: float, covariance: Float[np.ndarray, "residuals residuals"]) -> Misfit:
    """Compare a sum of squared residuals with the covariance that they have if the model holds.

    Examples
    --------
    >>> misfit_of(4.6, np.eye(2))  # doctest: +ELLIPSIS
    Misfit(chi_square=4.6, expected=2.0, probability=0.100...)
    """
    from scipy.special import gammaincc

    variances = np.linalg.eigvalsh(covariance)
    mean, half_variance = float(variances.sum()), float(np.sum(variances**2))
    scale, freedom = half_variance / mean, mean**2 / half_variance
    probability = gammaincc(0.5 * freedom, 0.5 * chi_square / scale)
    return Misfit(chi_square, mean, float(probability))


def residual_covariance(
    alternative: Any, approximation: Laplace
) -> Float[np.ndarray, "measurements measurements"]:
    """Return the covariance of the residuals at the mode if model and uncertainties hold."""
    target = target_of(alternative)
    jacobian = target.jacobian(approximation.mode)
    data = jacobian[: target.observations]
    return np.eye(len(data)) - data @ np.linalg.solve(jacobian.T @ jacobian, data.T)
