"""Networks of response driven by an exposure: its curves bound to their inputs, then solved."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from theratwin.core import (
    Component,
    Curve,
    Exponentials,
    Exposure,
    InputError,
    Pieces,
    Pulses,
    Total,
    UnsupportedError,
)

if TYPE_CHECKING:
    from theratwin.dynamics import Dose, Engine, Network, Solution, System

#: How long (h) a pulse lasts when a network feels it, at time 0 and per hour after it: so short
#: that nothing repairs meanwhile, and long beside the rounding of its time.
PULSE_DURATION, PULSE_DURATION_PER_TIME = 1e-8, 1e-9

#: Dose and damage are over when less than this part of them is left.
LEFT_OVER = 1e-12

#: Tolerances of cell-survival models, whose answers are compared to six digits and more.
RTOL, ATOL = 1e-9, 1e-12


def follow(
    network: Network,
    exposure: Exposure | Curve | Mapping[str, Any],
    times: Any,
    *,
    parameters: Mapping[str, Any] | None = None,
    doses: Iterable[Dose] = (),
    keep: Iterable[str] | None = None,
    sensitivities: Iterable[str] = (),
    **settings: Any,
) -> Solution:
    """Solve a network from time 0 with its inputs bound to an exposure.

    The inputs are ``dose_rate`` (photons and electrons, Gy/h), ``dose_rate.alpha`` and its like
    for the other components, ``oxygen`` (mmHg) and ``drug.NAME`` (nmol/mL). A component without a
    dose rate counts as zero. A pulse is a constant dose rate over an instant that ends at its time,
    or begins there if that is 0.

    Parameters
    ----------
    network
        The equations.
    exposure
        An exposure, a curve for ``dose_rate`` alone, or inputs by name to curves or numbers.
        Curves may have an axis of patients.
    times
        When results are kept (h).
    parameters
        The network's parameters that differ from its own: one number, or one for each patient.
    doses
        What is given to its own states, as amounts of a drug.
    keep, sensitivities, **settings
        As of `theratwin.dynamics.Engine.solve`; the tolerances are `RTOL` and `ATOL` unless given.

    Raises
    ------
    UnsupportedError
        If the exposure holds what the network has no input for.
    InputError
        If an input has nothing to be bound to, a curve begins before time 0, or the numbers of
        patients differ.
    FitError
        If a patient could not be solved.

    Examples
    --------
    >>> from theratwin.core import Pulses
    >>> from theratwin.dynamics import NetworkBuilder
    >>> b = NetworkBuilder("breaks")
    >>> rate = b.input("dose_rate", "Gy/h")
    >>> repair = b.parameter("repair", 0.5, "1/h", note="example")
    >>> breaks = b.variable("breaks", 0.0, "")
    >>> b.rate(breaks, b.parameter("yield", 35.0, "1/Gy", note="example") * rate - repair * breaks)
    >>> solution = follow(b.freeze(), Pulses([0.0], [[1.0], [2.0]]), [2.0])
    >>> solution["breaks"][:, 0].round(4)
    array([12.8758, 25.7516])
    """
    from theratwin.dynamics.networks.port import numbers, schedule
    from theratwin.dynamics.solving.dosing import Jump

    bindings = bound_to(network, exposure)
    known = numbers(network, bindings)
    jumps = [Jump(c.switch, c.time, c.value) for c in schedule(network, bindings)]
    system = network.system(bindings)
    # An engine is shared by systems that differ in their defaults, so these are given too.
    given = {**system.parameters, **system.switches, **known, **(parameters or {})}
    return (
        _engine(_Form(system))
        .solve(
            given,
            times,
            doses=[*jumps, *doses],
            keep=keep,
            sensitivities=sensitivities,
            **{"rtol": RTOL, "atol": ATOL, **settings},
        )
        .require()
    )


def bound_to(
    network: Network, exposure: Exposure | Curve | Mapping[str, Any]
) -> dict[str, Curve | float]:
    """Return what each input of a network is bound to; see `follow`.

    Raises
    ------
    UnsupportedError, InputError
        As of `follow`.
    """
    inputs = [port.name for port in network.inputs]
    given = _by_input(exposure)
    for name in given:
        if name not in inputs:
            raise UnsupportedError(
                f"the network {network.name} does not use {name}",
                field="exposure",
                value=name,
                allowed=inputs,
                remedy="Give the exposure without it, or take a model that uses it",
            )
    rates = {name: 0.0 for name in inputs if _is_dose_rate(name)}
    felt = {
        name: curve if isinstance(curve, int | float) else felt_curve(curve, name)
        for name, curve in given.items()
    }
    return {**rates, **felt}


def felt_curve(curve: Curve, name: str = "curve") -> Curve:
    """Return a curve with every pulse spread over an instant.

    Raises
    ------
    InputError
        If it begins before time 0.
    """
    begins = float(np.min(curve.breakpoints, initial=0.0))
    if begins < 0.0:
        raise InputError(
            "the curve begins before time 0, at which networks start",
            field=name,
            value=f"{begins:g} h",
            remedy=f"Shift it, curve.shifted({-begins:g}), and what goes with it",
        )
    parts = curve.parts if isinstance(curve, Total) else (curve,)
    pulses = [part for part in parts if isinstance(part, Pulses) and part.times.size]
    others = [part for part in parts if not isinstance(part, Pulses)]
    return Total.of(*others, *map(_spread, pulses)) if pulses else curve


def settled(exposure: Exposure | Curve | Mapping[str, Any], slowest_rate: Any) -> float:
    """Return a time (h) by which dose and what it did are over, but for `LEFT_OVER` of them.

    Parameters
    ----------
    exposure
        As of `follow`.
    slowest_rate
        The slowest rate (1/h) at which the model's own states come to rest.

    Raises
    ------
    InputError
        If the dose does not decay.

    Examples
    --------
    >>> from theratwin.core import Pulses
    >>> round(settled(Pulses([24.0], [2.0]), 0.5), 1)
    79.3
    """
    ends = [
        _end(curve)
        for name, curve in _by_input(exposure).items()
        if _is_dose_rate(name) and isinstance(curve, Curve)
    ]
    return max(ends, default=0.0) - math.log(LEFT_OVER) / float(np.min(slowest_rate))


def _by_input(exposure: Exposure | Curve | Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(exposure, Mapping):
        return dict(exposure)
    if isinstance(exposure, Curve):
        return {"dose_rate": exposure}
    rates = {_rate_input(c): curve for c, curve in exposure.dose_rate.items()}
    oxygen = {} if exposure.oxygen is None else {"oxygen": exposure.oxygen}
    return {**rates, **oxygen, **{f"drug.{name}": c for name, c in exposure.drugs.items()}}


def _rate_input(component: Component) -> str:
    return "dose_rate" if component is Component.PHOTON_ELECTRON else f"dose_rate.{component}"


def _is_dose_rate(name: str) -> bool:
    return name == "dose_rate" or name.startswith("dose_rate.")


def _spread(pulses: Pulses) -> Pieces:
    """Return pulses as a constant dose rate each, zero between them."""
    times, where = np.unique(np.asarray(pulses.times), return_inverse=True)
    amounts = np.zeros((*pulses.batch_shape, times.size))
    for pulse, place in enumerate(where):
        amounts[..., place] += np.asarray(pulses.amounts)[..., pulse]
    duration = PULSE_DURATION + PULSE_DURATION_PER_TIME * times
    begins = np.maximum(times - duration, 0.0)
    breaks = np.stack([begins, np.maximum(times, duration)], axis=1).ravel()
    if np.any(np.diff(breaks) <= 0.0):
        raise InputError(
            "two pulses come too close after each other",
            field="Pulses.times",
            allowed="at one time, or seconds apart",
        )
    rates = np.zeros((*pulses.batch_shape, breaks.size - 1, 1))
    # By the duration as rounded, so that the dose is exact however late the pulse.
    rates[..., ::2, 0] = amounts / np.diff(breaks)[::2]
    return Pieces(breaks, rates)


def _end(curve: Curve) -> float:
    parts = curve.parts if isinstance(curve, Total) else (curve,)
    return max((_end_of(part) for part in parts), default=0.0)


def _end_of(curve: Curve) -> float:
    last = float(np.max(curve.breakpoints, initial=0.0))
    if not isinstance(curve, Exponentials):
        return last
    running = np.asarray(curve.rates)[np.asarray(curve.amplitudes) != 0.0]
    if not running.size:
        return last
    if not np.all(running > 0.0):
        raise InputError(
            "the dose has no end",
            field="curve.rates",
            value=float(np.min(running)),
            allowed="positive decay constants (1/h)",
            remedy="Give `until`, the time up to which the dose counts",
        )
    return last - math.log(LEFT_OVER) / float(np.min(running))


class _Form:
    """A system that equals every other of the same code, whatever its parameters' defaults."""

    def __init__(self, system: System) -> None:
        from theratwin.dynamics.solving.identity import identity

        self.system = system
        self.text = identity(system)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Form) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


@lru_cache(maxsize=64)
def _engine(form: _Form) -> Engine:
    from theratwin.dynamics import Engine

    return Engine(form.system)
