r"""Curves of a population by nonlinear mixed effects.

Each patient's parameters are drawn from the population's normal distribution,

.. math::

    \theta_i = (\ln \tilde A_i, \phi_i) \sim N(\mu, \Omega), \qquad
    \ln A_{ij} = \ln \tilde A_i u(t_{ij}; \phi_i) + \sigma \varepsilon_{ij}

(with known standard deviations :math:`A_{ij} = \tilde A_i u + \sigma_{ij} \varepsilon_{ij}`).
The likelihood, the patients' parameters integrated out, is raised by expectation and maximization:
with each patient's mean :math:`m_i` and covariance :math:`V_i` given the population (by importance
sampling around the normal approximation, `posterior_moments`),

.. math::

    \mu = \frac1n \sum_i m_i, \qquad
    \Omega = \frac1n \sum_i (m_i - \mu)(m_i - \mu)^T + V_i .

Mixed effects for single scans: Devasia et al. 2021, Hardiansyah et al. 2023.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from theratwin.core.errors import FitError, InputError
from theratwin.dosimetry.time_activity.curve_population import CurvePopulation, mixed_shape
from theratwin.dosimetry.time_activity.fit import fit_model
from theratwin.dosimetry.time_activity.patients import Patients
from theratwin.dosimetry.time_activity.posterior_moments import (
    Moments,
    moments,
    standard_draws,
    weigh,
)
from theratwin.dosimetry.time_activity.samples import Samples

_ITERATIONS = 400
#: Rise of the log-likelihood in a step, at which the iteration has settled.
_TOLERANCE = 5e-4
_LEAST_VARIANCE, _LEAST_ERROR = 1e-8, 1e-4
_START_VARIANCE, _START_ERROR = 0.25, 0.1


def fit_population(
    samples: Sequence[Samples],
    model: str,
    decay_constant: float,
    *,
    draws: int = 512,
    seed: int = 1,
) -> CurvePopulation:
    """Fit the distribution of curves to the activities of a population.

    Parameters
    ----------
    samples
        Activities of each patient, all with standard deviations or all without; for one activity
        administered, such as MBq for each GBq, if the uptake is to be told from its spread.
    model
        One of `MIXED_MODELS`.
    decay_constant
        Physical decay constant (1/h).
    draws
        Draws for each patient and step.
    seed
        Of their random stream.

    Raises
    ------
    InputError
        If there are fewer patients than parameters and one, no more points than parameters of
        all, fewer different times than parameters, or only some have standard deviations.
    FitError
        If the iteration does not settle.

    Examples
    --------
    >>> times = np.array([4.0, 24.0, 72.0, 160.0])
    >>> rates, noise = (0.012, 0.016, 0.014, 0.013), np.array([1.02, 0.98, 1.01, 0.99])
    >>> samples = [Samples(times, 80.0 * noise * np.exp(-rate * times)) for rate in rates]
    >>> found = fit_population(samples, "mono", 0.00434)
    >>> round(float(np.exp(found.mean[0]))), round(float(found.relative_error), 3)
    (5847, 0.017)
    """
    patients = Patients.of(samples, mixed_shape(model), decay_constant)
    mean, covariance = _start(samples, model, decay_constant)
    error = _START_ERROR if patients.relative else None
    _check_enough(patients, mean.size)
    standard = standard_draws(draws, mean.size, seed)
    modes = np.tile(mean, (len(samples), 1))
    likelihood = -np.inf
    for _ in range(_ITERATIONS):
        found = patients.estimate(mean, covariance, error, modes)
        modes = found.thetas
        each = moments(weigh(patients, found, mean, covariance, error, standard))
        risen, likelihood = each.log_likelihoods.sum() - likelihood, each.log_likelihoods.sum()
        if abs(risen) < _TOLERANCE:
            break
        mean, covariance = _of_all(each)
        if error is not None:
            error = max(float(np.sqrt(each.squares.sum() / patients.points)), _LEAST_ERROR)
    else:
        raise FitError(
            "the population's covariance does not settle",
            field="model",
            value=model,
            remedy="Take a model with fewer parameters, or add patients",
        )
    return CurvePopulation(
        model=model,
        decay_constant=decay_constant,
        mean=mean,
        covariance=covariance,
        mean_covariance=_of_the_mean(each.covariances, covariance),
        relative_error=error,
        thetas=each.means,
        minus_two_log_likelihood=-2.0 * float(likelihood),
        points=patients.points,
    )


def _of_all(each: Moments) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and covariance of the population, by the patients' moments."""
    mean = each.means.mean(axis=0)
    apart = each.means - mean
    found = apart.T @ apart / len(apart) + each.covariances.mean(axis=0)
    values, vectors = np.linalg.eigh(0.5 * (found + found.T))
    return mean, (vectors * np.maximum(values, _LEAST_VARIANCE)) @ vectors.T


def _check_enough(patients: Patients, parameters: int) -> None:
    count = len(patients.times)
    if count < parameters + 1 or patients.points <= parameters + count:
        raise InputError(
            f"too little for a population of {parameters} parameters",
            field="samples",
            value=f"{count} patients with {patients.points} points",
            allowed=f"at least {parameters + 1} patients, and more points than patients and "
            "parameters together",
        )


def _start(
    samples: Sequence[Samples], model: str, decay_constant: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and covariance to begin with: one fit to the mean logarithms at each time."""
    times = np.concatenate([one.times for one in samples])
    logs = np.concatenate([np.log(one.activities) for one in samples])
    each, group = np.unique(times, return_inverse=True)
    pooled = np.exp(np.bincount(group, logs) / np.bincount(group))
    theta = fit_model(Samples(each, pooled), model, decay_constant).theta.copy()
    # A terminal phase at the floor has no slope to start from.
    theta[1] = max(theta[1], np.log(0.05 * decay_constant))
    return theta, _START_VARIANCE * np.eye(theta.size)


def _of_the_mean(covariances: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    r"""Return the covariance of the mean.

    A patient tells of it :math:`(\Omega + H^{-1})^{-1} = \Omega^{-1} - \Omega^{-1} V \Omega^{-1}`,
    with the information H of the patient's data.
    """
    inverse = np.linalg.inv(covariance)
    told = np.sum(inverse - inverse @ covariances @ inverse, axis=0)
    return np.linalg.inv(told)
