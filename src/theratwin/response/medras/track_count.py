"""Cells hit by different numbers of ion tracks: the mean over a Poisson distribution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def mean_over_tracks(mean: float, survival: Callable[[np.ndarray], Any]) -> float:
    r"""Return :math:`\sum_n \frac{m^n e^{-m}}{n!}\,S(n)` over three standard deviations.

    Numbers from :math:`m - 3\sqrt m - 3` to :math:`m + 3\sqrt m + 3` count, and none, as in the
    published program; their weights are not scaled to 1.

    Parameters
    ----------
    mean
        Tracks per nucleus m.
    survival
        Surviving fractions for an array of numbers of tracks.

    References
    ----------
    Citation ``mcmahon_2017``.

    Examples
    --------
    >>> print(f"{mean_over_tracks(4.0, lambda n: 0.5**n):.6f}")
    0.135335
    """
    from scipy.special import gammaln

    if mean == 0.0:
        return float(np.asarray(survival(np.array([0.0])))[0])
    spread = 3.0 * np.sqrt(mean) + 3.0
    least, most = max(1, int(mean - spread)), int(mean + spread)
    number = np.concatenate([[0.0], np.arange(least, most + 1)])
    weight = np.exp(number * np.log(mean) - mean - gammaln(number + 1.0))
    return float(np.sum(weight * survival(number)))
