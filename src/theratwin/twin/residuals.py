r"""What the fit leaves of each measured value, and the misfit region by region.

At the mode :math:`r_i = (\ln y_i - \ln \hat y_i) / \sigma_i`. The sum of their squares over a
region has the mean :math:`\sum_i (1 - h_{ii})` if model and uncertainties hold, :math:`h_{ii}`
being the leverage of the value: what the fit bends towards it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from theratwin.case import Measurement
from theratwin.twin.misfit import Misfit, misfit_of, residual_covariance

if TYPE_CHECKING:
    from theratwin.twin.posterior import BlockPosterior, Fit

#: Regions that together hold so much of the misfit are named.
_MOST = 0.7


@dataclass(frozen=True, eq=False)
class RegionResiduals:
    """What the likeliest fit leaves of the values measured in one region.

    Parameters
    ----------
    region
        The region.
    measurements
        What was measured there.
    log_ratio
        Logarithms of measured over fitted value.
    sd
        What the fit allows for them: the value's own uncertainty, and the model's error if it has
        one.
    covariance
        Of the standardized residuals, if model and uncertainties hold.
    """

    region: str
    measurements: tuple[Measurement, ...]
    log_ratio: Float[np.ndarray, " measurements"]
    sd: Float[np.ndarray, " measurements"]
    covariance: Float[np.ndarray, "measurements measurements"]

    @property
    def standardized(self) -> Float[np.ndarray, " measurements"]:
        """The residuals in standard deviations."""
        return self.log_ratio / self.sd

    @property
    def misfit(self) -> Misfit:
        """Their sum of squares, with what is expected of it in this region."""
        return misfit_of(float(np.sum(self.standardized**2)), self.covariance)

    @property
    def scatter(self) -> float:
        """Root mean square of the logarithms of measured over fitted value."""
        return float(np.sqrt(np.mean(self.log_ratio**2)))

    @property
    def farthest(self) -> int:
        """Index of the value that lies farthest from the fit, in standard deviations."""
        return int(np.argmax(np.abs(self.standardized)))


def residuals(posterior: BlockPosterior) -> tuple[RegionResiduals, ...]:
    """Return the residuals of a block's likeliest structure, region by region."""
    return tuple(_by_region(posterior.best))


def worst_regions(posterior: BlockPosterior) -> tuple[RegionResiduals, ...]:
    """Return the regions that hold most of a misfit, the worst first.

    They are as few as hold 70 % of what exceeds the expected sums of squares.
    """
    excess = {
        found: found.misfit.chi_square - found.misfit.expected for found in residuals(posterior)
    }
    above = sorted((each for each in excess if excess[each] > 0), key=lambda e: -excess[e])
    sums = np.cumsum([excess[each] for each in above])
    return tuple(above[: 1 + int(np.searchsorted(sums, _MOST * sums[-1]))]) if above else ()


def _by_region(fit: Fit) -> Iterator[RegionResiduals]:
    model = fit.alternative
    measured = model.measured
    ratio = model.observed - np.atleast_2d(model.predicted(fit.approximation.mode[None]))[0].real
    covariance = residual_covariance(model, fit.approximation)
    for region in dict.fromkeys(m.region for m in measured):
        own = [k for k, m in enumerate(measured) if m.region == region]
        yield RegionResiduals(
            region,
            tuple(measured[k] for k in own),
            ratio[own],
            np.asarray(model.observed_sd)[own],
            covariance[np.ix_(own, own)],
        )
