"""Events: delay, priority, persistence and when values are taken, against what they must do."""

from itertools import product

import numpy as np
import pytest

from theratwin.core.errors import FitError, UnsupportedError
from theratwin.dynamics import Engine
from theratwin.dynamics.expressions.evaluate import evaluate
from theratwin.dynamics.expressions.expression import (
    both,
    constant,
    either,
    less,
    less_equal,
    negation,
    select,
    symbol,
)
from theratwin.io.sbml import sbml_model
from theratwin.io.sbml.triggers import margin

TIMES = np.array([0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0])


def run(text, names, **options):
    return {k: v[0] for k, v in sbml_model(text).simulate(TIMES, names, **options).items()}


def test_a_delay_keeps_the_value_of_the_trigger_or_takes_the_later_one(sbml):
    # x = t; triggered at 1, done at 2.5.
    for at_trigger, value in ((True, 1.0), (False, 2.5)):
        event = {"trigger": "x >= 1", "delay": "1.5", "set": {"y": "x"}, "at_trigger": at_trigger}
        text = sbml(parameters={"x": 0.0, "y": -1.0}, rates={"x": "1"}, events=(event,))
        found = run(text, ["y"])
        np.testing.assert_allclose(found["y"], np.where(TIMES < 2.5, -1.0, value), rtol=1e-9)


@pytest.mark.parametrize(("persistent", "expected"), [(True, 1.0), (False, 0.0)])
def test_an_event_that_does_not_persist_is_called_off(sbml, persistent, expected):
    # True from 1 to 2 only; due at 2.5.
    event = {
        "trigger": "time >= 1 && time < 2",
        "delay": "1.5",
        "persistent": persistent,
        "set": {"y": "1"},
    }
    found = run(sbml(parameters={"y": 0.0}, events=(event,)), ["y"])
    assert found["y"][-1] == expected


def test_two_waiting_at_once_both_happen(sbml):
    # Triggers at 0.6 and 1.6, each two later: the delay is longer than the time between them.
    event = {
        "trigger": "sin(2 * pi * (time + 0.4)) > 0 && time < 2",
        "delay": "2",
        "set": {"y": "y + 1"},
        "at_trigger": False,
    }
    found = run(sbml(parameters={"y": 0.0}, events=(event,)), ["y"])
    np.testing.assert_array_equal(found["y"], [0, 0, 0, 0, 0, 0, 1, 1, 2])


def test_the_highest_priority_goes_first(sbml):
    first = {"trigger": "time >= 1", "priority": "1", "set": {"y": "y * 2"}, "at_trigger": False}
    second = {"trigger": "time >= 1", "priority": "2", "set": {"y": "y + 3"}, "at_trigger": False}
    found = run(sbml(parameters={"y": 1.0}, events=(first, second)), ["y"])
    assert found["y"][-1] == (1.0 + 3.0) * 2.0


def test_chance_decides_between_equals_by_the_seed(sbml):
    events = tuple(
        {"trigger": "time >= 1", "priority": "1", "set": {"y": law}, "at_trigger": False}
        for law in ("y * 2", "y + 3")
    )
    model = sbml_model(sbml(parameters={"y": 1.0}, events=events))
    ends = [model.simulate(TIMES, ["y"], seed=seed)["y"][0, -1] for seed in range(8)]
    assert set(ends) == {5.0, 8.0}
    assert ends == [model.simulate(TIMES, ["y"], seed=seed)["y"][0, -1] for seed in range(8)]


def test_an_event_true_at_the_start_happens_there_if_it_was_not_before(sbml):
    for initially, value in ((True, 0.0), (False, 7.0)):
        event = {"trigger": "time >= 0", "initially": initially, "set": {"y": "7"}}
        found = run(sbml(parameters={"y": 0.0}, events=(event,)), ["y"])
        assert found["y"][0] == value


def test_a_concentration_set_by_an_event_becomes_an_amount(sbml):
    event = {"trigger": "time >= 1", "set": {"S": "3"}}
    text = sbml(
        compartments={"C": 2.0},
        species={"S": ("C", 1.0, False)},
        rates={"C": "1"},
        events=(event,),
    )
    found = run(text, ["S", "C"], amounts=())
    after = TIMES >= 1.0
    # The amount is 3 times the volume then, 3, and stays.
    np.testing.assert_allclose(found["S"], np.where(after, 9.0, 2.0) / (2.0 + TIMES), rtol=1e-8)


def test_compiled_events_agree_with_those_one_by_one(sbml):
    event = {"trigger": "x < 0.5", "set": {"x": "x + 1"}}
    model = sbml_model(sbml(parameters={"x": 1.0}, rates={"x": "-x"}, events=(event,)))
    system = model.system(model.observables(["x"]))
    batch = Engine(system).solve({"x": [1.0, 1.3]}, TIMES, rtol=1e-9, atol=1e-12)
    alone = model.simulate(TIMES, ["x"], parameters={"x": [1.0, 1.3]}, rtol=1e-9)
    np.testing.assert_allclose(batch["x"], alone["x"], rtol=1e-7)
    # From 1: at ln 2 up to 1.5, then every ln 3 again.
    expected = [
        1.5 * np.exp(-((t - np.log(2)) % np.log(3))) if t > np.log(2) else np.exp(-t) for t in TIMES
    ]
    np.testing.assert_allclose(alone["x"][0], expected, rtol=1e-6)


def test_slopes_go_through_compiled_events(sbml):
    # y falls from 10 and gets 5 at 1.5; x rises by a and is set back at 1.
    text = sbml(
        parameters={"a": 0.7, "k": 0.6, "x": 0.0, "y": 10.0},
        rates={"x": "a", "y": "-k * y"},
        events=(
            {"trigger": "time >= 1.25 && !(time < 1.5)", "set": {"y": "y + 5"}},
            {"trigger": "x >= 1", "set": {"x": "0"}},
        ),
    )
    model = sbml_model(text)
    times, a, k = np.array([1.0, 1.75, 4.0]), 0.7, 0.6
    options = {"sensitivities": ["a", "k"], "rtol": 1e-9, "atol": 1e-12}
    found = Engine(model.system(model.observables(["x", "y"])), level=0).solve({}, times, **options)
    # x = a t - n with n whole.
    np.testing.assert_allclose(found["x"][0], (a * times) % 1.0, rtol=1e-8)
    np.testing.assert_allclose(found.slopes["a"]["x"][0], times, rtol=1e-7)
    later = np.maximum(times - 1.5, 0.0)
    second = 5.0 * (times > 1.5) * np.exp(-k * later)
    slope = -10.0 * times * np.exp(-k * times) - later * second
    np.testing.assert_allclose(found["y"][0], 10.0 * np.exp(-k * times) + second, rtol=1e-8)
    np.testing.assert_allclose(found.slopes["k"]["y"][0], slope, rtol=1e-7)


def test_a_margin_is_positive_where_its_trigger_is_true():
    x, y, numbers = symbol("x"), symbol("y"), np.array([-1.0, 0.0, 0.5, 2.0])
    values = dict(zip("xy", np.meshgrid(numbers, numbers), strict=True))
    for compare, other in product((less, less_equal), repeat=2):
        for trigger in (
            compare(x, y),
            negation(compare(x, y)),
            both(compare(x, y), other(y, constant(0.5))),
            negation(either(compare(x, y), negation(other(y, x)))),
            either(negation(both(compare(x, y), other(y, x))), y),
            select(compare(x, y), y, other(x, constant(0.0))),
            x,
        ):
            truth, size = evaluate([trigger, margin(trigger)], values)
            np.testing.assert_array_equal(truth != 0.0, size > 0.0, err_msg=str(trigger))


def test_compiled_equations_refuse_events_they_cannot_do(sbml):
    event = {"trigger": "time >= 1", "delay": "1", "set": {"x": "0"}}
    model = sbml_model(sbml(parameters={"x": 1.0}, events=(event,)))
    with pytest.raises(UnsupportedError, match=r"SbmlModel\.simulate does"):
        model.system()


def test_events_without_end_are_given_up(sbml):
    # Each undoes the other, at once.
    events = (
        {"trigger": "y > 0.5 || time >= 1 && y > 0.5", "set": {"y": "0"}},
        {"trigger": "time >= 1 && y < 0.5", "set": {"y": "1"}},
    )
    with pytest.raises(FitError, match=r"at time 1 .*time stood still"):
        run(sbml(parameters={"y": 0.0}, events=events), ["y"])


def test_events_that_hold_a_state_in_place_are_given_up(sbml):
    # Set back the moment it falls below: infinitely many in no time.
    event = {"trigger": "x < 0.5", "set": {"x": "0.5"}}
    text = sbml(parameters={"x": 1.0}, rates={"x": "-1"}, events=(event,))
    with pytest.raises(FitError, match=r"at time 0.5 .*time stood still"):
        run(text, ["x"])


def test_what_follows_a_heap_of_events_is_told(sbml, caplog):
    # d = y - x is halved from event to event, in half the time each: infinitely many up to t = 2.
    # From then on y is never above x again without having been so, and both go on.
    event = {"trigger": "x > y", "set": {"x": "-1"}}
    text = sbml(parameters={"x": -1.0, "y": 1.0}, rates={"x": "1", "y": "-1"}, events=(event,))
    found = run(text, ["x", "y"])
    np.testing.assert_allclose(found["y"], 1.0 - TIMES, atol=1e-9)
    after = TIMES > 2.0
    np.testing.assert_allclose(found["x"][after], TIMES[after] - 3.0, atol=1e-9)
    # Before: a gap of 2, closed at a rate of 2 from t = 0, then a gap of 1 from t = 1, and so on.
    np.testing.assert_allclose(found["x"][:4], [-1.0, -0.5, -1.0, -1.0], atol=1e-7)
    assert "events heap up at time 2" in caplog.text


def test_what_only_events_change_stands_still_to_the_last_digit(sbml):
    # Ten thousand times a thousandth later: sums of a whole number, each exact.
    event = {"trigger": "time - last >= 0.001", "set": {"last": "time", "n": "n + 1"}}
    text = sbml(
        parameters={"x": 0.0, "n": 0.0, "last": 0.0}, rates={"x": "sin(time)"}, events=(event,)
    )
    found = run(text, ["n", "x"])
    assert np.all(found["n"] == np.floor(found["n"]))
    assert 3990 <= found["n"][-1] <= 4000
    np.testing.assert_allclose(found["x"], 1.0 - np.cos(TIMES), atol=1e-6)


def test_an_event_called_off_at_the_very_moment_its_trigger_falls(sbml):
    # True between 1 and 2; due at 2, when it is called off, for its trigger is false by then.
    event = {
        "trigger": "time >= 1 && time < 2",
        "delay": "1",
        "persistent": False,
        "set": {"y": "1"},
    }
    assert run(sbml(parameters={"y": 0.0}, events=(event,)), ["y"])["y"][-1] == 0.0
