"""The linear-quadratic hazard of a mixed field as a network with ports for oxygen and doses."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import reduce
from operator import add

from theratwin.core import Component, Parameter
from theratwin.dynamics import Expression, Network, NetworkBuilder
from theratwin.response.cell_survival.ports import declare, finish

_PHOTONS = Component.PHOTON_ELECTRON.value


def mixed_network(parameters: Mapping[str, Parameter], *, oxygen: bool) -> Network:
    """Return the network of `MixedField`.

    Inputs are ``dose_rate`` (photons and electrons), ``dose_rate.alpha``, ``dose_rate.recoil``,
    ``dose_rate.auger`` (Gy/h) and, if asked for, ``oxygen`` (mmHg); outputs ``hazard`` (1/h) and
    ``log_kill``.

    Parameters
    ----------
    parameters
        Those that the network uses, by the model's names.
    oxygen
        Whether oxygen comes in; without it all is well oxygenated.

    Examples
    --------
    >>> from theratwin.response.quality.mixed_field import MixedField
    >>> mixed_network(MixedField.defaults(), oxygen=True)
    <Network lq-mixed: 2 states, 0 reactions, 15 parameters>
    """
    b = NetworkBuilder("lq-mixed")
    known = declare(b, parameters)
    pressure = b.input("oxygen", "mmHg") if oxygen else None
    rates = {component.value: b.input(_port(component.value), "Gy/h") for component in Component}
    linear = [_linear(c, rate, known, pressure) for c, rate in rates.items()]
    felt = [_felt(c, rate, known, pressure) for c, rate in rates.items()]
    damaging = b.rule("felt_dose_rate", reduce(add, felt), "Gy/h")
    damage = b.variable("unrepaired", 0.0, "Gy")
    b.rate(damage, damaging - math.log(2.0) / known["repair_half_time"] * damage)
    quadratic = 2.0 * known["beta"] * damaging * damage
    hazard = b.rule("hazard", reduce(add, linear) + quadratic, "1/h")
    kill = b.variable("kill", 0.0)
    b.rate(kill, hazard)
    return finish(b, hazard, kill)


def _port(component: str) -> str:
    return "dose_rate" if component == _PHOTONS else f"dose_rate.{component}"


def _linear(
    component: str, rate: Expression, known: Mapping[str, Expression], pressure: Expression | None
) -> Expression:
    """Return alpha times the dose rate, 1/h."""
    dense = component != _PHOTONS
    hazard = known["alpha"] * rate
    hazard = known[f"{component}.rbe_max"] * hazard if dense else hazard
    return _spared(hazard, f"{component}.oer" if dense else "oer", known, pressure)


def _felt(
    component: str, rate: Expression, known: Mapping[str, Expression], pressure: Expression | None
) -> Expression:
    """Return the dose rate as the quadratic term weights it, Gy/h."""
    dense = component != _PHOTONS
    felt = known[f"{component}.rbe_min"] * rate if dense else rate
    return _spared(felt, f"{component}.oer" if dense else "oer_beta", known, pressure)


def _spared(
    effect: Expression, oer: str, known: Mapping[str, Expression], pressure: Expression | None
) -> Expression:
    """Return an effect over the radioresistance at the pressure of oxygen."""
    if pressure is None:
        return effect
    half = known["half_pressure"]
    return effect * (pressure + half / known[oer]) / (pressure + half)
