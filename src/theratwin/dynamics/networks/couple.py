"""Networks joined by their ports into one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

from theratwin.core.errors import InputError
from theratwin.dynamics.expressions.dimension import read_unit
from theratwin.dynamics.expressions.expression import Expression, substitute, symbol
from theratwin.dynamics.networks.network import Network
from theratwin.dynamics.networks.parts import Rule

_KINDS = tuple(part.name for part in fields(Network) if part.name != "name")


def couple(name: str, fragments: Mapping[str, Network], connections: Mapping[str, str]) -> Network:
    """Join networks into one, each in a name space of its own.

    Parameters
    ----------
    name
        The name of the whole.
    fragments
        Name space to network: ``volume`` of the fragment ``tumor`` becomes ``tumor.volume``.
    connections
        Input to what it is bound to: an output, or any quantity, of any fragment, both by their
        new names. Inputs that are left stay inputs of the whole.

    Raises
    ------
    InputError
        If a name is no input or no source, or their units differ.
    """
    parts: dict[str, list[Any]] = {kind: [] for kind in _KINDS}
    for space, fragment in fragments.items():
        for kind, found in _renamed(fragment, space).items():
            parts[kind] += found
    inputs = {port.name: port for port in parts["inputs"]}
    sources = _sources(fragments)
    for port, source in connections.items():
        parts["rules"].append(_connection(name, port, source, inputs, sources))
    parts["inputs"] = [port for port in parts["inputs"] if port.name not in connections]
    return Network(name, **{kind: tuple(found) for kind, found in parts.items()})


def _connection(
    network: str,
    port: str,
    source: str,
    inputs: Mapping[str, Any],
    sources: Mapping[str, tuple[Expression, str]],
) -> Rule:
    field = f"network {network}, connection {port} <- {source}"
    if port not in inputs:
        raise InputError("unknown input", field=field, value=port, allowed=sorted(inputs))
    if source not in sources:
        raise InputError("unknown output", field=field, value=source, allowed=sorted(sources))
    value, unit = sources[source]
    if read_unit(unit) != read_unit(inputs[port].unit):
        raise InputError(
            f"the input is in {inputs[port].unit or 'plain numbers'}, "
            f"what is bound to it in {unit or 'plain numbers'}",
            field=field,
        )
    return Rule(port, inputs[port].unit, value)


def _sources(fragments: Mapping[str, Network]) -> dict[str, tuple[Expression, str]]:
    """Return what an input can be bound to: outputs, and any quantity that no output hides."""
    sources: dict[str, tuple[Expression, str]] = {}
    for space, fragment in fragments.items():
        swaps = _swaps(fragment, space)
        for name, own in fragment.symbols.items():
            if own in swaps:
                sources[f"{space}.{name}"] = (swaps[own], fragment.units[name])
        for port in fragment.outputs:
            sources[f"{space}.{port.name}"] = (substitute(port.value, swaps), port.unit)
    return sources


def _swaps(network: Network, space: str) -> dict[Expression, Expression]:
    return {
        own: symbol(f"{space}.{name}", own.binding)
        for name, own in network.symbols.items()
        if name != "time"
    }


def _renamed(network: Network, space: str) -> dict[str, list[Any]]:
    """Return a network's parts with the name space before every name."""

    def path(name: str) -> str:
        return f"{space}.{name}"

    swaps = _swaps(network, space)

    def law(expression: Expression) -> Expression:
        return substitute(expression, swaps)

    return {
        kind: [renamed_part(part, path, law) for part in getattr(network, kind)] for kind in _KINDS
    }


# The fields of parts that hold names.
_NAMES = frozenset({"name", "compartment", "source", "target"})
_BY_NAME = frozenset({"reactants", "products", "assignments"})


def renamed_part(
    part: Any, path: Callable[[str], str], law: Callable[[Expression], Expression]
) -> Any:
    """Return a part with new names, in its own fields and in its laws."""
    if not type(part).__module__.startswith("theratwin.dynamics"):
        return replace(part, name=path(part.name))  # a parameter, whose source is a citation
    changed: dict[str, Any] = {}
    for own in fields(part):
        value = getattr(part, own.name)
        if isinstance(value, Expression):
            changed[own.name] = law(value)
        elif own.name in _NAMES and value is not None:
            changed[own.name] = path(value)
        elif own.name in _BY_NAME:
            entries: Mapping[str, Any] = getattr(part, own.name)
            changed[own.name] = {
                path(name): law(entry) if isinstance(entry, Expression) else entry
                for name, entry in entries.items()
            }
    return replace(part, **changed)
