"""State events against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import UnsupportedError
from theratwin.dynamics import Bolus, Engine, Jump, State, StateEvent, Status, System
from theratwin.dynamics.expressions.expression import (
    ONE,
    TIME,
    ZERO,
    Binding,
    Expression,
    symbol,
)

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


def state(name: str) -> Expression:
    return symbol(name, Binding.STATE)


def switch(name: str) -> Expression:
    return symbol(name, Binding.SEGMENT)


def decaying(*events: StateEvent, **switches: float) -> Engine:
    """x decays from 1, with switches to report what happened."""
    x = state("x")
    watched = {name: switch(name) * ONE for name in switches}
    system = System(
        (State("x", ONE, -0.5 * x),), {}, switches, observables=watched, events=tuple(events)
    )
    return Engine(system)


def test_a_bolus_that_carries_a_trigger_over_zero_makes_the_jump() -> None:
    x = state("x")
    engine = decaying(StateEvent("alarm", x - 3.0, {"when": TIME, "x": x - ONE}), when=-1.0)
    found = engine.solve({}, [1.9, 2.0, 3.0], doses=[Bolus("x", 2.0, 4.0)], **TIGHT)
    reached = np.exp(-1.0) + 3.0
    np.testing.assert_allclose(found["when"][0], [-1.0, 2.0, 2.0], rtol=1e-14)
    # The value at the time of the dose is the one after the jump that it brought about.
    np.testing.assert_allclose(found["x"][0, 1:], [reached, reached * np.exp(-0.5)], rtol=1e-9)


def test_so_does_a_switch_and_only_when_the_trigger_was_not_true() -> None:
    event = StateEvent("count", switch("level") - 0.5, {"n": switch("n") + ONE})
    engine = decaying(event, level=0.0, n=0.0)
    jumps = [Jump("level", t, v) for t, v in ((1.0, 1.0), (2.0, 2.0), (3.0, 0.0), (4.0, 1.0))]
    found = engine.solve({}, [0.5, 1.5, 2.5, 3.5, 4.5], doses=jumps)
    np.testing.assert_array_equal(found["n"][0], [0.0, 1.0, 1.0, 1.0, 2.0])


def test_a_dose_and_its_undoing_at_one_time_make_no_jump() -> None:
    # Doses of one time are all given before the triggers are looked at.
    engine = decaying(StateEvent("alarm", state("x") - 3.0, {"n": ONE}), n=0.0)
    doses = [Bolus("x", 2.0, 9.0), Bolus("x", 2.0, -9.0)]
    assert engine.solve({}, [3.0], doses=doses)["n"][0, 0] == 0.0


def test_one_event_brings_about_the_next_at_the_same_time() -> None:
    x, first, second = state("x"), switch("first"), switch("second")
    engine = decaying(
        StateEvent("third", second - 0.5, {"x": x + 10.0 * ONE, "third": TIME}),
        StateEvent("second", first - 0.5, {"second": ONE}),
        StateEvent("first", 0.5 - x, {"first": ONE}),
        first=0.0,
        second=0.0,
        third=-1.0,
    )
    found = engine.solve({}, [1.0, 2.0], doses=[Bolus("x", 7.0, 1.0)], **TIGHT)
    at = 2.0 * np.log(2.0)
    np.testing.assert_allclose(found["third"][0], [-1.0, at], rtol=1e-9)
    np.testing.assert_allclose(found["x"][0, 1], 10.5 * np.exp(-0.5 * (2.0 - at)), rtol=1e-8)


def test_events_of_one_moment_see_the_state_before_it() -> None:
    x, y = state("x"), state("y")
    trigger = TIME - 2.0
    system = System(
        (State("x", ONE, ZERO * x), State("y", 5.0 * ONE, ZERO * y)),
        {},
        events=(StateEvent("left", trigger, {"x": y}), StateEvent("right", trigger, {"y": x})),
    )
    found = Engine(system).solve({}, [1.0, 3.0])
    np.testing.assert_allclose(found["x"][0], [1.0, 5.0], rtol=1e-12)
    np.testing.assert_allclose(found["y"][0], [5.0, 1.0], rtol=1e-12)


def test_true_at_the_start_waits_unless_told_otherwise() -> None:
    x = state("x")
    for initially, expected in ((True, [0.0, 0.0, 1.0]), (False, [1.0, 1.0, 2.0])):
        event = StateEvent("high", x - 0.5, {"n": switch("n") + ONE}, initially=initially)
        # From 1 it falls below a half at 1.39 h; the dose carries it back.
        found = decaying(event, n=0.0).solve({}, [0.0, 1.0, 3.0], doses=[Bolus("x", 2.0, 1.0)])
        np.testing.assert_array_equal(found["n"][0], expected)


def test_a_dose_at_the_start_is_a_dose() -> None:
    event = StateEvent("high", state("x") - 2.0, {"n": ONE})
    found = decaying(event, n=0.0).solve({}, [0.0], doses=[Bolus("x", 0.0, 4.0)])
    assert found["n"][0, 0] == 1.0


def test_coming_to_rest_is_no_dose() -> None:
    x, supply = state("x"), symbol("supply")
    event = StateEvent("high", x - 2.0, {"marked": ONE})
    system = System(
        (State("x", ZERO, supply - x), State("marked", ZERO, ZERO * x)),
        {"supply": 1.0},
        events=(event,),
    )
    found = Engine(system).solve({"supply": [1.0, 1.9]}, [0.0, 1.0], steady=True)
    np.testing.assert_array_equal(found["marked"], np.zeros((2, 2)))
    np.testing.assert_allclose(found["x"][:, 0], [1.0, 1.9], rtol=1e-5)


def test_switches_set_on_the_way_to_rest_are_refused() -> None:
    engine = decaying(StateEvent("low", 0.5 - state("x"), {"n": ONE}), n=0.0)
    with pytest.raises(UnsupportedError, match="steady"):
        engine.solve({}, [1.0], steady=True)


@pytest.mark.parametrize("rtol", [1e-4, 1e-6, 1e-9])
def test_a_summit_within_one_step_is_seen(rtol: float) -> None:
    # Bateman: b rises to its peak and falls; each level is passed for a moment only.
    k, m, n = 1.0, 0.3, switch("n")
    a, b = state("a"), state("b")
    system = System(
        (State("a", ONE, -k * a), State("b", ZERO, k * a - m * b)),
        {"level": 0.5},
        {"n": 0.0},
        observables={"count": n * ONE},
        events=(StateEvent("peak", b - symbol("level"), {"n": n + ONE}),),
    )
    at = np.log(k / m) / (k - m)
    peak = k / (m - k) * (np.exp(-k * at) - np.exp(-m * at))
    # Nearer than the error of the solution the level may be missed for good reason.
    below = peak * (1.0 - np.logspace(-1.0, np.log10(rtol), 30))
    found = Engine(system).solve({"level": [*below, peak * (1.0 + 1e-3)]}, [30.0], rtol=rtol)
    np.testing.assert_array_equal(found["count"][:, 0], [*np.ones(30), 0.0])


def test_time_and_dose_at_once() -> None:
    # A trigger is true where it is positive: after two hours, when the dose has been given.
    x = state("x")
    system = System(
        (State("x", ONE, ZERO * x),), {}, events=(StateEvent("double", TIME - 2.0, {"x": 2.0 * x}),)
    )
    found = Engine(system).solve({}, [2.0, 2.5], doses=[Bolus("x", 2.0, 3.0)])
    np.testing.assert_allclose(found["x"][0], [4.0, 8.0], rtol=1e-12)


def test_events_that_undo_each_other_end_in_a_status() -> None:
    x, u = state("x"), switch("u")
    events = (
        StateEvent("up", x - ONE, {"u": -ONE}),
        StateEvent("down", ONE - x, {"u": ONE}),
    )
    system = System(
        (State("x", symbol("x0"), u + ZERO * x),), {"x0": 0.0}, {"u": 1.0}, events=events
    )
    found = Engine(system).solve({"x0": [0.0, -20.0]}, [0.5, 5.0])
    assert list(found.status) == [Status.CHATTERING, Status.DONE]
    np.testing.assert_allclose(found.reached, [1.0, 5.0])
    np.testing.assert_allclose(found["x"][1], [-19.5, -15.0])
    assert np.isnan(found["x"][0, 1])
    assert "undo each other" in found.report()


def test_a_ball_that_bounces_ever_lower_comes_to_rest_in_a_status() -> None:
    # Half the speed each time, the first bounce at 1 h: the bounces end at 3 h.
    height, speed = state("height"), state("speed")
    event = StateEvent("bounce", -height, {"speed": -0.5 * speed, "height": ZERO * height})
    system = System(
        (State("height", ONE, speed), State("speed", ZERO, -2.0 * ONE)), {}, events=(event,)
    )
    found = Engine(system).solve({}, [0.5, 5.0], **TIGHT)
    assert found.status[0] == Status.CHATTERING
    assert found.reached[0] == pytest.approx(3.0, abs=1e-6)


def test_endless_events_use_up_the_steps() -> None:
    x = state("x")
    event = StateEvent("again", x - ONE, {"x": ONE - 1e-6})
    engine = Engine(System((State("x", ZERO, ONE + ZERO * x),), {}, events=(event,)))
    found = engine.solve({}, [50.0], most_steps=500, fallback=False)
    assert found.status[0] == Status.TOO_MANY_STEPS


def test_lanes_threads_and_order_do_not_move_events() -> None:
    k = np.linspace(0.3, 1.4, 37)
    doses = [Bolus("x", np.linspace(0.5, 4.0, 37), 1.5)]
    plain = refilled().solve({"k": k}, TIMES, doses=doses)["x"]
    engine = Engine(refilled().system, lanes=8)
    turned = [Bolus("x", np.linspace(0.5, 4.0, 37)[::-1], 1.5)]
    other = engine.solve({"k": k[::-1]}, TIMES, doses=turned, threads=2, chunk=8)["x"]
    assert other[::-1].tobytes() == plain.tobytes()
