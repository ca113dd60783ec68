r"""Models compared by AICc, and the integral averaged over them.

.. math::

    \mathrm{AICc} = -2 \ln L + 2 K + \frac{2 K (K + 1)}{n - K - 1}, \qquad
    w_i \propto e^{-\Delta_i / 2}

and the unconditional variance of the average (Burnham and Anderson 2002),

.. math::

    \hat A = \sum_i w_i \hat A_i, \qquad
    \operatorname{se}(\hat A) = \sum_i w_i \sqrt{\operatorname{var}(\hat A_i)
    + (\hat A_i - \hat A)^2}.

With known standard deviations :math:`-2\ln L = \chi^2`; with relative weights alone it is
:math:`n \ln(\chi^2 / n)`, and the scale of the error counts among the :math:`K` parameters.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from theratwin.core.errors import InputError
from theratwin.dosimetry.time_activity.fit import SHAPES, Fit, fit_model, shape_of
from theratwin.dosimetry.time_activity.samples import Samples


def aicc(chi_square: float, points: int, parameters: int, *, known_sd: bool = True) -> float:
    """Return the corrected Akaike criterion; infinite where it is undefined.

    Examples
    --------
    >>> aicc(3.0, points=6, parameters=2)
    11.0
    >>> aicc(3.0, points=3, parameters=2)
    inf
    """
    if points <= parameters + 1:
        return math.inf
    misfit = chi_square
    if not known_sd:
        # A perfect fit leaves rounding; its logarithm must stay a number.
        misfit = points * math.log(max(chi_square / points, 1e-24))
    return (
        misfit + 2.0 * parameters + 2.0 * parameters * (parameters + 1) / (points - parameters - 1)
    )


def akaike_weights(criteria: Mapping[str, float]) -> dict[str, float]:
    """Return weights that sum to one; nothing for an infinite criterion.

    Examples
    --------
    >>> weights = akaike_weights({"a": 10.0, "b": 12.0})
    >>> round(weights["a"], 4)
    0.7311
    """
    least = min(criteria.values())
    raw = {name: math.exp(-0.5 * (value - least)) for name, value in criteria.items()}
    total = sum(raw.values())
    return {name: value / total for name, value in raw.items()}


@dataclass(frozen=True, eq=False)
class Comparison:
    """Fits of several models, their weights, and what was left out and why.

    Parameters
    ----------
    fits, criteria, weights
        Fit, AICc and Akaike weight by model.
    left_out
        Reason by model.
    """

    fits: Mapping[str, Fit]
    criteria: Mapping[str, float]
    weights: Mapping[str, float]
    left_out: Mapping[str, str]

    @property
    def best(self) -> Fit:
        """The fit of the greatest weight."""
        return self.fits[max(self.weights, key=lambda name: self.weights[name])]

    @property
    def integral(self) -> float:
        """Time-integrated activity (MBq h), averaged over the models."""
        return sum(self.weights[name] * fit.integral for name, fit in self.fits.items())

    @property
    def sd(self) -> float:
        """Unconditional standard error of the average (MBq h)."""
        mean = self.integral
        return sum(
            self.weights[name] * math.hypot(fit.integral * fit.relative_sd, fit.integral - mean)
            for name, fit in self.fits.items()
        )

    def interval(self, probability: float = 0.9) -> tuple[float, float]:
        """Return the log-normal interval of the average (MBq h).

        If the error's scale is estimated, the quantile is Student's, with the degrees of freedom
        of the best model.
        """
        return _interval(self.integral, self.sd / self.integral, self.best, probability)


def interval_of(fit: Fit, probability: float = 0.9) -> tuple[float, float]:
    """Return the interval of a fit's integral (MBq h) by its covariance, log-normal."""
    return _interval(fit.integral, fit.relative_sd, fit, probability)


def _interval(
    center: float, relative_sd: float, fit: Fit, probability: float
) -> tuple[float, float]:
    factor = float(np.exp(min(quantile(fit, probability) * relative_sd, 700.0)))
    return center / factor, center * factor


def quantile(fit: Fit, probability: float) -> float:
    """Return how many standard deviations an interval reaches: normal, or Student's.

    Raises
    ------
    InputError
        If the probability is not between 0 and 1.
    """
    from scipy.special import ndtri, stdtrit

    if not 0 < probability < 1:
        raise InputError("must lie between 0 and 1", field="probability", value=probability)
    upper = 0.5 + 0.5 * probability
    freedom = len(fit.samples) - fit.theta.size + len(fit.at_bound)
    if not fit.samples.relative:
        return float(ndtri(upper))
    return float(stdtrit(freedom, upper)) if freedom > 0 else math.inf


def compare(
    samples: Samples, decay_constant: float, models: Iterable[str] | None = None
) -> Comparison:
    """Fit the models whose AICc the points define, and weigh them.

    Parameters
    ----------
    samples
        Activities of the region.
    decay_constant
        Physical decay constant (1/h).
    models
        Names of `SHAPES`; all of them if not given.

    Raises
    ------
    InputError
        If AICc is defined for none: the models and the points each needs are named.

    Examples
    --------
    >>> times = np.array([2.0, 24.0, 48.0, 96.0])
    >>> found = compare(Samples(times, 50.0 * np.exp(-0.02 * times), 0.5 * np.ones(4)), 0.004)
    >>> found.best.model, round(found.integral, 3), sorted(found.left_out)
    ('mono', 2500.0, ['bi', 'bi_uptake', 'gamma', 'mono_uptake', 'tri'])
    """
    fits: dict[str, Fit] = {}
    criteria: dict[str, float] = {}
    left_out: dict[str, str] = {}
    for name in SHAPES if models is None else models:
        parameters = shape_of(name).size + 1 + samples.relative
        if len(samples) <= parameters + 1:
            left_out[name] = (
                f"AICc is undefined: {parameters} parameters need at least {parameters + 2} "
                f"points, {len(samples)} are given"
            )
            continue
        fits[name] = fit_model(samples, name, decay_constant)
        criteria[name] = aicc(
            fits[name].chi_square, len(samples), parameters, known_sd=not samples.relative
        )
    if not fits:
        raise InputError(
            "too few points to compare models: "
            + "; ".join(f"{name}: {reason}" for name, reason in left_out.items()),
            field="samples",
            value=len(samples),
            remedy="Fit one model by its name, or use a method for a single scan",
        )
    return Comparison(fits, criteria, akaike_weights(criteria), left_out)
