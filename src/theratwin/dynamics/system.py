"""A system of equations, flat: what a network becomes, and what the engine compiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from theratwin.core.errors import InputError
from theratwin.dynamics.expressions.expression import Binding, Expression, symbols


@dataclass(frozen=True)
class State:
    """A quantity that the equations carry through time.

    Parameters
    ----------
    name
        Dotted path.
    initial
        Its value at the start, an expression of parameters.
    derivative
        Its rate of change (per h), an expression of states, parameters, inputs and time.
    unit
        Its unit.
    tolerance_scale
        Factor on the absolute tolerance; small for a quantity that is small by nature.
    """

    name: str
    initial: Expression
    derivative: Expression
    unit: str = "nmol"
    tolerance_scale: float = 1.0


@dataclass(frozen=True)
class StateEvent:
    """A jump when a trigger becomes true, which is positive, after it was not.

    Parameters
    ----------
    name
        Its name.
    trigger
        Expression of states, switches, parameters and time.
    assignments
        State or switch to its new value, all taken before the jump.
    initially
        What the trigger counts as before the start. If it is true then, the event waits until it
        has been false; False makes it happen at the start.
    final
        Whether the solution ends there. Nothing is known of later times.
    """

    name: str
    trigger: Expression
    assignments: Mapping[str, Expression]
    initially: bool = True
    final: bool = False


@dataclass(frozen=True)
class System:
    """States with their derivatives, parameters, and what is reported.

    Parameters
    ----------
    states
        The states.
    parameters
        Parameter to its default, in its inside unit. They have `Binding.PATIENT`.
    switches
        Parameters that jump at given times (infusion rates, cycle-dependent values), to their
        value at the start. They have `Binding.SEGMENT`.
    observables
        Name to expression, evaluated at output times.
    quadratures
        Name to integrand, integrated from the start with the states' error control.
    events
        State events.
    """

    states: tuple[State, ...]
    parameters: Mapping[str, float]
    switches: Mapping[str, float] = field(default_factory=dict)
    observables: Mapping[str, Expression] = field(default_factory=dict)
    quadratures: Mapping[str, Expression] = field(default_factory=dict)
    events: tuple[StateEvent, ...] = ()

    def __post_init__(self) -> None:
        names = [state.name for state in self.states]
        if len(set(names)) != len(names):
            raise InputError("a state stands twice", field="System.states")
        known = {*names, *self.parameters, *self.switches, "time"}
        if len(known) < len(names) + len(self.parameters) + len(self.switches) + 1:
            raise InputError("a name stands for two quantities", field="System")
        roots = [s.derivative for s in self.states] + [s.initial for s in self.states]
        roots += [*self.observables.values(), *self.quadratures.values()]
        for event in self.events:
            roots += [event.trigger, *event.assignments.values()]
            self._check_targets(event)
        for name, node in symbols(*roots).items():
            if name not in known:
                raise InputError(
                    "unknown symbol", field="System", value=name, allowed=sorted(known)
                )
            expected = self._binding(name)
            if node.binding is not expected:
                raise InputError(
                    f"the symbol changes by {node.binding.name.lower()}, "
                    f"declared is {expected.name.lower()}",
                    field="System",
                    value=name,
                )

    def _check_targets(self, event: StateEvent) -> None:
        allowed = {*(state.name for state in self.states), *self.switches}
        for target in event.assignments:
            if target not in allowed:
                raise InputError(
                    "an event assigns to a state or a switch",
                    field=f"System.events.{event.name}",
                    value=target,
                    allowed=sorted(allowed),
                )

    def _binding(self, name: str) -> Binding:
        if name == "time":
            return Binding.TIME
        if name in self.parameters:
            return Binding.PATIENT
        return Binding.SEGMENT if name in self.switches else Binding.STATE

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the states."""
        return tuple(state.name for state in self.states)
