"""From a system to straight-line programs, sorted by when their values change.

Constants are folded; what changes by patient is computed in a prologue, once; what changes by
segment when a segment begins; only what depends on time or states stays in the stages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from theratwin.dynamics.expressions.expression import (
    TIME,
    ZERO,
    Binding,
    Expression,
    is_constant,
    symbol,
)
from theratwin.dynamics.solving.normal_form import NormalForm
from theratwin.dynamics.solving.slots import QUADRATURE, Slots, slots
from theratwin.dynamics.system import System


@dataclass(frozen=True)
class Place:
    """A slot of an array."""

    array: str
    slot: int


@dataclass(frozen=True)
class Program:
    """Values to compute and where they go.

    Parameters
    ----------
    name
        Its name in the compiled code.
    outputs
        Destination and value, in the order of storing.
    leaves
        Where the values lie that are known before.
    """

    name: str
    outputs: tuple[tuple[Place, Expression], ...]
    leaves: Mapping[Expression, Place]

    def operations(self) -> list[Expression]:
        """Return the nodes to compute, operands before what uses them."""
        return list(_walk_above(self.leaves, [value for _, value in self.outputs]))


def _walk_above(
    leaves: Mapping[Expression, Place], roots: list[Expression]
) -> Iterator[Expression]:
    """Yield the nodes between the roots and the leaves once, operands first."""
    seen: set[int] = set()
    stack = [(root, False) for root in reversed(roots)]
    while stack:
        node, ready = stack.pop()
        if id(node) in seen or node.op == "constant" or node in leaves:
            continue
        if ready:
            seen.add(id(node))
            yield node
        else:
            stack.append((node, True))
            stack.extend((arg, False) for arg in reversed(node.args))


@dataclass
class Environment:
    """The slots of values that do not change within a segment.

    Slots are given in order: parameters, switches, then whatever is hoisted.
    """

    places: dict[Expression, Place] = field(default_factory=dict)
    hoisted: dict[Binding, list[Expression]] = field(
        default_factory=lambda: {Binding.PATIENT: [], Binding.SEGMENT: []}
    )

    def add(self, node: Expression) -> Place:
        """Return the slot of a value, a new one if it has none."""
        if node not in self.places:
            self.places[node] = Place("environment", len(self.places))
        return self.places[node]

    def hoist(self, root: Expression) -> None:
        """Give a slot to every largest part that does not depend on time or states."""
        stack, seen = [root], set()
        while stack:
            node = stack.pop()
            if id(node) in seen or node in self.places or node.op == "constant":
                continue
            seen.add(id(node))
            if node.binding <= Binding.SEGMENT:
                # What has no finite value is not folded: a constant that is computed.
                self.hoisted[max(node.binding, Binding.PATIENT)].append(node)
                self.add(node)
                self._hoist_slower(node)
            else:
                stack.extend(reversed(node.args))

    def _hoist_slower(self, node: Expression) -> None:
        """Compute a segment value's parts that only change by patient in the prologue."""
        if node.binding is Binding.SEGMENT:
            for arg in node.args:
                if arg.binding is Binding.SEGMENT and arg not in self.places:
                    self._hoist_slower(arg)
                elif arg.binding is Binding.PATIENT and arg not in self.places:
                    self.hoisted[Binding.PATIENT].append(arg)
                    self.add(arg)

    def program(self, binding: Binding) -> Program:
        """Return the program that fills the hoisted slots of one binding."""
        wanted = self.hoisted[binding]
        kept = {
            node: place
            for node, place in self.places.items()
            if node.op == "symbol" or max(node.binding, Binding.PATIENT) < binding
        }
        outputs = tuple((self.places[node], node) for node in wanted)
        return Program(binding.name.lower(), outputs, kept)


@dataclass(frozen=True)
class Operations(Slots):
    """All programs of a system.

    Parameters
    ----------
    environment
        Slots of slow values.
    derivatives
        Normal forms of the rates of change.
    jacobian
        Row and column of each nonzero to its value.
    by_time
        Row to the partial derivative by time, where there is one.
    assignments
        For each state event, the switches that it sets.
    initially
        For each, whether its trigger counts as true before the start.
    final
        For each, whether the solution ends there.
    programs
        Name to program.
    """

    environment: Environment
    derivatives: tuple[Expression, ...]
    jacobian: Mapping[tuple[int, int], Expression]
    by_time: Mapping[int, Expression]
    assignments: tuple[tuple[str, ...], ...]
    initially: tuple[bool, ...]
    final: tuple[bool, ...]
    programs: Mapping[str, Program]


def with_quadratures(system: System) -> tuple[tuple[str, Expression, Expression, float], ...]:
    """Return name, initial value, derivative and tolerance scale of every carried state."""
    states = [(s.name, s.initial, s.derivative, s.tolerance_scale) for s in system.states]
    sums = [(QUADRATURE + name, ZERO, rate, 1.0) for name, rate in system.quadratures.items()]
    return (*states, *sums)


def operations(system: System) -> Operations:
    """Return the programs of a system.

    Examples
    --------
    >>> from theratwin.dynamics.expressions.expression import ONE
    >>> from theratwin.dynamics.system import State
    >>> x = symbol("x", Binding.STATE)
    >>> found = operations(System((State("x", ONE, -symbol("k") * x / symbol("v")),),
    ...                           {"k": 1.0, "v": 2.0}))
    >>> found.jacobian
    {(0, 0): -k / v}
    """
    carried = with_quadratures(system)
    names = tuple(name for name, *_ in carried)
    form, environment = NormalForm(), Environment()
    for name in system.parameters:
        environment.add(symbol(name, Binding.PATIENT))
    for name in system.switches:
        environment.add(symbol(name, Binding.SEGMENT))
    derivatives = tuple(form.of(rate) for _, _, rate, _ in carried)
    jacobian = _jacobian(form, names, derivatives)
    slopes = {row: form.slope(rate, TIME) for row, rate in enumerate(derivatives)}
    by_time = {row: slope for row, slope in slopes.items() if not is_constant(slope, 0.0)}
    observables = tuple(form.of(value) for value in system.observables.values())
    initial = tuple(value for _, value, _, _ in carried)
    found = Operations(
        **vars(slots(system)),
        environment=environment,
        derivatives=derivatives,
        jacobian=jacobian,
        by_time=by_time,
        assignments=tuple(
            tuple(name for name in event.assignments if name in system.switches)
            for event in system.events
        ),
        initially=tuple(event.initially for event in system.events),
        final=tuple(event.final for event in system.events),
        programs={},
    )
    roots = {
        "initial": [(Place("out", i), value) for i, value in enumerate(initial)],
        "slope": [(Place("out", i), value) for i, value in enumerate(derivatives)],
        "observe": [(Place("out", i), value) for i, value in enumerate(observables)],
        "time_slope": [(Place("out", row), value) for row, value in by_time.items()],
        **_event_outputs(system, names),
    }
    return replace(found, programs=_programs(found, roots))


Outputs = list[tuple[Place, Expression]]


def _event_outputs(system: System, names: tuple[str, ...]) -> dict[str, Outputs]:
    """Return the triggers, and each event's assignments: states to "out", switches to "extra"."""
    places = {name: Place("out", i) for i, name in enumerate(names)}
    places |= {name: Place("extra", i) for i, name in enumerate(system.switches)}
    triggers = [(Place("out", e), event.trigger) for e, event in enumerate(system.events)]
    found = {
        f"assign_{e}": [(places[name], value) for name, value in event.assignments.items()]
        for e, event in enumerate(system.events)
    }
    return {"trigger": triggers, **found}


def _jacobian(
    form: NormalForm, names: tuple[str, ...], derivatives: tuple[Expression, ...]
) -> dict[tuple[int, int], Expression]:
    index = {name: i for i, name in enumerate(names)}
    return {
        (row, index[name]): slope
        for row, rate in enumerate(derivatives)
        for name, slope in form.slopes(rate).items()
    }


def state_leaves(names: tuple[str, ...], array: str) -> dict[Expression, Place]:
    """Return where the states' symbols lie."""
    return {symbol(name, Binding.STATE): Place(array, i) for i, name in enumerate(names)}


def _programs(found: Operations, roots: Mapping[str, Outputs]) -> dict[str, Program]:
    environment = found.environment
    for outputs in roots.values():
        for _, value in outputs:
            environment.hoist(value)
    for value in found.jacobian.values():
        environment.hoist(value)
    leaves = {
        **environment.places,
        **state_leaves(found.names, "state"),
        TIME: Place("time", 0),
    }
    return {name: Program(name, tuple(outputs), leaves) for name, outputs in roots.items()}
