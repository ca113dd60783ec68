"""What a picture of a network shows: boxes in groups, and arrows between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from theratwin.dynamics.expressions.expression import Expression, is_constant, substitute, symbols
from theratwin.dynamics.expressions.text import to_text
from theratwin.dynamics.networks.flatten import rule_values

if TYPE_CHECKING:
    from theratwin.dynamics.networks.network import Network
    from theratwin.dynamics.networks.parts import Reaction

Kind = Literal["compartment", "variable", "input", "output"]


@dataclass
class Box:
    """A compartment with its species, a variable or a port; later its place."""

    name: str
    label: str
    kind: Kind = "compartment"
    species: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    #: Species to species within the box, and whether it goes back as well; with what it tells.
    conversions: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    #: Reactions with the outside.
    sources: list[str] = field(default_factory=list)
    sinks: list[str] = field(default_factory=list)
    holds_dose: bool = False
    x: float = 0.0
    y: float = 0.0
    width: float = 0.0
    height: float = 0.0


@dataclass
class Group:
    """Boxes drawn side by side in one frame: the compartments of one organ."""

    name: str
    boxes: list[Box]
    layer: int = 0
    x: float = 0.0
    y: float = 0.0
    width: float = 0.0
    height: float = 0.0


@dataclass
class Arrow:
    """From a box to another, both ways or not; dashed if a law only depends on it."""

    source: str
    target: str
    titles: list[str] = field(default_factory=list)
    both: bool = False
    dashed: bool = False


def boxes_of(network: Network) -> dict[str, Box]:
    """Return the boxes by name, with their species and the reactions inside."""
    boxes = {c.name: Box(c.name, _last(c.name)) for c in network.compartments}
    for species in network.species:
        box = boxes[species.compartment]
        box.species.append(species.name)
        box.labels.append(species.name.removeprefix(f"{box.name}."))
        box.holds_dose |= not is_constant(species.initial, 0.0)
    for kind, parts in (("variable", network.variables), ("input", network.inputs)):
        for part in parts:
            boxes[part.name] = Box(part.name, part.name, kind)  # type: ignore[arg-type]
    for port in network.outputs:
        if port.value is not network.symbols.get(port.name):  # which is a box already
            boxes[f"output {port.name}"] = Box(f"output {port.name}", port.name, "output")
    for reaction in network.reactions:
        _add_reaction_inside(network, boxes, reaction)
    return {name: box for name, box in boxes.items() if box.species or box.kind != "compartment"}


def _add_reaction_inside(network: Network, boxes: dict[str, Box], reaction: Reaction) -> None:
    places = {species.name: species.compartment for species in network.species}
    title = f"{reaction.name}: {to_text(reaction.rate)}"
    if not reaction.products:
        for place in {places[name] for name in reaction.reactants}:
            boxes[place].sinks.append(title)
    if not reaction.reactants:
        for place in {places[name] for name in reaction.products}:
            boxes[place].sources.append(title)
    for taken in reaction.reactants:
        for given in reaction.products:
            if places[taken] == places[given] and taken != given:
                found = boxes[places[taken]].conversions
                found.setdefault((taken, given), []).append(title)


def groups_of(boxes: Iterable[Box]) -> list[Group]:
    """Return the boxes in groups: compartments whose paths differ in the last part alone."""
    groups: dict[str, Group] = {}
    for box in boxes:
        path = box.name.rpartition(".")[0]
        key = path if path and box.kind == "compartment" else box.name
        groups.setdefault(key, Group(key, [])).boxes.append(box)
    for group in groups.values():
        if len(group.boxes) == 1:
            (box,) = group.boxes
            box.label = box.label if box.kind != "compartment" else box.name
    return list(groups.values())


def arrows_of(network: Network, boxes: dict[str, Box]) -> list[Arrow]:
    """Return the arrows between boxes, one for each pair and kind."""
    found: dict[tuple[str, str, bool], Arrow] = {}
    for source, target, title, dashed in (*_moves(network), *_influences(network)):
        if source == target or source not in boxes or target not in boxes:
            continue
        back = found.get((target, source, dashed))
        if back is not None:
            back.both = True
            back.titles.append(title)
            continue
        arrow = found.setdefault((source, target, dashed), Arrow(source, target, dashed=dashed))
        arrow.titles.append(title)
    return list(found.values())


def _moves(network: Network) -> Iterator[tuple[str, str, str, bool]]:
    places = {species.name: species.compartment for species in network.species}
    for reaction in network.reactions:
        title = f"{reaction.name}: {to_text(reaction.rate)}"
        for taken in reaction.reactants:
            for given in reaction.products:
                if taken not in reaction.products and given not in reaction.reactants:
                    yield places[taken], places[given], title, False


def _influences(network: Network) -> Iterator[tuple[str, str, str, bool]]:
    """Yield what laws depend on without taking it: variables, inputs, species elsewhere."""
    rules = rule_values(network, {})
    homes = {species.name: species.compartment for species in network.species}
    homes |= {part.name: part.name for part in (*network.variables, *network.inputs)}

    def used(law: Expression) -> list[str]:
        return [homes[name] for name in symbols(substitute(law, rules)) if name in homes]

    for place in network.compartments:
        for home in used(place.volume) if place.volume is not None else ():
            yield home, place.name, f"{place.name} has this volume", True
    for variable in network.variables:
        for home in used(variable.rate):
            yield home, variable.name, f"{variable.name}: {to_text(variable.rate)}", True
    for port in network.outputs:
        for home in used(port.value):
            yield home, f"output {port.name}", f"{port.name} = {to_text(port.value)}", True
    for reaction in network.reactions:
        ends = [homes[name] for name in (*reaction.products, *reaction.reactants)]
        for home in used(reaction.rate):
            if home not in ends:
                yield home, ends[0], f"{reaction.name}: {to_text(reaction.rate)}", True


def _last(name: str) -> str:
    return name.rpartition(".")[2]
