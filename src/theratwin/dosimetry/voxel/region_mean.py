"""Mean dose of a region with a standard error of its own, as batches of histories give it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class RegionMean:
    """Mean dose of a region's voxels, Gy, and its standard error.

    Parameters
    ----------
    dose
        Mean over those voxels that get a dose.
    standard_error
        From the scatter of the mean itself between batches, so that it holds what voxels have in
        common.

    Examples
    --------
    >>> RegionMean(2.0, 0.1).noise
    0.05
    """

    dose: float
    standard_error: float

    @property
    def noise(self) -> float:
        """Relative standard error; 0 where there is no dose."""
        return self.standard_error / self.dose if self.dose > 0 else 0.0


def sum_of_means(parts: Sequence[Mapping[str, RegionMean]]) -> dict[str, RegionMean]:
    r"""Return the means of the sum of doses from independent runs, of the regions in all of them.

    .. math:: \bar D = \sum_a \bar D_a, \qquad u^2(\bar D) = \sum_a u^2(\bar D_a)

    Examples
    --------
    >>> sum_of_means([{"liver": RegionMean(1.0, 0.3)}, {"liver": RegionMean(3.0, 0.4)}])
    {'liver': RegionMean(dose=4.0, standard_error=0.5)}
    """
    names = [name for name in parts[0] if all(name in part for part in parts)]
    return {name: _summed([part[name] for part in parts]) for name in names}


def _summed(means: Sequence[RegionMean]) -> RegionMean:
    errors = np.array([mean.standard_error for mean in means])
    return RegionMean(float(sum(mean.dose for mean in means)), float(np.sqrt(np.sum(errors**2))))
