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
        The reactions by which complex comes and goes back, which a reduction takes out: two, or one
        with the law of both.
    losses
        The other reactions that take complex away.
    association
        Rate constant (1/(nmol h)) of binding, in amounts.
    dissociation, loss
        Rate constants (1/h) of unbinding, and of all losses.
    """

    target: Target
    binding: tuple[str, ...]
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
    _check_names(network, target)
    pair, held = {target.ligand: 1.0, target.receptor: 1.0}, {target.complex: 1.0}
    binding = _between(network, pair, held)
    unbinding = _between(network, held, pair)
    if len(binding) != 1 or len(unbinding) > 1:
        raise InputError(
            f"there are {len(binding)} reactions of binding and {len(unbinding)} of unbinding",
            field=f"network {network.name}",
            value=" + ".join(pair) + f" -> {target.complex}",
            allowed="one of each, or one with the law of both",
        )
    names = tuple(each.name for each in (*binding, *unbinding))
    losses = tuple(
        each
        for each in network.reactions
        if each.name not in names and target.complex in each.reactants
    )
    _check(network, target, names, losses)
    ligand, receptor, held_amount = (network.amount(name) for name in target.names)
    laws = Laws.of(network)
    if unbinding:
        on = laws.constant(binding[0], ligand, receptor)
        off = laws.constant(unbinding[0], held_amount)
    else:
        on, off = laws.reversible(binding[0], (ligand, receptor), held_amount)
    loss = None
    for each in losses:
        one = laws.constant(each, held_amount)
        loss = one if loss is None else loss + one
    return Bound(target, names, tuple(each.name for each in losses), on, off, loss)


def _check_names(network: Network, target: Target) -> None:
    known = {species.name for species in network.species}
    for name in target.names:
        if name in known:
            continue
        field = f"network {network.name}, target"
        if name in {rule.name for rule in network.rules}:
            raise UnsupportedError(
                "it is a rule, such as free receptors for which several ligands compete",
                field=field,
                value=name,
                remedy="Keep the full network; reductions are of one ligand and one receptor,"
                " each a species",
            )
        raise InputError("unknown species", field=field, value=name, allowed=sorted(known))


def _between(
    network: Network, reactants: Mapping[str, float], products: Mapping[str, float]
) -> list[Reaction]:
    return [
        each
        for each in network.reactions
        if dict(each.reactants) == dict(reactants) and dict(each.products) == dict(products)
    ]


def _check(
    network: Network, target: Target, binding: tuple[str, ...], losses: tuple[Reaction, ...]
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
        law = self.flat(reaction.rate)
        factor = _derivative(law, amounts)
        self._require(reaction, law, ((factor, amounts),))
        return factor

    def reversible(
        self, reaction: Reaction, pair: tuple[Expression, ...], held: Expression
    ) -> tuple[Expression, Expression]:
        """Return the rate constants of a law that is one times the pair less the other times held.

        Raises
        ------
        UnsupportedError
            If it is not.
        """
        law = self.flat(reaction.rate)
        on, back = _derivative(law, pair), differentiate(law, held)
        self._require(reaction, law, ((on, pair), (back, (held,))))
        return on, -back

    def _require(
        self,
        reaction: Reaction,
        law: Expression,
        terms: tuple[tuple[Expression, tuple[Expression, ...]], ...],
    ) -> None:
        """Check that a law is a sum of constants times amounts."""
        products, variable = [], False
        states = {str(amount.value) for _, amounts in terms for amount in amounts}
        for factor, amounts in terms:
            variable = variable or bool(states & set(symbols(factor)))
            for amount in amounts:
                factor = factor * amount
            products.append(factor)
        expected, *found = evaluate([law, *products], self.values)
        if variable or not math.isclose(sum(found), expected, rel_tol=1e-9):
            raise UnsupportedError(
                "a law of what binds is not of mass action",
                field=f"network {self.network.name}",
                value=f"{reaction.name}: {reaction.rate!r}",
                remedy="Write binding as k L R, unbinding and losses as k times the complex",
            )


def _derivative(law: Expression, amounts: tuple[Expression, ...]) -> Expression:
    """Return a law's derivative by all amounts, one after the other."""
    for amount in amounts:
        law = differentiate(law, amount)
    return law


def sides(
    reaction: Reaction, change: Callable[[Mapping[str, float]], dict[str, float]]
) -> tuple[dict[str, float], dict[str, float]]:
    """Return a reaction's sides with species replaced."""
    return change(reaction.reactants), change(reaction.products)
