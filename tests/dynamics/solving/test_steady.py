"""Starting from rest, and integrating to infinity."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from theratwin.dynamics import Bolus, Engine, Infusion, State, Status, System
from theratwin.dynamics.expressions.expression import ONE, Binding, symbol


@pytest.fixture(scope="module")
def chain(systems: ModuleType) -> Engine:
    return Engine(systems.chain())


def turnover() -> Engine:
    """A hormone made at a constant rate and lost by two ways, of which a drug stops one."""
    x, made, lost, taken = symbol("x", Binding.STATE), *map(symbol, ("made", "lost", "taken"))
    blocked = symbol("blocked", Binding.SEGMENT)
    system = System(
        (State("x", 100.0 * ONE, made - (lost + taken * (1.0 - blocked)) * x),),
        {"made": 2.0, "lost": 0.1, "taken": 0.3},
        {"blocked": 0.0},
        quadratures={"area": x},
    )
    return Engine(system)


def test_integrals_to_infinity_are_dose_over_clearance(chain: Engine) -> None:
    doses = [Bolus("a", 0.0, np.array([2.0, 3.0])), Infusion("rate", 5.0, 2.0, 1.0)]
    found = chain.solve(
        {"m": 0.3}, [1.0, 8.0], doses=doses, to_infinity=True, rtol=1e-9, atol=1e-12
    )
    # All that enters a passes through b and leaves it at the rate m.
    np.testing.assert_allclose(found.integrals["area"], np.array([3.0, 4.0]) / 0.3, rtol=1e-7)
    assert found["a"].shape == (2, 2)
    cut = chain.solve({"m": 0.3}, [1.0, 8.0], doses=doses, rtol=1e-9, atol=1e-12)
    # Another last step, the same solution.
    np.testing.assert_allclose(found["area"], cut["area"], rtol=1e-8)


def test_derivatives_of_integrals(chain: Engine) -> None:
    given = {"a0": 2.0, "m": 0.3}
    found = chain.solve(
        given, [1.0], to_infinity=True, sensitivities=["m", "k"], rtol=1e-9, atol=1e-12
    )
    assert found.integral_slopes["m"]["area"][0] == pytest.approx(-2.0 / 0.09, rel=1e-6)
    assert found.integral_slopes["k"]["area"][0] == pytest.approx(0.0, abs=1e-6)


def test_an_integral_without_bound_is_nan() -> None:
    found = turnover().solve({}, [1.0], to_infinity=True)
    assert np.isnan(found.integrals["area"][0])
    assert found.status[0] == Status.DONE


def test_the_start_is_the_steady_state() -> None:
    engine = turnover()
    made = np.array([2.0, 4.0])
    found = engine.solve({"made": made}, [0.0, 5.0], steady=True, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found["x"], np.repeat(made[:, None] / 0.4, 2, axis=1), rtol=1e-8)
    # The quadrature begins at the start, not a thousand years before.
    np.testing.assert_allclose(found["area"][:, 1], 5.0 * made / 0.4, rtol=1e-8)


def test_derivatives_pass_through_the_steady_state() -> None:
    found = turnover().solve(
        {}, [0.0, 5.0], steady=True, sensitivities=["made", "lost", "x"], rtol=1e-9, atol=1e-12
    )
    np.testing.assert_allclose(found.slopes["made"]["x"][0], 1.0 / 0.4, rtol=1e-8)
    np.testing.assert_allclose(found.slopes["lost"]["x"][0], -2.0 / 0.16, rtol=1e-8)
    # What it once started from is forgotten.
    np.testing.assert_allclose(found.slopes["x"]["x"][0], 0.0, atol=1e-9)


def test_doses_begin_after_the_steady_state() -> None:
    found = turnover().solve(
        {}, [0.0, 3.0], doses=[Bolus("x", 0.0, 1.0)], steady=True, rtol=1e-9, atol=1e-12
    )
    expected = 5.0 + np.exp(-0.4 * np.array([0.0, 3.0]))
    np.testing.assert_allclose(found["x"][0], expected, rtol=1e-8)


def test_no_steady_state_is_a_status_of_its_own() -> None:
    found = turnover().solve({"lost": [0.1, 0.0], "taken": [0.3, 0.0]}, [1.0], steady=True)
    assert [Status(s) for s in found.status] == [Status.DONE, Status.NOT_STEADY]
    assert np.isnan(found["x"][1, 0])
    assert "production without a loss" in found.report()
