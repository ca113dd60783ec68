"""Checks on a model that came as SBML: what is unusual in it, at its node, with its effect.

They look for the mistakes that whole-body models made by hand have had: a concentration over the
volume of another compartment, more flowing in than out, a way back that is missing, a label that
does not decay in one place, a total shared out twice, parameters that nothing uses. They warn;
what is unusual may be meant.
"""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from theratwin.dynamics.expressions.evaluate import evaluate
from theratwin.dynamics.expressions.expression import symbols
from theratwin.io.sbml.document import libsbml
from theratwin.io.sbml.parts import Math, names_in
from theratwin.io.sbml.transports import Transport, terms, transports

if TYPE_CHECKING:
    from theratwin.io.sbml.model import SbmlModel

#: Flows that differ by less are taken as balanced.
_BALANCED = 0.01
#: A loss that this part of the species of one name have, and at least so many, is expected of all.
_MOST, _LEAST = 0.8, 5


@dataclass(frozen=True)
class Finding:
    """Something unusual.

    Parameters
    ----------
    node
        Where: a path, such as ``KidneyIntera.Hot -> KidneyVas.Hot``.
    text
        What.
    effect
        What it does to the result, where that is known.
    """

    node: str
    text: str
    effect: str = ""


def check_sbml(model: SbmlModel) -> tuple[Finding, ...]:
    """Return what is wrong with the file, and what is unusual in the model.

    Raises
    ------
    InputError
        If a value is missing, or the model cannot be understood otherwise.
    UnsupportedError
        If anything in it has what is not supported, be it selected in a simulation or not.
    """
    for id_ in model.ids:
        model.expression(id_)
    model.bare_system()
    looked = _Look(model)
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        looked.foreign_volumes,
        looked.unbalanced_flows,
        looked.missing_ways_back,
        looked.diverging_ways,
        looked.missing_losses,
        looked.totals_shared_twice,
        looked.unused,
    )
    found = [Finding("file", text) for text in model.warnings]
    found += [finding for check in checks for finding in check()]
    found += looked.known_values()
    return tuple(_with_effect(finding, model.document.name) for finding in found)


class _Look:
    def __init__(self, model: SbmlModel) -> None:
        self.model, self.document = model, model.document
        self.carried = list(transports(self.document))

    def name(self, id_: str) -> str:
        """Return a path for an id."""
        document = self.document
        if id_ in document.species:
            species = document.species[id_]
            return f"{self.name(species.compartment)}.{species.name or id_}"
        part = document.quantities.get(id_) or document.reactions.get(id_)
        return (part.name if part is not None else "") or id_

    def way(self, way: Transport) -> str:
        """Return a transport as text."""
        target = self.name(way.target) if way.target else "outside"
        return f"{self.name(way.source)} -> {target}"

    def label(self, species: str) -> str:
        """Return the name of a species without its place."""
        return self.document.species[species].name or species

    def place(self, species: str) -> str:
        """Return the compartment of a species; "" of the outside."""
        return self.document.species[species].compartment if species else ""

    def foreign_volumes(self) -> Iterator[Finding]:
        """Yield transports of an amount over the volume of another compartment."""
        for way in self.carried:
            for volume in way.volumes:
                if volume != self.place(way.source):
                    yield Finding(
                        self.way(way),
                        f"{self.name(way.source)} is divided by the volume of "
                        f"{self.name(volume)} in reaction {self.name(way.reaction)}",
                    )

    def unbalanced_flows(self) -> Iterator[Finding]:
        """Yield compartments into which more flows than out, or less, of a species."""
        within: dict[str, float] = defaultdict(float)
        out: dict[str, float] = defaultdict(float)
        ways = {(way.reaction, way.source) for way in self.carried}
        for way in self.carried:
            # An exchange through a wall goes both ways in one law; it is no flow.
            exchanged = (way.reaction, way.target) in ways
            converted = way.target and self.label(way.target) != self.label(way.source)
            if exchanged or converted or not way.volumes:
                continue
            amount = self._number(way)
            out[way.source] += amount
            if way.target:
                within[way.target] += amount
        seen: set[str] = set()
        for species in within:
            place, larger = self.place(species), max(within[species], out[species])
            balanced = abs(within[species] - out[species]) <= _BALANCED * larger
            if place in seen or not out[species] or balanced:
                continue
            seen.add(place)
            yield Finding(
                self.name(place),
                f"of {self.label(species)}, {within[species]:.4g} of volume a time flows in and "
                f"{out[species]:.4g} out",
            )

    def _number(self, way: Transport) -> float:
        """Return the value at the start of a transport's coefficient."""
        equations = self.model.equations
        tree = libsbml().parseL3Formula(way.coefficient or "1")
        law = equations.at_start(tree)
        values = {name: equations.parameters[name] for name in symbols(law)}
        return float(evaluate([law], values)[0])

    def missing_ways_back(self) -> Iterator[Finding]:
        """Yield species that go one way only where others go both."""
        ways: dict[tuple[str, str], dict[str, Transport]] = defaultdict(dict)
        for way in self.carried:
            if way.volumes and way.target and self.label(way.target) == self.label(way.source):
                key = (self.place(way.source), self.place(way.target))
                ways[key].setdefault(self.label(way.source), way)
        for (source, target), there in ways.items():
            back = ways.get((target, source), {})
            for label, way in there.items():
                if back and label not in back:
                    yield Finding(
                        self.way(way),
                        f"has no way back, though {', '.join(sorted(back))} between the same "
                        "compartments do",
                    )

    def diverging_ways(self) -> Iterator[Finding]:
        """Yield species that one flow takes to another place than the rest."""
        ways: dict[tuple[str, str], list[Transport]] = defaultdict(list)
        for way in self.carried:
            if way.volumes and way.target and self.label(way.target) == self.label(way.source):
                ways[self.place(way.source), way.coefficient].append(way)
        for (source, coefficient), found in ways.items():
            targets = Counter(self.place(way.target) for way in found)
            usual, count = targets.most_common(1)[0]
            for way in found:
                other = self.place(way.target)
                # An artery feeds many organs by flows of their own; this is one flow.
                if other != usual and targets[other] < count and "*" not in coefficient:
                    yield Finding(
                        self.way(way),
                        f"the same flow takes other species from {self.name(source)} to "
                        f"{self.name(usual)}",
                    )

    def missing_losses(self) -> Iterator[Finding]:
        """Yield species that lack a loss, such as decay, which those of their name have."""
        by_label: dict[str, list[str]] = defaultdict(list)
        for species in self.model.equations.by_reaction:
            by_label[self.label(species)].append(species)
        losing: dict[tuple[str, str], set[str]] = defaultdict(set)
        for way in self.carried:
            if not way.volumes:
                losing[self.label(way.source), way.coefficient].add(way.source)
        for (label, coefficient), having in losing.items():
            alike = by_label[label]
            if len(having) < max(_LEAST, _MOST * len(alike)):
                continue
            for species in sorted(set(alike) - having):
                yield Finding(
                    self.name(species),
                    f"has no loss with {self.name(coefficient)}, as {len(having)} other places "
                    f"of {label} have",
                )

    def totals_shared_twice(self) -> Iterator[Finding]:
        """Yield compartments that are the rest of a total, and forget parts of it."""
        places = {q.id for q in self.document.quantities.values() if q.kind == "compartment"}
        used = {id_: names_in(tree) for id_, tree in self.document.initial.items() if id_ in places}
        for id_, tree in self.document.initial.items():
            if id_ not in places:
                continue
            parts = _subtracted(tree)
            rest = [names for _, names, _, _ in parts["plus"]]
            less = {name for _, names, _, _ in parts["minus"] for name in names} & places
            if len(rest) != 1 or len(rest[0]) != 1 or len(less) < 2:
                continue
            total = rest[0][0]
            forgotten = [p for p, names in used.items() if total in names and p not in less]
            forgotten = [p for p in forgotten if p != id_]
            if forgotten:
                yield Finding(
                    self.name(id_),
                    f"is what {self.name(total)} leaves, but "
                    f"{' and '.join(map(self.name, forgotten))}, also parts of it, are not taken "
                    "off",
                )

    def unused(self) -> Iterator[Finding]:
        """Yield the parameters that nothing uses, in one finding."""
        document = self.document
        used = {name for tree in document.trees() for name in names_in(tree)}
        used |= {s.factor for s in document.species.values()} | {document.factor}
        idle = [
            self.name(q.id)
            for q in document.quantities.values()
            if q.kind == "parameter"
            and q.id not in used
            and q.id not in document.rates
            and q.id not in document.assigned
        ]
        if idle:
            yield Finding("parameters", f"nothing uses {', '.join(sorted(idle))}")

    def known_values(self) -> list[Finding]:
        """Return values that are known to be wrong in a published file."""
        known = _table().get(self.document.name, {}).get("values", [])
        sizes = {self.name(q.id): q.value for q in self.document.quantities.values()}
        return [
            Finding(entry["node"], entry["text"])
            for entry in known
            if sizes.get(entry["node"]) == entry["value"]
        ]


def _subtracted(tree: Math) -> dict[str, Any]:
    found = terms(tree)
    return {"plus": [t for t in found if t[0] > 0], "minus": [t for t in found if t[0] < 0]}


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    text = files("theratwin.io.sbml").joinpath("known_defects.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _with_effect(finding: Finding, model: str) -> Finding:
    for entry in _table().get(model, {}).get("effects", []):
        if finding.node == entry["node"]:
            return replace(finding, effect=entry["effect"])
    return finding
