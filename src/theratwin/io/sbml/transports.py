"""What the laws of an SBML model carry from place to place, read off their terms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from theratwin.io.sbml.document import libsbml
from theratwin.io.sbml.parts import Document, Math

#: A term of a sum: its sign, the ids multiplied, the ids divided by, and other factors as text.
Term = tuple[int, tuple[str, ...], tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Transport:
    """One term of a law that takes a species from one compartment to another.

    Parameters
    ----------
    reaction
        Its id.
    source, target
        Species; the target is "" for the outside.
    coefficient
        The factors that are no species and no volume, as text: a flow, or a permeability.
    volumes
        The compartments divided by.
    """

    reaction: str
    source: str
    target: str
    coefficient: str
    volumes: tuple[str, ...]


def transports(document: Document) -> Iterator[Transport]:
    """Yield the terms of reactions of one species into the same kind elsewhere, or outside."""
    for reaction in document.reactions.values():
        reactants = [r.species for r in reaction.reactants]
        products = [r.species for r in reaction.products]
        if reaction.law is None or len(reactants) != 1 or len(products) > 1:
            continue
        ends = (reactants[0], products[0] if products else "")
        for sign, above, below, others in terms(reaction.law):
            carried = [id_ for id_ in above if id_ in document.species]
            volumes = tuple(id_ for id_ in below if _is_place(document, id_))
            if len(carried) != 1:
                continue
            factors = [id_ for id_ in above if id_ not in document.species]
            rates = [f"1/{id_}" for id_ in below if id_ not in volumes]
            coefficient = " * ".join(sorted([*factors, *rates, *others]))
            source, target = ends if sign > 0 else ends[::-1]
            if source == carried[0]:
                yield Transport(reaction.id, source, target, coefficient, volumes)
            elif carried[0] in ends:
                yield Transport(reaction.id, carried[0], source, coefficient, volumes)


def _is_place(document: Document, id_: str) -> bool:
    return id_ in document.quantities and document.quantities[id_].kind == "compartment"


def terms(tree: Math) -> list[Term]:
    """Return the terms of a sum of products; a factor of another kind is kept as its text."""
    library, kind = libsbml(), tree.getType()
    children = [tree.getChild(i) for i in range(tree.getNumChildren())]
    if kind == library.AST_PLUS:
        return [term for child in children for term in terms(child)]
    if kind == library.AST_MINUS:
        last = [(-s, a, b, o) for s, a, b, o in terms(children[-1])]
        return last if len(children) == 1 else [*terms(children[0]), *last]
    if kind in (library.AST_TIMES, library.AST_DIVIDE):
        return _product(children, divides=kind == library.AST_DIVIDE)
    if kind == library.AST_NAME:
        return [(1, (tree.getName(),), (), ())]
    return [(1, (), (), (f"({library.formulaToL3String(tree)})",))]


def _product(children: list[Math], divides: bool) -> list[Term]:
    """Return a product of terms, a sum of several among its factors kept as text."""
    library, sign = libsbml(), 1
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    for i, child in enumerate(children):
        inner = terms(child)
        if len(inner) != 1:
            text = f"({library.formulaToL3String(child)})"
            others += (f"1/{text}" if divides and i else text,)
            continue
        own, a, b, o = inner[0]
        sign *= own
        a, b = (b, a) if divides and i else (a, b)
        o = tuple(f"1/{text}" for text in o) if divides and i else o
        above, below, others = above + a, below + b, others + o
    return [(sign, above, below, others)]
