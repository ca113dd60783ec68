"""The posterior's mode and its Laplace approximation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from theratwin.core.errors import FitError
from theratwin.twin.target import Target


@dataclass(frozen=True, eq=False)
class Laplace:
    """A normal approximation at the mode.

    Parameters
    ----------
    mode
        Most probable log-parameters.
    covariance
        Inverse of the second derivatives there.
    positive_definite
        Whether the exact second derivatives were positive definite; if not, the covariance is
        from the Gauss-Newton matrix, which always is.
    chi_square
        Sum of squared residuals of the data at the mode.
    effective_parameters
        How many parameters the data determine, the priors the rest: the trace of the data's
        part of the curvature times the covariance.
    """

    mode: Float[Any, " parameters"]
    covariance: Float[Any, "parameters parameters"]
    positive_definite: bool
    chi_square: float
    effective_parameters: float


def laplace(target: Target) -> Laplace:
    """Maximize the posterior and approximate it there.

    Raises
    ------
    FitError
        If no start leads to a mode.
    """
    mode = target.mode()
    if mode is None:
        raise FitError(
            "the fit found no solution",
            field=target.alternative.name,
            remedy="Check the measurements of this region for a wrong unit or time",
        )
    jacobian = target.jacobian(mode)
    gauss_newton = jacobian.T @ jacobian
    exact = target.hessian(mode)
    positive_definite = _is_positive_definite(exact)
    curvature = exact if positive_definite else gauss_newton
    data = jacobian[: target.observations]
    return Laplace(
        mode,
        np.linalg.inv(curvature),
        positive_definite,
        float(np.sum(target.data_residuals(mode) ** 2)),
        float(np.trace(np.linalg.solve(gauss_newton, data.T @ data))),
    )


def _is_positive_definite(matrix: np.ndarray) -> bool:
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return False
    return True
