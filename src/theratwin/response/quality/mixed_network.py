"""The linear-quadratic hazard of a mixed field as a network with ports for oxygen and doses."""

from __future__ import annotations

import math
from collections.abc import Iterable

from theratwin.core import Component, Parameter
from theratwin.dynamics import Expression, Network, NetworkBuilder, exp

_PHOTONS = Component.PHOTON_ELECTRON.value


def mixed_network(parameters: Iterable[Parameter], *, oxygen: bool) -> Network:
    """Return the network of `MixedField`.

    Inputs are ``dose_rate`` (photons and electrons), ``dose_rate.alpha``, ``dose_rate.recoil``,
    ``dose_rate.auger`` (Gy/h) and, if asked for, ``oxygen`` (mmHg); outputs ``hazard`` (1/h) and
    ``log_kill``.

    Parameters
    ----------
    parameters
        Of the model, by its names.
    oxygen
        Whether oxygen comes in; without it all is well oxygenated.

    Examples
    --------
    >>> from theratwin.response.quality.mixed_field import MixedField
    >>> mixed_network(MixedField.defaults().values(), oxygen=True)
    <Network lq-mixed: 2 states, 0 reactions, 15 parameters>
    """
    b = NetworkBuilder("lq-mixed")
    used = [p for p in parameters if oxygen or ("oer" not in p.name and p.name != "half_pressure")]
    known = {p.name: b.parameter(p) for p in used}
    pressure = b.input("oxygen", "mmHg") if oxygen else None
    linear: Expression | None = None
    felt: Expression | None = None
    for component in (c.value for c in Component):
        dense = component != _PHOTONS
        rate = b.input(f"dose_rate.{component}" if dense else "dose_rate", "Gy/h")
        alpha, root = known["alpha"] * rate, rate
        if dense:
            alpha = known[f"{component}.rbe_max"] * alpha
            root = known[f"{component}.rbe_min"] * rate
        if pressure is not None:
            oer = f"{component}.oer" if dense else "oer"
            alpha = alpha / _resistance(pressure, known, oer)
            root = root / _resistance(pressure, known, oer if dense else "oer_beta")
        linear = alpha if linear is None else linear + alpha
        felt = root if felt is None else felt + root
    rate_of_damage = b.rule("felt_dose_rate", felt, "Gy/h")
    damage = b.variable("unrepaired", 0.0, "Gy")
    b.rate(damage, rate_of_damage - math.log(2.0) / known["repair_half_time"] * damage)
    hazard = b.rule("hazard", linear + 2.0 * known["beta"] * rate_of_damage * damage, "1/h")
    kill = b.variable("kill", 0.0, "")
    b.rate(kill, hazard)
    b.output("hazard", hazard, "1/h")
    b.output("log_kill", kill, "")
    b.observable("log_kill", kill, "")
    b.observable("survival", exp(-kill), "")
    return b.freeze()


def _resistance(pressure: Expression, known: dict[str, Expression], oer: str) -> Expression:
    half = known["half_pressure"]
    return (pressure + half) / (pressure + half / known[oer])
