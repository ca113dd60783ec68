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
    mode = _mode(target)
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


def _mode(target: Target) -> np.ndarray:
    from scipy.optimize import least_squares

    best = None
    for start in _starts(target):
        found = least_squares(
            target.residuals,
            start,
            jac=target.jacobian,  # pyright: ignore[reportArgumentType]
            method="lm",
            xtol=1e-12,
            ftol=1e-12,
        )
        if (
            found.success
            and np.all(np.isfinite(found.x))
            and (best is None or found.cost < best.cost)
        ):
            best = found
    if best is None:
        raise FitError(
            "the fit found no solution",
            field=target.alternative.name,
            remedy="Check the measurements of this region for a wrong unit or time",
        )
    return best.x


def _starts(target: Target) -> list[np.ndarray]:
    """Return the prior means and points half a prior's spread away, scaled to the data."""
    starts = []
    for shift in (0.0, -0.7, 0.7):
        start = target.prior_mean + shift * target.prior_sd
        start[0] = target.prior_mean[0]
        offset = target.alternative.observed - target.alternative.predicted(start)
        start[0] += np.mean(offset)
        if np.all(np.isfinite(target.residuals(start))):
            starts.append(start)
    return starts


def _is_positive_definite(matrix: np.ndarray) -> bool:
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return False
    return True
