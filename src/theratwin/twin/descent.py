r"""Least squares from several starts at once (Levenberg-Marquardt).

Each round tries steps of several dampings :math:`\lambda`,

.. math:: (J^T J + \lambda\, \mathrm{diag}\, J^T J)\, \delta = -J^T r,

for every start in one batch, and asks for derivatives only where one has led down.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

_ROUNDS = 60
_DAMPINGS = 10.0 ** np.array([-2.0, -1.0, 0.0, 1.0])
_FIRST_DAMPING, _LEAST_DAMPING, _MOST_DAMPING = 1.0, 1e-8, 1e8
#: What a full Gauss-Newton step would still gain of half the sum of squares when a search ends:
#: the mode is then known to 1e-4 of the posterior's spread.
_GAIN = 1e-8
#: A search that is so much worse than the best one, and gains less than a tenth of that in a
#: round, has another mode of no weight.
_HOPELESS = 30.0


@dataclass(frozen=True, eq=False)
class Point:
    """Some places with their residuals and derivatives."""

    theta: Float[Any, "starts parameters"]
    residuals: Float[Any, "starts residuals"]
    jacobian: Float[Any, "starts residuals parameters"]

    @property
    def cost(self) -> np.ndarray:
        """Half the sum of squares."""
        return 0.5 * np.sum(self.residuals**2, axis=-1)

    def __getitem__(self, chosen: Any) -> Point:
        return Point(self.theta[chosen], self.residuals[chosen], self.jacobian[chosen])


def descended(
    residuals: Callable[[Any], Any], points: Callable[[Any], Point], starts: np.ndarray
) -> np.ndarray | None:
    """Return the lowest place that the searches reach; None if none has finite residuals.

    Parameters
    ----------
    residuals
        Of a batch of places, not-a-number where there are none.
    points
        Residuals and their derivatives of a batch of places.
    starts
        Where the searches start.
    """
    at = points(starts)
    at = at[_finite(at)]
    best: tuple[float, np.ndarray | None] = (np.inf, None)
    damping = np.full(len(at.theta), _FIRST_DAMPING)
    for _ in range(_ROUNDS):
        for cost, theta in zip(at.cost, at.theta, strict=True):
            best = min(best, (float(cost), theta), key=lambda each: each[0])
        going = (_gain(at) > _GAIN) & (at.cost - best[0] < _HOPELESS) & (damping < _MOST_DAMPING)
        at, damping = at[going], damping[going]
        if not len(at.theta):
            break
        theta, damping, moved = _step(residuals, at, damping)
        if np.any(moved):
            after = points(theta[moved])
            sound = _finite(after)
            pairs = zip(_of(at[~moved]), _of(after), strict=True)
            at = Point(*(np.concatenate([a, b[sound]]) for a, b in pairs))
            damping = np.concatenate([damping[~moved], damping[moved][sound]])
    return best[1]


def _of(point: Point) -> tuple[np.ndarray, ...]:
    return point.theta, point.residuals, point.jacobian


def _finite(at: Point) -> np.ndarray:
    return np.all(np.isfinite(at.residuals), axis=-1) & np.all(
        np.isfinite(at.jacobian), axis=(-2, -1)
    )


def _curvature(at: Point) -> tuple[np.ndarray, np.ndarray]:
    gradient = np.einsum("nrp,nr->np", at.jacobian, at.residuals)
    return np.einsum("nrp,nrq->npq", at.jacobian, at.jacobian), gradient


def _gain(at: Point) -> np.ndarray:
    """Return what full steps would gain if the residuals were linear."""
    matrix, gradient = _curvature(at)
    return 0.5 * np.sum(gradient * np.linalg.solve(matrix, gradient[..., None])[..., 0], axis=-1)


def _step(
    residuals: Callable[[Any], Any], at: Point, damping: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return places, next dampings and which have moved, the best of several dampings each."""
    matrix, gradient = _curvature(at)
    diagonal = np.einsum("npp->np", matrix)[:, None, :, None] * np.eye(matrix.shape[-1])
    tried = damping[:, None] * _DAMPINGS
    damped = matrix[:, None] + tried[..., None, None] * diagonal
    right = np.broadcast_to(gradient[:, None, :, None], (*tried.shape, gradient.shape[-1], 1))
    places = at.theta[:, None] - np.linalg.solve(damped, right)[..., 0]
    flat = residuals(places.reshape(-1, places.shape[-1]))
    cost = 0.5 * np.sum(flat**2, axis=-1).reshape(tried.shape)
    cost = np.where(np.isfinite(cost), cost, np.inf)
    lowest = np.argmin(cost, axis=1)
    rows = np.arange(len(lowest))
    moved = cost[rows, lowest] < at.cost
    following = np.where(moved, tried[rows, lowest], damping * 100.0)
    return places[rows, lowest], np.maximum(following, _LEAST_DAMPING), moved
