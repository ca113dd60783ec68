"""Equivalent uniform dose: one number for a distribution of dose over voxels."""

from __future__ import annotations

from typing import Any

import numpy as np

from theratwin.core import InputError
from theratwin.core._arrays import as_float


def generalized_eud(doses: Any, a: float, volumes: Any = 1.0) -> Any:
    r"""Return :math:`gEUD = (\sum_i v_i D_i^a)^{1/a}` (Gy).

    Parameters
    ----------
    doses
        Doses of the voxels (Gy, 0 or more), the last axis.
    a
        Exponent: 1 is the mean, large is the maximum, negative favors cold spots. The volume
        exponent n of Lyman, Kutcher and Burman is 1 / a.
    volumes
        Weights, taken to sum 1.

    Raises
    ------
    InputError
        If ``a`` is 0, a dose is negative or the weights are not usable.

    References
    ----------
    Citation ``niemierko_1997`` and, for normal tissue, ``kutcher_burman_1989``.

    Examples
    --------
    >>> [round(float(generalized_eud([10.0, 30.0], a)), 1) for a in (-400, 1, 400)]
    [10.0, 20.0, 29.9]
    """
    if a == 0 or not np.isfinite(a):
        raise InputError("the exponent must be a number but 0", field="a", value=a)
    doses = as_float(doses)
    if not np.all(doses >= 0):
        raise InputError("a dose must not be negative", field="doses")
    with np.errstate(divide="ignore"):
        logs = a * np.log(doses)
    return np.exp(_log_mean(logs, volumes) / a)


def survival_eud(doses: Any, alpha: float, volumes: Any = 1.0) -> Any:
    r"""Return :math:`EUD = -\frac{1}{\alpha} \ln \sum_i v_i e^{-\alpha D_i}` (Gy).

    With BED in place of dose it is the EUBED, which for a tumor is the uniform BED of the same
    survival.

    Parameters
    ----------
    doses
        Doses, or BED, of the voxels (Gy), the last axis.
    alpha
        :math:`\alpha` (1/Gy).
    volumes
        Weights, taken to sum 1.

    Raises
    ------
    InputError
        If alpha is not positive or the weights are not usable.

    References
    ----------
    Citation ``niemierko_1997``.

    Examples
    --------
    >>> round(float(survival_eud([10.0, 30.0], 0.35)), 3)
    11.978
    """
    if not alpha > 0:
        raise InputError("alpha must be positive", field="alpha", value=alpha)
    return -_log_mean(-alpha * as_float(doses), volumes) / alpha


def linear_quadratic_eud(
    doses: Any, G: Any, alpha: float, alpha_beta: float, volumes: Any = 1.0
) -> Any:
    r"""Return the uniform dose with the same mean survival by the linear-quadratic model (Gy).

    .. math:: e^{-\alpha D - \beta G D^2} = \sum_i v_i e^{-\alpha D_i - \beta G D_i^2}

    Every voxel's dose rate follows one course, so that G is shared; the uniform dose keeps it.
    Its BED is the EUBED.

    Parameters
    ----------
    doses
        Doses of the voxels (Gy), the last axis.
    G
        Lea-Catcheside factor of the course; 1 for an acute dose.
    alpha, alpha_beta
        :math:`\alpha` (1/Gy) and :math:`\alpha/\beta` (Gy).
    volumes
        Weights, taken to sum 1.

    Raises
    ------
    InputError
        If alpha is not positive or the weights are not usable.

    References
    ----------
    Citation ``niemierko_1997``, with protraction as in ``dale_1985``.

    Examples
    --------
    >>> round(float(linear_quadratic_eud([10.0, 30.0], 0.0, 0.35, 10.0)), 3)
    11.978
    """
    from theratwin.response.linear_quadratic import bed, dose_of_bed

    uniform = survival_eud(bed(doses, G, alpha_beta), alpha, volumes)
    return dose_of_bed(np.maximum(uniform, 0.0), G, alpha_beta)


def _log_mean(logs: np.ndarray, volumes: Any) -> Any:
    """Return the logarithm of the weighted mean of exponentials, without overflow."""
    volumes = np.broadcast_to(as_float(volumes), logs.shape)
    total = volumes.sum(axis=-1)
    if not (np.all(volumes >= 0) and np.all(total > 0)):
        raise InputError(
            "the volumes cannot weight the doses",
            field="volumes",
            allowed="0 or more, and some above 0",
        )
    with np.errstate(divide="ignore"):
        weighted = logs + np.log(volumes)
    return np.logaddexp.reduce(weighted, axis=-1) - np.log(total)
