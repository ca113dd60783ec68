r"""One model of a dose, its doubts propagated twice: to first order, and by Monte Carlo.

Every doubt is about a factor of median one whose logarithm is normal. To first order, with
:math:`c_i = \partial \ln q / \partial \ln f_i` and the covariance :math:`\Sigma` of the factors'
logarithms, the logarithms of the model's quantities have the covariance

.. math:: \operatorname{cov}(\ln q, \ln q') = \sum_{ij} c_i\, \Sigma_{ij}\, c'_j

(the law of propagation of uncertainty, with covariances: Gear et al. 2018). Factors that depend on
each other belong to one component, so that components are independent and add in squares.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from theratwin.core.errors import InputError
from theratwin.core.seed import stream
from theratwin.dosimetry.budget import Budget, log_sd

#: Positive quantities, by name in the order of the calculation, from factors by name.
Model = Callable[[Mapping[str, Any]], Mapping[str, Any]]

_NUDGE = 1e-4


@dataclass(frozen=True, eq=False)
class Doubt:
    """Factors of one component and the covariance of their logarithms.

    Parameters
    ----------
    factors
        Names, as the model knows them.
    covariance
        Shape ``(factors, factors)``.

    Raises
    ------
    InputError
        If the covariance has another shape, is not symmetric, or has a negative variance.
    """

    factors: tuple[str, ...]
    covariance: Float[np.ndarray, "factors factors"]

    def __post_init__(self) -> None:
        matrix = np.asarray(self.covariance, float)
        count = len(self.factors)
        if matrix.shape != (count, count) or not np.allclose(matrix, matrix.T):
            raise InputError(
                "a symmetric matrix of as many rows as factors is needed",
                field="Doubt.covariance",
                value=matrix.shape,
            )
        if not np.all(np.linalg.eigvalsh(matrix) >= -1e-12 * max(np.trace(matrix), 1e-300)):
            raise InputError("this is no covariance", field="Doubt.covariance")
        object.__setattr__(self, "covariance", matrix)

    @classmethod
    def of(cls, factor: str, relative: float) -> Doubt:
        """Return the doubt about one factor, by its relative standard uncertainty.

        Examples
        --------
        >>> round(float(Doubt.of("calibration", 0.05).covariance[0, 0]), 6)
        0.002497
        """
        if not (np.isfinite(relative) and relative >= 0):
            raise InputError("must not be negative", field=factor, value=relative)
        return cls((factor,), np.array([[log_sd(relative) ** 2]]))


@dataclass(frozen=True, eq=False)
class FirstOrder:
    """Quantities and their uncertainties to first order.

    Parameters
    ----------
    values
        Each quantity with all factors at one.
    sensitivities
        By quantity, then by factor: :math:`\\partial \\ln q / \\partial \\ln f`.
    covariance
        Of the quantities' logarithms, in the order of ``values``.
    budgets
        By quantity: what each component brings.
    """

    values: Mapping[str, float]
    sensitivities: Mapping[str, Mapping[str, float]]
    covariance: Float[np.ndarray, "quantities quantities"]
    budgets: Mapping[str, Budget]

    def relative_sd(self, quantity: str) -> float:
        """Return the standard deviation of a quantity's logarithm."""
        at = list(self.values).index(quantity)
        return float(np.sqrt(self.covariance[at, at]))

    def correlation(self, one: str, other: str) -> float:
        """Return the correlation of two quantities; 0 if one of them is certain."""
        i, j = (list(self.values).index(name) for name in (one, other))
        sds = np.sqrt(self.covariance[i, i] * self.covariance[j, j])
        return float(self.covariance[i, j] / sds) if sds > 0 else 0.0


def first_order(model: Model, doubts: Mapping[str, Doubt]) -> FirstOrder:
    """Propagate to first order, with derivatives by central differences.

    Parameters
    ----------
    model
        Quantities from factors.
    doubts
        By component.

    Examples
    --------
    >>> found = first_order(
    ...     lambda f: {"mass": 20.0 * f["volume"], "dose": 3.0 * f["activity"] / f["volume"]},
    ...     {"volume": Doubt.of("volume", 0.08), "activity": Doubt.of("activity", 0.06)},
    ... )
    >>> round(found.relative_sd("dose"), 3), round(found.correlation("mass", "dose"), 2)
    (0.1, -0.8)
    """
    factors = [name for doubt in doubts.values() for name in doubt.factors]
    _check_once(factors)
    ones = dict.fromkeys(factors, 1.0)
    values = {name: float(value) for name, value in model(ones).items()}
    columns = []
    for name in factors:
        up, down = (model(ones | {name: np.exp(step)}) for step in (_NUDGE, -_NUDGE))
        columns.append([np.log(float(up[q]) / float(down[q])) / (2.0 * _NUDGE) for q in values])
    slopes = np.array(columns).reshape(len(factors), len(values)).T
    covariance = np.zeros((len(values), len(values)))
    parts: dict[str, np.ndarray] = {}
    at = 0
    for component, doubt in doubts.items():
        block = slopes[:, at : at + len(doubt.factors)]
        at += len(doubt.factors)
        each = block @ doubt.covariance @ block.T
        covariance += each
        parts[component] = np.sqrt(np.maximum(np.diag(each), 0.0))
    return FirstOrder(
        values,
        {
            q: dict(zip(factors, row.tolist(), strict=True))
            for q, row in zip(values, slopes, strict=True)
        },
        covariance,
        {
            q: Budget({component: float(part[i]) for component, part in parts.items()})
            for i, q in enumerate(values)
        },
    )


def monte_carlo(
    model: Model, doubts: Mapping[str, Doubt], *, draws: int, seed: int
) -> dict[str, Float[np.ndarray, " draws"]]:
    """Draw the factors and return the draws of every quantity of the same model.

    Parameters
    ----------
    model, doubts
        As of `first_order`.
    draws
        Number of draws.
    seed
        Of the random streams, one a component.

    Examples
    --------
    >>> doubts = {"volume": Doubt.of("volume", 0.05)}
    >>> drawn = monte_carlo(lambda f: {"dose": 3.0 / f["volume"]}, doubts, draws=9999, seed=1)
    >>> round(float(np.std(np.log(drawn["dose"]))), 3)
    0.05
    """
    factors: dict[str, np.ndarray] = {}
    _check_once([name for doubt in doubts.values() for name in doubt.factors])
    for component, doubt in doubts.items():
        values, vectors = np.linalg.eigh(doubt.covariance)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        normal = stream(seed, "propagation", component).standard_normal((draws, len(values)))
        logs = normal @ root.T
        factors |= {name: np.exp(logs[:, i]) for i, name in enumerate(doubt.factors)}
    return {
        name: np.broadcast_to(np.asarray(value, float), (draws,))
        for name, value in model(factors).items()
    }


def _check_once(factors: list[str]) -> None:
    twice = [name for name in factors if factors.count(name) > 1]
    if twice:
        raise InputError("a factor belongs to one component", field="doubts", value=twice[0])
