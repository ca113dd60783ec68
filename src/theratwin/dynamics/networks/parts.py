"""The parts that a network is made of. Each is data; its quantities are expressions with units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from theratwin.dynamics.expressions.expression import ZERO, Expression


@dataclass(frozen=True)
class Compartment:
    """A space that holds species.

    Parameters
    ----------
    name
        Dotted path; compartments that share all but the last part are drawn as one.
    volume
        Its volume (mL): a parameter, or an expression that may change in time. None for a place
        that has amounts but no concentrations, such as a membrane.
    """

    name: str
    volume: Expression | None = None


@dataclass(frozen=True)
class Species:
    """An amount (nmol) of something in a compartment.

    Parameters
    ----------
    name
        Dotted path, the symbol of the amount.
    compartment
        Where it is.
    initial
        The amount at the start, an expression of parameters and other initial values.
    tolerance_scale
        Factor on the solver's absolute tolerance: for a short-lived daughter, its decay constant
        under the parent's.
    contains
        Moieties that it is made of (``ligand``, ``receptor``, ``Lu-177``) and how many of each.
    """

    name: str
    compartment: str
    initial: Expression = ZERO
    tolerance_scale: float = 1.0
    contains: Mapping[str, int] = field(default_factory=dict)

    unit = "nmol"


@dataclass(frozen=True)
class Variable:
    """A quantity with a rate rule: any unit, its rate of change given whole.

    Parameters
    ----------
    name
        Dotted path.
    unit
        Its unit.
    initial
        Its value at the start.
    rate
        Its rate of change (unit per h).
    tolerance_scale
        Factor on the solver's absolute tolerance.
    """

    name: str
    unit: str
    initial: Expression
    rate: Expression = ZERO
    tolerance_scale: float = 1.0


@dataclass(frozen=True)
class Rule:
    """A quantity that always equals an expression (assignment rule)."""

    name: str
    unit: str
    value: Expression


@dataclass(frozen=True)
class Switch:
    """A parameter that jumps at given times, as from cycle to cycle; `value` is the first."""

    name: str
    unit: str
    value: float


@dataclass(frozen=True)
class Input:
    """A port through which a quantity comes in: a curve, a number, or another network's output."""

    name: str
    unit: str


@dataclass(frozen=True)
class Output:
    """A port through which an expression goes out to other networks."""

    name: str
    unit: str
    value: Expression


@dataclass(frozen=True)
class Reaction:
    """A change of species: reactants disappear and products appear at a rate.

    Parameters
    ----------
    name
        Dotted path.
    reactants, products
        Species to how many of it one turn takes or gives. An empty side is the outside.
    rate
        Turns per time (nmol/h).
    not_conserved
        Moieties that this reaction makes or destroys, such as a nuclide by its decay.
    """

    name: str
    reactants: Mapping[str, float]
    products: Mapping[str, float]
    rate: Expression
    not_conserved: tuple[str, ...] = ()

    @property
    def net(self) -> dict[str, float]:
        """Species to the change of its amount by one turn."""
        change = {name: -number for name, number in self.reactants.items()}
        for name, number in self.products.items():
            change[name] = change.get(name, 0.0) + number
        return {name: number for name, number in change.items() if number}


@dataclass(frozen=True)
class Flow:
    """A flow of fluid (mL/h) from one compartment to another; None is the outside."""

    name: str
    source: str | None
    target: str | None
    value: Expression


@dataclass(frozen=True)
class Observable:
    """A named expression that is reported."""

    name: str
    unit: str
    value: Expression


@dataclass(frozen=True)
class Quadrature:
    """An integral over time from the start; `unit` is that of the integral."""

    name: str
    unit: str
    integrand: Expression


@dataclass(frozen=True)
class Event:
    """Assignments made when a trigger becomes positive.

    Parameters
    ----------
    name
        Dotted path.
    trigger
        The expression that becomes positive.
    assignments
        Species, variable or switch to its new value, all taken before the jump.
    initially
        Whether the trigger counts as positive before the start; if not, and it is positive then,
        the event happens at the start.
    """

    name: str
    trigger: Expression
    assignments: Mapping[str, Expression]
    initially: bool = True
