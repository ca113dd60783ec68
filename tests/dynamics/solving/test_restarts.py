"""One patient solved from one start after the other, against one solution in a piece."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import UnsupportedError
from theratwin.dynamics import Engine, State, StateEvent, Status, System
from theratwin.dynamics.expressions.expression import ONE, TIME, Binding, symbol
from theratwin.dynamics.solving.restarts import Restarts

X, K, FIRST = symbol("x", Binding.STATE), symbol("k"), symbol("first")
PARAMETERS = {"k": 0.5, "first": 1.0}


def decaying(*events: StateEvent, **switches: float) -> Engine:
    system = System((State("x", FIRST, -K * X),), PARAMETERS, switches, events=events)
    return Engine(system, level=0, lanes=1)


def test_restarts_give_the_solution() -> None:
    engine = decaying()
    again = Restarts(engine, PARAMETERS, 8, rtol=1e-9, atol=1e-12)
    once = engine.solve({}, [0.5, 1.5], end=2.0, rtol=1e-9, atol=1e-12)
    status, states = again.solve(0.0, 2.0, np.array([0.5, 1.5]))
    assert status is Status.DONE
    np.testing.assert_array_equal(states[:, 0], once["x"][0])
    # Other starts, other parameters, more times and none.
    again.parameters[:] = 0.25, float(again.final[0])
    assert again.solve(2.0, 3.0, np.empty(0))[1].shape == (0, 1)
    again.parameters[1] = again.final[0]
    _, states = again.solve(3.0, 5.0, np.array([3.0, 4.0, 5.0]))
    expected = np.exp(-1.0 - 0.25 * np.array([1.0, 2.0, 3.0]))
    np.testing.assert_allclose(states[:, 0], expected, rtol=1e-8)
    assert again.reached == 5.0


def test_a_final_event_ends_the_solution() -> None:
    # x falls to a half at ln 2 / k; the other event would be later.
    low = StateEvent("low", 0.5 - X, {"seen": ONE}, final=True)
    late = StateEvent("late", TIME - 3.0, {"late": ONE})
    again = Restarts(decaying(low, late, seen=0.0, late=0.0), PARAMETERS, 4, rtol=1e-10)
    status, states = again.solve(0.0, 9.0, np.array([1.0, 2.0]))
    assert status is Status.DONE
    np.testing.assert_allclose(again.reached, np.log(2.0) / 0.5, rtol=1e-8)
    np.testing.assert_allclose(again.final, [0.5], rtol=1e-12)
    np.testing.assert_array_equal(again.switches, [1.0, 0.0])
    assert states[0, 0] > 0.5
    assert np.isnan(states[1, 0])


def test_after_a_final_event_nothing_is_known() -> None:
    low = StateEvent("low", 0.5 - X, {"x": ONE}, final=True)
    found = decaying(low).solve({"k": [0.5, 0.1]}, [1.0, 2.0], rtol=1e-9)
    np.testing.assert_allclose(found.reached, [2.0 * np.log(2.0), 2.0], rtol=1e-8)
    assert np.isnan(found["x"][0, 1])
    np.testing.assert_allclose(found["x"][1], np.exp([-0.1, -0.2]), rtol=1e-8)
    with pytest.raises(UnsupportedError, match="end the solution"):
        decaying(low).solve({}, [1.0], steady=True)
