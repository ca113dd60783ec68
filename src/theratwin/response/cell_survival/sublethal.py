"""Sublethal damage as states of a network: what the linear-quadratic models follow in time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from theratwin.core import Parameter
from theratwin.response.cell_survival.ports import declare, finish
from theratwin.response.repair import Repair
from theratwin.response.sublethal import add_sublethal

if TYPE_CHECKING:
    from theratwin.dynamics import Expression, Network, NetworkBuilder

HALF_TIME = "repair_half_time"
_NOTE = "Given with the model."


def own_repair(repair: str | Repair, in_use: Repair) -> int:
    """Return how many components a network has to be told; 0 if one half-time says it all."""
    return 0 if repair == "exponential" else len(in_use.fractions)


def repair_values(in_use: Repair, components: int) -> dict[str, Any]:
    """Return the values of the parameters that `unrepaired` adds."""
    parts = zip(in_use.fractions, in_use.half_times, strict=True)
    values = {}
    for k, (fraction, half_time) in enumerate(parts if components else ()):
        values[f"repair.fraction_{k + 1}"] = fraction
        values[f"repair.half_time_{k + 1}"] = half_time
    return values


def unrepaired(
    b: NetworkBuilder, made: Expression, half_time: Expression | None, components: int, unit: str
) -> Expression:
    """Add the damage that is made at a rate and repaired by one or several components.

    Returns the sum of what is left.
    """
    parts: list[tuple[Any, Expression]] = [
        (
            b.parameter(f"repair.fraction_{k + 1}", 1.0 / components, note=_NOTE),
            b.parameter(f"repair.half_time_{k + 1}", 1.0, "h", note=_NOTE),
        )
        for k in range(components)
    ]
    if half_time is not None:
        parts.append((1.0, half_time))
    damages = [
        add_sublethal(b, f"unrepaired_{k + 1}", part * made, slowness, unit)
        for k, (part, slowness) in enumerate(parts)
    ]
    return sum(damages[1:], damages[0])


@cache
def linear_quadratic_network(others: tuple[str, ...], components: int) -> Network:
    r"""Return the linear-quadratic model with ports.

    .. math:: -\frac{d \ln S}{dt} = \sum_c \alpha_c \dot D_c + 2 q \sum_k y_k, \qquad
              \dot y_k = p_k q - \mu_k y_k, \qquad q = \sum_c \sqrt{\beta_c}\, \dot D_c

    Parameters
    ----------
    others
        Components beside photons and electrons; each adds the input ``dose_rate.NAME``.
    components
        Components of repair; 0 for the parameter ``repair_half_time``.
    """
    from theratwin.core import parameter_set
    from theratwin.dynamics import NetworkBuilder

    b = NetworkBuilder("lq")
    known = parameter_set("response", "linear_quadratic")
    p = declare(b, {n: v for n, v in known.items() if not (components and n == HALF_TIME)})
    rate = b.input("dose_rate", "Gy/h")
    linear, made = p["alpha"] * rate, p["beta"] ** 0.5 * rate
    for other in others:
        rate = b.input(f"dose_rate.{other}", "Gy/h")
        linear = linear + b.parameter(f"{other}.alpha", 0.0, "1/Gy", note=_NOTE) * rate
        made = made + b.parameter(f"{other}.beta", 0.0, "1/Gy^2", note=_NOTE) ** 0.5 * rate
    left = unrepaired(b, made, p.get(HALF_TIME), components, "")
    hazard = linear + 2.0 * made * left
    killed = b.variable("log_killed", 0.0)
    b.rate(killed, hazard)
    return finish(b, hazard, killed)


@cache
def linear_network(others: tuple[str, ...], alpha: Parameter) -> Network:
    """Return the linear model with ports; see `linear_quadratic_network`."""
    from theratwin.dynamics import NetworkBuilder

    b = NetworkBuilder("linear")
    hazard = b.parameter(alpha) * b.input("dose_rate", "Gy/h")
    for other in others:
        rate = b.input(f"dose_rate.{other}", "Gy/h")
        hazard = hazard + b.parameter(f"{other}.alpha", 0.0, "1/Gy", note=_NOTE) * rate
    killed = b.variable("log_killed", 0.0)
    b.rate(killed, hazard)
    return finish(b, hazard, killed)


@cache
def linear_quadratic_linear_network(components: int, known: tuple[Parameter, ...]) -> Network:
    """Return the linear-quadratic-linear model with ports."""
    from theratwin.dynamics import NetworkBuilder, minimum

    b = NetworkBuilder("lq-l")
    rate = b.input("dose_rate", "Gy/h")
    named: Mapping[str, Parameter] = {p.name: p for p in known}
    p = declare(b, {n: v for n, v in named.items() if not (components and n == HALF_TIME)})
    left = unrepaired(b, rate, p.get(HALF_TIME), components, "Gy")
    hazard = (p["alpha"] + 2.0 * p["beta"] * minimum(left, p["transition_dose"])) * rate
    killed = b.variable("log_killed", 0.0)
    b.rate(killed, hazard)
    return finish(b, hazard, killed)
