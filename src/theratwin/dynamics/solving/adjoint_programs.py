"""The programs of the discrete adjoint: what a cotangent becomes through rates, outputs, prologue.

Slow values (`Environment`) are gathered as they are: each has a cotangent of its own, which goes
through the segment's and the patient's prologue only when a segment or a patient is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from theratwin.dynamics.expressions.expression import (
    TIME,
    ZERO,
    Binding,
    Expression,
    constant,
    either,
    is_constant,
    less,
    substitute,
    symbol,
)
from theratwin.dynamics.expressions.reverse import Seed, cotangents
from theratwin.dynamics.solving.normal_form import NormalForm, total
from theratwin.dynamics.solving.operations import (
    Environment,
    Operations,
    Place,
    Program,
    state_leaves,
)
from theratwin.dynamics.solving.tableau import Tableau

#: The programs that run on all lanes, and those that run on one.
WIDE = ("pull_stage", "pull_step")
NARROW = ("pull_observed", "pull_initial", "pull_segment", "pull_patient")

_LENGTH = symbol("length of the step", Binding.STATE)
_BEGUN = symbol("time as the step begins", Binding.STATE)


@dataclass(frozen=True)
class AdjointPrograms:
    """Programs that carry cotangents back.

    Parameters
    ----------
    environment
        That of the system, with what these programs need added at its end.
    gathered
        Number of slow values that have a cotangent.
    by_segment
        Slots of those that are computed as a segment begins.
    changing
        The states in whose columns the Jacobian changes within a step.
    programs
        Name to program. They add to "gradient" (slow values) and write or add to "out" (states).
    """

    environment: Environment
    gathered: int
    by_segment: tuple[int, ...]
    changing: tuple[int, ...]
    programs: Mapping[str, Program]


def adjoint_programs(operations: Operations, method: Tableau) -> AdjointPrograms:
    """Return the programs for a system and a method."""
    known = operations.environment
    environment = Environment(
        dict(known.places), {binding: list(nodes) for binding, nodes in known.hoisted.items()}
    )
    source = _Source(operations, method)
    stage, changing = source.stage()
    wide = {
        "pull_stage": stage,
        "pull_step": source.step(),
        "pull_observed": source.observed(),
    }
    for outputs in wide.values():
        for _, value in outputs:
            environment.hoist(value)
    narrow = {
        "pull_initial": source.initial(),
        "pull_segment": source.hoisted(Binding.SEGMENT),
        "pull_patient": source.hoisted(Binding.PATIENT),
    }
    leaves = {**environment.places, **source.leaves}
    slow = {**known.places, **source.leaves}
    programs = {name: Program(name, tuple(outputs), leaves) for name, outputs in wide.items()}
    programs |= {name: Program(name, tuple(outputs), slow) for name, outputs in narrow.items()}
    slots = tuple(known.places[node].slot for node in known.hoisted[Binding.SEGMENT])
    return AdjointPrograms(environment, len(known.places), slots, changing, programs)


Outputs = list[tuple[Place, Expression]]


class _Source:
    """Outputs of the programs of one system."""

    def __init__(self, operations: Operations, method: Tableau) -> None:
        self.operations, self.method = operations, method
        self.states = state_leaves(operations.names, "state")
        self.leaves: dict[Expression, Place] = {
            **self.states,
            TIME: Place("time", 0),
            _LENGTH: Place("extra", 0),
        }
        self.slow, self.form = operations.environment.places, NormalForm()
        self.linear, self.rest = self._split()

    def _leaf(self, array: str, slot: int) -> Expression:
        node = symbol(f"{array} {slot}", Binding.STATE)
        self.leaves[node] = Place(array, slot)
        return node

    def _outputs(self, seeds: list[Seed], kept: Mapping[Expression, Place]) -> Outputs:
        """Return the cotangents of the kept slow values, then those of the states."""
        found = cotangents(seeds, {*kept, *self.states, TIME})
        slow = [(Place("gradient", kept[n].slot), v) for n, v in found.items() if n in kept]
        return [*slow, *((self.states[n], v) for n, v in found.items() if n in self.states)]

    def _split(self) -> tuple[dict[tuple[int, int], Expression], dict[int, Expression]]:
        """Return the coefficients of what is linear in a state, by row and column, and the rest."""
        linear, rest = {}, {}
        for row, rate in enumerate(self.operations.derivatives):
            others = []
            for term in self.form.terms(rate):
                is_state = term.product in self.states
                if is_state and term.coefficient.binding <= Binding.SEGMENT:
                    linear[row, self.states[term.product].slot] = term.coefficient
                else:
                    others.append(term)
            rest[row] = total(tuple(others))
        return linear, rest

    def stage(self) -> tuple[Outputs, tuple[int, ...]]:
        """Return f_e(u)^T w but for what is linear, then (J(u) - J(y))^T w where it is not zero.

        The second return value tells the states of the latter, in order.
        """
        seeds: list[Seed] = [
            (rate, self._leaf("weight", row), ()) for row, rate in self.rest.items()
        ]
        found = self._outputs(seeds, self.slow)
        begun = {node: self._leaf("begin", place.slot) for node, place in self.states.items()}
        self.leaves[_BEGUN] = Place("extra", 0)
        changes = {
            place.slot: value - substitute(value, {**begun, TIME: _BEGUN})
            for place, value in found
            if place.array == "state"
        }
        states = tuple(i for i, change in sorted(changes.items()) if not is_constant(change, 0.0))
        slow = [(place, value) for place, value in found if place.array == "gradient"]
        return [*slow, *((Place("out", k), changes[i]) for k, i in enumerate(states))], states

    def step(self) -> Outputs:
        """Return the cotangents through the matrix, the slopes by time, and what is linear.

        With z = h sum_i tau_i w_i, they are those of sum_e J_e sum_i w_i k_i^T + f_t^T z at y. What
        is linear, f = A u, has for A in stages and matrix together sum_i w_i (u_i + k_i)^T.
        """
        index = {name: i for i, name in enumerate(self.operations.names)}
        seeds: list[Seed] = [
            (coefficient, self._outer(row, column, "reach"), ())
            for (row, column), coefficient in self.linear.items()
        ]
        for row, rate in self.rest.items():
            for name, slope in self.form.slopes(rate).items():
                seeds.append((slope, self._outer(row, index[name], "increment"), ()))
        for row, slope in self.operations.by_time.items():
            seeds.append((slope, self._summed(row) * _LENGTH, ()))
        return _to_out(self._outputs(seeds, self.slow))

    def _outer(self, row: int, column: int, array: str) -> Expression:
        value, size = ZERO, self.operations.size
        for stage in range(self.method.stages):
            weight = self._leaf("weight", stage * size + row)
            value = value + weight * self._leaf(array, stage * size + column)
        return value

    def _summed(self, row: int) -> Expression:
        value, size = ZERO, self.operations.size
        for stage, slope in enumerate(self.method.slopes):
            value = value + constant(slope) * self._leaf("weight", stage * size + row)
        return value

    def observed(self) -> Outputs:
        """Return the cotangents through the observables; one of cotangent zero takes no part."""
        seeds: list[Seed] = []
        for _, value in self.operations.programs["observe"].outputs:
            weight = self._leaf("weight", len(seeds))
            counts = either(less(weight, 0.0), less(0.0, weight))
            seeds.append((value, weight, ((counts, True),)))
        return _to_out(self._outputs(seeds, self.slow))

    def initial(self) -> Outputs:
        """Return the cotangents of slow values through the initial states."""
        seeds: list[Seed] = [
            (value, self._leaf("weight", place.slot), ())
            for place, value in self.operations.programs["initial"].outputs
        ]
        return self._outputs(seeds, self.slow)

    def hoisted(self, binding: Binding) -> Outputs:
        """Return the cotangents of what the slow values of a binding are computed from."""
        program = self.operations.environment.program(binding)
        seeds: list[Seed] = [
            (value, self._leaf("gradient", place.slot), ()) for place, value in program.outputs
        ]
        return self._outputs(seeds, program.leaves)


def _to_out(outputs: Outputs) -> Outputs:
    return [(Place("out", p.slot) if p.array == "state" else p, value) for p, value in outputs]
