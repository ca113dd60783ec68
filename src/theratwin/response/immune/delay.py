"""Delays as published, and how well a chain of stages stands for them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np


class Delay(NamedTuple):
    r"""A delay with the density :math:`f(t) \propto (1 - (k_1 t)^{k_3})(1 - e^{-k_2 t})`.

    It ends at :math:`1/k_1`.

    Parameters
    ----------
    rate, onset
        :math:`k_1` and :math:`k_2` (1/h).
    power
        :math:`k_3`.

    References
    ----------
    Citation ``friedrich_2022``.
    """

    rate: float
    onset: float
    power: float

    def density(self, elapsed: Any) -> np.ndarray:
        """Return the density (1/h) at times (h, any shape).

        Examples
        --------
        >>> bool(DEATH.density(200.0) == 0.0)
        True
        """
        nodes, weights = self._rule()
        return self._shape(np.asarray(elapsed, float)) / np.sum(weights * self._shape(nodes))

    def moments(self) -> tuple[float, float]:
        """Return the mean (h) and the variance (h²).

        Examples
        --------
        >>> mean, variance = ACTIVATION.moments()
        >>> round(mean, 2), round(mean**2 / variance, 1)
        (30.13, 7.4)
        """
        nodes, weights = self._rule()
        weights = weights * self.density(nodes)
        mean = np.sum(weights * nodes)
        return float(mean), float(np.sum(weights * (nodes - mean) ** 2))

    def _shape(self, elapsed: np.ndarray) -> np.ndarray:
        part = np.clip(self.rate * elapsed, 0.0, 1.0)
        shape = (1.0 - part**self.power) * -np.expm1(-self.onset * np.maximum(elapsed, 0.0))
        return np.where((elapsed >= 0.0) & (elapsed < 1.0 / self.rate), shape, 0.0)

    def _rule(self) -> tuple[np.ndarray, np.ndarray]:
        nodes, weights = np.polynomial.legendre.leggauss(64)
        half = 0.5 / self.rate
        return half * (nodes + 1.0), half * weights


#: From an antigen to the lymphocyte that it calls up; from a lethal hit to death at low dose rate.
ACTIVATION = Delay(0.5 / 24.0, 0.2 / 24.0, 20.0)
DEATH = Delay(1.0 / 168.0, 0.2 / 24.0, 2.8)

#: Stages that have the mean and, as near as a whole number comes, the variance of each.
ACTIVATION_STAGES, DEATH_STAGES = 7, 5
