"""Parameters of an SBML model fitted to measured values, by the twin's own fitting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from theratwin.dynamics.expressions.expression import Expression
from theratwin.io.sbml.names import parameter_of, parameters_of

if TYPE_CHECKING:
    from theratwin.core import LogNormal
    from theratwin.dynamics import Dose
    from theratwin.io.sbml.model import SbmlModel
    from theratwin.twin import Reading, SystemPosterior


def calibrate_sbml(
    model: SbmlModel,
    priors: Mapping[str, LogNormal],
    readings: Iterable[Reading],
    *,
    seed: int,
    observables: Mapping[str, Expression] | None = None,
    given: Mapping[str, float] | None = None,
    doses: Sequence[Dose] = (),
    draws: int = 2000,
    posterior: str = "auto",
    rtol: float = 1e-6,
    atol: float = 1e-12,
    **settings: Any,
) -> SystemPosterior:
    """Fit parameters of a model to measured values.

    All numbers are the file's own: times, values and parameters.

    Parameters
    ----------
    model
        The model.
    priors
        Log-normal priors of what is estimated, by id or name; ``S.initial`` is what a species
        starts with, ``reaction.local`` a local parameter.
    readings
        What was measured: of observables, or of anything by its id or name, as the model declares
        it.
    seed
        Seed of the random streams.
    observables
        Name to expression (`SbmlModel.expression`), for what the file has no name for.
    given
        Other values of parameters that are not estimated, named as in ``priors``.
    doses
        Boluses and others into states, as ``theratwin.dynamics.Bolus("S.amount", 60.0, 10.0)``.
    draws, posterior
        Of `theratwin.twin.calibrate_system`.
    rtol, atol, **settings
        Of the engine.

    Raises
    ------
    InputError
        If a name is unknown, or a number out of range.
    UnsupportedError
        For events with a delay, a priority, or that do not persist.
    FitError
        If no fit is found.

    Examples
    --------
    See ``examples/sbml_calibration.py``.
    """
    from theratwin.twin import SystemFit, calibrate_system

    read = list(readings)
    observed = dict(observables or {})
    observed |= {
        name: model.expression(name)
        for name in dict.fromkeys(reading.observable for reading in read)
        if name not in observed
    }
    system = model.system(observed)
    settings = {"rtol": rtol, "atol": atol, **settings}
    if model.has_jumps and "largest_step" not in settings:
        settings["largest_step"] = longest_stretch(reading.time for reading in read)
    fit = SystemFit(
        name=model.document.name or model.document.id,
        system=system,
        prior=parameters_of(model, priors, system.parameters, "priors"),
        readings=read,
        given=parameters_of(model, given or {}, system.parameters, "given"),
        doses=doses,
        labels={parameter_of(model, name): name for name in priors},
        settings=settings,
    )
    return calibrate_system(fit, seed=seed, draws=draws, posterior=posterior)


def longest_stretch(times: Iterable[float]) -> float:
    """Return the longest stretch from zero from one time to the next.

    Examples
    --------
    >>> longest_stretch([4.0, 1.0, 10.0])
    6.0
    """
    known = sorted({0.0, *times})
    pairs = zip(known[1:], known, strict=False)
    return max((later - earlier for later, earlier in pairs), default=float("inf"))
