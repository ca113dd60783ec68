r"""Sums of exponentials of unit area, with their derivatives.

.. math::

    u(t) = g(t) / G, \quad g = \sum_j c_j e^{-k_j t}, \quad G = \sum_j c_j / k_j, \qquad
    k_1 = \lambda_p + e^{\theta_1}, \quad k_j = k_{j-1} + e^{\theta_j}

with :math:`c_1 = 1, c_j = e^{\rho_j}`. Phases cannot change places, and the terminal phase alone is
held above physical decay :math:`\lambda_p`. With an uptake phase a last, fastest exponential takes
:math:`c = -\sum c_j`, so that the curve is zero at the administration and positive after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from jaxtyping import Float

from theratwin.core.curve import Curve, Exponentials

#: The terminal excess over physical decay is held from this fraction of it on: the floor.
FLOOR = 1e-4


@dataclass(frozen=True)
class ExponentialShape:
    """A sum of ``phases`` exponentials, with or without ``uptake`` from zero.

    Examples
    --------
    >>> mono = ExponentialShape("mono", 1)
    >>> mono.size, mono.parameters
    (1, ('log_excess_rate_1',))
    """

    name: str
    phases: int
    uptake: bool = False

    @property
    def terms(self) -> int:
        """Number of exponentials."""
        return self.phases + self.uptake

    @property
    def size(self) -> int:
        """Number of its parameters, the area not counted."""
        return self.terms + self.phases - 1

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of its parameters: logarithms of rate steps (1/h), of amplitude ratios."""
        rates = tuple(f"log_excess_rate_{j + 1}" for j in range(self.terms))
        return rates + tuple(f"log_amplitude_ratio_{j + 2}" for j in range(self.phases - 1))

    def rates(self, phi: Any, decay_constant: float) -> Float[np.ndarray, "batch terms"]:
        """Return effective rates (1/h), the terminal one first."""
        return decay_constant + np.cumsum(np.exp(phi[..., : self.terms]), axis=-1)

    def amplitudes(self, phi: Any) -> Float[np.ndarray, "batch terms"]:
        """Return amplitudes relative to the terminal one."""
        first = np.ones((*np.shape(phi)[:-1], 1))
        found = np.concatenate([first, np.exp(phi[..., self.terms :])], axis=-1)
        if not self.uptake:
            return found
        return np.concatenate([found, -found.sum(axis=-1, keepdims=True)], axis=-1)

    def evaluate(
        self, phi: Float[np.ndarray, "batch size"], times: Any, decay_constant: float
    ) -> tuple[Float[np.ndarray, "batch n"], Float[np.ndarray, "batch n size"]]:
        """Return the shape of unit area (1/h) at times (h), and its derivatives.

        Times are common, shape ``(n,)``, or each problem's own, shape ``(batch, n)``.
        """
        rates, c = self.rates(phi, decay_constant), self.amplitudes(phi)
        steps = np.exp(phi[:, : self.terms])
        decayed = np.exp(-rates[:, None, :] * times[..., None])
        area = np.sum(c / rates, axis=-1)[:, None]
        u = np.sum(c[:, None, :] * decayed, axis=-1) / area
        # A step of a rate moves every faster rate along.
        dg = _from_here_on(-c[:, None, :] * times[..., None] * decayed) * steps[:, None, :]
        d_area = _from_here_on(-c / rates**2) * steps
        if self.phases > 1:
            inner = slice(1, self.phases)
            e, per = decayed[..., inner], 1.0 / rates[:, inner]
            if self.uptake:
                e, per = e - decayed[..., -1:], per - 1.0 / rates[:, -1:]
            dg = np.concatenate([dg, c[:, None, inner] * e], axis=-1)
            d_area = np.concatenate([d_area, c[:, inner] * per], axis=-1)
        return u, (dg - u[..., None] * d_area[:, None, :]) / area[..., None]

    def bounds(self, times: Any, decay_constant: float) -> tuple[np.ndarray, np.ndarray]:
        """Return bounds of the parameters, beyond which data at these times tell nothing."""
        first = times[times > 0][0] if np.any(times > 0) else 1.0 / decay_constant
        last = max(times[-1], first)
        low = [np.log(FLOOR * decay_constant)] + [np.log(1e-2 / last)] * (self.terms - 1)
        high = [np.log(30.0 / first)] * self.terms
        ratios = self.phases - 1
        return np.array(low + [-9.0] * ratios), np.array(high + [9.0] * ratios)

    def starts(self, times: Any, decay_constant: float) -> Float[np.ndarray, "starts size"]:
        """Return starts: increasing rates from a grid over the times, three amplitude ratios."""
        first = max(times[times > 0][0] if np.any(times > 0) else 0.0, 0.02 * times[-1], 1e-3)
        grid = np.geomspace(0.3 / max(times[-1], 1e-3), 3.0 / first, 7)
        found = []
        for rates in combinations(grid, self.terms):
            excess = np.diff([min(decay_constant, 0.9 * rates[0]), *rates])
            for ratio in (0.0,) if self.phases == 1 else (-1.5, 0.0, 1.5):
                found.append([*np.log(excess), *[ratio] * (self.phases - 1)])
        return np.array(found)

    def curve(self, integral: Any, phi: Any, decay_constant: float) -> Curve:
        """Return the curve (MBq) of this integral (MBq h), which core integrates exactly."""
        phi = np.asarray(phi)
        rates, c = self.rates(phi, decay_constant), self.amplitudes(phi)
        scale = np.asarray(integral) / np.sum(c / rates, axis=-1)
        return Exponentials(scale[..., None] * c, rates)

    def terminal_rate(self, phi: Any, decay_constant: float) -> Any:
        """Return the effective rate (1/h) of the terminal phase."""
        return self.rates(np.asarray(phi), decay_constant)[..., 0]


def _from_here_on(values: np.ndarray) -> np.ndarray:
    """Return the sums from each element of the last axis to its end."""
    return np.cumsum(values[..., ::-1], axis=-1)[..., ::-1]
