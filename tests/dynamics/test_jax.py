"""The engine in JAX: its own bytes, and derivatives under every transformation."""

from __future__ import annotations

import math
import re
import threading
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from theratwin.core._jax import jax, jnp
from theratwin.core.errors import InputError, UnsupportedError
from theratwin.dynamics import Bolus, Engine, Infusion, Jump, State, StateEvent, Status, System
from theratwin.dynamics.expressions.expression import ONE, Binding, symbol
from theratwin.dynamics.jax import gauss_newton, jax_solver

TIMES = np.array([0.0, 0.7, 2.0, 5.0, 9.0, 12.0])
OUTPUTS = ("b", "area", "squared")
TIGHT = {"rtol": 1e-11, "atol": 1e-13}
AT = {"k": 0.8, "m": 0.3, "a0": 2.0}
DOSES = (
    Bolus("a", 1.0, 3.0, name="first"),
    Infusion("rate", 2.0, 3.0, 2.5, name="infused"),
    Bolus("b", 8.5, 0.5),
)


@pytest.fixture(scope="module")
def engine(systems: ModuleType) -> Engine:
    return Engine(systems.chain())


@pytest.fixture(scope="module")
def solve(engine: Engine) -> Any:
    """By a foreign call up to 32 patients, by a callback beyond."""
    return jax_solver(engine, TIMES, OUTPUTS, doses=DOSES)


@pytest.fixture(scope="module")
def slow(engine: Engine) -> Any:
    return jax_solver(engine, TIMES, OUTPUTS, doses=DOSES, road="callback")


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, tuple[str, ...]]]:
    """The patients and directions of each call of the engine."""
    made: list[tuple[int, tuple[str, ...]]] = []
    plain = Engine.solve

    def counted(self: Engine, *given: Any, **more: Any) -> Any:
        found = plain(self, *given, **more)
        made.append((len(found.status), tuple(more["sensitivities"])))
        return found

    monkeypatch.setattr(Engine, "solve", counted)
    return made


def loss(solve: Any, theta: jax.Array) -> jax.Array:
    """A smooth function of log k and log m."""
    found = solve({**AT, "k": jnp.exp(theta[0]), "m": jnp.exp(theta[1])})
    return jnp.sum((found["b"] - 1.0) ** 2) + found["area"][-1]


THETA = jnp.log(jnp.array([0.8, 0.3]))


def expected_gradient(engine: Engine, theta: np.ndarray) -> np.ndarray:
    """The same by the sensitivities of the engine itself."""
    k, m = np.exp(theta)
    direct = engine.solve({**AT, "k": k, "m": m}, TIMES, doses=DOSES, sensitivities=["k", "m"])
    weights = 2.0 * (direct["b"][0] - 1.0)
    return np.array(
        [
            value * (weights @ direct.slopes[name]["b"][0] + direct.slopes[name]["area"][0, -1])
            for name, value in (("k", k), ("m", m))
        ]
    )


# Sums of a few products in another order differ by units in the last place.
SAME = {"rtol": 1e-13, "atol": 1e-14}


@pytest.mark.parametrize("compiled", [False, True])
def test_values_have_the_bytes_of_the_engine(engine: Engine, solve: Any, compiled: bool) -> None:
    direct = engine.solve(AT, TIMES, doses=DOSES)
    found = (jax.jit(solve) if compiled else solve)(AT)
    for name in OUTPUTS:
        assert np.asarray(found[name]).tobytes() == direct[name][0].tobytes()


def test_values_beside_a_derivative_have_the_same_bytes(engine: Engine, solve: Any) -> None:
    direct = engine.solve(AT, TIMES, doses=DOSES)
    function = jax.value_and_grad(lambda p: (solve(p)["b"][3], solve(p)), has_aux=True)
    (_, aside), _ = jax.jit(function)(AT)
    for name in OUTPUTS:
        assert np.asarray(aside[name]).tobytes() == direct[name][0].tobytes()


def test_batches_have_the_bytes_of_the_engine(engine: Engine, solve: Any) -> None:
    k = np.linspace(0.2, 1.5, 12)
    direct = engine.solve({**AT, "k": k}, TIMES, doses=DOSES)
    mapped = jax.jit(jax.vmap(lambda one: solve({**AT, "k": one})))(k)
    twice = jax.vmap(jax.vmap(lambda one: solve({**AT, "k": one})))(k.reshape(3, 4))
    given = solve({**AT, "k": k.reshape(3, 1, 4)})
    for name in OUTPUTS:
        for found in (mapped, twice, given):
            assert np.asarray(found[name]).tobytes() == direct[name].tobytes()
    assert given["b"].shape == (3, 1, 4, TIMES.size)


def test_axes_of_parameters_cross(engine: Engine, solve: Any) -> None:
    k, m = np.array([0.5, 0.9]), np.array([0.1, 0.2, 0.4])
    found = jax.vmap(lambda one: solve({"k": one, "m": m, "a0": 2.0})["b"])(k)
    grid = np.repeat(k, 3), np.tile(m, 2)
    direct = engine.solve({"k": grid[0], "m": grid[1], "a0": 2.0}, TIMES, doses=DOSES)
    np.testing.assert_array_equal(found, direct["b"].reshape(2, 3, -1))
    # A parameter that is shared by a batch gets the sum of the batch's derivatives.
    slope = jax.grad(lambda a0: jnp.sum(solve({"k": 0.5, "m": m, "a0": a0})["b"]))(2.0)
    each = engine.solve(
        {"k": 0.5, "m": m, "a0": 2.0}, TIMES, doses=DOSES, sensitivities=["a0"]
    ).slopes["a0"]["b"]
    np.testing.assert_allclose(slope, each.sum(), **SAME)


TRANSFORMED = {
    "grad": jax.grad,
    "jit of grad": lambda f: jax.jit(jax.grad(f)),
    "grad of jit": lambda f: jax.grad(jax.jit(f)),
    "jacfwd": jax.jacfwd,
    "jacrev": jax.jacrev,
    "checkpoint": lambda f: jax.grad(jax.checkpoint(f)),
    "linearize": lambda f: lambda x: jax.vmap(jax.linearize(f, x)[1])(jnp.eye(x.size)),
    "vjp": lambda f: lambda x: jax.vjp(f, x)[1](1.0)[0],
}


@pytest.mark.parametrize("how", TRANSFORMED)
def test_derivatives(engine: Engine, solve: Any, how: str) -> None:
    found = TRANSFORMED[how](lambda theta: loss(solve, theta))(THETA)
    np.testing.assert_allclose(found, expected_gradient(engine, np.asarray(THETA)), **SAME)


@pytest.mark.parametrize("axes", [1, 2])
def test_derivatives_under_vmap(engine: Engine, solve: Any, axes: int) -> None:
    many = THETA + 0.1 * np.arange(4.0)[:, None]
    function = jax.grad(lambda theta: loss(solve, theta))
    shaped = many.reshape((2, 2, 2) if axes == 2 else (4, 2))
    for _ in range(axes):
        function = jax.vmap(function)
    expected = [expected_gradient(engine, np.asarray(theta)) for theta in many]
    np.testing.assert_allclose(jax.jit(function)(shaped).reshape(4, 2), expected, **SAME)


def test_scan_descends(engine: Engine, solve: Any) -> None:
    def step(theta: jax.Array, _: None) -> tuple[jax.Array, jax.Array]:
        value, slope = jax.value_and_grad(lambda t: loss(solve, t))(theta)
        return theta - 0.02 * slope, value

    _, values = jax.jit(lambda theta: jax.lax.scan(step, theta, None, length=4))(THETA)
    theta = np.asarray(THETA)
    for value in values:
        np.testing.assert_allclose(value, loss(solve, jnp.asarray(theta)), rtol=1e-12)
        theta = theta - 0.02 * expected_gradient(engine, theta)
    assert np.all(np.diff(values) < 0)


def test_through_a_scan(solve: Any) -> None:
    def total(k: jax.Array) -> jax.Array:
        def step(carry: jax.Array, m: jax.Array) -> tuple[jax.Array, None]:
            return carry + solve({**AT, "k": k, "m": m})["b"][-1], None

        return jax.lax.scan(step, 0.0, jnp.array([0.2, 0.3]))[0]

    apart = [
        jax.grad(lambda k, m=m: solve({**AT, "k": k, "m": m})["b"][-1])(0.8) for m in (0.2, 0.3)
    ]
    np.testing.assert_allclose(jax.jit(jax.grad(total))(0.8), sum(apart), **SAME)


@pytest.mark.parametrize("name", ["k", "m", "a0", "first", "infused", "rate"])
def test_derivatives_equal_differences(engine: Engine, name: str) -> None:
    doses = DOSES[::2] if name == "rate" else DOSES
    solve = jax_solver(engine, TIMES, OUTPUTS, doses=doses, **TIGHT)
    at = {**AT, "first": 3.0, "rate": 0.4} | ({} if name == "rate" else {"infused": 2.5})
    found = jax.jacrev(lambda value: solve({**at, name: value}))(at[name])
    step = 1e-5 * at[name]
    up, down = (solve({**at, name: at[name] + sign * step}) for sign in (1.0, -1.0))
    for output in OUTPUTS:
        expected = np.asarray(up[output] - down[output]) / (2.0 * step)
        scale = np.max(np.abs(expected)) + np.max(up[output]) / at[name]
        # Differences at 1e-5 of a solution at 1e-11 are good to 1e-6 of the largest value.
        assert np.max(np.abs(found[output] - expected)) / scale < 1e-6, output


def test_a_jump_by_name(systems: ModuleType) -> None:
    engine = Engine(systems.chain())
    doses = [Bolus("a", 0.0, 1.0), Jump("rate", 3.0, 0.0, name="later")]
    solve = jax_solver(engine, TIMES, ["a"], doses=doses)
    direct = engine.solve({}, TIMES, doses=[doses[0], Jump("rate", 3.0, 2.0)])
    np.testing.assert_array_equal(solve({"later": 2.0})["a"], direct["a"][0])
    slope = jax.grad(lambda value: solve({"later": value})["a"][-1])(2.0)
    # a' = later - a from 3 h on.
    np.testing.assert_allclose(slope, 1.0 - math.exp(-(TIMES[-1] - 3.0)), rtol=1e-6)


def test_one_callback_of_the_perturbed_only(slow: Any, calls: list) -> None:
    jax.jit(jax.vmap(lambda k: slow({**AT, "k": k})["b"]))(np.linspace(0.5, 1.0, 5))
    assert calls == [(5, ())]
    calls.clear()
    jax.jit(jax.vmap(jax.grad(lambda t: loss(slow, t))))(jnp.tile(THETA, (6, 1)))
    assert calls == [(6, ("k", "m"))]
    calls.clear()
    jax.jit(jax.grad(lambda a0: slow({**AT, "a0": a0})["b"][2]))(2.0)
    assert calls == [(1, ("a0",))]
    calls.clear()
    jax.jit(jax.jacfwd(lambda t: slow({**AT, "k": t[0], "m": t[1]})["b"]))(THETA)
    jax.jit(jax.jacrev(lambda t: slow({**AT, "k": t[0], "m": t[1]})["b"]))(THETA)
    assert calls == [(1, ("k", "m"))] * 2
    calls.clear()
    jax.jit(jax.grad(lambda scale: scale * slow(AT)["b"][2]))(2.0)
    assert calls == [(1, ())]


def foreign_calls(function: Any, *given: Any) -> list[tuple[int, int]]:
    """Return the patients and the number of directions of each foreign call."""
    text = jax.jit(function).lower(*given).as_text()
    shape = rf"tensor<(\d+)x{TIMES.size}x{len(OUTPUTS)}x(\d+)xf64>"
    return [
        (int(patients), int(directions))
        for patients, directions in re.findall(rf"custom_call @\"theratwin.*, {shape}\)", text)
    ]


def test_one_foreign_call_of_the_perturbed_only(solve: Any) -> None:
    value = lambda k: solve({**AT, "k": k})["b"]  # noqa: E731
    slope = jax.grad(lambda t: loss(solve, t))
    assert foreign_calls(jax.vmap(value), np.linspace(0.5, 1.0, 5)) == [(5, 0)]
    assert foreign_calls(jax.vmap(slope), jnp.tile(THETA, (6, 1))) == [(6, 2)]
    assert foreign_calls(jax.grad(lambda k: value(k)[2]), 2.0) == [(1, 1)]
    for jacobian in (jax.jacfwd, jax.jacrev):
        assert foreign_calls(jacobian(value), 0.8) == [(1, 1)]
    assert foreign_calls(jax.grad(lambda scale: scale * value(0.8)[2]), 2.0) == [(1, 0)]


@pytest.mark.parametrize(
    "second",
    [jax.hessian, lambda f: jax.jacfwd(jax.jacfwd(f)), lambda f: jax.jit(jax.jacrev(jax.grad(f)))],
)
def test_second_derivatives_point_to_gauss_newton(solve: Any, second: Any) -> None:
    with pytest.raises(UnsupportedError, match="gauss_newton"):
        second(lambda theta: loss(solve, theta))(THETA)


def test_second_derivatives_by_what_the_solution_does_not_depend_on(solve: Any) -> None:
    curved = jax.hessian(lambda scale: scale**2 * solve(AT)["b"][2])(3.0)
    np.testing.assert_allclose(curved, 2.0 * solve(AT)["b"][2], rtol=1e-14)


def test_gauss_newton(engine: Engine, solve: Any) -> None:
    def residuals(p: dict[str, jax.Array]) -> jax.Array:
        return solve({**AT, **p})["b"] - 1.0

    at = {"k": jnp.array(0.8), "m": jnp.array(0.3)}
    found = jax.jit(lambda p: gauss_newton(residuals, p))(at)
    slopes = engine.solve(AT, TIMES, doses=DOSES, sensitivities=["k", "m"]).slopes
    half = lambda p: 0.5 * jnp.sum(residuals(p) ** 2)  # noqa: E731
    value, gradient = jax.value_and_grad(half)(at)
    np.testing.assert_allclose(found.loss, value, **SAME)
    for left in at:
        np.testing.assert_allclose(found.gradient[left], gradient[left], **SAME)
        for right in at:
            expected = slopes[left]["b"][0] @ slopes[right]["b"][0]
            np.testing.assert_allclose(found.matrix[left][right], expected, **SAME)


def test_gauss_newton_is_the_hessian_where_residuals_vanish() -> None:
    def residuals(p: jax.Array) -> jax.Array:
        return jnp.array([[p[0] * p[1] - 2.0], [jnp.sin(p[0] - 1.0)], [p[1] ** 2 - 4.0]])

    at = jnp.array([1.0, 2.0])
    expected = jax.hessian(lambda p: 0.5 * jnp.sum(residuals(p) ** 2))(at)
    np.testing.assert_allclose(gauss_newton(residuals, at).matrix, expected, rtol=1e-14)


def test_a_failed_patient_is_nan_and_harms_no_other(engine: Engine, solve: Any) -> None:
    k = np.array([0.5, np.nan, 0.9])
    function = lambda one: solve({**AT, "k": one})["b"]  # noqa: E731
    found = jax.jit(jax.vmap(function))(k)
    slopes = jax.jit(jax.vmap(jax.grad(lambda one: function(one)[-1])))(k)
    good = engine.solve({**AT, "k": k[::2]}, TIMES, doses=DOSES)
    # At 0 h stands the initial value, which does not depend on k.
    assert np.isnan(found[1, 1:]).all()
    assert np.isnan(slopes[1])
    assert np.isfinite(slopes[::2]).all()
    np.testing.assert_array_equal(found[::2], good["b"])


def test_from_rest(systems: ModuleType) -> None:
    engine = Engine(systems.chain())
    # Rest is at a = rate / k, and a bolus of 1 decays from there.
    solve = jax_solver(engine, TIMES, ["a"], doses=[Bolus("a", 1.0, 1.0)], steady=True)
    at = {"rate": 2.0, "k": 0.5}
    expected = 4.0 + np.where(TIMES >= 1.0, np.exp(-0.5 * (TIMES - 1.0)), 0.0)
    np.testing.assert_allclose(jax.jit(solve)(at)["a"], expected, rtol=1e-5)
    slope = jax.grad(lambda rate: solve({**at, "rate": rate})["a"][-1])(2.0)
    np.testing.assert_allclose(slope, 2.0, rtol=1e-5)
    # With k = 0 it grows for ever.
    values = jax.vmap(lambda k: solve({**at, "k": k})["a"])(np.array([0.0, 0.5]))
    assert np.isnan(values[0]).all()
    assert np.isfinite(values[1]).all()


def test_state_events_have_values_and_derivatives() -> None:
    x, k = symbol("x", Binding.STATE), symbol("k")
    event = StateEvent("refill", 0.5 - x, {"x": ONE})
    system = System((State("x", ONE, -k * x),), {"k": 1.0}, events=(event,))
    engine = Engine(system)
    solve = jax_solver(engine, TIMES, ["x"])
    direct = engine.solve({"k": 0.9}, TIMES)
    assert np.asarray(solve({"k": 0.9})["x"]).tobytes() == direct["x"][0].tobytes()
    # Filled up from a half to 1, n times by then: x is 2^n exp(-k t), its slope -t x.
    slopes = jax.jacrev(lambda rate: solve({"k": rate})["x"])(0.9)
    np.testing.assert_allclose(slopes, -TIMES * direct["x"][0], rtol=2e-4)


def test_by_the_starting_value_of_a_switch_that_infusions_change(engine: Engine) -> None:
    tight = jax_solver(engine, TIMES, OUTPUTS, doses=DOSES, **TIGHT)

    def squared(rate: jax.Array) -> jax.Array:
        return tight({**AT, "rate": rate})["squared"]

    up, down = (squared(0.4 + step) for step in (1e-5, -1e-5))
    expected = (up - down) / 2e-5
    # Differences at 1e-5 of a solution at 1e-11.
    for slopes in (jax.jacfwd(squared)(0.4), jax.jacrev(squared)(0.4)):
        np.testing.assert_allclose(slopes, expected, atol=1e-6 * np.max(expected))


def test_infinity_is_refused(engine: Engine) -> None:
    with pytest.raises(InputError, match="late time"):
        jax_solver(engine, TIMES, ["area"], to_infinity=True)


@pytest.mark.parametrize("road", ["foreign", "callback"])
def test_denormal_numbers_have_the_same_bytes(systems: ModuleType, road: str) -> None:
    """XLA flushes them to zero where it calls out; the engine does so from anywhere."""
    engine = Engine(systems.chain())
    # The square of exp(-t) passes 2.2e-308, below which numbers are denormal, at 354 h.
    times = np.linspace(350.0, 370.0, 21)
    options = {"rtol": 1e-8, "atol": 1e-150}
    direct = engine.solve({"a0": 1.0}, times, **options)
    assert direct.status[0] == Status.DONE
    denormal = (direct["a"] > 1e-161) & (direct["a"] < 1e-155)
    assert denormal.any()
    assert np.all(direct["squared"][denormal] == 0.0)
    found = jax.jit(jax_solver(engine, times, ["a", "squared"], road=road, **options))({"a0": 1.0})
    for name in found:
        assert np.asarray(found[name]).tobytes() == direct[name][0].tobytes()


def test_threads_share_nothing(solve: Any) -> None:
    function = jax.jit(lambda k: solve({**AT, "k": k}))
    given = [np.linspace(0.2, 1.5, 40) + 0.01 * i for i in range(8)]
    alone = [np.asarray(function(k)["b"]) for k in given]
    found: dict[int, list[np.ndarray]] = {i: [] for i in range(8)}

    def work(i: int) -> None:
        found[i] += [np.asarray(function(given[i])["b"]) for _ in range(10)]

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for i, results in found.items():
        assert {result.tobytes() for result in results} == {alone[i].tobytes()}


def test_a_large_batch_ends(solve: Any) -> None:
    """Large arrays are where a callback that called JAX would wait for itself."""
    found = jax.jit(lambda k: solve({"k": k, "m": 0.5 * k})["b"])(np.linspace(0.5, 1.0, 50_000))
    assert np.isfinite(found).all()


def test_an_empty_batch(solve: Any) -> None:
    found = jax.jacfwd(lambda m: solve({"k": np.empty(0), "m": m})["b"])(0.3)
    assert found.shape == (0, TIMES.size)


def test_whole_numbers_are_taken_as_real(solve: Any) -> None:
    np.testing.assert_array_equal(solve({"a0": 2})["b"], solve({"a0": 2.0})["b"])


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"K": 1.0}, "nearest match 'k'"),
        ({"k": np.ones(2), "m": np.ones(3)}, "broadcast"),
        ({"k": 1j}, "real number"),
    ],
)
def test_wrong_parameters_are_named_when_traced(solve: Any, given: dict, match: str) -> None:
    with pytest.raises(InputError, match=match):
        jax.jit(solve)(given)


@pytest.mark.parametrize(
    ("times", "outputs", "doses", "match"),
    [
        ([1.0], ["bb"], [], "no such output"),
        ([1.0], [], [], "each output"),
        ([1.0], ["b", "b"], [], "each output"),
        ([[1.0]], ["b"], [], "list of times"),
        ([2.0, 1.0], ["b"], [], "must not decrease"),
        ([1.0], ["b"], [Bolus("c", 0.0, 1.0)], "no such state"),
        ([1.0], ["b"], [Bolus("a", 0.0, [1.0, 2.0])], "Name the dose"),
    ],
)
def test_wrong_set_up_is_an_error_at_once(
    engine: Engine, times: Any, outputs: Any, doses: Any, match: str
) -> None:
    with pytest.raises(InputError, match=match):
        jax_solver(engine, times, outputs, doses=doses)
