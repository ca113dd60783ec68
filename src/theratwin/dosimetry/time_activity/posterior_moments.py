r"""Means and covariances of patients' parameters, given the population, by importance sampling.

Draws come from Student's distribution around the most probable parameters with the covariance of
the normal approximation there, and are weighed by likelihood times prior. The same standard draws
serve all patients and all calls, so that an iteration over them settles.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from theratwin.core.seed import stream
from theratwin.dosimetry.time_activity.patients import Estimates, Patients

_FREEDOM = 5.0
_WIDER = 1.2


class Moments(NamedTuple):
    """Of each patient's parameters.

    Parameters
    ----------
    means, covariances
        Of theta.
    squares
        Expected sum of squared residuals of the logarithms.
    log_likelihoods
        Logarithm of the data's probability density, the parameters integrated out.
    effective
        Effective share of the draws.
    """

    means: Float[np.ndarray, "patients p"]
    covariances: Float[np.ndarray, "patients p p"]
    squares: Float[np.ndarray, " patients"]
    log_likelihoods: Float[np.ndarray, " patients"]
    effective: Float[np.ndarray, " patients"]


class Weighed(NamedTuple):
    """Draws of theta and their weights, which sum to one for each patient."""

    thetas: Float[np.ndarray, "patients draws p"]
    weights: Float[np.ndarray, "patients draws"]
    squares: Float[np.ndarray, "patients draws"]
    log_likelihoods: Float[np.ndarray, " patients"]


def standard_draws(
    count: int, parameters: int, seed: int
) -> tuple[Float[np.ndarray, "draws p"], Float[np.ndarray, " draws"]]:
    """Return standard Student draws, evenly spread (Sobol), and the logarithms of their densities.

    Parameters
    ----------
    count
        How many; raised to the next power of two.
    parameters
        Dimension.
    seed
        Of the shift that all points share.

    Examples
    --------
    >>> draws, density = standard_draws(1000, 2, seed=1)
    >>> draws.shape, bool(np.all(np.abs(draws.mean(axis=0)) < 0.01))
    ((1024, 2), True)
    """
    from scipy.special import gammaincinv, gammaln, ndtri
    from scipy.stats.qmc import Sobol

    shift = stream(seed, "posterior moments").random(parameters + 1)
    even = Sobol(parameters + 1, scramble=False).random_base2(int(np.ceil(np.log2(count))))
    even = np.clip((even + shift) % 1.0, 1e-12, 1.0 - 1e-12)
    chi_square = 2.0 * gammaincinv(0.5 * _FREEDOM, even[:, -1:])
    draws = ndtri(even[:, :-1]) / np.sqrt(chi_square / _FREEDOM)
    power = 0.5 * (_FREEDOM + parameters)
    constant = gammaln(power) - gammaln(0.5 * _FREEDOM)
    constant -= 0.5 * parameters * np.log(_FREEDOM * np.pi)
    return draws, constant - power * np.log1p(np.sum(draws**2, axis=-1) / _FREEDOM)


def weigh(
    patients: Patients,
    found: Estimates,
    mean: Float[np.ndarray, " p"],
    covariance: Float[np.ndarray, "p p"],
    error: float | None,
    standard: tuple[np.ndarray, np.ndarray],
) -> Weighed:
    """Return weighed draws of each patient's parameters."""
    draws, density = standard
    lower = _WIDER * np.linalg.cholesky(found.covariances)
    thetas = found.thetas[:, None, :] + np.einsum("bpq,dq->bdp", lower, draws)
    likelihoods, squares = patients.log_likelihoods(thetas, error)
    apart = (thetas - mean) @ np.linalg.inv(np.linalg.cholesky(covariance)).T
    prior = -0.5 * np.sum(apart**2, axis=-1) - 0.5 * mean.size * np.log(2.0 * np.pi)
    prior -= 0.5 * np.linalg.slogdet(covariance)[1]
    proposed = density - np.linalg.slogdet(lower)[1][:, None]
    logs = likelihoods + prior - proposed
    most = logs.max(axis=1, keepdims=True)
    raw = np.exp(logs - most)
    total = raw.sum(axis=1, keepdims=True)
    return Weighed(thetas, raw / total, squares, (np.log(total / density.size) + most)[:, 0])


def moments(weighed: Weighed) -> Moments:
    """Return means and covariances of weighed draws."""
    weights = weighed.weights
    means = np.einsum("bd,bdp->bp", weights, weighed.thetas)
    apart = weighed.thetas - means[:, None, :]
    return Moments(
        means,
        np.einsum("bd,bdp,bdq->bpq", weights, apart, apart),
        np.sum(weights * weighed.squares, axis=1),
        weighed.log_likelihoods,
        1.0 / (weights.shape[1] * np.sum(weights**2, axis=1)),
    )
