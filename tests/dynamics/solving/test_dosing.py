"""Boluses, infusions and jumps, different for each patient, against closed forms."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theratwin.core.errors import InputError
from theratwin.dynamics import Bolus, Dose, Engine, Infusion, Jump, State, System
from theratwin.dynamics.expressions.expression import ONE, Binding, constant, symbol

TIGHT = {"rtol": 1e-10, "atol": 1e-13}
TIMES = np.linspace(0.0, 20.0, 41)
K = 1.0


@pytest.fixture(scope="module")
def chain(systems: ModuleType) -> Engine:
    return Engine(systems.chain())


def after_bolus(time: float, amount: float) -> np.ndarray:
    return np.where(time <= TIMES, amount * np.exp(-K * (TIMES - time)), 0.0)


def after_infusion(begin: float, length: float, amount: float) -> np.ndarray:
    """Return the convolution of the rate with exp(-k t)."""
    rate, elapsed = amount / length, np.maximum(TIMES - begin, 0.0)
    running = np.minimum(elapsed, length)
    return rate / K * (np.exp(-K * (elapsed - running)) - np.exp(-K * elapsed))


def test_boluses_differ_by_patient(chain: Engine) -> None:
    times, amounts = np.array([1.0, 2.25, np.inf]), np.array([1.0, 3.0, 5.0])
    doses = [Bolus("a", times, amounts), Bolus("a", 7.0, 2.0)]
    found = chain.solve({}, TIMES, doses=doses, **TIGHT)
    assert found["a"].shape == (3, 41)
    for patient in range(3):
        expected = after_bolus(7.0, 2.0)
        if np.isfinite(times[patient]):
            expected = expected + after_bolus(times[patient], amounts[patient])
        np.testing.assert_allclose(found["a"][patient], expected, atol=2e-9)


def test_values_at_a_dose_are_those_after_it(chain: Engine) -> None:
    found = chain.solve({}, [0.0, 5.0], doses=[Bolus("a", 0.0, 1.0), Bolus("a", 5.0, 1.0)])
    assert found["a"][0, 0] == 1.0
    assert found["a"][0, 1] > 1.0


def test_infusions_equal_the_convolution_and_add_up(chain: Engine) -> None:
    doses = [Infusion("rate", 1.0, 4.0, 2.0), Infusion("rate", 3.0, np.array([1.0, 6.0]), 3.0)]
    found = chain.solve({}, TIMES, doses=doses, **TIGHT)
    for patient, length in enumerate((1.0, 6.0)):
        expected = after_infusion(1.0, 4.0, 2.0) + after_infusion(3.0, length, 3.0)
        np.testing.assert_allclose(found["a"][patient], expected, atol=2e-9)


def test_an_infusion_adds_to_the_starting_rate(chain: Engine) -> None:
    found = chain.solve({"rate": 0.5}, TIMES, doses=[Infusion("rate", 2.0, 1.0, 3.0)], **TIGHT)
    background = 0.5 / K * -np.expm1(-K * TIMES)
    expected = background + after_infusion(2.0, 1.0, 3.0)
    np.testing.assert_allclose(found["a"][0], expected, atol=2e-9)


def test_jumps_change_a_parameter_from_then_on() -> None:
    x, rate = symbol("x", Binding.STATE), symbol("rate", Binding.SEGMENT)
    half = symbol("half")
    system = System(
        (State("x", ONE, -(rate / half) * x),),
        {"half": 2.0},
        switches={"rate": 0.0},
        observables={"speed": rate / half * x},
    )
    doses = [Jump("rate", 1.0, 2.0), Jump("rate", 3.0, 0.5)]
    found = Engine(system).solve({}, TIMES, doses=doses, **TIGHT)
    exponent = np.clip(TIMES - 1.0, 0.0, 2.0) * 1.0 + np.clip(TIMES - 3.0, 0.0, None) * 0.25
    np.testing.assert_allclose(found["x"][0], np.exp(-exponent), rtol=1e-8)
    # An observable at the jump has the new value.
    speed = np.where(TIMES < 1.0, 0.0, np.where(TIMES < 3.0, 1.0, 0.25)) * found["x"][0]
    np.testing.assert_allclose(found["speed"][0], speed, rtol=1e-12)


def test_doses_at_one_time_are_given_in_order() -> None:
    x, level = symbol("x", Binding.STATE), symbol("level", Binding.SEGMENT)
    engine = Engine(System((State("x", ONE, level * ONE + 0.0 * x),), {}, {"level": 0.0}))
    doses = [Jump("level", 2.0, 5.0), Jump("level", 2.0, 1.0)]
    found = engine.solve({}, [4.0], doses=doses)
    assert found["x"][0, 0] == pytest.approx(3.0, rel=1e-9)


def test_a_dose_after_the_end_changes_nothing(chain: Engine) -> None:
    plain = chain.solve({"a0": 1.0}, [4.0])
    later = chain.solve({"a0": 1.0}, [4.0], doses=[Bolus("a", 5.0, 1.0)])
    assert plain["b"].tobytes() == later["b"].tobytes()


# To the second: no two doses stand closer together than a clock tells.
SECONDS = st.integers(0, 18 * 3600).map(lambda seconds: seconds / 3600.0)


@settings(max_examples=25)
@given(st.lists(st.tuples(SECONDS, st.floats(0.1, 6.0), st.floats(0.0, 10.0)), max_size=5))
def test_any_doses_superpose(chain: Engine, plan: list[tuple[float, float, float]]) -> None:
    doses: list[Dose] = []
    expected = np.zeros(TIMES.size)
    for i, (time, length, amount) in enumerate(plan):
        if i % 2:
            doses.append(Bolus("a", time, amount))
            expected += after_bolus(time, amount)
        else:
            doses.append(Infusion("rate", time, length, amount))
            expected += after_infusion(time, length, amount)
    found = chain.solve({}, TIMES, doses=doses, **TIGHT)
    np.testing.assert_allclose(found["a"][0], expected, atol=2e-8)


@pytest.mark.parametrize(
    ("doses", "word"),
    [
        ([Bolus("A", 0.0, 1.0)], "nearest match"),
        ([Jump("a_rate", 0.0, 1.0)], "no such"),
        ([Bolus("a", -1.0, 1.0)], "before the start"),
        ([Bolus("a", np.nan, 1.0)], "before the start"),
        ([Bolus("a", [1.0, 2.0, 3.0], [1.0, 2.0])], "patients differ"),
        ([Infusion("rate", 0.0, 0.0, 1.0)], "takes time"),
        ([Infusion("rate", 0.0, 1.0, 1.0), Jump("rate", 2.0, 1.0)], "cannot share"),
        ([Bolus("rate", 0.0, 1.0)], "no such state"),
        ([Jump("a", 0.0, 1.0)], "no such switch"),
    ],
)
def test_bad_doses_are_named(chain: Engine, doses: list[Dose], word: str) -> None:
    with pytest.raises(InputError, match=word):
        chain.solve({}, [1.0], doses=doses)


def test_the_slope_by_the_starting_rate_passes_infusions() -> None:
    """Edges set the rate to the base and what runs: the part of the base stays."""
    x, rate = symbol("x", Binding.STATE), symbol("rate", Binding.SEGMENT)
    system = System((State("x", constant(0.0), rate - 0.1 * x),), {}, {"rate": 1.0})
    doses = [Infusion("rate", 2.0, 1.0, 5.0), Infusion("rate", 2.5, 3.0, 4.0, name="second")]
    given = {"doses": doses, "sensitivities": ["rate", "second"]}
    found = Engine(system).solve({"rate": [1.0, 3.0]}, TIMES, **given, **TIGHT)
    # Linear: the base adds its own convolution whatever runs on top of it.
    for patient in range(2):
        slope = found.slopes["rate"]["x"][patient]
        np.testing.assert_allclose(slope, -np.expm1(-0.1 * TIMES) / 0.1, rtol=1e-9)
