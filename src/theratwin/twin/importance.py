"""Importance resampling of a Laplace approximation, with the Pareto k diagnostic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from theratwin.twin.laplace import Laplace
from theratwin.twin.target import Target
from theratwin.twin.tempering import Tempering

_DEGREES_OF_FREEDOM = 3.0
_ROUNDS = 6
_PROPOSALS_PER_DRAW = 4
_KEPT_COVARIANCE = 0.1
_FLOOR = -500.0

#: Above this Pareto k the importance weights cannot be trusted (Vehtari et al. 2024).
PARETO_K_LIMIT = 0.7
#: Up to this k the variance of the weights is finite.
PARETO_K_AIM = 0.5


@dataclass(frozen=True, eq=False)
class Resampled:
    """Draws of the posterior.

    Parameters
    ----------
    draws
        Log-parameters, one row a draw.
    pareto_k
        Shape of the tail of the importance weights; above 0.7 the draws are not to be trusted.
        Infinite if nearly all proposals miss; not-a-number if the draws were not weighted.
    effective_size
        Effective number of independent proposals behind the draws.
    tempering
        How the sampler went, if the draws are a tempered one's.
    """

    draws: Float[Any, "draws parameters"]
    pareto_k: float
    effective_size: float
    tempering: Tempering | None = None


@dataclass(frozen=True, eq=False)
class _Weighted:
    """Leveled proposals with their smoothed, normalized importance weights."""

    proposals: np.ndarray
    weights: np.ndarray
    pareto_k: float

    @property
    def effective_size(self) -> float:
        return float(1.0 / np.sum(self.weights**2))


def resample(
    target: Target,
    approximation: Laplace,
    size: int,
    generator: np.random.Generator,
    rounds: int = _ROUNDS,
) -> Resampled:
    """Draw from the posterior by importance resampling.

    Proposals, four times as many as draws are kept, come from a multivariate t distribution of
    three degrees of freedom with the Laplace mode and covariance, so that their tails are heavier
    than the posterior's, in parameters that straighten it (`Target.leveled`). Their weights are
    Pareto-smoothed (Vehtari et al. 2024). Where the posterior is bent all the same and Pareto k
    exceeds 0.5, the proposal takes the mean and covariance of the weighted proposals (with a tenth
    of the previous covariance, so that few heavy weights cannot flatten it), in further ``rounds``;
    the best is kept.
    """
    location = target.leveled(approximation.mode)
    covariance = target.leveled_covariance(approximation.mode, approximation.covariance)
    best = None
    for _ in range(rounds):
        weighted = _weigh(target, location, covariance, _PROPOSALS_PER_DRAW * size, generator)
        if best is None or weighted.pareto_k < best.pareto_k:
            best = weighted
        if weighted.pareto_k <= PARETO_K_AIM:
            break
        location = weighted.weights @ weighted.proposals
        centered = weighted.proposals - location
        spread = (weighted.weights[:, None] * centered).T @ centered
        covariance = (1.0 - _KEPT_COVARIANCE) * spread + _KEPT_COVARIANCE * covariance
    assert best is not None
    chosen = _systematic(best.weights, size, generator)
    draws = target.unleveled(best.proposals[chosen])
    return Resampled(draws, best.pareto_k, best.effective_size)


def _weigh(
    target: Target,
    location: np.ndarray,
    covariance: np.ndarray,
    count: int,
    generator: np.random.Generator,
) -> _Weighted:
    from arviz_stats.base.array import array_stats

    factor = np.linalg.cholesky(covariance)
    standard = _student_t(count, location.size, generator)
    proposals = location + standard @ factor.T
    log_ratio = target.log_density(target.unleveled(proposals)) - _log_student_t(standard)
    # Far below the peak all weights are nothing; a floor keeps the tail fit finite.
    log_ratio = np.maximum(log_ratio - log_ratio.max(), _FLOOR)
    if np.sum(log_ratio > _FLOOR) < 0.25 * count:
        # Nearly all proposals miss: the tail has no shape to fit.
        weights = np.exp(log_ratio)
        return _Weighted(proposals, weights / weights.sum(), float("inf"))
    smoothed, pareto_k = array_stats.psislw(-log_ratio)
    weights = np.exp(smoothed)
    return _Weighted(proposals, weights / weights.sum(), float(pareto_k))


def _student_t(count: int, size: int, generator: np.random.Generator) -> np.ndarray:
    normal = generator.standard_normal((count, size))
    stretch = np.sqrt(_DEGREES_OF_FREEDOM / generator.chisquare(_DEGREES_OF_FREEDOM, count))
    return normal * stretch[:, None]


def _log_student_t(standard: np.ndarray) -> np.ndarray:
    """Return the log density of the standard multivariate t distribution, up to a constant."""
    square = np.sum(standard**2, axis=1)
    return -0.5 * (_DEGREES_OF_FREEDOM + standard.shape[1]) * np.log1p(square / _DEGREES_OF_FREEDOM)


def _systematic(weights: np.ndarray, size: int, generator: np.random.Generator) -> np.ndarray:
    """Return indices drawn in proportion to the weights, in random order."""
    positions = (np.arange(size) + generator.random()) / size
    chosen = np.searchsorted(np.cumsum(weights), positions).clip(max=weights.size - 1)
    return generator.permutation(chosen)
