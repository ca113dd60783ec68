"""Calibration of any system of equations, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Any

import numpy as np
from jaxtyping import Float

from theratwin.core import LogNormal
from theratwin.core.errors import FitError, InputError
from theratwin.twin.estimates import Estimate, estimate_of
from theratwin.twin.posterior import AUTO, METHODS, BlockPosterior, fit_block
from theratwin.twin.residuals import RegionResiduals, residuals
from theratwin.twin.system_fit import SystemFit
from theratwin.twin.target import FARTHEST

_BLOCK = "calibration"

#: A mode farther than this from the prior's median, in the prior's spreads, is told of.
_FAR = 3.0


@dataclass(frozen=True)
class _Block:
    """One structure alone."""

    alternatives: tuple[SystemFit]
    name: str = _BLOCK


@dataclass(frozen=True, eq=False)
class SystemPosterior:
    """What is known of a system's parameters after the readings.

    Parameters
    ----------
    block
        The fit, with the most probable parameters, their normal approximation, and draws.
    """

    block: BlockPosterior

    @property
    def fit(self) -> SystemFit:
        """The system, the priors and the readings."""
        return self.block.best.alternative

    @property
    def names(self) -> tuple[str, ...]:
        """The names of what was estimated."""
        return self.fit.parameter_names

    @property
    def mode(self) -> dict[str, float]:
        """The most probable values (of the density of the logarithms)."""
        return dict(
            zip(self.names, np.exp(self.block.best.approximation.mode).tolist(), strict=True)
        )

    @property
    def log_covariance(self) -> Float[np.ndarray, "parameters parameters"]:
        """The covariance of the logarithms at the mode, in the order of `names` (Laplace)."""
        return self.block.best.approximation.covariance

    @cached_property
    def draws(self) -> dict[str, Float[np.ndarray, " draws"]]:
        """Draws of every parameter, in one order."""
        return dict(zip(self.names, np.exp(self._theta).T, strict=True))

    @cached_property
    def _theta(self) -> np.ndarray:
        return self.block.scatter([theta for _, theta in self.block.each_share()])

    @property
    def estimates(self) -> tuple[Estimate, ...]:
        """Every parameter before and after the readings, in the file's own units."""
        columns = zip(self.names, self.fit.priors, self._theta.T, strict=True)
        return tuple(estimate_of(name, "", prior, column) for name, prior, column in columns)

    @property
    def residuals(self) -> tuple[RegionResiduals, ...]:
        """What the most probable parameters leave of the readings, by observable."""
        return residuals(self.block)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know of the quality of the fit."""
        return (*self.block.problems, *self._far())

    def _far(self) -> Iterator[str]:
        mode = self.block.best.approximation.mode
        for name, prior, value in zip(self.names, self.fit.priors, mode, strict=True):
            away = abs(value - prior.log_mean) / prior.log_sd
            if away > _FAR:
                yield (
                    f"{name}: its most probable value, {np.exp(value):.4g}, lies {away:.1f} "
                    f"spreads of the prior from the prior's median, {prior.median:.4g} (none "
                    f"beyond {FARTHEST:g} is looked for): prior and readings disagree"
                )

    def predict(self, times: Any, draws: int | None = None) -> dict[str, np.ndarray]:
        """Return every observable at times for draws of the posterior, shape ``(draw, time)``.

        Parameters
        ----------
        times
            When, in the system's unit; rising.
        draws
            How many draws, the first ones; all without.

        Raises
        ------
        InputError
            If times or draws are out of range.
        FitError
            If a draw cannot be solved.
        """
        most = len(self._theta)
        if draws is not None and not 1 <= draws <= most:
            raise InputError(
                "out of range", field="draws", value=draws, allowed=f"1 to {most}, all there are"
            )
        solution = self.fit.solve(self._theta[:draws], np.asarray(times, float)).require()
        return dict(solution.observables)

    def __str__(self) -> str:
        rows = [f"{'':<30} {'prior':>12} {'90 %':>24} {'posterior':>12} {'90 %':>24} {'spread':>7}"]
        for found in self.estimates:
            before, after = found.prior, found.posterior
            rows.append(
                f"{found.name:<30} {before.median:>12.4g} {_between(before.low, before.high):>24} "
                f"{after.median:>12.4g} {_between(after.low, after.high):>24} "
                f"{found.narrowing:>7.2f}"
            )
        return "\n".join(rows)


def _between(low: float, high: float) -> str:
    return f"{low:.3g} to {high:.3g}"


def calibrate_system(
    fit: SystemFit, *, seed: int, draws: int = 2000, posterior: str = AUTO
) -> SystemPosterior:
    """Fit a system's parameters to readings.

    By the fitting of the whole-body models: the mode from several starts with exact derivatives,
    the Laplace approximation there, draws from it by importance resampling, or from the full
    posterior by tempered sampling.

    Parameters
    ----------
    fit
        The system, the priors and the readings.
    seed
        Seed of the random streams; the same seed gives the same draws.
    draws
        Number of draws.
    posterior
        ``"laplace"``, ``"smc"`` or ``"auto"``, see `theratwin.twin.calibrate`.

    Raises
    ------
    InputError
        If a name is unknown, or there is nothing to estimate or to fit.
    FitError
        If no fit is found.

    Examples
    --------
    >>> from theratwin.dynamics import model
    >>> from theratwin.twin import Reading, SystemFit
    >>> readings = [Reading("concentration", t, y, relative_error=0.05)
    ...             for t, y in ((1.0, 0.0021), (2.0, 0.0013), (4.0, 0.0005))]
    >>> fit = SystemFit("drug", model("one-compartment").system(),
    ...                 {"clearance": LogNormal(3000.0, 2.0)}, readings)
    >>> found = calibrate_system(fit, seed=1, draws=200)
    >>> round(found.mode["clearance"], -1)
    1410.0
    """
    if posterior not in METHODS:
        raise InputError("unknown method", field="posterior", value=posterior, allowed=METHODS)
    if draws < 100:
        raise InputError("too few draws", field="draws", value=draws, allowed="100 and more")
    _check(fit)
    try:
        found = fit_block(_Block((fit,)), draws=draws, seed=seed, method=posterior)
    except FitError:
        fit.require_center()
        raise
    return SystemPosterior(found)


def _check(fit: SystemFit) -> None:
    if not fit.readings:
        raise InputError("nothing was measured", field="readings", remedy="Give a Reading or more")
    if not fit.prior:
        raise InputError("nothing is to be estimated", field="priors", remedy="Give a prior")
    known = {"priors": fit.system.parameters, "given": fit.system.parameters}
    wanted = {"priors": fit.prior, "given": fit.given}
    for name, parameters in known.items():
        for parameter in wanted[name]:
            if parameter not in parameters:
                raise InputError(
                    "the equations have no such parameter",
                    field=name,
                    value=fit.labels.get(parameter, parameter),
                    allowed=sorted(fit.labels.get(each, each) for each in parameters),
                )
    for parameter, prior in fit.prior.items():
        label = fit.labels.get(parameter, parameter)
        if not isinstance(prior, LogNormal):
            raise InputError("a prior is log-normal", field=f"priors.{label}", value=prior)
        if parameter in fit.given:
            raise InputError("is estimated, and given too", field=f"given.{label}")
    for parameter, value in fit.given.items():
        if not isfinite(value):
            label = fit.labels.get(parameter, parameter)
            raise InputError("a finite number is needed", field=f"given.{label}", value=value)
    for reading in fit.readings:
        if reading.observable not in fit.system.observables:
            raise InputError(
                "no such observable",
                field="readings",
                value=reading.observable,
                allowed=sorted(fit.system.observables),
            )
