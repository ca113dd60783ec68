r"""The full posterior by tempered sequential Monte Carlo, all particles in one batch.

Particles start as draws of a density :math:`q`, the prior's or one about the mode, and pass through

.. math:: \pi_\beta(\theta) \propto q(\theta)^{1 - \beta}\,
          \bigl(p(\theta)\, p(y \mid \theta)\bigr)^\beta, \qquad 0 \le \beta \le 1,

each next :math:`\beta` chosen so that the weights keep a given share of the particles effective.
At every temperature the particles are resampled and moved by `theratwin.twin.moves` until they
have forgotten where they were. The product of the mean weights is the evidence
:math:`p(y) = \int p(\theta)\, p(y \mid \theta)\, d\theta` (Del Moral et al. 2006).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from theratwin.core.errors import FitError
from theratwin.twin.moves import Cloud, mixed
from theratwin.twin.reweighting import (
    effective_size,
    moments,
    next_temperature,
    systematic,
    weights,
)
from theratwin.twin.starts import PriorStart, Start

#: Share of a particle's place at the last resampling that it may still remember: between
#: temperatures it matters only that the cloud fills the density, at the end every draw counts.
_MEMORY, _MEMORY_AT_THE_END = 0.25, 0.05
_MOST_MOVES, _MOST_MOVES_AT_THE_END = 12, 60
#: Chance correlations of few particles, of which the largest counts, in units of 1 / sqrt(draws).
_CHANCE = 2.5
_MOST_TEMPERATURES = 200
#: A start whose first temperature is below this, or from which the posterior is found as far away
#: as this (squared, in its own spreads, by parameter; inside it is below one), did not hold the
#: posterior. The prior does.
_POOR, _FAR = 0.01, 2.0

LogDensity = Callable[[Float[Any, "draws parameters"]], Float[Any, " draws"]]


@dataclass(frozen=True)
class Tempering:
    """How a tempered sampler went.

    Parameters
    ----------
    temperatures
        The powers of the likelihood, rising to one.
    acceptance
        Share of the proposed moves that were accepted, one a temperature.
    moves
        Number of moves of every particle, likewise.
    log_evidence
        Natural logarithm of the evidence.
    memory
        Correlation of the draws with their places before the last moves; the less the better.
    start
        What the particles started as draws of: ``"prior"``, or ``"mode"`` for a t distribution
        about the mode.
    """

    temperatures: tuple[float, ...]
    acceptance: tuple[float, ...]
    moves: tuple[int, ...]
    log_evidence: float
    memory: float
    start: str = "prior"

    @property
    def problem(self) -> str:
        """Why the draws should not be trusted; empty if they may be."""
        if self.memory <= 6.0 * _MEMORY_AT_THE_END:
            return ""
        return (
            f"the particles still remember {100 * self.memory:.0f} % of where they were after "
            f"{self.moves[-1]} moves: the posterior is hard to explore, and its intervals may be "
            "too narrow"
        )


@dataclass(frozen=True, eq=False)
class Tempered:
    """Draws in units of the prior's spread, with how they came about."""

    draws: Float[Any, "draws parameters"]
    effective_size: float
    tempering: Tempering


def temper(
    log_likelihood: LogDensity,
    parameters: int,
    particles: int,
    generator: np.random.Generator,
    start: Start | None = None,
) -> Tempered:
    """Draw from a posterior with a standard normal prior.

    Parameters
    ----------
    log_likelihood
        Of a batch of points; minus infinity or not-a-number where there is none.
    parameters
        Number of parameters.
    particles
        Number of draws.
    generator
        The random stream.
    start
        What the particles start as draws of, by default the prior. One that turns out not to hold
        the posterior is left for the prior.

    Raises
    ------
    FitError
        If the likelihood is nothing everywhere, or the temperature does not rise to one.
    """
    if start is not None:
        begun = _begun(log_likelihood, start, particles, generator)
        if begun.anywhere and next_temperature(begun.cloud.log_ratio, 0.0) > _POOR:
            found = _tempered(begun, generator)
            if start.distance(found.draws) < _FAR:
                return found
    begun = _begun(log_likelihood, PriorStart(parameters), particles, generator)
    if not begun.anywhere:
        raise FitError("no draw of the prior has a likelihood", remedy="Check the priors")
    return _tempered(begun, generator)


def _tempered(begun: _Begun, generator: np.random.Generator) -> Tempered:
    """Take the particles from where they began to the posterior."""
    cloud, particles = begun.cloud, len(begun.cloud.places)
    done: list[tuple[float, float, int]] = []
    beta, log_evidence, memory, effective = 0.0, 0.0, 1.0, float(particles)
    while beta < 1.0:
        if len(done) == _MOST_TEMPERATURES:
            raise FitError(
                "the sampler does not reach the posterior", remedy="Check data against priors"
            )
        following = next_temperature(cloud.log_ratio, beta)
        weight, mean = weights(cloud.log_ratio, following - beta)
        log_evidence, beta, last = log_evidence + mean, following, following == 1.0
        location, covariance = moments(cloud.places, weight)
        chosen = systematic(weight, particles, generator)
        cloud, acceptance, moves, memory = mixed(
            cloud[chosen],
            begun.cloud_at,
            beta,
            (location, covariance),
            _until(particles, last),
            generator,
        )
        effective = effective_size(chosen, memory)
        done.append((beta, acceptance, moves))
    temperatures, acceptances, counts = zip(*done, strict=True)
    summary = Tempering(temperatures, acceptances, counts, float(log_evidence), memory, begun.name)
    order = generator.permutation(particles)
    return Tempered(cloud.places[order], effective, summary)


@dataclass(frozen=True, eq=False)
class _Begun:
    """Particles at a start, and how to get some anywhere."""

    name: str
    cloud_at: Callable[[Any], Cloud]
    cloud: Cloud

    @property
    def anywhere(self) -> bool:
        """Whether any of them has a likelihood."""
        return bool(np.any(np.isfinite(self.cloud.log_ratio)))


def _begun(
    log_likelihood: LogDensity, start: Start, particles: int, generator: np.random.Generator
) -> _Begun:
    def cloud_at(places: np.ndarray) -> Cloud:
        prior, begin = PriorStart(places.shape[-1]), start.log_density(places)
        target = prior.log_density(places) + log_likelihood(places)
        return Cloud(places, begin, _finite(target - begin))

    return _Begun(start.name, cloud_at, cloud_at(start.draws(particles, generator)))


def _until(particles: int, last: bool) -> tuple[int, float]:
    """Return the most moves at a temperature, and the memory at which fewer are enough."""
    chance = _CHANCE / np.sqrt(particles)
    if last:
        return _MOST_MOVES_AT_THE_END, max(_MEMORY_AT_THE_END, chance)
    return _MOST_MOVES, max(_MEMORY, chance)


def _finite(values: Any) -> np.ndarray:
    """Return minus infinity for what is no number: a place where the model has no solution."""
    return np.where(np.isnan(values), -np.inf, values)
