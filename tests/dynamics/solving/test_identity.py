"""A system's identity: all that its code depends on, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from theratwin.dynamics import model
from theratwin.dynamics.expressions.expression import (
    ONE,
    TIME,
    Binding,
    Expression,
    constant,
    exp,
    substitute,
    symbol,
    walk,
)
from theratwin.dynamics.solving.identity import identity
from theratwin.dynamics.system import State, StateEvent, System

X, Y = symbol("x", Binding.STATE), symbol("y", Binding.STATE)
K, S = symbol("k"), symbol("s", Binding.SEGMENT)

BASE = System(
    states=(
        State("x", ONE, S - K * X, tolerance_scale=0.5),
        State("y", K, K * X - 0.25 * Y * exp(-TIME)),
    ),
    parameters={"k": 1.0, "unused": 2.0},
    switches={"s": 0.0},
    observables={"sum": X + Y, "twice": 2.0 * X},
    quadratures={"area": Y},
    events=(StateEvent("full", X - 3.0, {"x": 0.5 * X, "s": ONE}),),
)


def first(system: System, **changed: object) -> System:
    return replace(system, states=(replace(system.states[0], **changed), system.states[1]))


def turned(mapping: dict) -> dict:
    return dict(reversed(mapping.items()))


DIFFERENT: dict[str, Callable[[System], System]] = {
    "initial value": lambda s: first(s, initial=constant(2.0)),
    "rate": lambda s: first(s, derivative=S - K * X * X),
    "coefficient": lambda s: first(s, derivative=S - 1.0000000000000002 * (K * X)),
    "order of operands": lambda s: first(s, derivative=S - X * K),
    "tolerance scale": lambda s: first(s, tolerance_scale=0.25),
    "order of states": lambda s: replace(s, states=s.states[::-1]),
    "order of parameters": lambda s: replace(s, parameters=turned(dict(s.parameters))),
    "a parameter more": lambda s: replace(s, parameters={**s.parameters, "more": 1.0}),
    "a switch more": lambda s: replace(s, switches={**s.switches, "more": 1.0}),
    "order of observables": lambda s: replace(s, observables=turned(dict(s.observables))),
    "observable": lambda s: replace(s, observables={"sum": X - Y, "twice": 2.0 * X}),
    "name of an observable": lambda s: replace(s, observables={"total": X + Y, "twice": 2.0 * X}),
    "quadrature": lambda s: replace(s, quadratures={"area": X}),
    "no quadrature": lambda s: replace(s, quadratures={}),
    "trigger": lambda s: replace(s, events=(replace(s.events[0], trigger=X - 4.0),)),
    "assignment": lambda s: replace(s, events=(replace(s.events[0], assignments={"x": X}),)),
    "an end": lambda s: replace(s, events=(replace(s.events[0], final=True),)),
    "no event": lambda s: replace(s, events=()),
}


@pytest.mark.parametrize("change", DIFFERENT.values(), ids=DIFFERENT)
def test_whatever_the_code_depends_on_belongs_to_it(change: Callable[[System], System]) -> None:
    assert identity(change(BASE)) != identity(BASE)


def test_units_and_defaults_do_not_belong_to_it() -> None:
    # The code is given the values of parameters, and knows nothing of units.
    assert identity(first(BASE, unit="MBq")) == identity(BASE)
    assert identity(replace(BASE, parameters={"k": 7.0, "unused": 0.0})) == identity(BASE)
    assert identity(replace(BASE, switches={"s": 3.0})) == identity(BASE)


def test_options_belong_to_it() -> None:
    found = {
        identity(BASE, lanes=lanes, directions=directions)
        for lanes in (4, 8)
        for directions in ((), ("k",), ("k", "x"), ("x", "k"))
    }
    assert len(found) == 8


def test_a_name_cannot_pass_for_something_else() -> None:
    def named(name: str) -> str:
        return identity(System((State(name, ONE, -symbol(name, Binding.STATE)),), {}))

    tricky = ["x", "x'", "x\n", "x\\n", "symbol 'x' 4", "('x', 0, 1)", "0", "x 4"]
    assert len({named(name) for name in tricky}) == len(tricky)


numbers = st.floats(allow_nan=False, allow_infinity=False)


@given(numbers, numbers)
def test_systems_that_differ_in_one_constant_never_share(a: float, b: float) -> None:
    assume(repr(a) != repr(b))

    def with_constant(value: float) -> System:
        # Through the node itself, so that no rule of simplification removes it.
        return first(BASE, initial=exp(K + constant(value)))

    assume(with_constant(a).states[0].initial is not with_constant(b).states[0].initial)
    assert identity(with_constant(a)) != identity(with_constant(b))


def test_every_constant_of_a_whole_body_belongs_to_it() -> None:
    system = model("tumor-feedback").system()
    known = identity(system)
    roots = [state.derivative for state in system.states]
    found = {node for root in roots for node in _constants(root)}
    assert found
    for node in found:
        put = {node: constant(float(node.value or 0.0) * (1.0 + 2.0**-52) + 5e-324)}
        states = tuple(
            replace(state, derivative=substitute(state.derivative, put)) for state in system.states
        )
        assert identity(replace(system, states=states)) != known


def _constants(root: Expression) -> list[Expression]:

    return [node for node in walk(root) if node.op == "constant"]


def test_it_is_the_same_in_another_build_and_process() -> None:

    program = (
        "import hashlib\n"
        "from theratwin.dynamics import model\n"
        "from theratwin.dynamics.solving.identity import identity\n"
        "text = identity(model('benchmark-93').system(), lanes=4)\n"
        "print(hashlib.sha256(text.encode()).hexdigest())\n"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1
