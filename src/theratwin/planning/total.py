r"""The total of a quantity over a course as a function of the activity of its further cycles.

Kinetics is linear, so that a cycle of activity A gives the dose :math:`A\,d_k` and the product
:math:`G D^2 = A^2 q_k`. With n further cycles of equal activity each draw's total is

.. math:: Q(n, A) = Q_\mathrm{delivered} + A \sum_{k \le n} d_k
                    + A^2 \sum_{k \le n} \frac{q_k}{\alpha/\beta}

(without the last term for an absorbed dose), and the activity at which it reaches a bound is the
positive root of a quadratic.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float


@dataclass(frozen=True, eq=False)
class Total:
    """Draws of one quantity's total over the course.

    Parameters
    ----------
    delivered
        By the delivered cycles (Gy).
    linear
        Gy/MBq by the first n further cycles, n from 0 in the last axis.
    quadratic
        Gy/MBq^2 likewise; zero for an absorbed dose.
    """

    delivered: Float[np.ndarray, " draws"]
    linear: Float[np.ndarray, "draws further"]
    quadratic: Float[np.ndarray, "draws further"]

    def at(self, cycles: int, activity: Any) -> np.ndarray:
        """Return the total (Gy), shape ``(*activity.shape, draws)``."""
        a = np.asarray(activity, dtype=float)[..., None]
        return self.delivered + a * (self.linear[:, cycles] + a * self.quadratic[:, cycles])

    def reaching(self, cycles: int, bound: float) -> Float[np.ndarray, " draws"]:
        """Return the activity (MBq) at which each draw reaches a bound.

        Below 0 if the delivered cycles exceed it; infinite if no activity reaches it.

        Examples
        --------
        A dose of 1 Gy and a further 0.5 Gy by the quadratic term, each at 1 MBq:

        >>> total = Total(np.zeros(1), np.array([[0.0, 1.0]]), np.array([[0.0, 0.5]]))
        >>> total.reaching(1, 4.0)
        array([2.])
        """
        left = bound - self.delivered
        slope, curvature = self.linear[:, cycles], self.quadratic[:, cycles]
        # Written so that no digits are lost where the quadratic term is small.
        root = np.sqrt(np.maximum(slope**2 + 4.0 * curvature * np.maximum(left, 0.0), 0.0))
        with np.errstate(divide="ignore", invalid="ignore"):
            activity = 2.0 * left / (slope + root)
        unreached = np.where(left >= 0, np.inf, -np.inf)
        return np.where(slope + root > 0, activity, unreached)
