"""One patient's curve from few scans and the population: empirical Bayes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from theratwin.core.errors import InputError
from theratwin.dosimetry.time_activity.curve_population import CurvePopulation
from theratwin.dosimetry.time_activity.one_scan import OneScan
from theratwin.dosimetry.time_activity.patients import Patients
from theratwin.dosimetry.time_activity.posterior_moments import standard_draws, weigh
from theratwin.dosimetry.time_activity.samples import Samples

#: Draws of a patient's parameters.
DRAWS = 4096


@dataclass(frozen=True, eq=False)
class Individual:
    """What a patient's curve may be, given the population and the patient's own scans.

    Parameters
    ----------
    population
        What it was pulled to.
    samples
        The scans.
    thetas
        Draws: logarithm of the integral (MBq h), then the parameters of the shape.
    weights
        Of the draws, summing to one.
    """

    population: CurvePopulation
    samples: Samples
    thetas: Float[np.ndarray, "draws p"]
    weights: Float[np.ndarray, " draws"]

    @property
    def integral(self) -> float:
        """Time-integrated activity (MBq h), the median."""
        return float(np.exp(self._quantiles((0.5,))[0]))

    @property
    def relative_sd(self) -> float:
        """Standard deviation of the integral's logarithm."""
        logs = self.thetas[:, 0]
        return float(np.sqrt(self.weights @ (logs - self.weights @ logs) ** 2))

    @property
    def terminal_half_life(self) -> float:
        """Effective half-life of the terminal phase (h), at the mean parameters."""
        population, theta = self.population, self.weights @ self.thetas
        rate = population.shape.terminal_rate(theta[1:], population.decay_constant)
        return float(np.log(2.0) / rate)

    @property
    def effective_draws(self) -> float:
        """Number of draws that as many of equal weight would be."""
        return float(1.0 / np.sum(self.weights**2))

    def interval(self, probability: float = 0.9) -> tuple[float, float]:
        """Return the central interval of the integral (MBq h)."""
        low, high = self._quantiles((0.5 - 0.5 * probability, 0.5 + 0.5 * probability))
        return float(np.exp(low)), float(np.exp(high))

    def one_scan(self, probability: float = 0.9) -> OneScan:
        """Return it in the form in which all single-scan methods are told."""
        population = self.population
        return OneScan(
            "mixed",
            self.integral,
            self.interval(probability),
            self.relative_sd,
            f"mixed effects of {len(population.thetas)} patients, model {population.model}",
        )

    def _quantiles(self, at: tuple[float, ...]) -> np.ndarray:
        """Return quantiles of the integral's logarithm."""
        order = np.argsort(self.thetas[:, 0])
        weights = self.weights[order]
        return np.interp(at, np.cumsum(weights) - 0.5 * weights, self.thetas[order, 0])


def individual(
    population: CurvePopulation, samples: Samples, *, draws: int = DRAWS, seed: int = 1
) -> Individual:
    r"""Estimate one patient's curve from one scan or more.

    .. math:: p(\theta \mid A) \propto p(A \mid \theta)\; N(\theta;\, \mu,\, \Omega_\mathrm{new})

    with `CurvePopulation.of_a_new_patient`, by importance sampling around the most probable
    parameters: with one scan the distribution is too skewed for a normal one.

    Parameters
    ----------
    population
        Of whom the patient is one.
    samples
        The patient's scans, in the population's unit of activity.
    draws, seed
        Number of draws, and their random stream.

    Raises
    ------
    InputError
        If neither the samples have standard deviations nor the population an error.

    Examples
    --------
    >>> from theratwin.dosimetry.time_activity import fit_population
    >>> times = np.array([4.0, 24.0, 72.0, 160.0])
    >>> rates, noise = (0.012, 0.016, 0.014, 0.013), np.array([1.02, 0.98, 1.01, 0.99])
    >>> others = [Samples(times, 80.0 * noise * np.exp(-rate * times)) for rate in rates]
    >>> found = individual(fit_population(others, "mono", 0.00434), Samples([72.0], [30.0]))
    >>> round(found.integral), round(found.relative_sd, 3)
    (5874, 0.017)
    """
    if samples.relative and population.relative_error is None:
        raise InputError(
            "the scan's standard deviation is unknown",
            field="samples.sd",
            remedy="Give it, since the population was fitted with known standard deviations",
        )
    patient = Patients.of([samples], population.shape, population.decay_constant)
    covariance = population.of_a_new_patient
    error = population.relative_error if samples.relative else None
    found = patient.estimate(population.mean, covariance, error, population.mean[None, :])
    standard = standard_draws(draws, population.mean.size, seed)
    weighed = weigh(patient, found, population.mean, covariance, error, standard)
    return Individual(population, samples, weighed.thetas[0], weighed.weights[0])
