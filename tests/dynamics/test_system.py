"""What a system refuses, and values by NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import InputError
from theratwin.dynamics.expressions.evaluate import (
    evaluate,
    initial_values,
    observables,
    right_hand_side,
)
from theratwin.dynamics.expressions.expression import (
    TIME,
    ZERO,
    Binding,
    Expression,
    select,
    symbol,
)
from theratwin.dynamics.system import State, StateEvent, System

X, K = symbol("x", Binding.STATE), symbol("k")


def made(**parts) -> System:
    return System((State("x", 2.0 * K, -K * X),), {"k": 0.5}, **parts)


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda: System((State("x", ZERO, ZERO), State("x", ZERO, ZERO)), {}), "stands twice"),
        (lambda: System((State("k", ZERO, ZERO),), {"k": 1.0}), "two quantities"),
        (lambda: System((State("time", ZERO, ZERO),), {}), "two quantities"),
        (lambda: System((State("x", ZERO, K),), {}), "unknown symbol"),
        (lambda: made(observables={"o": symbol("x")}), "changes by patient, declared is state"),
        (lambda: made(switches={"u": 1.0}, quadratures={"q": symbol("u")}), "declared is segment"),
        (lambda: made(events=(StateEvent("e", symbol("z"), {}),)), "unknown symbol"),
        (lambda: made(events=(StateEvent("e", X, {"x": symbol("z")}),)), "unknown symbol"),
        (lambda: made(events=(StateEvent("e", X, {"k": X}),)), "assigns to a state or a switch"),
    ],
)
def test_unsound_systems_are_refused(write, message: str) -> None:
    with pytest.raises(InputError, match=message):
        write()


def test_values_at_states_and_times() -> None:
    system = made(observables={"o": X + TIME})
    assert system.names == ("x",)
    patients = {"k": np.array([0.5, 1.0])}
    start = initial_values(system, patients)
    assert start.tolist() == [[1.0], [2.0]]
    assert right_hand_side(system, 0.0, start, patients).tolist() == [[-0.5], [-2.0]]
    assert observables(system, 3.0, start, patients)["o"].tolist() == [4.0, 5.0]


def test_wrong_values_are_refused() -> None:
    with pytest.raises(InputError, match="unknown parameter"):
        initial_values(made(), {"kk": 1.0})
    with pytest.raises(InputError, match="last axis must hold 1 states"):
        right_hand_side(made(), 0.0, np.zeros(2))
    with pytest.raises(InputError, match="the symbol has no value"):
        evaluate([X * K], {"x": 1.0})


def test_a_branch_that_is_not_taken_may_have_no_value() -> None:
    safe: Expression = select(X, 1.0 / X, 7.0)
    assert evaluate([safe], {"x": np.array([0.0, 4.0])})[0].tolist() == [7.0, 0.25]
