"""The engine within JAX: transformations, derivatives, one call a batch, the same bytes."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from theratwin.core._jax import jax, jnp
from theratwin.core.errors import InputError, UnsupportedError
from theratwin.dynamics import Bolus, Engine, Infusion
from theratwin.dynamics.jax import gauss_newton, simulator

TIMES = np.array([0.5, 1.0, 4.0, 9.0])
DOSES = [Bolus("a", 0.0, 2.0, name="first"), Infusion("rate", 2.0, 3.0, 1.0, name="second")]
NAMES = ["a", "sum", "area"]


@pytest.fixture(scope="module")
def engine(systems: ModuleType) -> Engine:
    return Engine(systems.chain())


@pytest.fixture(scope="module")
def simulate(engine: Engine) -> Any:
    return simulator(engine, TIMES, NAMES, doses=DOSES, rtol=1e-9, atol=1e-12)


def point() -> dict[str, float]:
    return {"k": 0.8, "m": 0.3, "first": 2.0, "second": 1.5}


def loss(simulate: Any, values: dict[str, Any]) -> Any:
    return jnp.sum((simulate(values) - 0.7) ** 2)


def test_the_bytes_are_the_engines_own(engine: Engine, simulate: Any) -> None:
    found = jax.jit(simulate)(point())
    doses = [Bolus("a", 0.0, 2.0), Infusion("rate", 2.0, 3.0, 1.5)]
    direct = engine.solve({"k": 0.8, "m": 0.3}, TIMES, doses=doses, rtol=1e-9, atol=1e-12)
    expected = np.stack([direct[name][0] for name in NAMES])
    assert np.asarray(found).tobytes() == expected.tobytes()


def test_gradients_are_those_of_differences(simulate: Any) -> None:
    gradient = jax.jit(jax.grad(lambda values: loss(simulate, values)))(point())
    for name, value in point().items():
        step = 1e-5 * value
        sides = [loss(simulate, {**point(), name: value + s * step}) for s in (1.0, -1.0)]
        expected = float(sides[0] - sides[1]) / (2.0 * step)
        # Differences of solutions good to 1e-9, over steps of 1e-5.
        assert float(gradient[name]) == pytest.approx(expected, rel=2e-4)


def test_forward_and_reverse_agree(simulate: Any) -> None:
    forward, reverse = (d(simulate)(point()) for d in (jax.jacfwd, jax.jacrev))
    for name in point():
        np.testing.assert_allclose(forward[name], reverse[name], rtol=1e-14, atol=1e-16)


def test_a_batch_is_one_call_and_equals_single_calls(
    engine: Engine, simulate: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    solve = engine.solve
    monkeypatch.setattr(engine, "solve", lambda *a, **k: calls.append(k) or solve(*a, **k))
    k = jnp.linspace(0.4, 1.2, 6)
    batch = jax.vmap(lambda k: simulate({**point(), "k": k}))(k)
    assert len(calls) == 1
    for i in range(6):
        single = simulate({**point(), "k": k[i]})
        np.testing.assert_array_equal(batch[i], single)


def test_only_what_is_perturbed_is_differentiated_by(
    engine: Engine, simulate: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    solve = engine.solve
    monkeypatch.setattr(
        engine, "solve", lambda *a, **k: asked.append(k["sensitivities"]) or solve(*a, **k)
    )
    jax.grad(lambda m: loss(simulate, {**point(), "m": m}))(0.3)
    assert asked == [("m",)]
    jax.vmap(jax.grad(lambda m: loss(simulate, {**point(), "m": m})))(jnp.array([0.3, 0.4]))
    assert asked[1:] == [("m",)]


def test_scan(simulate: Any) -> None:
    def step(total: Any, k: Any) -> tuple[Any, Any]:
        value = simulate({**point(), "k": k})[2, -1]
        return total + value, value

    total, values = jax.lax.scan(step, 0.0, jnp.array([0.5, 0.9, 1.3]))
    assert float(total) == pytest.approx(float(values.sum()), rel=1e-15)


def test_second_derivatives_are_refused_and_gauss_newton_offered(simulate: Any) -> None:
    def of_rate(k: Any) -> Any:
        return loss(simulate, {**point(), "k": k})

    for second in (jax.hessian, lambda f: jax.jacrev(jax.jacrev(f))):
        with pytest.raises(UnsupportedError, match="gauss_newton"):
            second(of_rate)(0.8)

    def residuals(vector: Any) -> Any:
        return simulate({**point(), "k": vector[0], "m": vector[1]}) - 0.7

    at = jnp.array([0.8, 0.3])
    gradient, matrix = gauss_newton(residuals, at)
    expected = jax.grad(lambda v: 0.5 * jnp.sum(residuals(v) ** 2))(at)
    np.testing.assert_allclose(gradient, expected, rtol=1e-12)
    assert np.all(np.linalg.eigvalsh(np.asarray(matrix)) > 0)


def test_a_patient_who_fails_is_nan(simulate: Any) -> None:
    batch = jax.vmap(lambda k: simulate({**point(), "k": k}))(jnp.array([0.5, jnp.nan]))
    assert np.all(np.isfinite(batch[0]))
    assert np.all(np.isnan(batch[1]))


def test_wrong_names_are_named(engine: Engine, simulate: Any) -> None:
    with pytest.raises(InputError, match="'K'"):
        simulate({"K": 1.0})
    with pytest.raises(InputError, match="'c'"):
        simulator(engine, TIMES, ["c"])
