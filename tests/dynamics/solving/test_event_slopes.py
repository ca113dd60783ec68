"""Sensitivities through state events against closed forms and central differences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from theratwin.dynamics import (
    Bolus,
    Dose,
    Engine,
    Infusion,
    Jump,
    State,
    StateEvent,
    Status,
    System,
)
from theratwin.dynamics.expressions.expression import (
    ONE,
    TIME,
    ZERO,
    Binding,
    Expression,
    exp,
    symbol,
)

TIMES = np.linspace(0.0, 10.0, 41)
TIGHT = {"rtol": 1e-11, "atol": 1e-13}
STEP = 1e-5


def state(name: str) -> Expression:
    return symbol(name, Binding.STATE)


def switch(name: str) -> Expression:
    return symbol(name, Binding.SEGMENT)


def no_doses(_: Mapping[str, float]) -> list[Dose]:
    return []


def agree_with_differences(
    system: System,
    values: Mapping[str, float],
    doses: Callable[[Mapping[str, float]], list[Dose]] = no_doses,
) -> Any:
    """Check the slopes by all values at all times; return the solution."""
    engine = Engine(system)
    known = {*system.parameters, *system.switches}

    def solve(at: Mapping[str, float], **more: Any) -> Any:
        given = {name: value for name, value in at.items() if name in known}
        return engine.solve(given, TIMES, doses=doses(at), **TIGHT, **more)

    found = solve(values, sensitivities=list(values)).require()
    outputs = [*system.names, *system.observables, *system.quadratures]
    for direction in values:
        up, down = (
            solve({**values, direction: values[direction] + side * STEP}) for side in (1.0, -1.0)
        )
        for name in outputs:
            expected = (up[name] - down[name])[0] / (2.0 * STEP)
            scale = np.max(np.abs(expected)) + np.max(np.abs(found[name]))
            error = np.max(np.abs(found.slopes[direction][name][0] - expected)) / scale
            # Differences at 1e-5 of a solution whose events come to 1e-11 or so.
            assert error < 3e-6, (direction, name)
    return found


def refilled() -> System:
    """Exponential loss; at the level it is filled up by one."""
    x, k, level = state("x"), symbol("k"), symbol("level")
    event = StateEvent("refill", level - x, {"x": x + ONE})
    return System(
        (State("x", symbol("x0"), -k * x),),
        {"k": 0.5, "level": 1.0, "x0": 2.0},
        quadratures={"area": x},
        events=(event,),
    )


def test_refilled_equals_the_closed_form() -> None:
    k, level, x0 = 0.5, 1.0, 2.0
    first = np.log(x0 / level) / k
    times = np.linspace(0.0, first + 0.9 * np.log(2.0) / k, 20)
    found = Engine(refilled()).solve({}, times, sensitivities=["k", "level", "x0", "x"], **TIGHT)
    # After the first: (level + 1) exp(-k (t - t1)) = (1 + 1 / level) x0 exp(-k t).
    after, decayed = times > first, np.exp(-k * times)
    x = np.where(after, (1.0 + 1.0 / level) * x0, x0) * decayed
    expected = {
        "k": -times * x,
        "level": np.where(after, -x0 / level**2 * decayed, 0.0),
        "x0": x / x0,
        "x": x / x0,
    }
    np.testing.assert_allclose(found["x"][0], x, rtol=1e-9)
    for direction, slope in expected.items():
        np.testing.assert_allclose(found.slopes[direction]["x"][0], slope, rtol=1e-8, atol=1e-9)


def test_refilled_many_times() -> None:
    agree_with_differences(refilled(), {"k": 0.9, "level": 1.1, "x0": 2.0})


def bladder() -> System:
    """Urine fills the bladder, activity comes with it; at capacity all but a rest is voided."""
    volume, activity, voided = state("volume"), state("activity"), state("voided")
    flow, excretion, decay = symbol("flow"), symbol("excretion"), symbol("decay")
    rest = symbol("rest") / volume
    event = StateEvent(
        "voiding",
        volume - symbol("capacity"),
        {
            "volume": symbol("rest"),
            "activity": activity * rest,
            "voided": voided + activity * (ONE - rest),
        },
    )
    return System(
        (
            State("volume", symbol("first"), flow),
            State("activity", ZERO, excretion * exp(-decay * TIME) - decay * activity),
            State("voided", ZERO, -decay * voided),
        ),
        {
            "flow": 90.0,
            "excretion": 5.0,
            "decay": 0.1,
            "capacity": 300.0,
            "rest": 20.0,
            "first": 50.0,
        },
        quadratures={"residence": activity},
        events=(event,),
    )


def test_bladder_voiding() -> None:
    litres = {"flow": 0.09, "capacity": 0.3, "rest": 0.03, "first": 0.05}
    found = agree_with_differences(bladder(), {"excretion": 5.0, "decay": 0.1, **litres})
    # What came in since a voiding is there whole, what came before it by rest / capacity.
    first, period = (0.3 - 0.05) / 0.09, (0.3 - 0.03) / 0.09
    kept = np.zeros(TIMES.size)
    for i, time in enumerate(TIMES):
        begun = 0.0
        for voiding in np.arange(first, time, period):
            kept[i] = (kept[i] + voiding - begun) * 0.03 / 0.3
            begun = voiding
        kept[i] += time - begun
    expected = 5.0 * np.exp(-0.1 * TIMES) * kept
    np.testing.assert_allclose(found["activity"][0], expected, rtol=1e-7, atol=1e-9)


def test_a_drug_withdrawn_and_given_again() -> None:
    # The rate is a switch: its slope by the parameters is that of what the events assign.
    x, rate = state("x"), switch("rate")
    given, k = symbol("given"), symbol("k")
    events = (
        StateEvent("withdraw", x - symbol("top"), {"rate": ZERO * given}),
        StateEvent("resume", symbol("bottom") - x, {"rate": given * (ONE + k)}),
    )
    system = System(
        (State("x", ZERO, rate - k * x),),
        {"given": 2.0, "k": 0.4, "top": 1.5, "bottom": 0.7},
        {"rate": 2.0},
        observables={"square": rate * x * rate},
        events=events,
    )
    agree_with_differences(system, {"given": 2.0, "k": 0.4, "top": 1.5, "bottom": 0.7, "rate": 2.1})


def test_jumps_that_depend_on_time_and_bring_about_others() -> None:
    x, y, mark = state("x"), state("y"), switch("mark")
    p, q, level = symbol("p"), symbol("q"), symbol("level")
    events = (
        StateEvent("other", mark - 0.5 * p, {"y": y + x * mark + q * TIME}),
        StateEvent("one", level - x * exp(-q * TIME), {"x": x + TIME * p, "mark": p * x + q}),
    )
    system = System(
        (
            State("x", 2.0 * ONE, -q * x * (ONE + 0.1 * TIME)),
            State("y", ONE, mark * x - 0.2 * y + exp(-p * TIME)),
        ),
        {"p": 0.8, "q": 0.3, "level": 0.6},
        {"mark": 0.0},
        observables={"sum": x + mark * y},
        quadratures={"area": x * y},
        events=events,
    )
    agree_with_differences(system, {"p": 0.8, "q": 0.3, "level": 0.6, "mark": 0.0})


def test_a_moment_that_only_a_parameter_sets() -> None:
    # x jumps by its third at t = late / early: the slope by them is that of the moment alone.
    x = state("x")
    trigger = symbol("early") * TIME - symbol("late")
    system = System(
        (State("x", ONE, ONE - 0.3 * x),),
        {"early": 2.0, "late": 7.1},
        events=(StateEvent("third", trigger, {"x": x / 3.0}),),
    )
    agree_with_differences(system, {"early": 2.0, "late": 7.1})


def test_doses_before_between_and_as_the_cause() -> None:
    x, n = state("x"), switch("n")
    k, level = symbol("k"), symbol("level")
    events = (
        StateEvent("low", level - x, {"x": x + 2.0 * level}),
        StateEvent("high", x - 5.0, {"x": 0.5 * x, "n": n + k * x}),
    )
    system = System(
        (State("x", 2.0 * ONE, switch("rate") - k * x),),
        {"k": 0.6, "level": 0.8},
        {"n": 0.0, "rate": 0.0, "other": 0.0},
        observables={"seen": n * x},
        events=events,
    )

    def doses(at: Mapping[str, float]) -> list[Dose]:
        return [
            Infusion("rate", 1.0, 2.0, at["infused"], name="infused"),
            Bolus("x", 4.1, at["given"], name="given"),
            Jump("other", 5.0, 1.0),
        ]

    values = {"k": 0.6, "level": 0.8, "rate": 0.1, "infused": 1.0, "given": 6.0}
    found = agree_with_differences(system, values, doses)
    assert np.max(found["seen"]) > 1.0


def test_the_moment_of_a_grazing_trigger_has_no_slope() -> None:
    # x = t (2 - t) rises to 1: the level of one less a hair is crossed at the very top.
    x = state("x")
    event = StateEvent("top", x - symbol("level"), {"x": x + ONE})
    engine = Engine(System((State("x", ZERO, 2.0 - 2.0 * TIME),), {"level": 0.5}, events=(event,)))
    given = {"level": [0.5, 1.0 - 1e-11, 2.0]}
    plain = engine.solve(given, TIMES, **TIGHT)
    assert np.all(plain.status == Status.DONE)
    found = engine.solve(given, TIMES, sensitivities=["level"], **TIGHT)
    assert list(found.status) == [Status.DONE, Status.TANGENTIAL, Status.DONE]
    assert found.reached[1] == pytest.approx(1.0, abs=1e-4)
    assert np.isnan(found.slopes["level"]["x"][1, TIMES > 1.1]).all()
    assert "without sensitivities" in found.report()
    # dt*/dlevel = 1 / x'(t*), and x jumps by one: the rate is of time alone.
    np.testing.assert_allclose(found.slopes["level"]["x"][0], 0.0, atol=1e-9)


def test_a_given_up_patient_leaves_nothing_to_the_next() -> None:
    # The first two end in the middle of a moment; the others' events come by a dose.
    x, u = state("x"), switch("u")
    events = (
        StateEvent("up", x - ONE, {"u": -ONE, "x": x * symbol("scale")}),
        StateEvent("down", ONE - x, {"u": ONE}),
    )
    system = System(
        (State("x", symbol("x0"), u + ZERO * x),),
        {"x0": 0.0, "scale": 1.0},
        {"u": 1.0},
        events=events,
    )
    engine = Engine(system, lanes=2)
    given = {"doses": [Bolus("x", 2.0, 19.2)], "sensitivities": ["scale", "x0"]}
    together = engine.solve({"x0": [0.0, 0.0, -20.0, -20.0]}, [2.1], **given, threads=1)
    assert list(together.status) == [Status.CHATTERING] * 2 + [Status.DONE] * 2
    alone = engine.solve({"x0": -20.0}, [2.1], **given)
    for direction, expected in (("scale", 1.2), ("x0", 1.0)):
        slope = together.slopes[direction]["x"][2:]
        np.testing.assert_allclose(slope, expected, rtol=1e-9)
        assert slope[0].tobytes() == alone.slopes[direction]["x"][0].tobytes()


def test_the_same_bytes_alone_together_and_spread() -> None:
    directions = ["flow", "excretion", "decay", "capacity", "rest", "first"]
    given = {"flow": np.linspace(60.0, 140.0, 11)}
    more = {"sensitivities": directions, "rtol": 1e-7}
    engine = Engine(bladder())
    together = engine.solve(given, TIMES, **more)
    turned = {"flow": given["flow"][::-1]}
    other = Engine(bladder(), lanes=2).solve(turned, TIMES, **more, threads=2, chunk=4)
    plain = engine.solve(given, TIMES, rtol=1e-7)
    for name in ("volume", "activity", "voided", "residence"):
        assert plain[name].tobytes() == together[name].tobytes()
        for direction in directions:
            expected = together.slopes[direction][name]
            np.testing.assert_array_equal(other.slopes[direction][name][::-1], expected)
    for patient in (0, 7):
        alone = engine.solve({"flow": given["flow"][patient]}, TIMES, **more)
        for direction in directions:
            expected = together.slopes[direction]["activity"][patient]
            assert alone.slopes[direction]["activity"][0].tobytes() == expected.tobytes()
