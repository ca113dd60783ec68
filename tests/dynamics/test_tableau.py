"""Methods of integration: order conditions, stability, and what they do in the engine."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from theratwin.core.errors import InputError
from theratwin.dynamics import Engine
from theratwin.dynamics.solving.order_conditions import Conditions, factorial, trees
from theratwin.dynamics.solving.tableau import tableau
from theratwin.testing import observed_order

METHODS = ("rodas5p", "rodas5")
#: The coefficients have 16 digits and are as large as 300; sums of a few lose less than this.
ROUNDING = 2e-13


def test_trees_are_counted() -> None:
    # Butcher (1963): 1, 1, 2, 4, 9, 20 rooted trees; t! of the bushy and of the tall tree.
    assert [len(trees(n)) for n in range(1, 7)] == [1, 1, 2, 4, 9, 20]
    assert sorted(factorial(t) for t in trees(4)) == [4, 8, 12, 24]


@pytest.mark.parametrize("name", METHODS)
def test_order_conditions(name: str) -> None:
    method = tableau(name)
    conditions = Conditions(method)
    for order in range(1, method.order + 1):
        assert conditions.defect(order) < ROUNDING
    assert conditions.defect(method.order + 1) > 1e-3
    for order in range(1, method.order):
        assert conditions.defect(order, embedded=True) < ROUNDING
    # An estimate of the same order as the solution would tell nothing.
    assert conditions.defect(method.order, embedded=True) > 1e-3


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("fraction", [0.1, 0.5, 0.9])
def test_dense_output_is_of_order_four(name: str, fraction: float) -> None:
    conditions = Conditions(tableau(name))
    for order in range(1, 5):
        assert conditions.dense_defect(order, fraction) < ROUNDING
    assert conditions.dense_defect(5, fraction) > 1e-5


@pytest.mark.parametrize("name", METHODS)
def test_stability(name: str) -> None:
    conditions = Conditions(tableau(name))
    infinity = complex(-np.inf)
    assert abs(conditions.amplification(infinity)) < ROUNDING
    assert abs(conditions.amplification(infinity, embedded=True)) < ROUNDING
    # A-stable: by the maximum principle the imaginary axis is enough, the poles being at 1/gamma.
    axis = np.geomspace(1e-3, 1e6, 500)
    assert max(abs(conditions.amplification(1j * y)) for y in axis) < 1.0 + 1e-12


@pytest.mark.parametrize("name", METHODS)
def test_nodes_are_sums_of_alpha(name: str) -> None:
    method = tableau(name)
    conditions = Conditions(method)
    np.testing.assert_allclose(method.nodes, conditions.alpha.sum(axis=1), atol=ROUNDING)
    np.testing.assert_allclose(method.slopes, conditions.gamma.sum(axis=1), atol=ROUNDING)


def test_order_of_convergence_of_the_other_method(systems: ModuleType) -> None:
    engine = Engine(systems.oscillating(), method="rodas5")
    sizes = 2.0 / np.array([8, 16, 32])
    exact = systems.oscillating_exact(0.5, np.array([2.0]))
    errors = [
        abs(
            engine.solve({}, [2.0], rtol=1.0, atol=1e3, first_step=size, largest_step=size)["y"][
                0, 0
            ]
            - exact[0]
        )
        for size in sizes
    ]
    assert observed_order(sizes, errors) == pytest.approx(5.0, abs=0.4)


def test_bytes_do_not_depend_on_lanes(systems: ModuleType) -> None:
    times = np.linspace(0.0, 5.0, 7)
    found = [
        Engine(systems.chain(), lanes=lanes, method="rodas5").solve(
            {"k": np.geomspace(0.1, 10.0, 9), "a0": 1.0}, times
        )
        for lanes in (1, 4)
    ]
    assert found[0]["b"].tobytes() == found[1]["b"].tobytes()


def test_methods_agree_and_are_not_one(systems: ModuleType) -> None:
    times = np.linspace(0.0, 5.0, 7)
    one, other = (
        Engine(systems.chain(), method=name).solve({"a0": 1.0}, times, rtol=1e-9, atol=1e-12)
        for name in METHODS
    )
    np.testing.assert_allclose(one["b"], other["b"], rtol=1e-7, atol=1e-10)
    assert one["b"].tobytes() != other["b"].tobytes()


def test_sensitivities_and_curves_by_the_other_method(systems: ModuleType) -> None:
    k, m, t = 1.0, 0.3, np.linspace(0.1, 5.0, 7)
    found = Engine(systems.chain(), method=tableau("rodas5")).solve(
        {"a0": 2.0}, t, sensitivities=["a0"], rtol=1e-9, atol=1e-12
    )
    a, b, _ = systems.chain_after_bolus(k, m, 1.0, t)
    np.testing.assert_allclose(found.slopes["a0"]["b"][0], b, rtol=1e-6)
    curve = (
        Engine(systems.chain(), method="rodas5")
        .solve({"a0": 1.0}, t, curves=["a"], rtol=1e-9, atol=1e-12)
        .curve("a")
    )
    np.testing.assert_allclose(curve(t), a, rtol=1e-7)


def test_an_unknown_method_is_refused(systems: ModuleType) -> None:
    with pytest.raises(InputError, match="rodas5"):
        Engine(systems.chain(), method="rodas6")
