"""Sensitivities against closed forms, central differences, and across doses."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest

from theratwin.core.errors import InputError
from theratwin.core.seed import stream
from theratwin.dynamics import Bolus, Engine, Infusion, Jump, State, Status, System
from theratwin.dynamics.expressions.expression import (
    ONE,
    TIME,
    ZERO,
    Binding,
    exp,
    less,
    select,
    symbol,
)

TIMES = np.array([0.0, 0.7, 2.0, 5.0, 9.0, 12.0])
TIGHT = {"rtol": 1e-11, "atol": 1e-13}


@pytest.fixture(scope="module")
def chain(systems: ModuleType) -> Engine:
    return Engine(systems.chain())


def test_chain_equals_the_closed_form(chain: Engine) -> None:
    k, a0 = 1.0, 2.0
    found = chain.solve({"a0": a0}, TIMES, sensitivities=["k", "a0", "a"], **TIGHT)
    by_k = -a0 * TIMES * np.exp(-k * TIMES)
    np.testing.assert_allclose(found.slopes["k"]["a"][0], by_k, atol=1e-9)
    for direction in ("a0", "a"):
        np.testing.assert_allclose(
            found.slopes[direction]["b"][0], found["b"][0] / a0, rtol=1e-9, atol=1e-11
        )
    squared = 2.0 * found["a"][0] * by_k
    np.testing.assert_allclose(found.slopes["k"]["squared"][0], squared, atol=1e-8)


def test_states_are_the_same_with_and_without(chain: Engine) -> None:
    plain = chain.solve({"a0": [1.0, 2.0]}, TIMES)
    also = chain.solve({"a0": [1.0, 2.0]}, TIMES, sensitivities=["k", "m"])
    for name in ("a", "b", "area", "sum"):
        assert plain[name].tobytes() == also[name].tobytes()


def doses(amount: float, infused: float, value: float) -> list[Bolus | Infusion | Jump]:
    return [
        Bolus("a", 1.0, amount, name="first"),
        Infusion("rate", 2.0, 3.0, infused, name="infused"),
        Infusion("rate", 4.0, 4.0, 1.0),
        Bolus("b", 8.5, 0.5),
    ]


def differences(
    engine: Engine, parameters: dict[str, float], name: str, relative: float = 1e-5
) -> dict[str, np.ndarray]:
    """Return central differences of tight solutions, of order relative^2."""
    step = relative * parameters[name]
    sides = []
    for sign in (1.0, -1.0):
        changed = {**parameters, name: parameters[name] + sign * step}
        given = {k: changed[k] for k in ("k", "m", "a0")}
        plan = doses(changed["first"], changed["infused"], 0.0)
        sides.append(engine.solve(given, TIMES, doses=plan, **TIGHT))
    names = ("a", "b", "area", "sum", "squared")
    return {n: (sides[0][n] - sides[1][n])[0] / (2.0 * step) for n in names}


@pytest.mark.parametrize("name", ["k", "m", "a0", "first", "infused"])
def test_across_boluses_and_infusions(chain: Engine, name: str) -> None:
    parameters = {"k": 0.8, "m": 0.3, "a0": 2.0, "first": 3.0, "infused": 2.5}
    given = {k: parameters[k] for k in ("k", "m", "a0")}
    plan = doses(parameters["first"], parameters["infused"], 0.0)
    found = chain.solve(given, TIMES, doses=plan, sensitivities=[name], **TIGHT)
    for quantity, expected in differences(chain, parameters, name).items():
        # Differences at 1e-5 of a solution at 1e-11 are good to 1e-6 of the largest value.
        scale = np.max(np.abs(expected)) + np.max(found[quantity]) / parameters[name]
        error = np.max(np.abs(found.slopes[name][quantity][0] - expected)) / scale
        assert error < 1e-6, quantity


def test_doses_of_one_name_are_one_direction(chain: Engine) -> None:
    """An amount added to each: the sum of the derivatives by each alone, to rounding."""
    alone = [
        Bolus("a", 1.0, 2.0, name="one"),
        Infusion("rate", 2.0, 3.0, 1.5, name="two"),
        Infusion("rate", 4.0, 4.0, 1.0, name="three"),
    ]
    together = [replace(dose, name="all") for dose in alone]
    each = chain.solve({}, TIMES, doses=alone, sensitivities=["one", "two", "three"])
    found = chain.solve({}, TIMES, doses=together, sensitivities=["all"])
    gradient = chain.pull_back({}, TIMES, {"b": np.ones(TIMES.size)}, doses=together)
    for quantity in ("a", "b", "area", "squared"):
        expected = sum(each.slopes[name][quantity][0] for name in ("one", "two", "three"))
        np.testing.assert_allclose(
            found.slopes["all"][quantity][0], expected, rtol=1e-12, atol=1e-13
        )
    np.testing.assert_allclose(gradient["all"], found.slopes["all"]["b"].sum(axis=1), rtol=1e-10)


def nonlinear() -> System:
    """Saturable uptake of a time-dependent supply, Hill feedback, a switch, and a minimum."""
    x, y = symbol("x", Binding.STATE), symbol("y", Binding.STATE)
    v, km, n, q = (symbol(name) for name in ("v", "km", "n", "q"))
    level = symbol("level", Binding.SEGMENT)
    supply = level * exp(-q * TIME) / (ONE + y**n)
    uptake = v * x / (km + x)
    return System(
        states=(
            State("x", km * v, supply - uptake),
            State("y", ONE, uptake - q * y * select(less(y, 100.0), ONE, ZERO) * y),
        ),
        parameters={"v": 0.7, "km": 0.4, "n": 1.7, "q": 0.2},
        switches={"level": 1.0},
        observables={"ratio": x / (x + km * y), "late": x * exp(-q * TIME)},
        quadratures={"exposure": x * y},
    )


@pytest.mark.parametrize("name", ["v", "km", "n", "q", "level", "later", "y"])
def test_nonlinear_and_time_dependent(name: str) -> None:
    engine = Engine(nonlinear())
    base = {"v": 0.7, "km": 0.4, "n": 1.7, "q": 0.2, "level": 1.0, "later": 2.0, "y": 0.0}

    def solve(values: dict[str, float], **more: object) -> object:
        plan = [Jump("level", 3.0, values["later"], name="later"), Bolus("y", 0.0, values["y"])]
        given = {key: values[key] for key in ("v", "km", "n", "q", "level")}
        return engine.solve(given, TIMES, doses=plan, **TIGHT, **more)

    found = solve(base, sensitivities=[name])
    step = 1e-5
    up, down = (solve({**base, name: base[name] + s * step}) for s in (1.0, -1.0))
    for quantity in ("x", "y", "ratio", "late", "exposure"):
        expected = (up[quantity] - down[quantity])[0] / (2.0 * step)
        scale = np.max(np.abs(expected)) + 1e-12
        assert np.max(np.abs(found.slopes[name][quantity][0] - expected)) / scale < 1e-6, quantity


@pytest.mark.parametrize("name", ["level", "other", "first", "second", "third", "later", "q"])
def test_by_the_base_of_overlapping_infusions_with_jumps_between(name: str) -> None:
    # Two switches: one infused three times over its base, the other jumps in between.
    x, y = symbol("x", Binding.STATE), symbol("y", Binding.STATE)
    level, other = (symbol(n, Binding.SEGMENT) for n in ("level", "other"))
    q = symbol("q")
    uptake = x / (ONE + x) * exp(-q * level)
    system = System(
        (State("x", ZERO, level - uptake - q * x), State("y", ZERO, other * uptake - q * y)),
        {"q": 0.3},
        {"level": 0.5, "other": 1.0},
        observables={"product": level * other * x},
    )
    base = {"level": 0.5, "other": 1.2, "first": 3.0, "second": 2.0, "third": 1.0}
    base |= {"later": 0.4, "q": 0.3}
    engine = Engine(system)

    def solve(values: dict[str, float], **more: object) -> object:
        plan = [
            Infusion("level", 1.0, 4.0, values["first"], name="first"),
            Infusion("level", 2.0, 1.0, values["second"], name="second"),
            Jump("other", 2.5, values["later"], name="later"),
            Infusion("level", 4.5, 3.0, values["third"], name="third"),
        ]
        given = {key: values[key] for key in ("level", "other", "q")}
        return engine.solve(given, TIMES, doses=plan, **TIGHT, **more)

    found = solve(base, sensitivities=[name])
    up, down = (solve({**base, name: base[name] + s * 1e-5}) for s in (1.0, -1.0))
    for quantity in ("x", "y", "product"):
        expected = (up[quantity] - down[quantity])[0] / 2e-5
        scale = np.max(np.abs(expected)) + np.max(np.abs(found[quantity]))
        # Differences at 1e-5 of a solution at 1e-11.
        assert np.max(np.abs(found.slopes[name][quantity][0] - expected)) / scale < 1e-6, quantity


def begun_by_switches() -> System:
    """Initial values by a switch directly, by a rule hoisted to the segment, and by a parameter."""
    x, y = symbol("x", Binding.STATE), symbol("y", Binding.STATE)
    s, q = symbol("s", Binding.SEGMENT), symbol("q")
    rule = exp(-q * s) * s
    return System(
        (
            State("x", ONE + 3.0 * s * s, s * rule - x),
            State("y", rule + q, rule * x - q * y),
        ),
        {"q": 0.4},
        {"s": 2.0, "other": 1.0},
        observables={"product": s * x * y},
        quadratures={"area": x * y},
    )


def plan_for(case: str, values: dict[str, float]) -> list[Bolus | Infusion | Jump]:
    return {
        "none": [],
        "infusions": [
            Infusion("s", 0.0, 3.0, values["dose"], name="dose"),
            Infusion("s", 1.0, 4.0, 0.5),
        ],
        "bolus at the start": [Bolus("x", 0.0, values["dose"], name="dose")],
        "jump at the start": [Jump("s", 0.0, values["dose"], name="dose")],
        "jump later": [Jump("s", 2.5, values["dose"], name="dose")],
    }[case]


def with_slopes(engine: Engine, road: str, given: dict[str, float], name: str) -> np.ndarray:
    """Return the derivatives of x and product, by a road of JAX."""
    from theratwin.core._jax import jax
    from theratwin.dynamics.jax import jax_solver

    solve = jax_solver(engine, TIMES, ("x", "product"), road=road, **TIGHT)
    found = jax.jacfwd(lambda value: solve({**given, name: value}))(given[name])
    return np.stack([found["x"], found["product"]])


@pytest.mark.parametrize(
    "case", ["none", "infusions", "bolus at the start", "jump at the start", "jump later"]
)
def test_initial_values_through_switches(case: str) -> None:
    engine = Engine(begun_by_switches())
    base = {"s": 2.0, "q": 0.4, "dose": 0.7}
    directions = ["q", "s"] if case == "none" else ["q", "s", "dose"]

    def solve(values: dict[str, float], **more: object) -> object:
        given = {key: values[key] for key in ("s", "q")}
        return engine.solve(given, TIMES, doses=plan_for(case, values), **TIGHT, **more)

    found = solve(base, sensitivities=directions)
    for name in directions:
        up, down = (solve({**base, name: base[name] + sign * 1e-5}) for sign in (1.0, -1.0))
        for quantity in ("x", "y", "product", "area"):
            slope = found.slopes[name][quantity][0]
            expected = (up[quantity] - down[quantity])[0] / 2e-5
            # Differences at 1e-5 of a solution at 1e-11.
            scale = np.max(np.abs(expected)) + np.max(np.abs(found[quantity]))
            assert np.max(np.abs(slope - expected)) / scale < 1e-6, (name, quantity)
            back = engine.pull_back(
                {"s": 2.0, "q": 0.4},
                TIMES,
                {quantity: np.ones(len(TIMES))},
                doses=plan_for(case, base),
                by=[name],
                **TIGHT,
            )
            # Both are of the same discrete solution: rounding alone lies between.
            np.testing.assert_allclose(back[name][0], slope.sum(), rtol=1e-8, atol=1e-9)


def test_the_derivative_at_the_start_is_that_of_the_initial_value() -> None:
    engine, s = Engine(begun_by_switches()), np.linspace(0.5, 3.0, 7)
    found = engine.solve({"s": s}, TIMES, sensitivities=["s", "other", "q"])
    by_s = np.exp(-0.4 * s) * (1.0 - 0.4 * s)
    np.testing.assert_allclose(found.slopes["s"]["x"][:, 0], 6.0 * s, rtol=1e-14)
    np.testing.assert_allclose(found.slopes["s"]["y"][:, 0], by_s, rtol=1e-13, atol=1e-15)
    assert not found.slopes["other"]["x"].any()
    # One patient alone: directions share the lanes.
    alone = engine.solve({"s": s[3]}, TIMES, sensitivities=["s", "other", "q"])
    for direction in ("s", "other", "q"):
        for name in ("x", "y", "product", "area"):
            expected = found.slopes[direction][name][3]
            assert alone.slopes[direction][name][0].tobytes() == expected.tobytes()


def test_initial_values_through_switches_in_jax() -> None:
    engine, given = Engine(begun_by_switches()), {"s": 2.0, "q": 0.4}
    direct = engine.solve(given, TIMES, sensitivities=["s"], **TIGHT).slopes["s"]
    expected = np.stack([direct["x"][0], direct["product"][0]])
    # At the start, of 1 + 3 s^2.
    assert expected[0, 0] == pytest.approx(12.0, rel=1e-14)
    for road in ("foreign", "callback"):
        # At so tight a tolerance that steps chosen otherwise would not matter.
        np.testing.assert_allclose(
            with_slopes(engine, road, given, "s"), expected, rtol=1e-8, atol=1e-9
        )


def test_at_loose_tolerance_they_are_those_of_the_scheme() -> None:
    # The derivative is of the discrete solution: it is as good as the solution itself.
    engine = Engine(nonlinear())
    exact = engine.solve({}, TIMES, sensitivities=["v"], **TIGHT).slopes["v"]["x"]
    for rtol in (1e-4, 1e-6):
        found = engine.solve({}, TIMES, sensitivities=["v"], rtol=rtol, atol=rtol * 1e-3)
        assert np.max(np.abs(found.slopes["v"]["x"] - exact)) < 50.0 * rtol


def test_company_does_not_change_the_bytes() -> None:
    engine = Engine(nonlinear())
    v = np.linspace(0.4, 1.2, 11)
    together = engine.solve({"v": v}, TIMES, sensitivities=["v", "q"])
    wide = Engine(nonlinear(), lanes=2).solve({"v": v[::-1]}, TIMES, sensitivities=["v", "q"])
    alone = engine.solve({"v": v[4]}, TIMES, sensitivities=["q"])
    for name in ("x", "ratio"):
        expected = together.slopes["q"][name]
        np.testing.assert_array_equal(wide.slopes["q"][name][::-1], expected)
        np.testing.assert_array_equal(alone.slopes["q"][name][0], expected[4])


@pytest.mark.parametrize("lanes", [1, 8])
def test_lanes_do_not_change_the_bytes(lanes: int) -> None:
    directions = ["v", "q", "n"]
    given = {"v": np.linspace(0.4, 1.2, 13)}
    expected = Engine(nonlinear()).solve(given, TIMES, sensitivities=directions)
    found = Engine(nonlinear(), lanes=lanes).solve(given, TIMES, sensitivities=directions)
    for direction in directions:
        for name in ("x", "y", "ratio", "late", "exposure"):
            other = expected.slopes[direction][name]
            assert found.slopes[direction][name].tobytes() == other.tobytes()


def test_each_patient_has_times_of_its_own() -> None:
    # Up to some twenty times within one step of one lane, none within that of another.
    random = np.sort(stream(6, "times").uniform(0.0, 12.0, (5, 60)), axis=1)
    random[1] = np.linspace(11.0, 12.0, 60)
    engine, v = Engine(nonlinear()), np.linspace(0.4, 1.2, 5)
    together = engine.solve({"v": v}, random, sensitivities=["v", "km", "q"])
    for patient in range(5):
        alone = engine.solve({"v": v[patient]}, random[patient], sensitivities=["km"])
        for name in ("x", "ratio", "late"):
            expected = together.slopes["km"][name][patient]
            assert alone.slopes["km"][name][0].tobytes() == expected.tobytes()


def test_between_steps_they_are_interpolated(chain: Engine) -> None:
    times = np.linspace(0.0, 12.0, 400)
    found = chain.solve({"a0": 2.0}, times, sensitivities=["k"], rtol=1e-7, atol=1e-10)
    assert found.steps[0] < 100
    expected = -2.0 * times * np.exp(-times)
    # The dense output is of order 4: some ten times the tolerance.
    np.testing.assert_allclose(found.slopes["k"]["a"][0], expected, atol=2e-6)


def test_directions_spread_over_lanes_give_the_same_bytes() -> None:
    # One patient alone: the lanes share out the directions, in step.
    directions = ["v", "km", "n", "q", "level", "y", "later"]
    engine = Engine(nonlinear())
    v = np.linspace(0.4, 1.2, 9)
    plan = [Jump("level", 3.0, 2.0, name="later"), Bolus("y", 6.0, 0.5)]
    given = {"doses": plan, "sensitivities": directions}
    together = engine.solve({"v": v}, TIMES, **given)
    for patient in (0, 8):
        alone = engine.solve({"v": v[patient]}, TIMES, **given)
        for direction in directions:
            for name in ("x", "y", "ratio", "late", "exposure"):
                expected = together.slopes[direction][name][patient]
                assert alone.slopes[direction][name][0].tobytes() == expected.tobytes()
    broken = engine.solve({"v": np.nan}, TIMES, **given)
    assert broken.status[0] == Status.NOT_FINITE


def test_wrong_directions_are_named(chain: Engine) -> None:
    with pytest.raises(InputError, match="nearest match 'k'"):
        chain.solve({}, TIMES, sensitivities=["K"])
    with pytest.raises(InputError, match="twice"):
        chain.solve({}, TIMES, sensitivities=["k", "k"])
    with pytest.raises(InputError, match="something else"):
        chain.solve({}, TIMES, doses=[Bolus("a", 0.0, 1.0, name="k")], sensitivities=["k"])
