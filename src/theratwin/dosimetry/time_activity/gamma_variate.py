r"""The gamma variate, :math:`A\,t^a e^{-k t}`: a smooth rise and fall.

Its integral is :math:`A\,\Gamma(a + 1) / k^{a + 1}`; the rate it tends to is
:math:`k = \lambda_p + e^\theta`, held above physical decay.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from jaxtyping import Float

from theratwin.core.curve import Curve
from theratwin.dosimetry.time_activity.exponential_shape import FLOOR


@dataclass(frozen=True, eq=False)
class GammaVariate(Curve):
    """The curve of a given integral, exponent and rate, each of the batch's shape.

    Examples
    --------
    >>> curve = GammaVariate(2.0, 1.0, 0.5)
    >>> float(curve(2.0)), float(curve.integral())
    (0.36787944117144233, 2.0)
    """

    total: Any
    exponent: Any
    rate: Any
    start: float = 0.0

    @property
    def batch_shape(self) -> tuple[int, ...]:
        return np.broadcast_shapes(*map(np.shape, (self.total, self.exponent, self.rate)))

    @property
    def breakpoints(self) -> Any:
        return np.array([self.start])

    def _over(self, shape: tuple[int, ...]) -> list[np.ndarray]:
        """Return the three fields with axes for the times behind those of the batch."""
        fields = np.broadcast_arrays(self.total, self.exponent, self.rate)
        return [
            np.asarray(f, float).reshape((*self.batch_shape, *(1,) * len(shape))) for f in fields
        ]

    def __call__(self, time: Any) -> Any:
        from scipy.special import gammaln

        elapsed = np.asarray(time, float) - self.start
        total, exponent, rate = self._over(elapsed.shape)
        held = np.where(elapsed > 0, elapsed, 1.0)
        density = rate * np.exp(
            exponent * np.log(rate * held) - rate * held - gammaln(exponent + 1)
        )
        return np.where(elapsed > 0, total * density, 0.0)

    def integral(self, start: float = -float("inf"), end: float = float("inf")) -> Any:
        from scipy.special import gammainc

        from theratwin.core.curve._arguments import check_interval

        check_interval(start, end)
        a, rate = np.asarray(self.exponent) + 1.0, np.asarray(self.rate)
        lower, upper = (max(edge - self.start, 0.0) for edge in (start, end))
        done = gammainc(a, rate * upper) if np.isfinite(upper) else 1.0
        return self.total * (done - gammainc(a, rate * lower))

    def scaled(self, factor: Any) -> Self:
        return type(self)(self.total * np.asarray(factor), self.exponent, self.rate, self.start)

    def shifted(self, delay: float) -> Self:
        from theratwin.core.curve._arguments import check_delay

        check_delay(delay)
        return type(self)(self.total, self.exponent, self.rate, self.start + delay)

    def __getitem__(self, index: Any) -> Self:
        total, exponent, rate = np.broadcast_arrays(self.total, self.exponent, self.rate)
        return type(self)(total[index], exponent[index], rate[index], self.start)


@dataclass(frozen=True)
class GammaShape:
    """The gamma variate of unit area."""

    name: str = "gamma"
    size: int = 2
    parameters: tuple[str, ...] = ("log_excess_rate_1", "log_exponent")

    def evaluate(
        self, phi: Float[np.ndarray, "batch 2"], times: Any, decay_constant: float
    ) -> tuple[Float[np.ndarray, "batch n"], Float[np.ndarray, "batch n 2"]]:
        """Return the shape of unit area (1/h) at times (h), and its derivatives."""
        from scipy.special import digamma

        excess, a = np.exp(phi[:, :1]), np.exp(phi[:, 1:])
        k = decay_constant + excess
        u = GammaVariate(np.ones(len(phi)), a[:, 0], k[:, 0])(times)
        logs = np.log(k * np.where(times > 0, times, 1.0)) - digamma(a + 1.0)
        return u, np.stack([u * ((a + 1.0) / k - times) * excess, u * logs * a], axis=-1)

    def bounds(self, times: Any, decay_constant: float) -> tuple[np.ndarray, np.ndarray]:
        """Return bounds: of the excess rate, and of the exponent, 0.01 to 50."""
        first = times[times > 0][0] if np.any(times > 0) else 1.0 / decay_constant
        low = [np.log(FLOOR * decay_constant), np.log(0.01)]
        return np.array(low), np.array([np.log(30.0 / first), np.log(50.0)])

    def starts(self, times: Any, decay_constant: float) -> Float[np.ndarray, "starts 2"]:
        """Return starts: a grid of rates and exponents."""
        rates = np.log(np.geomspace(0.1, 20.0, 5) / max(times[-1], 1e-3))
        exponents = np.log([0.1, 0.5, 2.0])
        return np.array([[rate, a] for rate in rates for a in exponents])

    def curve(self, integral: Any, phi: Any, decay_constant: float) -> Curve:
        """Return the curve (MBq) of this integral (MBq h)."""
        phi = np.asarray(phi)
        return GammaVariate(integral, np.exp(phi[..., 1]), self.terminal_rate(phi, decay_constant))

    def terminal_rate(self, phi: Any, decay_constant: float) -> Any:
        """Return the rate (1/h) that the decline tends to."""
        return decay_constant + np.exp(np.asarray(phi)[..., 0])
