r"""Weights of competing structures by Akaike's criterion.

With known measurement uncertainties the expected predictive error of a penalized fit is estimated
without bias, whatever the number of data, by

.. math:: \mathrm{AIC} = \chi^2(\hat\theta) + 2 k_\mathrm{eff}

with the number of parameters :math:`k_\mathrm{eff}` that the data, not the priors, determine.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from theratwin.twin.laplace import Laplace


def akaike(approximation: Laplace) -> float:
    """Return Akaike's criterion of a fit with priors and known uncertainties."""
    return approximation.chi_square + 2.0 * approximation.effective_parameters


def akaike_weights(criteria: Sequence[float]) -> np.ndarray:
    """Return the weights of alternatives, which sum to one.

    Examples
    --------
    >>> akaike_weights([10.0, 10.0])
    array([0.5, 0.5])
    """
    relative = np.exp(-0.5 * (np.asarray(criteria) - np.min(criteria)))
    return relative / relative.sum()
