"""Names: each stands for one quantity, and every expression uses quantities that exist."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from theratwin.core.errors import InputError
from theratwin.dynamics.expressions.expression import Binding, Expression, symbol, symbols
from theratwin.dynamics.networks.parts import Compartment, Species

if TYPE_CHECKING:
    from theratwin.dynamics.networks.network import Network

_PATH = re.compile(r"[A-Za-z]\w*(\.\w+)*", re.ASCII)


def check_references(network: Network) -> None:
    """Raise an `InputError` that names the node if a name is wrong, double or unknown."""
    quantities: tuple[Any, ...] = (
        *network.parameters,
        *network.switches,
        *network.species,
        *network.variables,
        *network.rules,
        *network.inputs,
    )
    _check_names(network, "quantity", [quantity.name for quantity in quantities])
    for kind in ("compartments", "reactions", "flows", "outputs", "observables", "quadratures"):
        _check_names(network, kind, [part.name for part in getattr(network, kind)])
    _check_names(network, "events", [event.name for event in network.events])
    triggers = [(f"event {event.name}, trigger", event.trigger) for event in network.events]
    for node, law in [*((node, law) for node, law, _ in network.laws()), *triggers]:
        _check_symbols(network, node, law)
    _check_places(network)


def _check_names(network: Network, kind: str, names: list[str]) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise InputError(
                "the name stands twice", field=f"network {network.name}, {kind}", value=name
            )
        if not _PATH.fullmatch(name) or name == "time":
            raise InputError(
                "this is no name",
                field=f"network {network.name}, {kind}",
                value=name,
                allowed="letters, digits and underscores, with dots between the parts of a path; "
                "not time",
            )


def _check_symbols(network: Network, node: str, law: Expression) -> None:
    for name, found in symbols(law).items():
        if network.symbols.get(name) is not found:
            raise InputError(
                "the law uses a quantity that the network lacks"
                if name not in network.symbols
                else "the law uses a quantity of the same name from elsewhere",
                field=f"network {network.name}, {node}",
                value=name,
                allowed=sorted(network.symbols),
            )


def _check_places(network: Network) -> None:
    """Check that species, reactions, flows and events refer to what there is."""
    species = {s.name for s in network.species}
    places = set(network.volumes)
    for s in network.species:
        _require(network, f"species {s.name}", [s.compartment], places)
    for r in network.reactions:
        _require(network, f"reaction {r.name}", [*r.reactants, *r.products], species)
    for f in network.flows:
        ends = [end for end in (f.source, f.target) if end is not None]
        _require(network, f"flow {f.name}", ends, places)
    targets = {*species, *(v.name for v in network.variables), *(s.name for s in network.switches)}
    for e in network.events:
        _require(network, f"event {e.name}", e.assignments, targets)


def _require(network: Network, node: str, names: Iterable[str], allowed: set[str]) -> None:
    for name in names:
        if name not in allowed:
            raise InputError(
                "unknown name",
                field=f"network {network.name}, {node}",
                value=name,
                allowed=sorted(allowed),
            )


def place_of(
    species: Sequence[Species], compartments: Sequence[Compartment], name: str, field: str
) -> tuple[Expression, Expression]:
    """Return the amount of a species and the volume of its compartment.

    Raises
    ------
    InputError
        If there is no such species, or its compartment has no volume.
    """
    place = next((s.compartment for s in species if s.name == name), None)
    if place is None:
        known = sorted(s.name for s in species)
        raise InputError("unknown species", field=field, value=name, allowed=known)
    compartment = next((c for c in compartments if c.name == place), None)
    if compartment is None:
        known = sorted(c.name for c in compartments)
        raise InputError("unknown compartment", field=field, value=place, allowed=known)
    if (volume := compartment.volume) is None:
        raise InputError(
            f"the compartment {place} has no volume, so {name} has no concentration",
            field=field,
            remedy="Give the compartment a volume, or write the law with amounts",
        )
    return symbol(name, Binding.STATE), volume
