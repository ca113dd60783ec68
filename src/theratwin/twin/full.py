"""The full posterior of a target, whatever its shape."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from theratwin.twin.importance import Resampled
from theratwin.twin.target import Target
from theratwin.twin.tempering import temper


def full_posterior(target: Target, size: int, generator: np.random.Generator) -> Resampled:
    """Draw from the posterior by tempered sampling (`theratwin.twin.tempering`).

    The evidence is that of the logarithms of the measured values.
    """
    sd = target.alternative.observed_sd
    constant = -float(np.sum(np.log(sd * np.sqrt(2.0 * np.pi))))

    def placed(standard: np.ndarray) -> np.ndarray:
        return target.prior_mean + target.prior_sd * standard

    def log_likelihood(standard: np.ndarray) -> np.ndarray:
        return -0.5 * np.sum(target.data_residuals(placed(standard)) ** 2, axis=-1)

    found = temper(log_likelihood, target.size, size, generator)
    tempering = found.tempering
    tempering = replace(tempering, log_evidence=tempering.log_evidence + constant)
    return Resampled(placed(found.draws), float("nan"), found.effective_size, tempering)
