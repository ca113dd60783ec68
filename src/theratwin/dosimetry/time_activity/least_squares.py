"""Levenberg-Marquardt for many small problems at once, within bounds."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

#: Residuals ``(batch, n)`` and their derivatives ``(batch, n, p)`` for parameters ``(batch, p)``
#: of the problems whose numbers are given.
Residuals = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


class Solved(NamedTuple):
    """Where the problems ended: parameters, sums of squares, whether they settled."""

    theta: Float[np.ndarray, "batch p"]
    chi_square: Float[np.ndarray, " batch"]
    converged: Bool[np.ndarray, " batch"]


def minimize(
    residuals: Residuals,
    start: Float[np.ndarray, "batch p"],
    lower: Float[np.ndarray, " p"],
    upper: Float[np.ndarray, " p"],
    *,
    fixed: Bool[np.ndarray, " p"] | None = None,
    iterations: int = 200,
    tolerance: float = 1e-8,
) -> Solved:
    """Minimize sums of squares from each start, within bounds.

    A parameter at a bound that the gradient pushes outward is held for that step.

    Parameters
    ----------
    residuals
        What is squared, and its derivatives.
    start
        Where each problem starts; clipped to the bounds.
    lower, upper
        Bounds of the parameters.
    fixed
        Which parameters stay where they start.
    iterations
        The most steps.
    tolerance
        A problem ends when no parameter moves by more than this.

    Examples
    --------
    >>> def line(theta, which):
    ...     return theta - 3.0, np.ones((len(theta), 1, 1))
    >>> solved = minimize(line, np.array([[0.0]]), np.array([-9.0]), np.array([2.0]))
    >>> float(solved.theta[0, 0]), float(solved.chi_square[0])
    (2.0, 1.0)
    """
    held = np.zeros(start.shape[1], bool) if fixed is None else fixed
    theta = np.where(held, start, np.clip(start, lower, upper))
    low, high = np.where(held, -np.inf, lower), np.where(held, np.inf, upper)
    count = len(theta)
    damping, converged = np.full(count, 1e-2), np.zeros(count, bool)
    running = np.arange(count)
    r, jacobian = residuals(theta, running)
    chi = np.sum(r**2, axis=-1)
    for _ in range(iterations):
        step = _step(theta[running], r, jacobian, damping[running], low, high, held)
        tried = np.clip(theta[running] + step, low, high)
        tried_r, tried_jacobian = residuals(tried, running)
        tried_chi = np.sum(tried_r**2, axis=-1)
        better = tried_chi <= chi[running]
        settled = np.max(np.abs(tried - theta[running]), axis=-1) < tolerance
        theta[running[better]], chi[running[better]] = tried[better], tried_chi[better]
        r = np.where(better[:, None], tried_r, r)
        jacobian = np.where(better[:, None, None], tried_jacobian, jacobian)
        damping[running] *= np.where(better, 0.15, 6.0)
        np.clip(damping, 1e-12, 1e14, out=damping)
        converged[running[settled]] = True
        on = ~settled
        running, r, jacobian = running[on], r[on], jacobian[on]
        if not running.size:
            break
    return Solved(theta, chi, converged)


def _step(
    theta: np.ndarray,
    r: np.ndarray,
    jacobian: np.ndarray,
    damping: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    held: np.ndarray,
) -> np.ndarray:
    """Return the damped Gauss-Newton step, zero where a parameter is held."""
    gradient = np.einsum("bnp,bn->bp", jacobian, r)
    frozen = held | ((theta <= low) & (gradient > 0)) | ((theta >= high) & (gradient < 0))
    free = np.where(frozen, 0.0, 1.0)
    normal = np.einsum("bnp,bnq->bpq", jacobian, jacobian)
    size = np.arange(theta.shape[1])
    # Scaled to a unit diagonal, so that parameters of any size are solved for alike.
    diagonal = normal[:, size, size]
    scale = free / np.sqrt(diagonal + 1e-14 * diagonal.max(axis=-1, keepdims=True) + 1e-200)
    normal *= scale[:, :, None] * scale[:, None, :]
    normal[:, size, size] = np.where(free > 0, normal[:, size, size], 1.0) + damping[:, None]
    step = scale * np.linalg.solve(normal, -(gradient * scale)[..., None])[..., 0]
    return np.clip(np.nan_to_num(step), -2.0, 2.0)
