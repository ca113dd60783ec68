"""A target that a ligand binds, as it stands in a network: three species and their reactions."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.dynamics import Expression, Network, evaluate
from theratwin.dynamics.expressions.expression import Substitution, differentiate, symbols
from theratwin.dynamics.networks.flatten import rule_values
from theratwin.dynamics.networks.parts import Reaction


@dataclass(frozen=True)
class Target:
    """Names of the species that bind.

    Parameters
    ----------
    ligand, receptor, complex
        Free ligand, free receptor, and the two bound, each one of the network's species.
    """

    ligand: str
    receptor: str
    complex: str

    @property
    def names(self) -> tuple[str, str, str]:
        """The three names."""
        return self.ligand, self.receptor, self.complex


@dataclass(frozen=True, eq=False)
class Bound:
    """A target found in a network.

    Parameters
    ----------
    target
        The names.
    binding
        The reactions by which complex comes and goes back, which a reduction takes out.
    losses
        The other reactions that take complex away.
    association
        Rate constant (1/(nmol h)) of binding, in amounts.
    dissociation, loss
        Rate constants (1/h) of unbinding, and of all losses.
    """

    target: Target
    binding: tuple[str, str]
    losses: tuple[str, ...]
    association: Expression
    dissociation: Expression
    loss: Expression | None


def find_target(network: Network, target: Target) -> Bound:
    """Return the binding of a target with its rate constants, read from the laws.

    Raises
    ------
    InputError
        If a species is unknown, or there is no reaction of binding or unbinding.
    UnsupportedError
        If a law is not of mass action, or an event or a further reaction sets one of the three.
    """
    known = {species.name for species in network.species}
    for name in target.names:
        if name not in known:
            raise InputError(
                "unknown species",
                field=f"network {network.name}, target",
                value=name,
                allowed=sorted(known),
            )
    pair, held = {target.ligand: 1.0, target.receptor: 1.0}, {target.complex: 1.0}
    binding = _one(network, pair, held, "binding")
    unbinding = _one(network, held, pair, "unbinding")
    losses = tuple(
        each
        for each in network.reactions
        if each.name != unbinding.name and target.complex in each.reactants
    )
    _check(network, target, (binding.name, unbinding.name), losses)
    ligand, receptor, held_amount = (network.amount(name) for name in target.names)
    laws = Laws.of(network)
    on = laws.constant(binding, ligand, receptor)
    off, *held_by = (laws.constant(each, held_amount) for each in (unbinding, *losses))
    loss = None
    for each in held_by:
        loss = each if loss is None else loss + each
    names = (binding.name, unbinding.name)
    return Bound(target, names, tuple(each.name for each in losses), on, off, loss)


def _one(
    network: Network, reactants: Mapping[str, float], products: Mapping[str, float], what: str
) -> Reaction:
    found = [
        each
        for each in network.reactions
        if dict(each.reactants) == dict(reactants) and dict(each.products) == dict(products)
    ]
    if len(found) != 1:
        raise InputError(
            f"there are {len(found)} reactions of {what}, where one is needed",
            field=f"network {network.name}",
            value=f"{' + '.join(reactants)} -> {' + '.join(products)}",
        )
    return found[0]


def _check(
    network: Network, target: Target, binding: tuple[str, str], losses: tuple[Reaction, ...]
) -> None:
    field = f"network {network.name}"
    for event in network.events:
        if set(event.assignments) & set(target.names):
            raise UnsupportedError("an event sets what binds", field=field, value=event.name)
    for each in network.reactions:
        if each.name not in binding and target.complex in each.products:
            raise UnsupportedError("complex comes from elsewhere", field=field, value=each.name)
    for each in losses:
        if dict(each.reactants) != {target.complex: 1.0}:
            raise UnsupportedError("complex is lost with others", field=field, value=each.name)


@dataclass(frozen=True, eq=False)
class Laws:
    """The laws of a network without its rules, and values to test them with."""

    network: Network
    flat: Substitution
    values: Mapping[str, float]

    @classmethod
    def of(cls, network: Network) -> Laws:
        """Read a network."""
        spread = np.random.default_rng(zlib.crc32(network.name.encode()))
        values = {name: spread.uniform(0.5, 2.0) for name in network.symbols}
        return cls(network, Substitution(rule_values(network, {})), values)

    def constant(self, reaction: Reaction, *amounts: Expression) -> Expression:
        """Return the rate constant of a reaction: its law is that times the amounts.

        Raises
        ------
        UnsupportedError
            If it is not.
        """
        law = factor = self.flat(reaction.rate)
        for amount in amounts:
            factor = differentiate(factor, amount)
        again = factor
        for amount in amounts:
            again = again * amount
        found, expected = evaluate([again, law], self.values)
        mixed = any(str(amount.value) in symbols(factor) for amount in amounts)
        if mixed or not math.isclose(found, expected, rel_tol=1e-9):
            raise UnsupportedError(
                "a law of what binds is not of mass action",
                field=f"network {self.network.name}",
                value=f"{reaction.name}: {reaction.rate!r}",
                remedy="Write binding as k L R, unbinding and losses as k times the complex",
            )
        return factor


def sides(
    reaction: Reaction, change: Callable[[Mapping[str, float]], dict[str, float]]
) -> tuple[dict[str, float], dict[str, float]]:
    """Return a reaction's sides with species replaced."""
    return change(reaction.reactants), change(reaction.products)
