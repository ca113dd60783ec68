r"""The equations of an SBML model: which ids are states, and what every other id stands for.

Species that reactions, rate rules or events change are carried as amounts :math:`n`, with

.. math::

    \dot n_s = f_s \sum_r \nu_{sr} v_r, \qquad
    \text{or, of a rule for a concentration, } \dot n_s = V \dot c_s + c_s \dot V;

an id that stands for a concentration is :math:`n / V`. Assignment rules are written out, so that
volumes and stoichiometries may change in any way.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from theratwin.core.errors import InputError
from theratwin.dynamics.expressions.expression import (
    ONE,
    TIME,
    ZERO,
    Binding,
    Expression,
    derivatives,
    substitute,
    symbol,
    symbols,
)
from theratwin.io.sbml.document import unsupported
from theratwin.io.sbml.mathematics import Mathematics
from theratwin.io.sbml.parts import Document, Math, Reaction, names_in, parameter_name
from theratwin.io.sbml.turnover import turnover


class Equations:
    """Expressions for every id, at any time and at the start.

    Parameters
    ----------
    document
        What the file says.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        #: Parameter to its default; `missing` are those that the file gives no value.
        self.parameters: dict[str, float] = {}
        self.missing: set[str] = set()
        self._known: dict[tuple[str, str], Expression] = {}
        self._open: list[tuple[str, str]] = []
        self._preparing: set[str] = set()
        functions = document.functions
        self._now = Mathematics(functions, self.value, self.rate_of, self.rate)
        self._start = Mathematics(functions, self.start, self._first_rate, _no_rate, ZERO)
        self._by_id = {
            r.id: r
            for reaction in document.reactions.values()
            for r in (*reaction.reactants, *reaction.products)
            if r.id
        }

    # What an id is.

    @cached_property
    def by_event(self) -> frozenset[str]:
        """The ids that events assign to."""
        return frozenset(v for e in self.document.events.values() for v in e.assignments)

    @cached_property
    def by_reaction(self) -> frozenset[str]:
        """The species that reactions change."""
        known = self.document.species
        found = set()
        for reaction in self.document.reactions.values():
            for reference in (*reaction.reactants, *reaction.products):
                species = known.get(reference.species)
                if species is not None and not (species.boundary or species.constant):
                    found.add(species.id)
        return frozenset(found)

    @cached_property
    def states(self) -> dict[str, str]:
        """Id to the name of its state: ``S.amount`` of a species, else ``k.value``."""
        document = self.document
        changing = self.by_event | self.by_reaction | frozenset(document.rates)
        ids = (*document.species, *document.quantities)
        return {
            id_: f"{id_}.amount" if id_ in document.species else f"{id_}.value"
            for id_ in ids
            if id_ in changing and id_ not in document.assigned
        }

    # Values.

    @contextmanager
    def _once(self, kind: str, id_: str) -> Iterator[None]:
        key = (kind, id_)
        if key in self._open:
            circle = [name for _, name in self._open[self._open.index(key) :]]
            raise InputError(
                f"the values go in a circle: {' -> '.join([*circle, id_])}", field=f"id {id_}"
            )
        self._open.append(key)
        try:
            yield
        finally:
            self._open.pop()

    def value(self, id_: str) -> Expression:
        """Return what an id stands for at any time."""
        return self._found("value", id_)

    def start(self, id_: str) -> Expression:
        """Return what an id stands for at the start, in parameters alone."""
        return self._found("start", id_)

    def rate_of(self, id_: str) -> Expression:
        """Return the rate of change of what an id stands for."""
        return self._found("rate of", id_)

    def _found(self, kind: str, id_: str) -> Expression:
        key = (kind, id_)
        if key not in self._known:
            self._prepare(kind, id_)
            make = {"value": self._value, "start": self._initial, "rate of": self._rate_of}[kind]
            with self._once(kind, id_):
                self._known[key] = make(id_)
        return self._known[key]

    def _prepare(self, kind: str, id_: str) -> None:
        """Find what rules refer to before they do: a chain of hundreds needs no deep recursion."""
        rules = self.document.assigned
        if kind == "start":
            rules = {**self.document.initial, **rules}
        if kind == "rate of" or kind in self._preparing or id_ not in rules:
            return
        self._preparing.add(kind)
        try:
            stack, seen = [id_], {id_}
            while stack:
                before = (names_in(rules[stack[-1]]) & rules.keys()) - seen
                seen |= before
                if before:
                    stack += sorted(before)
                elif (name := stack.pop()) != id_:
                    self._found(kind, name)
        finally:
            self._preparing.discard(kind)

    def _value(self, id_: str) -> Expression:
        document = self.document
        if id_ in document.assigned:
            return self._now(document.assigned[id_])
        if id_ in document.reactions:
            return self._law(document.reactions[id_])
        if id_ in document.species:
            amount = self.amount(id_)
            species = document.species[id_]
            return amount if species.symbol_is_amount else amount / self.value(species.compartment)
        if id_ in self.states:
            return symbol(self.states[id_], Binding.STATE)
        reference = self._by_id.get(id_)
        if reference is not None and reference.math is not None:
            return self._now(reference.math)
        return self.start(id_)

    def amount(self, species: str) -> Expression:
        """Return the amount of a species at any time."""
        document, found = self.document, self.document.species[species]
        if species in self.states:
            return symbol(self.states[species], Binding.STATE)
        if species in document.assigned:
            value = self.value(species)
            return value if found.symbol_is_amount else value * self.value(found.compartment)
        return self.start_amount(species)

    def concentration(self, species: str) -> Expression:
        """Return the concentration of a species at any time."""
        return self.amount(species) / self.value(self.document.species[species].compartment)

    def _initial(self, id_: str) -> Expression:
        document = self.document
        if id_ in document.assigned:
            return self._start(document.assigned[id_])
        if id_ in document.initial:
            return self._start(document.initial[id_])
        if id_ in document.reactions:
            return self._law(document.reactions[id_], at_start=True)
        if id_ in document.species:
            species = document.species[id_]
            if species.value_is_amount == species.symbol_is_amount:
                return self._parameter(f"{id_}.initial", species.value)
            amount = self.start_amount(id_)
            return amount if species.symbol_is_amount else amount / self.start(species.compartment)
        reference = self._by_id.get(id_)
        if reference is not None and reference.math is not None:
            return self._start(reference.math)
        if id_ not in document.quantities:
            raise InputError(
                "there is no such id in the model",
                field="id",
                value=id_,
                allowed=sorted({*document.quantities, *document.species, *document.reactions}),
            )
        return self._parameter(id_, document.quantities[id_].value)

    def start_amount(self, species: str) -> Expression:
        """Return the amount of a species at the start."""
        found = self.document.species[species]
        if species in self.document.assigned or species in self.document.initial:
            value = self.start(species)
            by_amount = found.symbol_is_amount
        else:
            value = self._parameter(f"{species}.initial", found.value)
            by_amount = found.value_is_amount
        return value if by_amount else value * self.start(found.compartment)

    def _parameter(self, name: str, value: float | None) -> Expression:
        own = parameter_name(name)
        if value is None:
            self.missing.add(own)
        self.parameters[own] = float("nan") if value is None else float(value)
        return symbol(own)

    # Rates.

    def _law(self, reaction: Reaction, at_start: bool = False) -> Expression:
        if reaction.law is None:
            raise unsupported(f"reaction without a law ({reaction.id})")
        local = {
            name: self._parameter(f"{reaction.id}.{name}", value)
            for name, value in reaction.local.items()
        }
        return (self._start if at_start else self._now)(reaction.law, local)

    def derivative(self, id_: str) -> Expression:
        """Return the rate of change of an id's state."""
        document = self.document
        if id_ in document.rates:
            given = self._now(document.rates[id_])
            species = document.species.get(id_)
            if species is None or species.symbol_is_amount:
                return given
            volume = self.value(species.compartment)
            moved = self.value(id_) * self.rate_of(species.compartment)
            return volume * given + moved
        return turnover(self, id_) if id_ in self.by_reaction else ZERO

    def _rate_of(self, id_: str) -> Expression:
        return self.rate(self.value(id_))

    def _first_rate(self, id_: str) -> Expression:
        """Return the rate of change at the start."""
        starts = {TIME: ZERO}
        for other, name in self.states.items():
            start = self.start_amount if other in self.document.species else self.start
            if name in symbols(self.rate_of(id_)):
                starts[symbol(name, Binding.STATE)] = start(other)
        return substitute(self.rate_of(id_), starts)

    def rate(self, value: Expression) -> Expression:
        """Return the rate of change of an expression, along the equations."""
        tangents = {TIME: ONE}
        for other, name in self.states.items():
            if name in symbols(value):
                with self._once("derivative", other):
                    tangents[symbol(name, Binding.STATE)] = self.derivative(other)
        return derivatives(value, tangents)

    def at_start(self, tree: Math) -> Expression:
        """Return mathematics of the model at the start, in parameters alone."""
        return self._start(tree)

    def mathematics(self, tree: Math) -> Expression:
        """Return mathematics of the model at any time."""
        return self._now(tree)


def _no_rate(value: Expression) -> Expression:
    raise unsupported(f"rateOf an argument at the start ({value})")
