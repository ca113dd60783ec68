"""The exact derivative of a step by parameters, initial values and doses, as programs.

A step solves W k_i = f(u_i) + sum_j c_ij k_j / h + h tau_i f_t with W = I/(h gamma) - J(y). Along a
direction, with the step's length held fixed, so does its derivative (with z_i = du_i + dk_i, see
`slope_tableau`):

    W z_i = (g_i0 s + sum_j g_ij z_j) / h + [J(u_i) - J(y)] du_i + H_i s + q_i,
    q_i = f_theta(u_i) + d[J(y) k_i + h tau_i f_t(y)] / dtheta with k_i held.

The factors of W serve all directions, and so do the entries of the two matrices (see `curvature`).
All derivatives pass through the prologue: a direction is a parameter as the modeler knows it, not a
rate coefficient.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from theratwin.core.errors import InputError
from theratwin.dynamics.expressions.expression import (
    ONE,
    ZERO,
    Binding,
    Expression,
    derivatives,
    is_constant,
    symbol,
)
from theratwin.dynamics.solving.curvature import Curvature, Rows, StageSymbols
from theratwin.dynamics.solving.event_slope_programs import EventRows, EventSlopePrograms
from theratwin.dynamics.solving.normal_form import NormalForm
from theratwin.dynamics.solving.operations import (
    Environment,
    Operations,
    Place,
    Program,
    with_quadratures,
)
from theratwin.dynamics.solving.slots import Slots
from theratwin.dynamics.system import System


def switch_slope(switch: str, direction: str) -> Expression:
    """Return the symbol of the derivative of a switch by a direction."""
    return symbol(f"slope of {switch} by {direction}", Binding.SEGMENT)


@dataclass(frozen=True)
class SlopePrograms:
    """Programs that carry derivatives along.

    Parameters
    ----------
    environment
        That of the system, with what the derivatives need added at its end.
    first_switch_slope
        Slot of the derivative of the first switch by the first direction; the others follow, all
        switches of a direction together.
    columns
        The states whose stages' derivatives ``correct`` multiplies.
    shared
        Programs that serve every direction: ``bend`` computes the entries of the two matrices,
        ``correct`` multiplies by them, ``observe_slope`` goes from states to observables.
    own
        Name to one program a direction: ``source_step``, ``source_initial``, ``source_observe``.
    events
        Programs for state events, None without.
    """

    environment: Environment
    first_switch_slope: int
    columns: tuple[int, ...]
    shared: Mapping[str, Program]
    own: Mapping[str, tuple[Program, ...]]
    events: EventSlopePrograms | None = None

    @property
    def entries(self) -> int:
        """How many entries the two matrices of a stage have together."""
        return len(self.shared["bend"].outputs)

    @cached_property
    def observes_states(self) -> bool:
        """Whether derivatives of observables depend on the states themselves."""
        programs = (self.shared["observe_slope"], *self.own["source_observe"])
        return any(_reads(program, "state") for program in programs)


def _reads(program: Program, array: str) -> bool:
    used = {arg for node in program.operations() for arg in node.args}
    used |= {value for _, value in program.outputs}
    return any(place.array == array and node in used for node, place in program.leaves.items())


def slope_programs(
    system: System, operations: Operations, directions: tuple[str, ...]
) -> SlopePrograms:
    """Return the programs for some directions.

    Parameters
    ----------
    directions
        Parameters, switches (their starting values), states (their initial values), and names of
        doses: whatever is none of the first three.
    """
    source, curvature = _Sources(system, operations), Curvature(operations)
    environment = Environment(
        dict(operations.environment.places),
        {binding: list(found) for binding, found in operations.environment.hoisted.items()},
    )
    first = len(environment.places)
    for direction in directions:
        for switch in operations.switches:
            environment.add(switch_slope(switch, direction))
    shared = {
        "bend": list(enumerate(curvature.values)),
        "correct": curvature.rows(),
        "observe_slope": source.observed_by_state(),
    }
    own = {
        "source_step": [source.step(d) for d in directions],
        "source_initial": [source.initial(d) for d in directions],
        "source_observe": [source.observed(d) for d in directions],
    }
    for rows in (*shared.values(), *(rows for many in own.values() for rows in many)):
        for _, value in rows:
            environment.hoist(value)
    events = source.events(directions) if system.events else None
    if events:
        events.hoist(environment)
    leaves = {**environment.places, **curvature.leaves}

    def program(name: str, rows: Rows) -> Program:
        return Program(name, tuple((Place("out", i), value) for i, value in rows), leaves)

    return SlopePrograms(
        environment,
        first,
        curvature.columns,
        {name: program(name, rows) for name, rows in shared.items()},
        {
            name: tuple(program(f"{name}_{d}", rows) for d, rows in enumerate(many))
            for name, many in own.items()
        },
        events.programs(leaves) if events else None,
    )


class _Sources:
    """Rows of partial derivatives of one system, zeros left out."""

    def __init__(self, system: System, operations: Operations) -> None:
        self.system, self.operations, self.form = system, operations, NormalForm()
        self.symbols = StageSymbols(operations.names)
        self.rates = dict(enumerate(operations.derivatives))
        self.products = self.symbols.products(operations, Binding.CONSTANT)
        observables = system.observables.values()
        self.values = {i: self.form.of(value) for i, value in enumerate(observables)}

    def step(self, direction: str) -> Rows:
        """Return the derivative of f(u) + J(y) k + w f_t(y) by a direction, the states fixed."""
        along = self._along(direction)
        found = dict(self._changing(self.products, along))
        for row, value in self._changing(self.rates, along):
            found[row] = self.symbols.at_stage(value) + found.get(row, ZERO)
        return list(found.items())

    def observed_by_state(self) -> Rows:
        """Return the derivative of the observables along that of the states."""
        along = dict(zip(self.symbols.states, self.symbols.tangents, strict=True))
        return self._changing(self.values, along)

    def observed(self, direction: str) -> Rows:
        """Return the derivative of the observables by a direction at fixed states."""
        return self._changing(self.values, self._along(direction))

    def initial(self, direction: str) -> Rows:
        """Return the derivative of the initial states."""
        names = self.operations.names
        if direction in names:
            return [(names.index(direction), ONE)]
        initial = {i: value for i, (_, value, *_) in enumerate(with_quadratures(self.system))}
        return self._changing(initial, self._along(direction))

    def events(self, directions: tuple[str, ...]) -> EventRows:
        """Return the derivatives of triggers and assignments."""
        tangents = dict(zip(self.symbols.states, self.symbols.tangents, strict=True))
        return EventRows(self.system, self.operations, directions, self._along, tangents)

    def _along(self, direction: str) -> dict[Expression, Expression]:
        """Return the tangents of the slow symbols; a parameter moves what state events set."""
        by_parameter = direction in self.operations.parameters
        given = {name for names in self.operations.assignments for name in names}
        moving = given if by_parameter else set(self.operations.switches)
        own = {symbol(direction): ONE} if by_parameter else {}
        return own | {
            symbol(switch, Binding.SEGMENT): switch_slope(switch, direction)
            for switch in self.operations.switches
            if switch in moving
        }

    def _changing(
        self, values: Mapping[int, Expression], along: dict[Expression, Expression]
    ) -> Rows:
        found = []
        for row, value in values.items():
            terms = (derivatives(term.value, along) for term in self.form.terms(value))
            slope = self.form.of(sum((t for t in terms), ZERO))
            if not is_constant(slope, 0.0):
                found.append((row, slope))
        return found


def check_directions(directions: tuple[str, ...], slots: Slots, doses: tuple[str, ...]) -> None:
    """Raise `InputError` for a direction that is nothing, or two things."""
    known = [*slots.parameters, *slots.switches, *slots.names, *doses]
    for direction in directions:
        if direction not in known:
            raise InputError(
                "neither a parameter, a state nor a named dose",
                field="sensitivities",
                value=direction,
                allowed=known,
            )
        if known.count(direction) > 1:
            raise InputError(
                "a dose has the name of something else", field="doses", value=direction
            )
    if len(set(directions)) != len(directions):
        raise InputError("a direction stands twice", field="sensitivities", value=directions)
