"""What of a network carries the label: its hot species, their decay, their transport."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.dynamics import Expression, Network, evaluate
from theratwin.dynamics.expressions.expression import (
    Substitution,
    differentiate,
    substitute,
    symbols,
)
from theratwin.dynamics.networks.flatten import rule_values
from theratwin.dynamics.networks.parts import Reaction, Species
from theratwin.kinetics.generators.site import Site, checked_sites

_DECAY = "decay."
# Half-lives are one data set's, but may have gone through text.
_SAME = 1e-9


@dataclass(frozen=True)
class Carrier:
    """A network that follows one label.

    Parameters
    ----------
    network
        The network.
    label
        The last part of the names of its hot species.
    hot
        Place to the hot species there.
    decays
        Place to the reaction by which it decays there.
    sites
        Place to what it is.
    """

    network: Network
    label: str
    hot: Mapping[str, Species]
    decays: Mapping[str, Reaction]
    sites: Mapping[str, Site]

    def amount(self, place: str) -> Expression:
        """Return the symbol of the hot amount in a place."""
        return self.network.symbols[self.hot[place].name]

    @property
    def transports(self) -> tuple[Reaction, ...]:
        """The reactions that move the label, decay left out."""
        names, decays = self._names, {r.name for r in self.decays.values()}
        return tuple(
            r
            for r in self.network.reactions
            if r.name not in decays and names.intersection(r.reactants)
        )

    def moved(self, reaction: Reaction, swaps: Mapping[str, Expression]) -> Expression:
        """Return a transport's rate for another species in the place of the hot one.

        Raises
        ------
        UnsupportedError
            If the rate is not proportional to the hot amount.
        """
        taken = self._names.intersection(reaction.reactants)
        for name in taken:
            self._check_proportional(reaction, name)
        known = {self.network.symbols[n]: swaps[n] for n in self._names if n in swaps}
        return substitute(reaction.rate, known)

    @property
    def medium(self) -> bool:
        """Whether the label is in a dish: in the medium around cells, not in blood."""
        return any(site.kind == "medium" for site in self.sites.values())

    @property
    def loses_label(self) -> bool:
        """Whether an event changes the labeled amount."""
        return any(self._names.intersection(event.assignments) for event in self.network.events)

    @property
    def _names(self) -> frozenset[str]:
        return frozenset(s.name for s in self.hot.values())

    def _check_proportional(self, reaction: Reaction, name: str) -> None:
        amount = self.network.symbols[name]
        slope = differentiate(reaction.rate, amount)
        others = self._names.intersection(symbols(reaction.rate)) - {name}
        if name in symbols(slope) or others or reaction.reactants[name] != 1:
            raise UnsupportedError(
                "the rate is not proportional to the labeled amount, so that daughters on the "
                "ligand cannot share it",
                field=f"network {self.network.name}, reaction {reaction.name}",
                remedy="Put what the labels compete for into a rule",
            )


def find_carrier(
    network: Network, label: str, sites: Mapping[str, Site], half_life: float
) -> Carrier:
    """Return the label's species and decays in a network.

    Hot species are called ``PLACE.LABEL``; reactions called ``decay...`` of one hot species each
    are its decay.

    Raises
    ------
    InputError
        If there are none, a decay is missing, the sites are not those of the places, or the
        network's half-life is another nuclide's.
    """
    end = f".{label}"
    hot = {s.name.removesuffix(end): s for s in network.species if s.name.endswith(end)}
    if not hot:
        raise InputError(
            "the network has no such species", field="label", value=label, remedy="PLACE.LABEL"
        )
    decays = {place: _decay(network, s.name) for place, s in hot.items()}
    _check_half_life(network, hot, decays, half_life)
    return Carrier(network, label, hot, decays, checked_sites(sites, {p: p for p in hot}))


def _decay(network: Network, name: str) -> Reaction:
    found = [
        r
        for r in network.reactions
        if r.name.startswith(_DECAY) and name in r.reactants and len(r.reactants) == 1
    ]
    if len(found) != 1:
        raise InputError(
            f"{len(found)} reactions are its decay",
            field=f"network {network.name}, species {name}",
            remedy="One reaction whose name begins with decay. has to take it",
        )
    return found[0]


def _check_half_life(
    network: Network, hot: Mapping[str, Species], decays: Mapping[str, Reaction], half_life: float
) -> None:
    """Check the decay in every place, by the parameters that the network has."""
    flat = Substitution(rule_values(network, {}))
    rates = [flat(differentiate(decays[p].rate, network.symbols[s.name])) for p, s in hot.items()]
    constants = evaluate(rates, {p.name: p.value for p in network.parameters})
    for place, constant in zip(hot, constants, strict=True):
        if abs(float(constant) * half_life / math.log(2.0) - 1.0) > _SAME:
            own = math.log(2.0) / float(constant) if constant > 0 else math.inf
            raise InputError(
                f"the network's label has a half-life of {own:g} h, the nuclide one of"
                f" {half_life:g} h",
                field="nuclide",
                value=f"decay in {place}",
                remedy="Build the network with this nuclide",
            )
