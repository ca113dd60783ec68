"""What a whole body's scans have taught: every parameter before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from theratwin.core import LogNormal
from theratwin.core.errors import UnsupportedError
from theratwin.twin.twin import Interval, Twin

if TYPE_CHECKING:
    from theratwin.kinetics.body_fit import BodyCurves

_LEVELS = (50.0, 5.0, 95.0)
_Z95 = 1.6448536269514722


@dataclass(frozen=True)
class Estimate:
    """One estimated parameter, by its prior and by its posterior.

    Parameters
    ----------
    name
        Its dotted name, such as ``"kidneys.receptor_density"``; for the ratio of a cycle to the
        one before, ``"kidneys.receptor_density_ratio[cycle 2]"``.
    unit
        The inside unit; empty for a ratio.
    prior, posterior
        Median and 90 % interval before and after the measurements.
    narrowing
        The posterior's standard deviation over the prior's, of logarithms: 1 where the
        measurements tell nothing.
    """

    name: str
    unit: str
    prior: Interval
    posterior: Interval
    narrowing: float


def body_of(twin: Twin) -> BodyCurves | None:
    """Return the whole body that a twin was calibrated with; None for curves."""
    return None if twin.model == "curves" else twin.posteriors[0].best.alternative


def estimates(twin: Twin) -> tuple[Estimate, ...]:
    """Return what was estimated of a whole body, in the order of the model.

    Raises
    ------
    UnsupportedError
        If the twin has curves: their shapes are averaged, and parameters of one are not those of
        another.
    """
    body = body_of(twin)
    if body is None:
        raise UnsupportedError(
            "curves of several shapes are averaged, which have no parameters in common",
            field="model",
            value=twin.model,
            remedy='Calibrate with a model of the whole body, as with model = "psma"',
        )
    resampled = twin.posteriors[0].best.resampled
    assert resampled is not None  # the structure of the largest weight has draws
    units = {parameter.name: parameter.unit for parameter in body.model.network.parameters}
    return tuple(
        estimate_of(name, units.get(name, ""), prior, resampled.draws[:, k])
        for k, (name, prior) in enumerate(zip(body.parameter_names, body.priors, strict=True))
    )


def estimate_of(name: str, unit: str, prior: LogNormal, draws: np.ndarray) -> Estimate:
    """Return one parameter before and after, from draws of its logarithm."""
    spread = _Z95 * prior.log_sd
    before = np.exp(prior.log_mean + np.array([0.0, -spread, spread]))
    after = np.exp(np.percentile(draws, _LEVELS))
    return Estimate(
        name,
        unit,
        Interval(*before.tolist()),
        Interval(*after.tolist()),
        float(np.std(draws) / prior.log_sd),
    )
