"""A network opened for coupling: parameters become inputs, observables become outputs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

from theratwin.core.errors import InputError
from theratwin.dynamics.expressions.expression import Binding, Expression, substitute, symbol
from theratwin.dynamics.networks.couple import renamed_part
from theratwin.dynamics.networks.network import Network
from theratwin.dynamics.networks.parts import Input, Output

_KINDS = tuple(part.name for part in fields(Network) if part.name != "name")


def opened(network: Network, inputs: Iterable[str] = (), outputs: Iterable[str] = ()) -> Network:
    """Return a network whose parameters another network may give, and which gives observables.

    So a lesion's volume, a number in a model of kinetics, can follow a model of its growth.

    Parameters
    ----------
    network
        The network.
    inputs
        Parameters that become inputs of the same name and unit.
    outputs
        Observables that become outputs of the same name; they stay observables.

    Raises
    ------
    InputError
        If there is no such parameter or observable.

    Examples
    --------
    >>> from theratwin.dynamics.models import model
    >>> body = opened(model("one-compartment"), ["clearance"], ["concentration"])
    >>> [port.name for port in body.inputs], [port.name for port in body.outputs]
    (['clearance'], ['concentration'])
    """
    parameters = {p.name: p for p in network.parameters}
    observables = {o.name: o for o in network.observables}
    ports = [Input(n, _known(network, "parameter", n, parameters).unit) for n in inputs]
    given = [_known(network, "observable", n, observables) for n in outputs]
    swaps = {symbol(p.name): symbol(p.name, Binding.STATE) for p in ports}

    def law(expression: Expression) -> Expression:
        return substitute(expression, swaps)

    freed = {p.name for p in ports}
    parts: dict[str, list[Any]] = {
        kind: [renamed_part(part, str, law) for part in getattr(network, kind)] for kind in _KINDS
    }
    parts["parameters"] = [p for p in network.parameters if p.name not in freed]
    parts["inputs"] += ports
    parts["outputs"] += [Output(o.name, o.unit, law(o.value)) for o in given]
    return replace(network, **{kind: tuple(found) for kind, found in parts.items()})


def _known(network: Network, kind: str, name: str, known: dict[str, Any]) -> Any:
    if name not in known:
        raise InputError(
            f"there is no such {kind}",
            field=f"network {network.name}",
            value=name,
            allowed=sorted(known),
        )
    return known[name]
