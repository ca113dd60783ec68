"""State events against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import UnsupportedError
from theratwin.dynamics import Bolus, Engine, State, StateEvent, Status, System
from theratwin.dynamics.expressions.expression import ONE, TIME, ZERO, Binding, symbol

TIMES = np.linspace(0.0, 10.0, 41)
TIGHT = {"rtol": 1e-10, "atol": 1e-13}


def refilled() -> Engine:
    """Exponential loss; at the level it is filled up again."""
    state, k, level = symbol("x", Binding.STATE), symbol("k"), symbol("level")
    event = StateEvent("refill", level - state, {"x": state + ONE})
    system = System((State("x", 2.0 * ONE, -k * state),), {"k": 0.5, "level": 1.0}, events=(event,))
    return Engine(system)


def refilled_exact(k: float, level: float) -> np.ndarray:
    first = np.log(2.0 / level) / k
    period = np.log((level + 1.0) / level) / k
    since = np.where(first > TIMES, TIMES, np.mod(TIMES - first, period))
    return np.where(first > TIMES, 2.0, level + 1.0) * np.exp(-k * since)


def test_jumps_come_when_the_level_is_crossed() -> None:
    k = np.array([0.5, 0.9, 0.013])
    found = refilled().solve({"k": k}, TIMES, **TIGHT)
    assert np.all(found.status == Status.DONE)
    for patient in range(3):
        exact = refilled_exact(k[patient], 1.0)
        # A time that is off by 1e-9 shifts what follows by as much.
        np.testing.assert_allclose(found["x"][patient], exact, rtol=1e-7)


def test_company_does_not_move_events() -> None:
    k = np.linspace(0.3, 1.4, 9)
    together = refilled().solve({"k": k}, TIMES)["x"]
    for patient in (0, 4, 8):
        alone = refilled().solve({"k": k[patient]}, TIMES)["x"]
        assert alone.tobytes() == together[patient].tobytes()


def test_curves_end_where_events_are() -> None:
    found = refilled().solve({}, TIMES, curves=["x"], **TIGHT)
    curve = found.curve("x")
    between = np.setdiff1d(TIMES, curve.breaks)
    exact = dict(zip(TIMES, refilled_exact(0.5, 1.0), strict=True))
    np.testing.assert_allclose(curve(between), [exact[t] for t in between], rtol=1e-7)


def test_events_set_switches_and_see_the_state_before() -> None:
    # A ball on a table: v turns; both values are those of before the jump.
    height, speed = symbol("height", Binding.STATE), symbol("speed", Binding.STATE)
    count = symbol("count", Binding.SEGMENT)
    event = StateEvent(
        "bounce", -height, {"speed": -speed, "height": 0.0 * ONE, "count": count + ONE}
    )
    system = System(
        (State("height", ONE, speed), State("speed", ZERO, -2.0 * ONE)),
        {},
        {"count": 0.0},
        observables={"bounces": count},
        events=(event,),
    )
    found = Engine(system).solve({}, TIMES, **TIGHT)
    # Falling from 1 with g = 2 takes 1 h; an elastic bounce returns after 2 h.
    since = np.mod(TIMES - 1.0, 2.0) - 1.0
    np.testing.assert_allclose(found["height"][0], 1.0 - since**2, atol=1e-8)
    away = np.abs(np.mod(TIMES, 2.0) - 1.0) > 1e-6
    expected = np.floor((TIMES + 1.0) / 2.0)
    np.testing.assert_array_equal(found["bounces"][0][away], expected[away])


def test_the_first_of_two_events_comes_first() -> None:
    state = symbol("x", Binding.STATE)
    events = (
        StateEvent("late", TIME - 3.0, {"x": 10.0 * state}),
        StateEvent("early", TIME - 2.0, {"x": state + ONE}),
    )
    engine = Engine(System((State("x", ONE, ZERO * state),), {}, events=events))
    found = engine.solve({}, [1.0, 2.5, 4.0], **TIGHT)
    np.testing.assert_allclose(found["x"][0], [1.0, 2.0, 20.0], rtol=1e-12)


def test_events_and_doses_together() -> None:
    found = refilled().solve({}, TIMES, doses=[Bolus("x", 1.0, 1.0)], **TIGHT)
    before = TIMES < 1.0
    np.testing.assert_allclose(found["x"][0][before], 2.0 * np.exp(-0.5 * TIMES[before]), rtol=1e-8)
    assert found["x"].min() > 1.0 - 1e-8


def test_sensitivities_are_refused() -> None:
    with pytest.raises(UnsupportedError, match="state events"):
        refilled().solve({}, TIMES, sensitivities=["k"])
