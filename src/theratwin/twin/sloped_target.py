"""A target whose model gives its own derivatives, such as one with a compiled engine behind it."""

from __future__ import annotations

from typing import Any

import numpy as np
from jaxtyping import Float

from theratwin.core.seed import stream
from theratwin.twin.descent import Point, descended
from theratwin.twin.target import FARTHEST, Target

#: Points of the prior that compete for the starts of the search, and how many start it.
_CANDIDATES, _STARTS = 48, 4
#: Candidates are drawn with this share of the prior's spread: its far corners lead nowhere.
_CANDIDATE_SPREAD = 0.7
#: Step of the differences of gradients, in prior spreads: a solver's values are smooth to its
#: tolerance only, so that steps of 1e-5 would measure its noise.
_HESSIAN_STEP = 0.03


class SlopedTarget(Target):
    """The posterior of an alternative with ``linearized``, for which batches are cheap.

    No parameter scales all predictions, so that there is nothing to level.
    """

    def leveled(self, theta: Any) -> Any:
        return theta

    def unleveled(self, leveled: Any) -> Any:
        return leveled

    def leveled_covariance(self, mode: Any, covariance: Any) -> Any:
        return covariance

    def log_likelihood(self, theta: Any) -> Any:
        """Return the part of the data as well as weights need it; minus infinity for none."""
        predicted = self.alternative.roughly(self._within(theta))
        away = (predicted - self.alternative.observed) / self.alternative.observed_sd
        part = -0.5 * np.sum(away**2, axis=-1)
        return np.where(np.isnan(part), -np.inf, part)

    def log_density(self, theta: Any) -> Any:
        prior = (theta - self.prior_mean) / self.prior_sd
        return self.log_likelihood(theta) - 0.5 * np.sum(prior**2, axis=-1)

    def points(self, theta: Float[Any, "draws parameters"]) -> Point:
        """Return residuals and their derivatives at a batch of points."""
        predicted, slopes = self.alternative.linearized(self._within(theta))
        inside = np.abs((theta - self.prior_mean) / self.prior_sd) <= FARTHEST
        sd = self.alternative.observed_sd
        own = np.broadcast_to(np.diag(1.0 / self.prior_sd), (len(theta), self.size, self.size))
        return Point(
            theta,
            np.concatenate(
                [
                    (predicted - self.alternative.observed) / sd,
                    (theta - self.prior_mean) / self.prior_sd,
                ],
                axis=-1,
            ),
            np.concatenate([slopes * inside[:, None, :] / sd[:, None], own], axis=-2),
        )

    def jacobian(self, theta: Float[Any, " parameters"]) -> Any:
        return self.points(np.asarray(theta)[None]).jacobian[0]

    def hessian(self, theta: Float[Any, " parameters"]) -> Any:
        """Return the second derivatives of minus the log density.

        Central differences of the exact gradient, all in one batch.
        """
        steps = np.diag(_HESSIAN_STEP * self.prior_sd)
        found = self.points(np.concatenate([theta + steps, theta - steps]))
        gradients = np.einsum("nrp,nr->np", found.jacobian, found.residuals)
        rise = gradients[: self.size] - gradients[self.size :]
        matrix = rise / (2.0 * _HESSIAN_STEP * self.prior_sd[:, None])
        return 0.5 * (matrix + matrix.T)

    def mode(self) -> np.ndarray | None:
        """Return the most probable point that a search from a few starts finds; None if none."""
        starts = self._search_starts()
        return None if not len(starts) else descended(self.residuals, self.points, starts)

    def _search_starts(self) -> np.ndarray:
        """Return the most probable of the prior's center and some points about it."""
        away = stream(0, "starts").standard_normal((_CANDIDATES, self.size))
        away[0] = 0.0
        candidates = self.prior_mean + _CANDIDATE_SPREAD * self.prior_sd * away
        density = self.log_density(candidates)
        likely = np.argsort(-density)[:_STARTS]
        return candidates[likely[np.isfinite(density[likely])]]


def target_of(alternative: Any) -> Target:
    """Return the target of an alternative: with its own derivatives if it has them."""
    if hasattr(alternative, "linearized"):
        return SlopedTarget(alternative)
    return Target(alternative)
