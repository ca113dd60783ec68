"""The exact derivative of a step by parameters, initial values and doses, as programs.

A step solves W k_i = f(u_i) + sum_j c_ij k_j / h + h tau_i f_t with W = I/(h gamma) - J(y). Along a
direction, with the step's length held fixed, so does its derivative:

    W dk_i = J(u_i) du_i + f_theta(u_i) + sum_j c_ij dk_j / h + d[J(y) k_i + h tau_i f_t(y)],

where the last bracket is differentiated by y and theta with k_i held. The same factors of W serve
all directions. All derivatives pass through the prologue: a direction is a parameter as the
modeler knows it, not a rate coefficient.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from theratwin.core.errors import InputError
from theratwin.dynamics.expressions.expression import (
    ONE,
    TIME,
    ZERO,
    Binding,
    Expression,
    derivatives,
    is_constant,
    symbol,
)
from theratwin.dynamics.solving.event_slope_programs import EventRows, EventSlopePrograms
from theratwin.dynamics.solving.normal_form import NormalForm
from theratwin.dynamics.solving.operations import (
    Environment,
    Operations,
    Place,
    Program,
    state_leaves,
    with_quadratures,
)
from theratwin.dynamics.solving.slots import Slots
from theratwin.dynamics.system import System

_TANGENT, _INCREMENT = "slope of ", "increment of "
_WEIGHT = symbol("weight of the partial derivative by time", Binding.STATE)


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
    shared
        Programs that serve every direction.
    own
        Name to one program a direction.
    events
        Programs for state events, None without.
    """

    environment: Environment
    first_switch_slope: int
    shared: Mapping[str, Program]
    own: Mapping[str, tuple[Program, ...]]
    events: EventSlopePrograms | None = None


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
    source = _Derivatives(system, operations)
    environment = Environment(
        dict(operations.environment.places),
        {binding: list(found) for binding, found in operations.environment.hoisted.items()},
    )
    first = len(environment.places)
    for direction in directions:
        for switch in operations.switches:
            environment.add(switch_slope(switch, direction))
    shared = {
        "tangent_first": source.by_stage(),
        "tangent_second": source.by_state(),
        "observe_tangent": source.observed_by_state(),
    }
    own = {
        "source_first": [source.rates(d) for d in directions],
        "source_second": [source.matrix(d) for d in directions],
        "source_initial": [source.initial(d) for d in directions],
        "source_observe": [source.observed(d) for d in directions],
    }
    for rows in (*shared.values(), *(rows for many in own.values() for rows in many)):
        for _, value in rows:
            environment.hoist(value)
    events = source.events(directions) if system.events else None
    if events:
        events.hoist(environment)
    leaves = {**environment.places, **source.leaves}

    def program(name: str, rows: Rows) -> Program:
        return Program(name, tuple((Place("out", i), value) for i, value in rows), leaves)

    return SlopePrograms(
        environment,
        first,
        {name: program(name, rows) for name, rows in shared.items()},
        {
            name: tuple(program(f"{name}_{d}", rows) for d, rows in enumerate(many))
            for name, many in own.items()
        },
        events.programs(leaves) if events else None,
    )


Rows = list[tuple[int, Expression]]


class _Derivatives:
    """Rows of derivatives of one system, zeros left out."""

    def __init__(self, system: System, operations: Operations) -> None:
        self.system, self.operations, self.form = system, operations, NormalForm()
        self.names = operations.names
        self.states = [symbol(name, Binding.STATE) for name in self.names]
        self.tangents = [symbol(_TANGENT + name, Binding.STATE) for name in self.names]
        self.increments = [symbol(_INCREMENT + name, Binding.STATE) for name in self.names]
        self.leaves = {
            **state_leaves(self.names, "state"),
            **{node: Place("tangent", i) for i, node in enumerate(self.tangents)},
            **{node: Place("increment", i) for i, node in enumerate(self.increments)},
            TIME: Place("time", 0),
            _WEIGHT: Place("extra", 0),
        }
        self.products = self._matrix_products()
        self.values = [self.form.of(value) for value in system.observables.values()]

    def _matrix_products(self) -> dict[int, Expression]:
        """Return J k + w f_t by row."""
        rows: dict[int, Expression] = {}
        for (row, column), slope in self.operations.jacobian.items():
            rows[row] = rows.get(row, ZERO) + slope * self.increments[column]
        for row, slope in self.operations.by_time.items():
            rows[row] = rows.get(row, ZERO) + slope * _WEIGHT
        return rows

    def by_stage(self) -> Rows:
        """Return J(u) du, of every row."""
        rows = dict.fromkeys(range(len(self.names)), ZERO)
        for (row, column), slope in self.operations.jacobian.items():
            rows[row] = rows[row] + slope * self.tangents[column]
        return list(rows.items())

    def by_state(self) -> Rows:
        """Return the derivative of J(y) k + w f_t(y) along dy."""
        along = dict(zip(self.states, self.tangents, strict=True))
        return self._changing(self.products, along)

    def observed_by_state(self) -> Rows:
        """Return the derivative of the observables along dy."""
        along = dict(zip(self.states, self.tangents, strict=True))
        return self._changing(dict(enumerate(self.values)), along)

    def rates(self, direction: str) -> Rows:
        """Return the derivative of f by a direction at fixed states."""
        return self._changing(dict(enumerate(self.operations.derivatives)), self._along(direction))

    def matrix(self, direction: str) -> Rows:
        """Return the derivative of J k + w f_t by a direction at fixed states."""
        return self._changing(self.products, self._along(direction))

    def observed(self, direction: str) -> Rows:
        """Return the derivative of the observables by a direction at fixed states."""
        return self._changing(dict(enumerate(self.values)), self._along(direction))

    def initial(self, direction: str) -> Rows:
        """Return the derivative of the initial states."""
        if direction in self.names:
            return [(self.names.index(direction), ONE)]
        initial = {i: value for i, (_, value, *_) in enumerate(with_quadratures(self.system))}
        return self._changing(initial, self._along(direction))

    def events(self, directions: tuple[str, ...]) -> EventRows:
        """Return the derivatives of triggers and assignments."""
        tangents = dict(zip(self.states, self.tangents, strict=True))
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
