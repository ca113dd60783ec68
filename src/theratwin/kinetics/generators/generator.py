r"""In-vivo generators: a network of one label becomes one of a whole chain.

Of member :math:`i` on the carrier (:math:`n_i^c`, which moves as the labeled ligand does) and free
(:math:`n_i^f`, which moves as the element does), with :math:`b_{ij}` and released fractions
:math:`f_{ij}`,

.. math::

    \dot n_i^c = K n_i^c - \lambda_i n_i^c + \sum_j b_{ij} (1 - f_{ij}) \lambda_j n_j^c, \qquad
    \dot n_i^f = L_i n_i^f - \lambda_i n_i^f
        + \sum_j b_{ij} \lambda_j (n_j^f + f_{ij}\,n_j^c).

An atom freed in blood circulates; freed at a surface it is washed out to blood; freed in a cell it
stays. In blood it takes the ways of its element (:math:`L_i`), and its daughters those of theirs.
In a dish the medium takes the place of blood; there free atoms stay until it is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from theratwin.core import ParameterSet
from theratwin.core.distribution import Fixed
from theratwin.core.errors import InputError
from theratwin.core.parameter import Parameter
from theratwin.dynamics import Network
from theratwin.kinetics.body.decay import MBQ_HOURS_PER_NMOL
from theratwin.kinetics.generators.carrier import find_carrier
from theratwin.kinetics.generators.draft import GeneratorDraft
from theratwin.kinetics.generators.followed_chain import FollowedChain, followed_chain
from theratwin.kinetics.generators.observed import (
    FACTOR,
    Sums,
    amounts_by_region,
    observables,
    quadratures,
)
from theratwin.kinetics.generators.routes import Routes
from theratwin.kinetics.generators.site import Site
from theratwin.kinetics.generators.values import (
    free_elements,
    generator_values,
    plain,
    symbol_of,
)
from theratwin.kinetics.generators.washes import chain_events


@dataclass(frozen=True, eq=False)
class Generator:
    """A network that follows a chain.

    Parameters
    ----------
    network
        The network. Observables ``activity.REGION.MEMBER`` (MBq), such as
        ``activity.kidneys.Bi213``; quadratures ``time_integrated_activity.REGION.MEMBER`` (MBq h).
    chain
        The chain, members in equilibrium among it.
    states
        Region and member to the states that make its activity; none of members in equilibrium.
    """

    network: Network
    chain: FollowedChain
    states: Mapping[tuple[str, str], tuple[str, ...]]

    def __repr__(self) -> str:
        members = ", ".join(self.chain.chain.names)
        return f"<Generator {self.network.name}: {members}; {len(self.regions)} regions>"

    @property
    def members(self) -> tuple[str, ...]:
        """The members of the chain, the parent first."""
        return self.chain.chain.names

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions in which any member is observed."""
        return tuple(dict.fromkeys(region for region, _ in self.states))

    def present(self, region: str, *, traveled: bool = False) -> tuple[str, ...]:
        """Return the members that are ever in a region, those in equilibrium too.

        With ``traveled``, those that are ever there as a free element that came with blood.
        """
        start, end = f"time_integrated_activity.{region}.", ".traveled" if traveled else ""
        return tuple(m for m in self.members if f"{start}{plain(m)}{end}" in self._integrals)

    @cached_property
    def _integrals(self) -> frozenset[str]:
        return frozenset(q.name for q in self.network.quadratures)

    def activity(self, region: str, member: str) -> str:
        """Return the observable of a member's activity in a region (MBq)."""
        return f"activity.{self._name(region, member)}"

    def time_integrated_activity(self, region: str, member: str, *, traveled: bool = False) -> str:
        """Return the quadrature of a member's time-integrated activity in a region (MBq h).

        With ``traveled``, of what came there as a free element with blood, or from it.
        """
        end = ".traveled" if traveled else ""
        return f"time_integrated_activity.{self._name(region, member)}{end}"

    def amount(self, activity: float) -> float:
        """Return the amount (nmol) of the parent that has an activity (MBq)."""
        return activity / (MBQ_HOURS_PER_NMOL * self.chain.member(self.members[0]).decay_constant)

    def _name(self, region: str, member: str) -> str:
        for field, value, known in (
            ("region", region, self.regions),
            ("member", member, self.present(region)),
        ):
            if value not in known:
                raise InputError("never there", field=field, value=value, allowed=known)
        return f"{region}.{plain(member)}"


def generator(
    network: Network,
    nuclide: str,
    sites: Mapping[str, Site],
    *,
    label: str = "hot",
    equilibrium: float = 0.0,
    elements: Mapping[str, ParameterSet] | None = None,
    stationary: Iterable[str] = (),
    given: Mapping[str, float | str] | None = None,
    regions: Iterable[str] | None = None,
) -> Generator:
    """Return a network that follows a chain, from one that follows its parent.

    Parameters
    ----------
    network
        The carrier: species ``PLACE.LABEL``, each with one reaction ``decay...``, whose product,
        if any, is the ligand without its label.
    nuclide
        The parent.
    sites
        Each place of the label, and what it is to a freed atom; see `body_sites`.
    label
        The last part of the names of the hot species.
    equilibrium
        Half-life (h) below which daughters are in equilibrium with what bears them (see
        `followed_chain`); 0 follows all.
    elements
        Element to the biokinetics of its free atoms (see `free_element`); without it, those that
        ship for elements of the chain. An element that has none stays in plasma, or where it was
        freed in tissue or born. Of no use with a medium.
    stationary
        Elements that blood does not wash out: ``("Fr", "At")`` is ICRP's rule for intakes.
    given
        Values that differ from the set ``kinetics/generators``: ``{"release.Bi212": 0.2,
        "dissociation": "0.01 1/d"}``. Released fractions and rates of exactly 0 or 1 settle
        what the network has; others are parameters of it.
    regions
        Regions to report; all without it.

    Raises
    ------
    InputError
        If a name, a site or a value is wrong, or a parent that leaves the ligand has no
        biokinetics.
    UnsupportedError
        If daughters stay on a ligand whose transport is not proportional to its amount, or an
        event does not leave a part of it (see `washes`).

    Examples
    --------
    >>> from theratwin.kinetics.generators import linear_carrier
    >>> carrier = linear_carrier("Ac-225", {"blood": Site("blood", "blood")}, {})
    >>> found = generator(carrier, "Ac-225", {"blood": Site("blood", "blood")}, elements={})
    >>> found
    <Generator carrier: Ac-225, Fr-221, At-217, Bi-213, Po-213, Tl-209, Pb-209; 1 regions>
    """
    chain = followed_chain(nuclide, equilibrium)
    half_life = chain.member(chain.parent).half_life
    carrier = find_carrier(network, label, sites, half_life)
    values = generator_values(chain, given or {})
    known = free_elements(chain, {} if carrier.medium and elements is None else elements)
    own = symbol_of(chain.parent)
    if carrier.medium and known:
        raise InputError("no element has biokinetics in a dish", field="elements")
    if values["dissociation"].value > 0 and own not in known and not carrier.medium:
        raise InputError(
            "the parent leaves the ligand, and its element has no biokinetics",
            field="given.dissociation",
            value=values["dissociation"].value,
            remedy=f"Give elements={{{own!r}: ...}}",
        )
    routes = Routes(chain, carrier, values, known, frozenset(stationary))
    draft = GeneratorDraft(chain, carrier, routes)
    draft.write()
    return _assembled(draft, None if regions is None else tuple(regions))


def _assembled(draft: GeneratorDraft, wanted: tuple[str, ...] | None) -> Generator:
    own, hot = draft.carrier.network, draft.hot_species()
    decays = {r.name for r in draft.carrier.decays.values()}
    parameters = [*own.parameters, *draft.parameters]
    parameters += [replace(p, name=name) for name, p in draft.routes.used.items()]
    if all(p.name != FACTOR for p in parameters):
        factor = Fixed(MBQ_HOURS_PER_NMOL)
        parameters.append(
            Parameter(FACTOR, "MBq h/nmol", factor, "si_2019", where="Avogadro constant")
        )
    states, traveled = amounts_by_region(draft, wanted)
    network = replace(
        own,
        parameters=tuple(parameters),
        compartments=(*own.compartments, *draft.compartments),
        species=(*(hot.get(s.name, s) for s in own.species), *draft.species),
        reactions=(*(r for r in own.reactions if r.name not in decays), *draft.reactions),
        events=chain_events(draft),
        rules=(*(replace(r, value=draft.shared(r.value)) for r in own.rules), *draft.rules),
        observables=(*own.observables, *observables(draft, states)),
        quadratures=(*own.quadratures, *quadratures(draft, states, traveled)),
    )
    return Generator(network, draft.chain, _names(states))


def _names(group: Sums) -> dict[tuple[str, str], tuple[str, ...]]:
    return {key: tuple(str(a.value) for a in amounts) for key, amounts in group.items()}
