"""Where free members of a chain come to: the nodes, and the ways between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from theratwin.core.parameter import Parameter
from theratwin.dynamics import Expression
from theratwin.dynamics.expressions.expression import symbol
from theratwin.kinetics.generators.carrier import Carrier
from theratwin.kinetics.generators.followed_chain import FollowedChain, Passage
from theratwin.kinetics.generators.free_element import (
    ELSEWHERE,
    EXCRETION,
    OUTSIDE,
    PLASMA,
    FreeElement,
    region_of,
)
from theratwin.kinetics.generators.values import release_of, symbol_of

FREE = "free"
_PLASMA, _MEDIUM = f"{FREE}.{PLASMA}", f"{FREE}.medium"


@dataclass(frozen=True)
class Link:
    """A way from a node to another; the rate (nmol/h) is a function of the amount there."""

    target: str
    rate: Callable[[Expression], Expression]


@dataclass
class Routes:
    """The ways of freed atoms through the carrier's places and their own compartments.

    A node is a place of the carrier, in which an atom is where it was freed, or ``free.`` with a
    compartment of the free elements.
    """

    chain: FollowedChain
    carrier: Carrier
    values: Mapping[str, Parameter]
    elements: Mapping[str, FreeElement]
    stationary: frozenset[str]
    #: Parameters that the ways use, by the network's name.
    used: dict[str, Parameter] = field(default_factory=dict)

    def node(self, place: str) -> str:
        """Return the node in which an atom is that was freed in a place."""
        return self._around if self.carrier.sites[place].kind in ("blood", "medium") else place

    @property
    def _around(self) -> str:
        """The node into which free atoms are washed out."""
        return _MEDIUM if self.carrier.medium else _PLASMA

    def region(self, node: str) -> str:
        """Return a node's region."""
        free, _, compartment = node.partition(".")
        return region_of(compartment) if free == FREE else self.carrier.sites[node].region

    def parameter(self, key: str, name: str = "") -> float | Expression:
        """Return a value: a number if it is exactly 0 or 1, which settles what there is."""
        return self.use(self.values[key], name or key)

    def use(self, parameter: Parameter, name: str) -> float | Expression:
        """Return a parameter as a symbol, noted as used, or as the number 0 or 1."""
        if parameter.unit == "" and parameter.value in (0.0, 1.0):
            return parameter.value
        if parameter.value == 0.0:
            return 0.0
        self.used[name] = parameter
        return symbol(name)

    def kept(self, passage: Passage) -> float | Expression:
        """Return the share of a passage's atoms that no step frees from the carrier."""
        share: float | Expression = 1.0
        for step in passage.steps:
            found = release_of(self.chain, step, self.values)
            share = share * (1.0 - self.use(found, found.name))
        return share

    def carried(self) -> tuple[str, ...]:
        """Return the members that are ever on the carrier, the parent first."""
        found = [self.chain.parent]
        for member in self.chain.followed:
            for passage in self.chain.passages[member] if member in found else ():
                new = passage.daughter is not None and passage.daughter not in found
                if new and not _none(self.kept(passage)):
                    found.append(str(passage.daughter))
        return tuple(found)

    def links(self, member: str, node: str) -> list[Link]:
        """Return the ways on of a free member from a node."""
        element = symbol_of(member)
        free, _, compartment = node.partition(".")
        if free != FREE:
            return self._from_place(element, node)
        found = [
            self._link(f"{FREE}.{b}", self.values[f"{a}.{b}"], f"{FREE}.{a}.{b}")
            for a, b in EXCRETION
            if a == compartment
        ]
        model = self.elements.get(element)
        if model is None or compartment in OUTSIDE:
            return found
        own = f"{FREE}.{element}"
        if compartment not in model.compartments and compartment != PLASMA:
            return self._from_elsewhere(model, compartment)
        return [
            self._link(f"{FREE}.{b}", rate, f"{own}.{a}.{b}")
            for (a, b), rate in model.transfers.items()
            if a == compartment and rate.value > 0
        ]

    def _from_elsewhere(self, model: FreeElement, compartment: str) -> list[Link]:
        """Return the way on from a compartment of another element's model."""
        if model.elsewhere is None:
            return []
        shared = f"{ELSEWHERE}.{region_of(compartment)}"
        if shared in self.values:
            return [self._link(_PLASMA, self.values[shared], f"{FREE}.{shared}")]
        return [self._link(_PLASMA, model.elsewhere, f"{FREE}.{model.symbol}.{ELSEWHERE}")]

    def _link(self, target: str, rate: Parameter, name: str) -> Link:
        constant = self.use(rate, name)
        return Link(target, lambda amount: constant * amount)

    def _from_place(self, element: str, place: str) -> list[Link]:
        kind = self.carrier.sites[place].kind
        if kind == "outside":
            return self._with_contents(place)
        in_dish = kind == "surface" and self.carrier.medium
        washout = self.values["washout.dish" if in_dish else f"washout.{kind}"]
        if washout.value == 0 or element in self.stationary:
            return []
        return [self._link(self._around, washout, washout.name)]

    def _with_contents(self, place: str) -> list[Link]:
        """Return the ways of what left the circulation: on with the carrier, as urine goes."""
        carrier = self.carrier
        own = carrier.hot[place].name
        places = {s.name: p for p, s in carrier.hot.items() if carrier.sites[p].kind == "outside"}
        return [
            Link(places[name], lambda amount, r=r: carrier.moved(r, {own: amount}))
            for r in carrier.transports
            if own in r.reactants
            for name in r.products
            if name in places
        ]


def reached(routes: Routes) -> dict[str, list[str]]:
    """Return the nodes at which each followed member is ever free."""
    found: dict[str, list[str]] = {}
    carried = routes.carried()
    freed = list(dict.fromkeys(routes.node(place) for place in routes.carrier.hot))
    for member in routes.chain.followed:
        nodes: dict[str, None] = {}
        if member == routes.chain.parent and not _none(routes.parameter("dissociation")):
            nodes.update(dict.fromkeys(freed))
        for parent, passages in routes.chain.passages.items():
            born = [p for p in passages if p.daughter == member]
            if born:
                nodes.update(dict.fromkeys(found.get(parent, ())))
            if parent in carried and any(not _all(routes.kept(p)) for p in born):
                nodes.update(dict.fromkeys(freed))
        found[member] = _closed(nodes, lambda node, m=member: routes.links(m, node))
    return found


def _closed(start: Iterable[str], links: Callable[[str], list[Link]]) -> list[str]:
    """Return the nodes and all that can be reached from them."""
    found, waiting = dict.fromkeys(start), list(start)
    while waiting:
        for link in links(waiting.pop()):
            if link.target not in found:
                found[link.target] = None
                waiting.append(link.target)
    return list(found)


def _none(share: float | Expression) -> bool:
    return isinstance(share, float) and share == 0.0


def _all(share: float | Expression) -> bool:
    return isinstance(share, float) and share == 1.0
