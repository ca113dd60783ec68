"""A network: what a modeler writes, as data that is checked when it is built."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from theratwin.core.errors import InputError
from theratwin.core.parameter import Parameter
from theratwin.dynamics.expressions.expression import TIME, Binding, Expression, symbol
from theratwin.dynamics.networks.parts import (
    Compartment,
    Event,
    Flow,
    Input,
    Observable,
    Output,
    Quadrature,
    Reaction,
    Rule,
    Species,
    Switch,
    Variable,
)
from theratwin.dynamics.system import System


@dataclass(frozen=True, eq=False)
class Network:
    """Compartments, species, reactions, rules, events, ports and observables.

    Build one with `NetworkBuilder`, join several with `couple`. Every quantity has an inside
    unit. Building checks that names exist, laws have the right dimension, reactions conserve what
    they must and flows balance; an error names the part.

    Attributes
    ----------
    name
        Its name.
    parameters
        Numbers with their source; a patient may have others.
    switches, compartments, species, variables, rules, inputs, reactions, flows
        What the equations are made of.
    outputs, observables, quadratures, events
        What is passed on, reported, integrated, and what happens at a state.
    """

    name: str
    parameters: tuple[Parameter, ...] = ()
    switches: tuple[Switch, ...] = ()
    compartments: tuple[Compartment, ...] = ()
    species: tuple[Species, ...] = ()
    variables: tuple[Variable, ...] = ()
    rules: tuple[Rule, ...] = ()
    inputs: tuple[Input, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    flows: tuple[Flow, ...] = ()
    outputs: tuple[Output, ...] = ()
    observables: tuple[Observable, ...] = ()
    quadratures: tuple[Quadrature, ...] = ()
    events: tuple[Event, ...] = ()

    def __post_init__(self) -> None:
        from theratwin.dynamics.expressions.dimension import check_dimensions
        from theratwin.dynamics.networks.balance import check_flows, check_reactions
        from theratwin.dynamics.networks.references import check_references

        check_references(self)
        check_dimensions(self)
        check_reactions(self)
        check_flows(self)

    def __str__(self) -> str:
        from theratwin.dynamics.networks.network_text import network_text

        return network_text(self)

    def __repr__(self) -> str:
        return (
            f"<Network {self.name}: {len(self.species) + len(self.variables)} states, "
            f"{len(self.reactions)} reactions, {len(self.parameters)} parameters>"
        )

    @cached_property
    def units(self) -> dict[str, str]:
        """The unit of every symbol, by name; the time's is h."""
        quantities: tuple[Any, ...] = (
            *self.parameters,
            *self.switches,
            *self.species,
            *self.variables,
            *self.rules,
            *self.inputs,
        )
        return {"time": "h", **{quantity.name: quantity.unit for quantity in quantities}}

    @cached_property
    def symbols(self) -> dict[str, Expression]:
        """Every symbol that an expression may use, by name.

        What a rule or an input stands for may change at any time, so its symbol counts as a
        state until `system` puts its value in.
        """
        bindings = (
            (self.parameters, Binding.PATIENT),
            (self.switches, Binding.SEGMENT),
            ((*self.species, *self.variables, *self.rules, *self.inputs), Binding.STATE),
        )
        known = {part.name: symbol(part.name, bound) for parts, bound in bindings for part in parts}
        return {"time": TIME, **known}

    @cached_property
    def volumes(self) -> dict[str, Expression | None]:
        """The volume (mL) of every compartment, by name."""
        return {compartment.name: compartment.volume for compartment in self.compartments}

    def laws(self) -> Iterator[tuple[str, Expression, str]]:
        """Yield every expression with the name of its node and the unit that it must have."""
        for c in self.compartments:
            if c.volume is not None:
                yield f"compartment {c.name}", c.volume, "mL"
        for s in self.species:
            yield f"species {s.name}, initial", s.initial, "nmol"
        for v in self.variables:
            yield f"variable {v.name}, initial", v.initial, v.unit
            yield f"variable {v.name}, rate", v.rate, f"{v.unit or '1'}/h"
        for kind, parts in (
            ("rule", self.rules),
            ("output", self.outputs),
            ("observable", self.observables),
        ):
            for part in parts:
                yield f"{kind} {part.name}", part.value, part.unit
        for r in self.reactions:
            yield f"reaction {r.name}", r.rate, "nmol/h"
        for f in self.flows:
            yield f"flow {f.name}", f.value, "mL/h"
        for q in self.quadratures:
            yield f"quadrature {q.name}", q.integrand, f"{q.unit or '1'}/h"
        for e in self.events:
            for target, value in e.assignments.items():
                yield f"event {e.name}, {target}", value, self.units.get(target, "")

    def amount(self, name: str) -> Expression:
        """Return the symbol of a species, a parameter, or any other quantity."""
        if name not in self.symbols:
            raise InputError(
                "unknown quantity",
                field=f"network {self.name}",
                value=name,
                allowed=sorted(self.symbols),
            )
        return self.symbols[name]

    def concentration(self, name: str) -> Expression:
        """Return the concentration (nmol/mL) of a species."""
        from theratwin.dynamics.networks.references import place_of

        amount, volume = place_of(self.species, self.compartments, name, f"network {self.name}")
        return amount / volume

    def system(self, bindings: Mapping[str, Any] | None = None) -> System:
        """Return the equations, flat, with every input bound to a curve or a number.

        Parameters
        ----------
        bindings
            Input to a `Curve` of one patient, or to a number in the input's unit. Both become
            parameters, so that another patient's curve of the same form needs no new system.

        Raises
        ------
        InputError
            If an input is not bound, a name is no input, or rules go in a circle.
        """
        from theratwin.dynamics.networks.flatten import flatten

        return flatten(self, bindings or {})
