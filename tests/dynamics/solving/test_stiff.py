"""Classic stiff problems against published or independent solutions, and conservation."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from theratwin.dynamics import Engine, State, System
from theratwin.dynamics.expressions.expression import (
    ONE,
    ZERO,
    Binding,
    Expression,
    constant,
    exp,
    symbol,
)

Slope = Callable[[float, np.ndarray], np.ndarray]


def states(*names: str) -> list[Expression]:
    return [symbol(name, Binding.STATE) for name in names]


def independent(slope: Slope, initial: list[float], times: list[float]) -> np.ndarray:
    """Solve by SciPy's Radau, another method, to 1e-11."""
    found = solve_ivp(
        slope, (0.0, times[-1]), initial, method="Radau", t_eval=times, rtol=1e-11, atol=1e-14
    )
    return found.y


def test_robertson(systems: ModuleType) -> None:
    # Robertson (1966), through eleven decades of time.
    times = [0.4, 4.0, 40.0, 4e4, 4e8]
    found = Engine(systems.robertson()).solve({}, times, rtol=1e-9, atol=1e-12)
    x, y, z = (found[name][0] for name in "xyz")

    def slope(_: float, u: np.ndarray) -> np.ndarray:
        slow, fast, square = 0.04 * u[0], 1e4 * u[1] * u[2], 3e7 * u[1] ** 2
        return np.array([fast - slow, slow - fast - square, square])

    expected = independent(slope, [1.0, 0.0, 0.0], times)
    np.testing.assert_allclose([x, y, z], expected, rtol=1e-6)
    # Mass: the three sum to one.
    np.testing.assert_allclose(x + y + z, 1.0, rtol=1e-12)


def test_van_der_pol() -> None:
    a, b = states("a", "b")
    mu = symbol("mu")
    engine = Engine(
        System(
            (State("a", 2.0 * ONE, b), State("b", ZERO, mu * (1.0 - a * a) * b - a)),
            {"mu": 1000.0},
        )
    )
    times = [1.0, 500.0, 800.0, 1000.0]
    found = engine.solve({}, times, rtol=1e-9, atol=1e-11)

    def slope(_: float, u: np.ndarray) -> np.ndarray:
        return np.array([u[1], 1000.0 * (1.0 - u[0] ** 2) * u[1] - u[0]])

    expected = independent(slope, [2.0, 0.0], times)
    np.testing.assert_allclose(found["a"][0], expected[0], rtol=1e-6)


def test_hires() -> None:
    # Schaefer (1975), as in Hairer and Wanner (1996), section IV.10, with their reference
    # solution at 321.8122.
    u = states(*(f"u{i}" for i in range(1, 9)))
    u1, u2, u3, u4, u5, u6, u7, u8 = u
    rates = [
        -1.71 * u1 + 0.43 * u2 + 8.32 * u3 + 0.0007,
        1.71 * u1 - 8.75 * u2,
        -10.03 * u3 + 0.43 * u4 + 0.035 * u5,
        8.32 * u2 + 1.71 * u3 - 1.12 * u4,
        -1.745 * u5 + 0.43 * u6 + 0.43 * u7,
        -280.0 * u6 * u8 + 0.69 * u4 + 1.71 * u5 - 0.43 * u6 + 0.69 * u7,
        280.0 * u6 * u8 - 1.81 * u7,
        -280.0 * u6 * u8 + 1.81 * u7,
    ]
    initial = [1.0, 0, 0, 0, 0, 0, 0, 0.0057]
    system = System(
        tuple(State(f"u{i + 1}", constant(initial[i]), rate) for i, rate in enumerate(rates)), {}
    )
    found = Engine(system).solve({}, [321.8122], rtol=1e-10, atol=1e-13)
    expected = [
        0.7371312573325668e-3,
        0.1442485726316185e-3,
        0.5888729740967575e-4,
        0.1175651343283149e-2,
        0.2386356198831331e-2,
        0.6238968252742796e-2,
        0.2849998395185769e-2,
        0.2850001604814231e-2,
    ]
    values = [found[f"u{i}"][0, 0] for i in range(1, 9)]
    # The reference solution is printed to 16 digits, good to about 10.
    np.testing.assert_allclose(values, expected, rtol=1e-8)


def test_orego() -> None:
    # Field and Noyes (1974): a limit cycle over seven decades.
    x, y, z = states("x", "y", "z")
    s, w, q = 77.27, 0.161, 8.375e-6
    system = System(
        (
            State("x", constant(1.0), s * (y + x * (1.0 - q * x - y))),
            State("y", constant(2.0), (z - (1.0 + x) * y) / s),
            State("z", constant(3.0), w * (x - z)),
        ),
        {},
    )
    times = [5.0, 30.0, 100.0]
    found = Engine(system).solve({}, times, rtol=1e-10, atol=1e-12)

    def slope(_: float, u: np.ndarray) -> np.ndarray:
        a, b, c = u
        return np.array([s * (b + a * (1 - q * a - b)), (c - (1 + a) * b) / s, w * (a - c)])

    expected = independent(slope, [1.0, 2.0, 3.0], times)
    np.testing.assert_allclose([found[n][0] for n in "xyz"], expected, rtol=1e-6)


def test_long_chain_equals_bateman() -> None:
    # Ten members with rates that differ: sums of exponentials (Bateman 1910).
    rates = np.geomspace(20.0, 0.01, 10)
    members = states(*(f"n{i}" for i in range(10)))
    system = System(
        tuple(
            State(
                f"n{i}",
                ONE if i == 0 else ZERO,
                (rates[i - 1] * members[i - 1] if i else ZERO) - rates[i] * members[i],
            )
            for i in range(10)
        ),
        {},
    )
    times = np.array([0.1, 1.0, 10.0, 100.0])
    found = Engine(system).solve({}, times, rtol=1e-10, atol=1e-14)
    for i in range(10):
        own = rates[: i + 1]
        weights = [
            np.prod(own[:-1]) / np.prod([own[m] - own[k] for m in range(i + 1) if m != k])
            for k in range(i + 1)
        ]
        exact = np.exp(-np.outer(times, own)) @ np.array(weights)
        # The sum loses digits to cancellation where terms are large.
        lost = 1e-15 * np.max(np.abs(weights))
        np.testing.assert_allclose(found[f"n{i}"][0], exact, rtol=1e-7, atol=1e-12 + lost)


def closed_circulation(organs: int) -> System:
    """Blood that runs through organs in parallel and exchanges with tissue: nothing is lost."""
    blood = states("blood")[0]
    rates: dict[str, Expression] = {"blood": ZERO}
    parameters: dict[str, float] = {}
    for i in range(organs):
        vessel, tissue = states(f"vessel{i}", f"tissue{i}")
        flow, volume, surface = (symbol(f"{n}{i}") for n in ("flow", "volume", "surface"))
        parameters |= {f"flow{i}": 5.0 + 7.0 * i, f"volume{i}": 0.1 + 0.03 * i}
        parameters |= {f"surface{i}": 0.5 + 0.1 * i}
        inward, outward = flow * blood / 3.0, flow * vessel / volume
        across = surface * (vessel / volume - tissue / (10.0 * volume))
        rates["blood"] = rates["blood"] - inward + outward
        rates[f"vessel{i}"] = inward - outward - across
        rates[f"tissue{i}"] = across
    return System(
        tuple(
            State(name, constant(100.0 if name == "blood" else 0.0), rate)
            for name, rate in rates.items()
        ),
        parameters,
    )


def test_mass_is_kept_to_1e_12() -> None:
    # 100 h of a circulation that turns over every few minutes: thousands of passages.
    system = closed_circulation(12)
    found = Engine(system).solve(
        {"flow3": [26.0, 60.0, 400.0]}, np.linspace(0.0, 100.0, 21), rtol=1e-6
    )
    total = sum(found[name] for name in system.names)
    np.testing.assert_allclose(total, 100.0, rtol=1e-12)


def test_receptor_binding_at_its_limits() -> None:
    # Few ligands and many receptors bind at the rate k_on R; many ligands fill the receptors.
    ligand, free, bound = states("ligand", "free", "bound")
    on, off = symbol("on"), symbol("off")
    rate = on * ligand * free - off * bound
    system = System(
        (
            State("ligand", symbol("dose"), -rate),
            State("free", symbol("receptors"), -rate),
            State("bound", ZERO, rate),
        ),
        {"on": 0.5, "off": 0.1, "dose": 1.0, "receptors": 1.0},
    )
    engine = Engine(system)
    times = np.array([0.05, 0.2, 200.0])
    few = engine.solve({"dose": 1e-6, "receptors": 10.0}, times, rtol=1e-10, atol=1e-18)
    k = 0.5 * 10.0 + 0.1
    linear = 1e-6 * 5.0 / k * -np.expm1(-k * times)
    # The part of the receptors that is taken is 1e-7.
    np.testing.assert_allclose(few["bound"][0], linear, rtol=1e-6)
    many = engine.solve({"dose": 1e6, "receptors": 1.0}, [200.0])
    assert many["bound"][0, 0] == pytest.approx(1e6 / (1e6 + 0.2), rel=1e-6)
    middle = engine.solve({"dose": 2.0, "receptors": 3.0}, [2000.0], rtol=1e-9)
    # Equilibrium: K = (d - b)(r - b) / b.
    b = 0.5 * (5.2 - np.sqrt(5.2**2 - 24.0))
    assert middle["bound"][0, 0] == pytest.approx(b, rel=1e-8)


def test_functions_in_rates() -> None:
    # x' = -exp(x) has the solution -ln(t + e^-1); y' = y ln y^-1 is Gompertz.
    x, y = states("x", "y")
    from theratwin.dynamics.expressions.expression import log

    system = System((State("x", ONE, -exp(x)), State("y", constant(0.01), -y * log(y))), {})
    times = np.array([0.1, 1.0, 5.0])
    found = Engine(system).solve({}, times, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found["x"][0], -np.log(times + np.exp(-1.0)), rtol=1e-7)
    np.testing.assert_allclose(found["y"][0], np.exp(np.log(0.01) * np.exp(-times)), rtol=1e-7)
