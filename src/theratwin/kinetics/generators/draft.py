"""A generator's network while it is written: the parts of the carrier's, and those of the chain."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from theratwin.core.distribution import Fixed
from theratwin.core.parameter import Parameter
from theratwin.dynamics import Expression
from theratwin.dynamics.expressions.expression import Binding, substitute, symbol
from theratwin.dynamics.networks.parts import Compartment, Reaction, Rule, Species
from theratwin.kinetics.body.decay import MBQ_HOURS_PER_NMOL
from theratwin.kinetics.generators.carrier import Carrier
from theratwin.kinetics.generators.followed_chain import FollowedChain, Passage
from theratwin.kinetics.generators.routes import FREE, Routes, reached
from theratwin.kinetics.generators.values import plain

#: The moiety that all members of the chain, and what they end as, are made of.
CHAIN = "chain_atom"
STABLE = "stable_end"
#: Atoms (nmol) of the chain that events have taken, whatever they have become since.
REMOVED = "removed_atoms"


@dataclass
class GeneratorDraft:
    """What is written of the chain: species, reactions, rules.

    `kept` and `free` are the amounts (nmol): of members on the carrier by place and member, the
    parent's hot species among them; of free members by node and member.
    """

    chain: FollowedChain
    carrier: Carrier
    routes: Routes
    compartments: list[Compartment] = field(default_factory=list)
    species: list[Species] = field(default_factory=list)
    reactions: list[Reaction] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    parameters: list[Parameter] = field(default_factory=list)
    kept: dict[tuple[str, str], Expression] = field(default_factory=dict)
    free: dict[tuple[str, str], Expression] = field(default_factory=dict)

    def write(self) -> None:
        """Write the whole chain."""
        for name in self.chain.chain.names:
            self._constant(name)
        self._add_species()
        for (place, member), amount in self.kept.items():
            self._decay_of_kept(place, member, amount)
        for (node, member), amount in self.free.items():
            self._decay_of_free(node, member, amount)
        self._move_kept()
        self._move_free()
        self._dissociate()

    def decay_constant(self, member: str) -> Expression:
        """Return the symbol of a member's decay constant (1/h)."""
        return symbol(f"{plain(member)}.decay_constant", Binding.STATE)

    def _constant(self, name: str) -> None:
        half_life = self.chain.member(name).half_life
        key = f"{plain(name)}.half_life"
        self.parameters.append(Parameter(key, "h", Fixed(half_life), "icrp_107", where=name))
        law = math.log(2.0) / symbol(key)
        self.rules.append(Rule(f"{plain(name)}.decay_constant", "1/h", law))

    def _add_species(self) -> None:
        carrier, parent = self.carrier, self.chain.parent
        for place in carrier.hot:
            self.kept[place, parent] = carrier.amount(place)
        for member in self.routes.carried()[1:]:
            for place, hot in carrier.hot.items():
                lost = carrier.decays[place].not_conserved
                made_of = {m: n for m, n in hot.contains.items() if m not in lost}
                name = f"{hot.name}.{plain(member)}"
                made = self._new(name, hot.compartment, member, {**made_of, CHAIN: 1})
                self.kept[place, member] = made
        for member, nodes in reached(self.routes).items():
            for node in nodes:
                self.free[node, member] = self._add_free(node, member)
        self.compartments.append(Compartment(STABLE))
        self._new(STABLE, STABLE, parent, {CHAIN: 1})
        if self.carrier.loses_label:
            self.compartments.append(Compartment(REMOVED))
            self._new(REMOVED, REMOVED, parent, {CHAIN: 1})

    def _add_free(self, node: str, member: str) -> Expression:
        if node.startswith(f"{FREE}."):
            if all(c.name != node for c in self.compartments):
                self.compartments.append(Compartment(node))
            return self._new(f"{node}.{plain(member)}", node, member, {CHAIN: 1})
        place = self.carrier.hot[node].compartment
        return self._new(f"{node}.{FREE}.{plain(member)}", place, member, {CHAIN: 1})

    def _new(self, name: str, place: str, member: str, made_of: dict[str, int]) -> Expression:
        part = Species(name, place, tolerance_scale=self.scale(member), contains=made_of)
        self.species.append(part)
        return symbol(name, Binding.STATE)

    def scale(self, member: str) -> float:
        """Return the amount (nmol) of 1 MBq, so that tolerances are of activities."""
        return 1.0 / (MBQ_HOURS_PER_NMOL * self.chain.member(member).decay_constant)

    def react(
        self, name: str, taken: Any, given: Any, rate: Expression, lost: Iterable[str] = ()
    ) -> None:
        """Add a reaction that takes and gives one of each species."""
        before, after = ({str(s.value): 1.0 for s in side} for side in (taken, given))
        self.reactions.append(Reaction(name, before, after, rate, tuple(lost)))

    def _decay_of_kept(self, place: str, member: str, amount: Expression) -> None:
        own = self.carrier.decays[place]
        is_parent = member == self.chain.parent
        rate = own.rate if is_parent else self.decay_constant(member) * amount
        start = f"decay.{amount.value}"
        for i, passage in enumerate(self.chain.passages[member]):
            kept = self.routes.kept(passage) if passage.daughter else 0.0
            if kept != 0.0:
                there = [self.kept[place, str(passage.daughter)]]
                part = rate * passage.fraction * kept
                self.react(f"{start}.kept_{i + 1}", [amount], there, part, self._lost(place))
            if kept != 1.0:
                there = [*self._bare(place), self._born(self.routes.node(place), passage)]
                part = rate * passage.fraction * (1.0 - kept)
                self.react(f"{start}.freed_{i + 1}", [amount], there, part, self._lost(place))

    def _decay_of_free(self, node: str, member: str, amount: Expression) -> None:
        for i, passage in enumerate(self.chain.passages[member]):
            rate = self.decay_constant(member) * amount * passage.fraction
            self.react(f"decay.{amount.value}.{i + 1}", [amount], [self._born(node, passage)], rate)

    def _born(self, node: str, passage: Passage) -> Expression:
        if passage.daughter is None:
            return symbol(STABLE, Binding.STATE)
        return self.free[node, passage.daughter]

    def _bare(self, place: str) -> list[Expression]:
        """Return what is left of the carrier where its label is gone."""
        names = self.carrier.decays[place].products
        return [self.carrier.network.symbols[name] for name in names]

    def _lost(self, place: str) -> tuple[str, ...]:
        """Return the moieties that go with the label, the ligand's too if it is not followed."""
        decay = self.carrier.decays[place]
        made_of = self.carrier.hot[place].contains
        return decay.not_conserved if decay.products else (*decay.not_conserved, *made_of)

    def _move_kept(self) -> None:
        carrier = self.carrier
        places = {s.name: place for place, s in carrier.hot.items()}
        for member in self.routes.carried()[1:]:
            swaps = {name: self.kept[place, member] for name, place in places.items()}
            names = {name: str(s.value) for name, s in swaps.items()}
            for r in carrier.transports:
                before, after = (
                    {names.get(n, n): k for n, k in side.items()}
                    for side in (r.reactants, r.products)
                )
                name, rate = f"{r.name}.{plain(member)}", carrier.moved(r, swaps)
                part = Reaction(name, before, after, rate, r.not_conserved)
                self.reactions.append(part)

    def _move_free(self) -> None:
        for (node, member), amount in self.free.items():
            for link in self.routes.links(member, node):
                there = self.free[link.target, member]
                self.react(
                    f"move.{amount.value}.{link.target}", [amount], [there], link.rate(amount)
                )

    def _dissociate(self) -> None:
        constant = self.routes.parameter("dissociation")
        if constant == 0.0:
            return
        parent = self.chain.parent
        for place in self.carrier.hot:
            amount = self.kept[place, parent]
            there = [*self._bare(place), self.free[self.routes.node(place), parent]]
            name = f"dissociation.{amount.value}"
            self.react(name, [amount], there, constant * amount, self._lost(place))

    def hot_species(self) -> dict[str, Species]:
        """Return the carrier's hot species as part of the chain, with tolerances of activities."""
        return {
            s.name: replace(
                s,
                contains={**s.contains, CHAIN: 1},
                tolerance_scale=self.scale(self.chain.parent),
            )
            for s in self.carrier.hot.values()
        }

    def shared(self, law: Expression) -> Expression:
        """Return a rule of the carrier in which daughters on the ligand count as the parent does.

        They occupy receptors and carriers as it does.
        """
        swaps = {}
        for place in self.carrier.hot:
            total = self.carrier.amount(place)
            for member in self.routes.carried()[1:]:
                total = total + self.kept[place, member]
            swaps[self.carrier.amount(place)] = total
        return substitute(law, swaps)
