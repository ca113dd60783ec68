"""What an SBML file says, as plain data: the parts of a model with their mathematics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

#: A tree of libSBML's (`libsbml.ASTNode`), owned by us.
Math = Any


def nodes_in(tree: Math) -> Iterator[Math]:
    """Yield every node of a tree."""
    stack = [tree]
    while stack:
        node = stack.pop()
        yield node
        stack += [node.getChild(i) for i in range(node.getNumChildren())]


def names_in(tree: Math) -> set[str]:
    """Return the names in a tree."""
    return {node.getName() for node in nodes_in(tree) if node.isName()}


def parameter_name(id_: str) -> str:
    """Return what the equations call a parameter: time itself has its name already."""
    return "time.parameter" if id_ == "time" else id_


@dataclass(frozen=True)
class Quantity:
    """A compartment, a parameter or a species reference: a number with an id.

    Parameters
    ----------
    id, name
        Its id, unique in the model, and its name.
    kind
        ``"compartment"``, ``"parameter"`` or ``"species reference"``.
    value
        Its value at the start; None if the file gives none.
    dimensions
        Of a compartment in space.
    """

    id: str
    name: str
    kind: str
    value: float | None
    dimensions: float = 3.0


@dataclass(frozen=True)
class Species:
    """A species; its symbol is an amount, or a concentration.

    Parameters
    ----------
    id, name, compartment
        Its id, its name, and where it is.
    value
        Initial amount or concentration; None if the file gives none.
    value_is_amount
        Which of the two.
    symbol_is_amount
        What the id stands for in mathematics (``hasOnlySubstanceUnits``, or a place of no
        dimension).
    boundary, constant
        Reactions do not change it; nothing does.
    factor
        Id of the parameter that turns extent into its amount, if any.
    """

    id: str
    name: str
    compartment: str
    value: float | None
    value_is_amount: bool
    symbol_is_amount: bool
    boundary: bool
    constant: bool
    factor: str = ""


@dataclass(frozen=True)
class Reference:
    """How much of a species one turn of a reaction takes or gives.

    Parameters
    ----------
    species, id
        The species, and the reference's own id, if it has one.
    stoichiometry
        A number; None if the file gives none.
    math
        A law in place of the number (``stoichiometryMath``).
    """

    species: str
    id: str
    stoichiometry: float | None
    math: Math = None


@dataclass(frozen=True)
class Reaction:
    """A reaction, its law, and the parameters that only the law knows."""

    id: str
    name: str
    reactants: tuple[Reference, ...]
    products: tuple[Reference, ...]
    law: Math
    local: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Event:
    """An event.

    Parameters
    ----------
    id
        Its id, or its place in the file.
    trigger, delay, priority
        Their mathematics; None where the file has none.
    assignments
        Id to the mathematics of its new value.
    at_trigger
        Whether values are taken when the trigger becomes true (``useValuesFromTriggerTime``).
    initially
        What the trigger counts as before the start.
    persistent
        Whether it happens even if its trigger becomes false before.
    """

    id: str
    trigger: Math
    delay: Math
    priority: Math
    assignments: Mapping[str, Math]
    at_trigger: bool = True
    initially: bool = True
    persistent: bool = True


@dataclass(frozen=True)
class Document:
    """A model as its file says it.

    Parameters
    ----------
    id, name, level, version
        Of the model, and of SBML.
    quantities, species, reactions, events
        By id.
    functions
        Function definitions by id.
    assigned, rates, initial
        Id to the mathematics of its assignment rule, rate rule, initial assignment.
    factor
        The model's conversion factor for species that have none, or "".
    warnings
        What is wrong with the file, though it can be read.
    """

    id: str
    name: str
    level: int
    version: int
    quantities: Mapping[str, Quantity]
    species: Mapping[str, Species]
    reactions: Mapping[str, Reaction]
    events: Mapping[str, Event]
    functions: Mapping[str, Math]
    assigned: Mapping[str, Math]
    rates: Mapping[str, Math]
    initial: Mapping[str, Math]
    factor: str = ""
    warnings: tuple[str, ...] = ()

    def trees(self) -> Iterator[Math]:
        """Yield all mathematics of the model."""
        for part in (self.functions, self.assigned, self.rates, self.initial):
            yield from part.values()
        for reaction in self.reactions.values():
            references = (*reaction.reactants, *reaction.products)
            yield from (m for m in (reaction.law, *(r.math for r in references)) if m is not None)
        for event in self.events.values():
            laws = (event.trigger, event.delay, event.priority, *event.assignments.values())
            yield from (law for law in laws if law is not None)
