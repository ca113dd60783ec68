"""How the curves of patients are distributed: the result of a fit by mixed effects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from theratwin.core.curve import Curve
from theratwin.core.errors import InputError
from theratwin.dosimetry.time_activity.exponential_shape import ExponentialShape
from theratwin.dosimetry.time_activity.fit import SHAPES

#: The models that a population can have.
MIXED_MODELS = tuple(name for name, shape in SHAPES.items() if isinstance(shape, ExponentialShape))


@dataclass(frozen=True, eq=False)
class CurvePopulation:
    """How the curves of patients are distributed.

    Parameters
    ----------
    model
        Name of the shape, one of `MIXED_MODELS`.
    decay_constant
        Physical decay constant (1/h).
    mean
        Mean of theta: logarithm of the integral (MBq h), then the parameters of the shape.
    covariance
        Of theta between patients.
    mean_covariance
        Of the estimate of the mean.
    relative_error
        Standard deviation of the logarithm of an activity; None if it was given with the data.
    thetas
        Mean theta of each patient, given the population.
    minus_two_log_likelihood
        Of the activities, or of their logarithms without standard deviations.
    points
        Number of activities.
    """

    model: str
    decay_constant: float
    mean: Float[np.ndarray, " p"]
    covariance: Float[np.ndarray, "p p"]
    mean_covariance: Float[np.ndarray, "p p"]
    relative_error: float | None
    thetas: Float[np.ndarray, "patients p"]
    minus_two_log_likelihood: float
    points: int

    @property
    def shape(self) -> ExponentialShape:
        """The shape of unit area."""
        return mixed_shape(self.model)

    @property
    def aic(self) -> float:
        """Akaike's criterion; means, variances and covariances count, and the error if unknown."""
        p = self.mean.size
        count = p + p * (p + 1) // 2 + (self.relative_error is not None)
        return self.minus_two_log_likelihood + 2.0 * count

    @property
    def of_a_new_patient(self) -> Float[np.ndarray, "p p"]:
        r"""Covariance of a further patient's theta around the estimated mean.

        :math:`\frac{n}{n - p}\,\Omega + \Omega_\mu`: the population's, unbiased for what the n
        patients were used up on, and that of its mean.
        """
        patients, p = self.thetas.shape
        return patients / (patients - p) * self.covariance + self.mean_covariance

    @property
    def curves(self) -> tuple[Curve, ...]:
        """The curve (MBq) of each patient, at its mean parameters."""
        return tuple(
            self.shape.curve(np.exp(theta[0]), theta[1:], self.decay_constant)
            for theta in self.thetas
        )


def mixed_shape(model: str) -> ExponentialShape:
    """Return the shape of a model that a population can have.

    Raises
    ------
    InputError
        If there is no such model.
    """
    shape = SHAPES.get(model)
    if not isinstance(shape, ExponentialShape):
        raise InputError("no such model", field="model", value=model, allowed=MIXED_MODELS)
    return shape
