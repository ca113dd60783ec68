"""How a network is written: quantities come back as expressions, laws are Python's operators."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from theratwin.core.distribution import Fixed
from theratwin.core.errors import InputError
from theratwin.core.parameter import ASSUMPTION, Parameter
from theratwin.core.units import parse
from theratwin.dynamics.expressions.expression import (
    ZERO,
    Binding,
    Expression,
    as_expression,
    symbol,
)
from theratwin.dynamics.networks.network import Network
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
from theratwin.dynamics.networks.references import place_of

#: Species of one side of a reaction: one, several, or how many of each.
Side = Expression | str | Iterable[Expression | str] | Mapping[Any, float] | None


class NetworkBuilder:
    """Writes a network, part by part.

    Examples
    --------
    >>> b = NetworkBuilder("decay")
    >>> half_life = b.parameter("half_life", "6.65 d", "h", note="example")
    >>> body = b.compartment("body", volume=b.parameter("volume", 5e3, "mL", note="example"))
    >>> drug = b.species("drug", body, initial=b.parameter("dose", 10.0, "nmol", note="example"))
    >>> b.reaction("decay", drug, None, 0.6931471805599453 / half_life * drug)
    >>> network = b.freeze()
    >>> network
    <Network decay: 1 states, 1 reactions, 3 parameters>
    >>> network.system().states[0].derivative
    -(0.6931471805599453 / half_life * drug)
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._parts: dict[str, list[Any]] = {}
        self._rates: dict[str, Expression] = {}

    def _add(self, kind: str, part: Any) -> None:
        self._parts.setdefault(kind, []).append(part)

    def parameter(
        self,
        parameter: Parameter | str,
        value: float | str | None = None,
        unit: str = "",
        *,
        source: str = ASSUMPTION,
        note: str = "",
    ) -> Expression:
        """Add a parameter, with its source, or by name, value and inside unit.

        A value may be text with a unit of its own, such as ``"0.11 L/min"``.
        """
        if isinstance(parameter, str):
            number = _number(value, unit, f"network {self._name}, parameter {parameter}")
            parameter = Parameter(parameter, unit, Fixed(number), source, note=note)
        self._add("parameters", parameter)
        return symbol(parameter.name)

    def switch(self, name: str, value: float | str, unit: str = "") -> Expression:
        """Add a parameter that jumps at given times; ``value`` is that at the start."""
        number = _number(value, unit, f"network {self._name}, switch {name}")
        self._add("switches", Switch(name, unit, number))
        return symbol(name, Binding.SEGMENT)

    def compartment(self, name: str, volume: Any = None) -> str:
        """Add a compartment with its volume (mL), if it has one; returns its name."""
        self._add("compartments", Compartment(name, volume if volume is None else _law(volume)))
        return name

    def species(
        self,
        name: str,
        compartment: str,
        initial: Any = 0.0,
        *,
        tolerance_scale: float = 1.0,
        contains: Mapping[str, int] | Iterable[str] = (),
    ) -> Expression:
        """Add a species; returns the symbol of its amount (nmol)."""
        made_of = contains if isinstance(contains, Mapping) else dict.fromkeys(contains, 1)
        part = Species(name, compartment, _law(initial), tolerance_scale, dict(made_of))
        self._add("species", part)
        return symbol(name, Binding.STATE)

    def variable(
        self, name: str, initial: Any, unit: str = "", *, tolerance_scale: float = 1.0
    ) -> Expression:
        """Add a quantity of any unit; `rate` gives its rate of change, else it stays."""
        part = Variable(name, unit, _law(initial), tolerance_scale=tolerance_scale)
        self._add("variables", part)
        return symbol(name, Binding.STATE)

    def rate(self, variable: Expression | str, rate: Any) -> None:
        """Give a variable its rate of change (its unit per h)."""
        name = _name(variable)
        known = [part.name for part in self._parts.get("variables", [])]
        if name not in known or name in self._rates:
            raise InputError(
                "the variable has a rate already" if name in self._rates else "this is no variable",
                field=f"network {self._name}, rate",
                value=name,
                allowed=sorted(known),
                remedy="A species changes by reactions",
            )
        self._rates[name] = _law(rate)

    def rule(self, name: str, value: Any, unit: str = "") -> Expression:
        """Add a quantity that always equals an expression; returns its symbol."""
        self._add("rules", Rule(name, unit, _law(value)))
        return symbol(name, Binding.STATE)

    def input(self, name: str, unit: str = "") -> Expression:
        """Add a port through which a quantity comes in; returns its symbol."""
        self._add("inputs", Input(name, unit))
        return symbol(name, Binding.STATE)

    def output(self, name: str, value: Any, unit: str = "") -> None:
        """Add a port through which an expression goes out."""
        self._add("outputs", Output(name, unit, _law(value)))

    def reaction(
        self,
        name: str,
        reactants: Side,
        products: Side,
        rate: Any,
        *,
        not_conserved: Iterable[str] = (),
    ) -> None:
        """Add a reaction with its rate (nmol/h); None for a side that is the outside."""
        part = Reaction(name, _side(reactants), _side(products), _law(rate), (*not_conserved,))
        self._add("reactions", part)

    def flow(
        self,
        name: str,
        source: str | None,
        target: str | None,
        value: Any,
        carries: Mapping[Any, Any] | None = None,
    ) -> None:
        """Add a flow of fluid (mL/h) and the species that it carries, from one to another.

        Each becomes a reaction at flow times concentration.
        """
        value = _law(value)
        self._add("flows", Flow(name, source, target, value))
        for i, (taken, given) in enumerate((carries or {}).items()):
            self.reaction(f"{name}.{i + 1}", taken, given, self.carried(value, taken))

    def concentration(self, species: Expression | str) -> Expression:
        """Return the concentration (nmol/mL) of a species added before."""
        amount, volume = self._place(species)
        return amount / volume

    def carried(self, flow: Any, species: Expression | str) -> Expression:
        """Return the rate (nmol/h) at which a flow or clearance (mL/h) takes a species away.

        It is flow times concentration, written as (flow / volume) * amount: the quotient is
        computed once for a patient.
        """
        amount, volume = self._place(species)
        return _law(flow) / volume * amount

    def _place(self, species: Expression | str) -> tuple[Expression, Expression]:
        known = self._parts.get("species", [])
        places = self._parts.get("compartments", [])
        return place_of(known, places, _name(species), f"network {self._name}")

    def observable(self, name: str, value: Any, unit: str = "") -> None:
        """Add a named expression that is reported."""
        self._add("observables", Observable(name, unit, _law(value)))

    def quadrature(self, name: str, integrand: Any, unit: str = "") -> None:
        """Add an integral over time; ``unit`` is that of the integral."""
        self._add("quadratures", Quadrature(name, unit, _law(integrand)))

    def event(
        self, name: str, trigger: Any, assignments: Mapping[Any, Any], initially: bool = True
    ) -> None:
        """Add assignments made when a trigger becomes positive; see `Event`."""
        values = {_name(target): _law(value) for target, value in assignments.items()}
        self._add("events", Event(name, _law(trigger), values, initially))

    def freeze(self) -> Network:
        """Return the network, checked.

        Raises
        ------
        InputError
            If a name is unknown or double, a law has the wrong dimension, a reaction does not
            conserve what it must, or flows do not balance; the part is named.
        """
        parts = {kind: tuple(found) for kind, found in self._parts.items()}
        parts["variables"] = tuple(
            replace(v, rate=self._rates.get(v.name, ZERO)) for v in parts.get("variables", ())
        )
        return Network(self._name, **parts)


def _law(value: Any) -> Expression:
    return as_expression(value)


def _name(quantity: Expression | str) -> str:
    return quantity if isinstance(quantity, str) else str(quantity.value)


def _side(side: Side) -> dict[str, float]:
    if side is None:
        return {}
    if isinstance(side, Expression | str):
        return {_name(side): 1.0}
    if isinstance(side, Mapping):
        return {_name(species): float(number) for species, number in side.items()}
    counted: dict[str, float] = {}
    for species in side:
        counted[_name(species)] = counted.get(_name(species), 0.0) + 1.0
    return counted


def _number(value: float | str | None, unit: str, field: str) -> float:
    if isinstance(value, str):
        return parse(value, unit, field=field)
    if value is None:
        raise InputError("the value is missing", field=field)
    return Fixed(float(value)).value
