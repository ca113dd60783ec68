"""Balances: what a reaction must conserve, and flows that must leave as they enter."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

from theratwin.core.errors import InputError
from theratwin.dynamics.expressions.evaluate import evaluate
from theratwin.dynamics.expressions.expression import ZERO, Expression, Substitution

if TYPE_CHECKING:
    from theratwin.dynamics.networks.network import Network
    from theratwin.dynamics.networks.parts import Reaction

# Flows are sums of a few dozen terms: rounding leaves 1e-14, a forgotten flow 1e-4 and more.
_BALANCED = 1e-9


def check_reactions(network: Network) -> None:
    """Raise an `InputError` if a reaction makes or destroys a moiety without saying so.

    A reaction with an empty side exchanges with the outside, where anything may come from.
    """
    contains = {species.name: species.contains for species in network.species}
    for reaction in network.reactions:
        if not reaction.reactants and not reaction.products:
            raise InputError(
                "the reaction has neither reactants nor products",
                field=f"network {network.name}, reaction {reaction.name}",
            )
        if not reaction.reactants or not reaction.products:
            continue
        for moiety in _moieties(reaction, contains):
            _check_moiety(network, reaction, moiety, contains)


def _moieties(reaction: Reaction, contains: dict) -> list[str]:
    """Return the moieties that a reaction touches, those that it may destroy left out."""
    touched = (contains[name] for name in (*reaction.reactants, *reaction.products))
    found = dict.fromkeys(moiety for made_of in touched for moiety in made_of)
    return [moiety for moiety in found if moiety not in reaction.not_conserved]


def _check_moiety(network: Network, reaction: Reaction, moiety: str, contains: dict) -> None:
    taken, given = (
        sum(number * contains[name].get(moiety, 0) for name, number in side.items())
        for side in (reaction.reactants, reaction.products)
    )
    if abs(given - taken) > _BALANCED * max(taken, given):
        raise InputError(
            f"the reaction takes {taken:g} {moiety} and gives {given:g}",
            field=f"network {network.name}, reaction {reaction.name}",
            remedy=f"Balance it, or state not_conserved=[{moiety!r}]",
        )


def check_flows(network: Network) -> None:
    """Raise an `InputError` if a compartment's flows in and out differ.

    They must balance at the parameters' defaults and at others, as a population has them: derive
    one flow from the others by a rule.
    """
    if not network.flows:
        return
    places, roots = _totals(network)
    for varied in (False, True):
        found = evaluate(roots, _values(network, varied))
        for i, place in enumerate(places):
            _check_place(network, place, float(found[2 * i]), float(found[2 * i + 1]), varied)


def _totals(network: Network) -> tuple[list[str], list[Expression]]:
    """Return the compartments that flows touch, and the flow in and out of each."""
    from theratwin.dynamics.networks.flatten import rule_values

    inflow: dict[str, Expression] = {}
    outflow: dict[str, Expression] = {}
    for flow in network.flows:
        for end, side in ((flow.source, outflow), (flow.target, inflow)):
            if end is not None:
                side[end] = side.get(end, ZERO) + flow.value
    places = list(dict.fromkeys([*inflow, *outflow]))
    flat = Substitution(rule_values(network, {}))
    sides = (side.get(place, ZERO) for place in places for side in (inflow, outflow))
    return places, [flat(side) for side in sides]


def _values(network: Network, varied: bool) -> dict[str, float]:
    """Return a value for every symbol: the defaults, or those of some other patient."""
    spread = np.random.default_rng(zlib.crc32(network.name.encode()))
    values = {name: spread.uniform(0.5, 2.0) for name in network.symbols}
    factors = {name: value if varied else 1.0 for name, value in values.items()}
    values.update({p.name: p.value * factors[p.name] for p in network.parameters})
    values.update({s.name: s.value for s in network.switches})
    return values


def _check_place(network: Network, place: str, into: float, out: float, varied: bool) -> None:
    if abs(into - out) <= _BALANCED * max(abs(into), abs(out)):
        return
    remedy = "Derive one flow from the others by a rule" if varied else None
    when = "when parameters vary, " if varied else ""
    raise InputError(
        f"{when}{into:.6g} mL/h flow in and {out:.6g} mL/h flow out",
        field=f"network {network.name}, compartment {place}",
        remedy=remedy,
    )
