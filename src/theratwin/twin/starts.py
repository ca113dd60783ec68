"""Where the particles of a tempered sampler start: draws of the prior, or about the mode.

Both are densities that are known with their constants, so that the evidence comes out of either.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from jaxtyping import Float

#: Degrees of freedom of the t distribution about the mode: its tails hold those of a posterior
#: that its second derivatives at the mode understate.
_FREEDOM = 5.0


class Start(Protocol):
    """A distribution of places in units of the prior's spread."""

    @property
    def name(self) -> str: ...
    def draws(self, size: int, generator: np.random.Generator) -> Float[Any, "draws parameters"]:
        """Return places."""
        ...

    def log_density(self, places: Float[Any, "draws parameters"]) -> Float[Any, " draws"]:
        """Return the logarithm of the density."""
        ...

    def distance(self, places: Float[Any, "draws parameters"]) -> float:
        """Return the mean squared distance from the center in its own spreads, by parameter."""
        ...


@dataclass(frozen=True)
class PriorStart:
    """The prior itself: a standard normal distribution.

    Examples
    --------
    >>> PriorStart(2).log_density(np.zeros((1, 2))).round(3)
    array([-1.838])
    """

    size: int
    name: str = "prior"

    def draws(self, size: int, generator: np.random.Generator) -> np.ndarray:
        """Return places."""
        return generator.standard_normal((size, self.size))

    def log_density(self, places: np.ndarray) -> np.ndarray:
        """Return the logarithm of the density."""
        return -0.5 * np.sum(places**2 + np.log(2.0 * np.pi), axis=-1)

    def distance(self, places: np.ndarray) -> float:
        """Return the mean squared distance from the center, by parameter."""
        return float(np.mean(places**2))


@dataclass(frozen=True, eq=False)
class ModeStart:
    """A multivariate t distribution of five degrees of freedom.

    Parameters
    ----------
    location
        The mode.
    covariance
        The inverse of the second derivatives there; the scale of the distribution.

    Examples
    --------
    >>> ModeStart(np.zeros(1), np.eye(1)).log_density(np.zeros((1, 1))).round(4)
    array([-0.9686])
    """

    location: Float[Any, " parameters"]
    covariance: Float[Any, "parameters parameters"]
    name: str = "mode"

    def draws(self, size: int, generator: np.random.Generator) -> np.ndarray:
        """Return places."""
        normal = generator.standard_normal((size, len(self.location)))
        stretch = np.sqrt(_FREEDOM / generator.chisquare(_FREEDOM, size))
        return self.location + (normal * stretch[:, None]) @ self._factor.T

    def log_density(self, places: np.ndarray) -> np.ndarray:
        """Return the logarithm of the density."""
        from scipy.special import gammaln

        size = len(self.location)
        constant = gammaln(0.5 * (_FREEDOM + size)) - gammaln(0.5 * _FREEDOM)
        constant -= 0.5 * size * np.log(_FREEDOM * np.pi)
        constant -= np.sum(np.log(np.diag(self._factor)))
        square = np.sum(self._standard(places) ** 2, axis=0)
        return constant - 0.5 * (_FREEDOM + size) * np.log1p(square / _FREEDOM)

    def distance(self, places: np.ndarray) -> float:
        """Return the mean squared distance from the mode in spreads, by parameter."""
        return float(np.mean(self._standard(places) ** 2))

    def _standard(self, places: np.ndarray) -> np.ndarray:
        from scipy.linalg import solve_triangular

        return solve_triangular(self._factor, (places - self.location).T, lower=True)

    @cached_property
    def _factor(self) -> np.ndarray:
        return np.linalg.cholesky(self.covariance)
