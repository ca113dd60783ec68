r"""Moves of a cloud of particles that leave a tempered posterior as it is.

A proposal keeps a share of a particle's distance from the cloud's mean and draws the rest anew,

.. math:: \theta' = m + \sqrt{1 - s^2}\,(\theta - m) + s \sqrt{z}\, L \xi, \qquad
          1 / z \sim \Gamma\!\left(\tfrac{d + \nu}{2},\ \tfrac{\nu + q(\theta)}{2}\right),

with the cloud's mean :math:`m` and covariance :math:`L L^T`,
:math:`q = (\theta - m)^T (L L^T)^{-1} (\theta - m)` and a standard normal :math:`\xi`. It leaves
the t distribution of :math:`\nu` degrees of freedom as it is, so that the ratio of the posterior
to that decides on acceptance; with :math:`s = 1` it forgets the particle at once. The step
:math:`s` follows the acceptance (preconditioned Crank-Nicolson moves: Cotter et al. 2013; with a
t distribution: Grumitt et al. 2024).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

_FREEDOM = 5.0
#: The acceptance that the step aims at: of the random walk's optimum (0.23) and the independence
#: sampler's (as high as may be), a compromise.
_AIM = 0.4
_SMALLEST_STEP = 0.02


@dataclass(frozen=True, eq=False)
class Cloud:
    """Particles in units of the prior's spread.

    Parameters
    ----------
    places
        Where they are.
    log_start
        Log density there of the distribution that they started from.
    log_ratio
        That of the posterior less that of the start; minus infinity where there is none.
    """

    places: Float[Any, "draws parameters"]
    log_start: Float[Any, " draws"]
    log_ratio: Float[Any, " draws"]

    def __getitem__(self, chosen: Any) -> Cloud:
        return Cloud(self.places[chosen], self.log_start[chosen], self.log_ratio[chosen])

    def tempered(self, beta: float) -> Float[Any, " draws"]:
        """Return the log density at one temperature, up to a constant."""
        return self.log_start + beta * self.log_ratio

    def replaced(self, taken: Any, other: Cloud) -> Cloud:
        """Return the cloud with another's particles where they were taken."""
        return Cloud(
            np.where(taken[:, None], other.places, self.places),
            np.where(taken, other.log_start, self.log_start),
            np.where(taken, other.log_ratio, self.log_ratio),
        )


def mixed(
    cloud: Cloud,
    cloud_at: Callable[[Any], Cloud],
    beta: float,
    shape: tuple[np.ndarray, np.ndarray],
    until: tuple[int, float],
    generator: np.random.Generator,
) -> tuple[Cloud, float, int, float]:
    """Move a cloud until it has forgotten where it was.

    Parameters
    ----------
    cloud
        The particles.
    cloud_at
        From a batch of places to particles there.
    beta
        The temperature.
    shape
        Mean and covariance of the proposals' t distribution.
    until
        The most moves, and the memory at which fewer are enough.
    generator
        The random stream.

    Returns
    -------
    tuple
        The cloud, the share of moves accepted, the number of moves, and the memory left: the
        largest correlation, over the axes of the covariance, with the places at the start.
    """
    location, covariance = shape
    factor = np.linalg.cholesky(covariance)
    most, enough = until
    before = _standardized(cloud.places, location, factor)
    density, step, memory, accepted = cloud.tempered(beta), 1.0, 1.0, []
    for _ in range(most):
        now = _standardized(cloud.places, location, factor)
        proposed = _proposed(now, step, generator)
        moved = cloud_at(location + proposed @ factor.T)
        rise = moved.tempered(beta) - density + _log_t(now) - _log_t(proposed)
        taken = np.log(generator.random(len(rise))) < rise
        cloud = cloud.replaced(taken, moved)
        density = cloud.tempered(beta)
        accepted.append(float(np.mean(taken)))
        step = float(np.clip(step * np.exp(accepted[-1] - _AIM), _SMALLEST_STEP, 1.0))
        memory = _memory(before, _standardized(cloud.places, location, factor))
        if memory <= enough:
            break
    return cloud, float(np.mean(accepted)), len(accepted), memory


def _standardized(places: np.ndarray, location: np.ndarray, factor: np.ndarray) -> np.ndarray:
    from scipy.linalg import solve_triangular

    return solve_triangular(factor, (places - location).T, lower=True).T


def _proposed(now: np.ndarray, step: float, generator: np.random.Generator) -> np.ndarray:
    """Return proposals in units of the cloud's spread."""
    draws, size = now.shape
    square = np.sum(now**2, axis=-1)
    stretch = 0.5 * (_FREEDOM + square) / generator.gamma(0.5 * (size + _FREEDOM), size=draws)
    fresh = np.sqrt(stretch)[:, None] * generator.standard_normal(now.shape)
    return np.sqrt(1.0 - step**2) * now + step * fresh


def _log_t(standard: np.ndarray) -> np.ndarray:
    """Return the log density of the t distribution, up to a constant."""
    square = np.sum(standard**2, axis=-1)
    return -0.5 * (_FREEDOM + standard.shape[-1]) * np.log1p(square / _FREEDOM)


def _memory(before: np.ndarray, now: np.ndarray) -> float:
    """Return the largest correlation, over the axes, of where particles are and where they were.

    Of independent particles its expectation is near zero; an axis without spread counts as
    forgotten.
    """
    first, second = before - before.mean(axis=0), now - now.mean(axis=0)
    size = np.sqrt(np.sum(first**2, axis=0) * np.sum(second**2, axis=0))
    correlation = np.sum(first * second, axis=0) / np.where(size > 0, size, 1.0)
    return float(np.max(correlation, initial=0.0))
