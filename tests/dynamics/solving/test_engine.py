"""The engine against closed forms: solutions, order, curves, quadratures, inputs, failures."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from theratwin.core.errors import FitError, InputError
from theratwin.dynamics import Bolus, Engine, Infusion, State, StateEvent, Status, System
from theratwin.dynamics.expressions.expression import ONE, Binding, symbol

TIMES = np.array([0.0, 0.5, 1.0, 3.0, 8.0, 24.0])


@pytest.fixture(scope="module")
def chain(systems: ModuleType) -> Engine:
    return Engine(systems.chain())


@pytest.fixture(scope="module")
def wave(systems: ModuleType) -> Engine:
    return Engine(systems.oscillating())


def test_chain_equals_bateman(chain: Engine, systems: ModuleType) -> None:
    k = np.array([0.5, 1.0, 2.5])
    found = chain.solve({"k": k, "a0": 2.0}, TIMES, rtol=1e-10, atol=1e-13)
    for patient in range(3):
        a, b, area = systems.chain_after_bolus(k[patient], 0.3, 2.0, TIMES)
        # The global error is a few times the tolerance.
        np.testing.assert_allclose(found["a"][patient], a, rtol=1e-8, atol=1e-12)
        np.testing.assert_allclose(found["b"][patient], b, rtol=1e-8, atol=1e-12)
        np.testing.assert_allclose(found["area"][patient], area, rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(found["sum"], found["a"] + found["b"], rtol=1e-15)
    np.testing.assert_allclose(found["squared"], found["a"] ** 2, rtol=1e-15)
    assert found.require() is found


def fixed_steps(engine: Engine, steps: int, times: np.ndarray) -> np.ndarray:
    """Solve with steps of one length: the tolerance never refuses one."""
    length = 2.0 / steps
    found = engine.solve(
        {}, times, end=2.0, rtol=1e6, atol=1e6, largest_step=length, first_step=length
    )
    assert found.steps[0] == steps
    return found["y"][0]


def test_order_of_convergence_is_five(wave: Engine, systems: ModuleType) -> None:
    end = np.array([2.0])
    exact = systems.oscillating_exact(0.5, end)
    errors = [abs(fixed_steps(wave, n, end) - exact)[0] for n in (16, 32, 64, 128)]
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    # Approached from below: 4.76, 4.90, 4.96.
    assert np.all(np.abs(orders - 5.0) < 0.3)
    assert orders[-1] > 4.9


def test_order_of_dense_output_is_four(wave: Engine, systems: ModuleType) -> None:
    # At the middle of the steps the local error of the polynomial, h^5, is seen; over the whole
    # interval the interpolant is of order 4 or better.
    times = np.linspace(0.013, 1.987, 301)
    exact = systems.oscillating_exact(0.5, times)
    errors = [np.max(abs(fixed_steps(wave, n, times) - exact)) for n in (8, 16, 32)]
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    assert np.all(orders > 3.8)


def test_error_follows_the_tolerance(wave: Engine, systems: ModuleType) -> None:
    times = np.linspace(0.1, 6.0, 20)
    exact = systems.oscillating_exact(0.5, times)
    for rtol in (1e-4, 1e-6, 1e-8, 1e-10):
        found = wave.solve({}, times, rtol=rtol, atol=rtol * 1e-3)
        # Local errors add up over some tens of steps.
        assert np.max(abs(found["y"][0] / exact - 1.0)) < 20.0 * rtol


def test_results_do_not_depend_on_the_times_asked_for(chain: Engine) -> None:
    few = chain.solve({"a0": 1.0}, [24.0])
    many = chain.solve({"a0": 1.0}, np.linspace(0.0, 24.0, 500))
    assert few["b"][0, -1] == many["b"][0, -1]
    assert few.steps[0] == many.steps[0]


def test_curves_are_the_solution(chain: Engine) -> None:
    times = np.linspace(0.0, 24.0, 97)
    doses = [Bolus("a", 2.0, 1.0), Bolus("a", 9.5, 3.0)]
    found = chain.solve(
        {"a0": [1.0, 2.0]}, times, doses=doses, curves=["a", "b"], rtol=1e-9, atol=1e-12
    )
    for patient in range(2):
        curve = found.curve("a", patient)
        np.testing.assert_allclose(curve(times), found["a"][patient], rtol=1e-11, atol=1e-13)
        area = found.curve("b", patient).integral()
        # The curve's integral and the quadrature are both within the tolerance of the area.
        assert area == pytest.approx(found["area"][patient, -1], rel=1e-8)
    with pytest.raises(InputError, match="area"):
        found.curve("area")


def test_more_steps_than_fit_at_once_are_recorded(chain: Engine) -> None:
    found = chain.solve({"a0": 1.0}, [8.0], curves=["a"], largest_step=8.0 / 9000)
    assert found.steps[0] >= 9000
    curve = found.curve("a")
    assert curve.breaks.size == found.steps[0] + 1
    # exp(-t) at a step of 1e-3: rounding over 9000 steps is all that is left.
    assert curve(3.0) == pytest.approx(np.exp(-3.0), rel=1e-12)


def test_times_and_ends_may_differ_by_patient(chain: Engine, systems: ModuleType) -> None:
    times = np.array([[1.0, 2.0], [4.0, 24.0]])
    found = chain.solve({"a0": 2.0}, times, end=[2.0, 30.0], rtol=1e-9, atol=1e-12)
    for patient in range(2):
        a, *_ = systems.chain_after_bolus(1.0, 0.3, 2.0, times[patient])
        np.testing.assert_allclose(found["a"][patient], a, rtol=1e-7, atol=1e-12)
    np.testing.assert_array_equal(found.reached, [2.0, 30.0])


def test_start_may_be_any_time(wave: Engine) -> None:
    late = wave.solve({}, [5.0, 6.0], start=5.0)
    assert late["y"][0, 0] == 1.0
    early = wave.solve({}, [0.0, 1.0])
    # Time stands in the equation, so that a later start is another solution.
    assert abs(late["y"][0, 1] - early["y"][0, 1]) > 0.1


def test_kept_states_can_be_chosen(chain: Engine) -> None:
    found = chain.solve({"a0": 1.0}, [1.0], keep=["b"])
    assert list(found.states) == ["b"]
    with pytest.raises(InputError, match="'a'"):
        found["a"]


@pytest.mark.parametrize(
    ("parameters", "keywords", "word"),
    [
        ({"q": 1.0}, {}, "no such parameter"),
        ({"k": "one"}, {}, "not a number"),
        ({"k": [1.0, 2.0], "m": [1.0, 2.0, 3.0]}, {}, "differ"),
        ({"k": [[1.0]]}, {}, "one for each patient"),
        ({}, {"times": [2.0, 1.0]}, "decrease"),
        ({}, {"times": [-1.0]}, "before the start"),
        ({}, {"times": [np.nan]}, "finite"),
        ({}, {"times": []}, "neither"),
        ({}, {"times": [2.0], "end": 1.0}, "end lies before"),
        ({}, {"keep": ["c"]}, "no such state"),
        ({}, {"curves": ["c"]}, "no such state"),
        ({}, {"rtol": 0.0}, "positive"),
        ({}, {"threads": 0}, "one or more"),
        ({}, {"doses": [Bolus("c", 0.0, 1.0)]}, "no such state"),
    ],
)
def test_bad_input_is_named(chain: Engine, parameters: dict, keywords: dict, word: str) -> None:
    with pytest.raises(InputError, match=word):
        chain.solve(parameters, **{"times": [1.0], **keywords})


def failing() -> Engine:
    """Growth to infinity in finite time, x' = g x^2, and a volume in the denominator."""
    x, g, v = symbol("x", Binding.STATE), symbol("g"), symbol("v")
    system = System((State("x", ONE, g * x * x - x / v),), {"g": 0.0, "v": 1.0})
    return Engine(system)


def test_a_system_that_carries_nothing_is_refused() -> None:
    with pytest.raises(InputError, match=r"no states.*Couple"):
        Engine(System((), {"k": 1.0}, observables={"twice": 2.0 * symbol("k")}))


def test_each_failure_has_its_status_and_harms_no_other() -> None:
    engine = failing()
    parameters = {
        "g": [0.0, np.nan, 0.0, 30.0, 0.0, 0.0],
        "v": [1.0, 1.0, 0.0, 1.0, -1.0, 1e300],
    }
    found = engine.solve(parameters, [0.0, 0.5, 1.0], fallback=False)
    expected = [
        Status.DONE,
        Status.NOT_FINITE,  # NaN
        Status.NOT_FINITE,  # division by zero
        Status.STEP_TOO_SMALL,  # infinite at t = ln(30/29) = 0.034 h
        Status.DONE,  # growth exp(t), as the equation says
        Status.DONE,
    ]
    assert [Status(s) for s in found.status] == expected
    alone = engine.solve({"g": 0.0, "v": 1.0}, [0.0, 0.5, 1.0])
    assert found["x"][0].tobytes() == alone["x"][0].tobytes()
    assert np.all(np.isnan(found["x"][3, 1:]))
    assert found.reached[3] == pytest.approx(np.log(30.0 / 29.0), abs=1e-4)
    assert found["x"][4, -1] == pytest.approx(np.e, rel=1e-5)
    assert "3 of 6: solved" in found.report()
    with pytest.raises(FitError, match="patient 1: 3 of 6 patients failed"):
        found.require()


def test_growth_through_a_singular_matrix_is_solved() -> None:
    # 1/(h gamma) - J crosses zero while the step grows: the step is refused and shrinks.
    x, g = symbol("x", Binding.STATE), symbol("g")
    engine = Engine(System((State("x", ONE, g * x),), {"g": 3.0}))
    found = engine.solve({"g": [3.0, 30.0]}, [1.0], rtol=1e-8)
    np.testing.assert_allclose(found["x"][:, 0], np.exp([3.0, 30.0]), rtol=1e-6)


def test_too_many_steps_is_mended_by_the_fallback(systems: ModuleType) -> None:
    engine = Engine(systems.chain())
    arguments = {"a0": 2.0, "k": [1.0, 2.0]}
    doses = [Bolus("a", 4.0, 1.0), Bolus("b", 8.0, 1.0)]
    given = {"doses": doses, "rtol": 1e-8, "atol": 1e-11}
    cut = engine.solve(arguments, TIMES, most_steps=10, fallback=False, **given)
    assert np.all(cut.status == Status.TOO_MANY_STEPS)
    assert np.all(np.isnan(cut["a"][:, -1]))
    mended = engine.solve(arguments, TIMES, most_steps=10, **given)
    assert np.all(mended.status == Status.FALLBACK)
    whole = engine.solve(arguments, TIMES, **given)
    for name in ("a", "b", "area", "sum"):
        # Two methods at a relative tolerance of 1e-8.
        np.testing.assert_allclose(mended[name], whole[name], rtol=1e-6, atol=1e-9)


def test_the_fallback_gives_curves(systems: ModuleType) -> None:
    engine = Engine(systems.chain())
    doses = [Bolus("a", 4.0, 1.0), Infusion("rate", 5.0, 2.0, 1.0)]
    # The first patient is slow to change, and done within the steps that the others exceed.
    arguments = {"a0": [0.0, 2.0, 3.0], "k": [1e-9, 1.0, 2.0], "m": [1e-9, 0.3, 0.3]}
    given = {"doses": doses, "curves": ["b", "area"], "rtol": 1e-8, "atol": 1e-11}
    whole = engine.solve(arguments, TIMES, **given)
    limit = int(np.median(whole.steps)) - 1
    mended = engine.solve(arguments, TIMES, most_steps=limit, **given)
    assert set(mended.status.tolist()) == {Status.DONE, Status.FALLBACK}
    between = np.linspace(0.1, TIMES[-1] - 0.1, 50)
    for patient in range(3):
        for name in ("b", "area"):
            expected = whole.curve(name, patient)
            found = mended.curve(name, patient)
            assert found.breaks[0] == 0.0
            assert found.breaks[-1] == TIMES[-1]
            # The fallback's curves are cubics, good to about the square root of its tolerance.
            np.testing.assert_allclose(found(between), expected(between), rtol=1e-4, atol=1e-7)
    done = int(np.flatnonzero(mended.status == Status.DONE)[0])
    assert mended["b"][done].tobytes() == whole["b"][done].tobytes()


def test_where_the_fallback_cannot_help_it_says_why(systems: ModuleType) -> None:
    engine = Engine(systems.chain())
    given = {"a0": [2.0, 3.0]}
    found = engine.solve(given, TIMES, most_steps=10, sensitivities=["k"])
    assert np.all(found.status == Status.TOO_MANY_STEPS)
    assert set(found.notes) == {0, 1}
    assert "Patient 0, 1: the fallback has no sensitivities" in found.report()
    with pytest.raises(FitError, match="has no sensitivities"):
        found.require()
    x = symbol("x", Binding.STATE)
    event = StateEvent("refill", 0.5 - x, {"x": ONE})
    jumping = Engine(System((State("x", ONE, -x),), {}, events=(event,)))
    assert "state events" in jumping.solve({}, [5.0], most_steps=10).notes[0]
    blowing = Engine(System((State("x", ONE, x * x),), {}))
    gone = blowing.solve({}, [0.5, 2.0])
    assert "failed too" in gone.notes[0]
    # What the engine had found stays.
    assert gone["x"][0, 0] == pytest.approx(2.0, rel=1e-5)
    assert np.isnan(gone["x"][0, 1])


def test_the_fallback_starts_from_rest(systems: ModuleType) -> None:
    engine = Engine(systems.chain())
    # Each bolus costs steps: coming to rest takes fewer than what follows.
    doses = [Bolus("a", 0.1 * i, 0.5) for i in range(30)]
    given = {"doses": doses, "steady": True, "rtol": 1e-8}
    whole = engine.solve({"rate": 1.0}, [0.0, 3.0], **given)
    mended = engine.solve({"rate": 1.0}, [0.0, 3.0], **given, most_steps=int(whole.steps[0]) - 1)
    assert mended.status[0] == Status.FALLBACK
    np.testing.assert_allclose(mended["b"], whole["b"], rtol=1e-6)


def test_small_quantities_have_their_own_tolerance(systems: ModuleType) -> None:
    # A short-lived daughter: 1e-12 of its parent, invisible to an absolute tolerance of 1e-9.
    a, b = symbol("a", Binding.STATE), symbol("b", Binding.STATE)
    lost, rate = symbol("lost"), 1e12
    states = [State("a", ONE, -lost * a), State("b", 0.0 * ONE, lost * a - rate * b)]
    scaled = State("b", states[1].initial, states[1].derivative, tolerance_scale=1e-12)
    engine = Engine(System((states[0], scaled), {"lost": 0.1}))
    found = engine.solve({}, [1.0, 10.0], rtol=1e-6)
    expected = 0.1 * np.exp(-0.1 * np.array([1.0, 10.0])) / rate
    np.testing.assert_allclose(found["b"][0], expected, rtol=1e-5)
