"""Oxygen among the cells of a tissue: distributions, hypoxic fractions, survival of the mixture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.core import InputError
from theratwin.core._arrays import namespace

Array = NDArray[np.float64]
#: Pressures below which cells are called hypoxic in the field, mmHg.
HYPOXIC = (10.0, 5.0, 2.5)


@dataclass(frozen=True, eq=False)
class OxygenDistribution:
    """Shares of cells by pressure of oxygen.

    Parameters
    ----------
    pressure
        mmHg, rising, shape (classes,).
    weight
        Share of the cells in each, summing to 1, shape (classes,).

    Raises
    ------
    InputError
        If a pressure or a share is negative, or the shares do not sum to 1.

    Examples
    --------
    >>> tumor = OxygenDistribution.lognormal(median=10.0, gsd=3.0)
    >>> round(tumor.hypoxic_fraction(10.0), 3)
    0.5
    """

    pressure: Array
    weight: Array

    def __post_init__(self) -> None:
        for field in ("pressure", "weight"):
            value = np.asarray(getattr(self, field), dtype=float)
            if value.ndim != 1 or not (np.isfinite(value).all() and (value >= 0).all()):
                raise InputError("wrong shape or values", field=field, allowed=">= 0, (classes,)")
            object.__setattr__(self, field, value)
        if self.pressure.shape != self.weight.shape or not self.weight.size:
            raise InputError("not as many as pressures", field="weight", value=self.weight.size)
        if abs(self.weight.sum() - 1.0) > 1e-9:
            raise InputError(
                "the shares do not sum to 1",
                field="weight",
                value=float(self.weight.sum()),
                remedy="Divide them by their sum, or use from_histogram",
            )

    @classmethod
    def lognormal(cls, median: float, gsd: float, classes: int = 200) -> OxygenDistribution:
        """Return classes of equal shares of a log-normal distribution, each at its middle.

        Parameters
        ----------
        median
            mmHg.
        gsd
            Geometric standard deviation, above 1.
        classes
            Their number, at least 2.
        """
        from scipy.special import ndtri

        if not (0 < median < np.inf and 1 < gsd < np.inf):
            raise InputError(
                "no log-normal distribution", field="gsd", value=gsd, allowed="median > 0, gsd > 1"
            )
        if classes < 2:
            raise InputError("too few", field="classes", value=classes, allowed="at least 2")
        middle = (np.arange(classes) + 0.5) / classes
        return cls(median * gsd ** ndtri(middle), np.full(classes, 1.0 / classes))

    @classmethod
    def from_histogram(cls, edges: ArrayLike, counts: ArrayLike) -> OxygenDistribution:
        """Return the distribution of a histogram, as of an electrode; classes at their middles.

        Parameters
        ----------
        edges
            mmHg, rising, shape (classes + 1,).
        counts
            Of each class, shape (classes,).

        Examples
        --------
        >>> measured = OxygenDistribution.from_histogram([0, 5, 10, 40], [2, 1, 1])
        >>> measured.hypoxic_fraction(10.0), measured.mean
        (0.75, 9.375)
        """
        limits, number = np.asarray(edges, dtype=float), np.asarray(counts, dtype=float)
        if limits.shape != (number.size + 1,) or not (np.diff(limits) > 0).all():
            raise InputError(
                "edges do not fit the counts", field="edges", allowed="rising, one more than counts"
            )
        if not (number >= 0).all() or not number.sum() > 0:
            raise InputError("no counts", field="counts", allowed="0 or more, not all 0")
        return cls(0.5 * (limits[1:] + limits[:-1]), number / number.sum())

    @property
    def mean(self) -> float:
        """Mean pressure, mmHg."""
        return float(self.weight @ self.pressure)

    def hypoxic_fraction(self, below: float = HYPOXIC[0]) -> float:
        """Return the share of the cells whose pressure is below a limit, mmHg."""
        return float(self.weight[self.pressure < below].sum())

    def log_survival(self, log_kill: Any) -> Any:
        r"""Return :math:`\ln \sum_i w_i e^{-k_i}`, what survives of the mixture.

        Chronic: each cell keeps its oxygen for the whole exposure.

        Parameters
        ----------
        log_kill
            :math:`k_i = -\ln S` of each class, shape (..., classes), NumPy or JAX.
        """
        xp = namespace(log_kill)
        least = xp.min(log_kill, axis=-1, keepdims=True)
        mixed = xp.sum(self.weight * xp.exp(least - log_kill), axis=-1)
        return xp.log(mixed) - least[..., 0]


def effective_enhancement(
    distribution: OxygenDistribution,
    log_kill: Callable[[Array, Array], Array],
    dose: float,
    *,
    plenty: float = 160.0,
) -> float:
    """Return the dose to a mixture over that to well-oxygenated cells with the same survival.

    Parameters
    ----------
    distribution
        Of the mixture.
    log_kill
        -ln S at doses (Gy) and pressures (mmHg) that broadcast; it rises with dose.
    dose
        To the well-oxygenated cells, Gy.
    plenty
        Their pressure, mmHg; 160 is that of air.

    Examples
    --------
    >>> anoxic = OxygenDistribution(np.array([0.0]), np.array([1.0]))
    >>> from theratwin.response.oxygen.enhancement import radioresistance
    >>> round(effective_enhancement(
    ...     anoxic, lambda dose, p: 0.3 * dose / radioresistance(p, 3.0, 3.0), 10.0), 3)
    2.963
    """
    from scipy.optimize import root_scalar

    target = -float(log_kill(np.asarray(dose), np.asarray(plenty)))

    def excess(log_factor: float) -> float:
        doses = np.full(distribution.pressure.shape, dose * np.exp(log_factor))
        return float(distribution.log_survival(log_kill(doses, distribution.pressure))) - target

    return float(np.exp(root_scalar(excess, bracket=(-5.0, 5.0), xtol=1e-12).root))
