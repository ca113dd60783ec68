"""From a network to its system: rules put in, inputs bound, reactions summed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from theratwin.core.errors import InputError
from theratwin.dynamics.expressions.expression import (
    TIME,
    ZERO,
    Binding,
    Expression,
    Substitution,
    constant,
    symbols,
)
from theratwin.dynamics.networks.port import Bound, Number, bind
from theratwin.dynamics.system import State, StateEvent, System

if TYPE_CHECKING:
    from theratwin.dynamics.networks.network import Network


def flatten(network: Network, bindings: Mapping[str, Any]) -> System:
    """Return a network's system, its inputs bound."""
    bound = bind_inputs(network, bindings)
    known = rule_values(network, {name: port.value for name, port in bound.items()})

    flat = Substitution(known)
    return System(
        states=_states(network, known, flat),
        parameters=_merged(
            {p.name: p.value for p in network.parameters}, [b.parameters for b in bound.values()]
        ),
        switches=_merged(
            {s.name: s.value for s in network.switches}, [b.switches for b in bound.values()]
        ),
        observables={o.name: flat(o.value) for o in network.observables},
        quadratures={q.name: flat(q.integrand) for q in network.quadratures},
        events=tuple(
            StateEvent(
                e.name,
                flat(e.trigger),
                {to: flat(v) for to, v in e.assignments.items()},
                e.initially,
            )
            for e in network.events
        ),
    )


def bind_inputs(network: Network, bindings: Mapping[str, Any]) -> dict[str, Bound]:
    """Return what each input stands for.

    Raises
    ------
    InputError
        If an input is not bound, or a name is no input.
    """
    known = [port.name for port in network.inputs]
    for name in bindings:
        if name not in known:
            raise InputError(
                "the network has no such input",
                field=f"network {network.name}, bindings",
                value=name,
                allowed=sorted(known),
            )
    missing = [name for name in known if name not in bindings]
    if missing:
        raise InputError(
            f"the input {missing[0]} is not bound",
            field=f"network {network.name}",
            remedy=f"Bind {', '.join(missing)} to a curve or a number, or couple the network to "
            "one with such an output",
        )
    return {name: bind(name, bindings[name]) for name in known}


def _merged(first: dict[str, float], others: list[Mapping[str, Number]]) -> dict[str, float]:
    for other in others:
        for name, value in other.items():
            if name in first:
                raise InputError("the name stands twice", field="bindings", value=name)
            # Defaults are one patient's; `numbers` gives those of all.
            first[name] = float(np.ravel(value)[0])
    return first


def rule_values(network: Network, inputs: Mapping[str, Expression]) -> dict[Expression, Expression]:
    """Return the symbol of every rule and input to its value, free of other rules and inputs.

    Raises
    ------
    InputError
        If rules go in a circle; the circle is named.
    """
    laws = {rule.name: rule.value for rule in network.rules}
    done = {network.symbols[name]: value for name, value in inputs.items()}
    return _resolved(network, laws, done)


def _resolved(
    network: Network, laws: Mapping[str, Expression], known: dict[Expression, Expression]
) -> dict[Expression, Expression]:
    """Return what is known, and the symbol of every law to its value, free of the others."""
    done, flat = dict(known), Substitution(known)
    for name in laws:
        _resolve(network, name, laws, done, flat, [])
    return done


def _resolve(
    network: Network,
    name: str,
    laws: Mapping[str, Expression],
    done: dict[Expression, Expression],
    flat: Substitution,
    path: list[str],
) -> None:
    own = network.symbols[name]
    if own in done:
        return
    if name in path:
        raise InputError(
            f"the values go in a circle: {' -> '.join([*path[path.index(name) :], name])}",
            field=f"network {network.name}, {name}",
            remedy="Break the circle with a variable that has a rate",
        )
    for used in symbols(laws[name]):
        if used in laws:
            _resolve(network, used, laws, done, flat, [*path, name])
    done[own] = flat(laws[name])
    flat.put(own, done[own])


def _states(
    network: Network, known: dict[Expression, Expression], flat: Substitution
) -> tuple[State, ...]:
    initial = _initial_values(network, known)
    change = {species.name: ZERO for species in network.species}
    for reaction in network.reactions:
        rate = flat(reaction.rate)
        for name, number in reaction.net.items():
            change[name] = change[name] + constant(number) * rate
    change.update({v.name: flat(v.rate) for v in network.variables})
    return tuple(
        State(part.name, initial[part.name], change[part.name], part.unit, part.tolerance_scale)
        for part in (*network.species, *network.variables)
    )


def _initial_values(
    network: Network, known: Mapping[Expression, Expression]
) -> dict[str, Expression]:
    """Return the initial values as expressions of parameters alone."""
    parts = (*network.species, *network.variables)
    flat = Substitution(known)
    done = _resolved(network, {part.name: flat(part.initial) for part in parts}, {})
    values = {part.name: done[network.symbols[part.name]] for part in parts}
    for name, value in values.items():
        if value.binding > Binding.SEGMENT:
            raise InputError(
                "the initial value depends on the time",
                field=f"network {network.name}, {name}",
                value=str(TIME),
                remedy="Write it with parameters",
            )
    return values
