"""Many patients' curves at once, each pulled to the population: most probable parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from theratwin.core.errors import InputError
from theratwin.dosimetry.time_activity.exponential_shape import ExponentialShape
from theratwin.dosimetry.time_activity.least_squares import minimize
from theratwin.dosimetry.time_activity.samples import Samples

#: How far parameters may lie from the population's mean, in its standard deviations.
_REACH = 8.0


class Estimates(NamedTuple):
    """Most probable parameters and the covariances of their normal approximations."""

    thetas: Float[np.ndarray, "patients p"]
    covariances: Float[np.ndarray, "patients p p"]


@dataclass(frozen=True, eq=False)
class Patients:
    """Activities of patients in one array, rows filled up where there are fewer points.

    Parameters
    ----------
    times, activities, sd
        Shape ``(patients, n)``; ``sd`` is None if only relative errors are known.
    weights
        One for a point, zero for a filler.
    shape
        The curve's.
    decay_constant
        Physical decay constant (1/h).
    """

    times: Float[np.ndarray, "patients n"]
    activities: Float[np.ndarray, "patients n"]
    sd: Float[np.ndarray, "patients n"] | None
    weights: Float[np.ndarray, "patients n"]
    shape: ExponentialShape
    decay_constant: float

    @classmethod
    def of(
        cls, samples: Sequence[Samples], shape: ExponentialShape, decay_constant: float
    ) -> Patients:
        """Gather samples.

        Raises
        ------
        InputError
            If there are none, or some have standard deviations and others not.

        Examples
        --------
        >>> shape = ExponentialShape("mono", 1)
        >>> two = [Samples([4.0], [9.0]), Samples([4.0, 24.0], [9.0, 5.0])]
        >>> Patients.of(two, shape, 0.004).points
        3
        """
        if not samples:
            raise InputError("no patients", field="samples", value=0)
        relative = {one.relative for one in samples}
        if len(relative) > 1:
            raise InputError(
                "some have standard deviations and others not",
                field="samples",
                remedy="Give them for all, or for none",
            )
        longest = max(len(one) for one in samples)

        def filled(rows: list[np.ndarray]) -> np.ndarray:
            return np.stack([np.pad(row, (0, longest - row.size), "edge") for row in rows])

        return cls(
            filled([one.times for one in samples]),
            filled([one.activities for one in samples]),
            None if relative.pop() else filled([one.spread for one in samples]),
            np.stack([np.arange(longest) < len(one) for one in samples]).astype(float),
            shape,
            decay_constant,
        )

    @property
    def relative(self) -> bool:
        """Whether only relative errors are known."""
        return self.sd is None

    @property
    def points(self) -> int:
        """Number of activities."""
        return int(self.weights.sum())

    def estimate(
        self,
        mean: Float[np.ndarray, " p"],
        covariance: Float[np.ndarray, "p p"],
        error: float | None,
        start: Float[np.ndarray, "patients p"],
    ) -> Estimates:
        """Return each patient's most probable parameters, given the population.

        Parameters
        ----------
        mean, covariance
            Of the population.
        error
            Relative standard deviation of an activity; None if standard deviations are known.
        start
            Where to begin.
        """
        lower = np.linalg.cholesky(covariance)
        whiten = np.linalg.inv(lower)

        def both(theta: np.ndarray, which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            r, jacobian = self._residuals(theta, which, error)
            prior = (theta - mean) @ whiten.T
            pulled = np.broadcast_to(whiten, (len(theta), *whiten.shape))
            return np.concatenate([r, prior], axis=1), np.concatenate([jacobian, pulled], axis=1)

        reach = _REACH * np.sqrt(np.diag(covariance))
        solved = minimize(both, start, mean - reach, mean + reach, tolerance=1e-7)
        everyone = np.arange(len(start))
        _, jacobian = self._residuals(solved.theta, everyone, error)
        information = np.einsum("bnp,bnq->bpq", jacobian, jacobian) + whiten.T @ whiten
        return Estimates(solved.theta, np.linalg.inv(information))

    def log_likelihoods(
        self, thetas: Float[np.ndarray, "patients draws p"], error: float | None
    ) -> tuple[Float[np.ndarray, "patients draws"], Float[np.ndarray, "patients draws"]]:
        """Return log-likelihoods of draws, and sums of squares of residuals of the logarithms.

        The likelihood is that of the activities, or of their logarithms if errors are relative.
        """
        patients, draws, p = thetas.shape
        which = np.repeat(np.arange(patients), draws)
        flat = thetas.reshape(-1, p)
        r, _ = self._residuals(flat, which, error)
        logs = r if self.sd is None else self._logs(flat, which)[0] * self.weights[which]
        scale = 1.0 if self.sd is not None or error is None else error
        spread = np.full_like(self.weights, error) if self.sd is None else self.sd
        constants = np.sum(self.weights * np.log(2.0 * np.pi * spread**2), axis=1)
        likelihoods = -0.5 * np.sum(r**2, axis=1).reshape(patients, draws)
        squares = scale**2 * np.sum(logs**2, axis=1).reshape(patients, draws)
        return likelihoods - 0.5 * constants[:, None], squares

    def _residuals(
        self, theta: np.ndarray, which: np.ndarray, error: float | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return standardized residuals and their derivatives; zero for fillers."""
        if self.sd is None:
            r, slopes = self._logs(theta, which)
            scale = self.weights[which] / (1.0 if error is None else error)
            return scale * r, scale[..., None] * slopes
        u, du = self.shape.evaluate(theta[:, 1:], self.times[which], self.decay_constant)
        integral = np.exp(theta[:, :1])
        scale = self.weights[which] / self.sd[which]
        jacobian = integral[..., None] * np.concatenate([u[..., None], du], axis=-1)
        return scale * (integral * u - self.activities[which]), scale[..., None] * jacobian

    def _logs(self, theta: np.ndarray, which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return residuals of the logarithms and their derivatives."""
        u, du = self.shape.evaluate(theta[:, 1:], self.times[which], self.decay_constant)
        held = np.maximum(u, 1e-300)
        r = theta[:, :1] + np.log(held) - np.log(self.activities[which])
        slopes = np.concatenate([np.ones((*u.shape, 1)), du / held[..., None]], axis=-1)
        return r, slopes
