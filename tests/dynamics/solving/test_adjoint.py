"""The discrete adjoint against forward sensitivities: both are exact for the same discrete map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.core.seed import stream
from theratwin.dynamics import (
    Bolus,
    Dose,
    Engine,
    Infusion,
    Jump,
    Solution,
    State,
    StateEvent,
    Status,
    System,
    model,
)
from theratwin.dynamics.expressions.expression import (
    ONE,
    TIME,
    ZERO,
    Binding,
    exp,
    less,
    maximum,
    select,
    symbol,
)
from theratwin.dynamics.solving import adjoint_run

TIMES = np.array([0.0, 0.7, 2.0, 2.0, 5.0, 9.0, 12.0])
#: Both are sums of some thousand terms of the same exact derivative, in another order: they differ
#: by rounding, relative to the sum of the terms' sizes. Rounding in stiff steps is amplified by
#: the condition of W, which leaves five digits to spare.
CLOSE = 1e-10


def worst(
    engine: Engine,
    parameters: Mapping[str, object],
    times: np.ndarray,
    directions: Sequence[str],
    doses: Sequence[Dose] = (),
    **more: object,
) -> float:
    """Return the largest difference over directions and patients for random cotangents."""
    slopes = engine.solve(parameters, times, doses=doses, sensitivities=directions, **more)
    names = [*slopes.states, *slopes.quadratures, *slopes.observables]
    random = stream(7, "cotangents")
    weights = {name: random.standard_normal(slopes[name].shape) for name in names}
    found = engine.pull_back(parameters, times, weights, doses=doses, **more)
    largest = 0.0
    for direction in directions:
        terms = np.stack([weights[n] * slopes.slopes[direction][n] for n in names])
        size = np.sum(np.abs(terms), axis=(0, 2))
        error = np.abs(found[direction] - np.sum(terms, axis=(0, 2)))
        assert np.all(np.isfinite(error))
        assert np.all(size > 0.0), direction
        largest = max(largest, float(np.max(error / size)))
    return largest


def nonlinear() -> System:
    """Saturable uptake of a time-dependent supply, Hill feedback, switches, slow values of all."""
    x, y, z = (symbol(name, Binding.STATE) for name in "xyz")
    v, km, n, q = (symbol(name) for name in ("v", "km", "n", "q"))
    level, other = (symbol(name, Binding.SEGMENT) for name in ("level", "other"))
    supply = level * exp(-q * TIME) / (ONE + y**n)
    uptake = v * x / (km + x)
    return System(
        states=(
            State("x", km * v, supply - uptake + level * other / km),
            State("y", ONE, uptake - q * y * select(less(y, 100.0), ONE, ZERO) * y),
            State("z", exp(-n), q * level * x - exp(-q * TIME) * z - maximum(z, 0.3 * x) * v),
        ),
        parameters={"v": 0.7, "km": 0.4, "n": 1.7, "q": 0.2},
        switches={"level": 1.0, "other": 0.3},
        observables={"ratio": x / (x + km * y), "late": level * x * exp(-q * TIME)},
        quadratures={"exposure": x * y},
    )


@cache
def engine(name: str) -> Engine:
    if name == "nonlinear":
        return Engine(nonlinear())
    return Engine(infused() if name == "infused" else model(name).system())


def infused() -> System:
    """Receptor binding with an infusion of the ligand."""
    system = model("receptor-binding").system()
    ligand, *others = system.states
    rate = symbol("rate", Binding.SEGMENT)
    return replace(
        system,
        states=(replace(ligand, derivative=ligand.derivative + rate), *others),
        switches={"rate": 0.0},
        quadratures={"area": symbol("bound", Binding.STATE)},
    )


DOSES = (
    Jump("level", 3.0, 2.0, name="later"),
    Bolus("y", 0.0, 0.5, name="first"),
    Jump("other", 2.0, np.linspace(0.1, 0.2, 7), name="second"),
    Jump("other", 2.0, 0.15),
    Bolus("z", np.linspace(2.0, 6.0, 7), 0.3, name="own time"),
    Bolus("x", 12.0, 0.5, name="at the end"),
    Bolus("x", np.array([1.0, np.inf] * 3 + [5.0]), 0.5),
)
DIRECTIONS = ("v", "km", "n", "q", "level", "other", "x", "z", "later", "first", "own time")


@pytest.mark.parametrize("rtol", [1e-3, 1e-6])
def test_nonlinear_with_time_jumps_and_boluses(rtol: float) -> None:
    parameters = {"v": np.linspace(0.4, 1.2, 7), "level": 0.8}
    more = {"rtol": rtol, "atol": 1e-3 * rtol}
    directions = (*DIRECTIONS, "at the end")
    assert worst(engine("nonlinear"), parameters, TIMES, directions, DOSES, **more) < CLOSE


def test_another_method() -> None:
    own = Engine(nonlinear(), method="rodas5")
    assert worst(own, {"v": np.linspace(0.4, 1.2, 7)}, TIMES, DIRECTIONS, DOSES) < CLOSE


def test_other_times_starts_and_ends() -> None:
    times = np.stack([np.sort(stream(1, "times").uniform(1.5, 10.0, 5))] * 7)
    times[3:] += 0.25
    ends = np.linspace(10.5, 14.0, 7)
    doses = [Jump("level", 3.0, 2.0, name="later"), Bolus("y", 1.5, 0.5, name="first")]
    more = {"start": 1.5, "end": ends, "largest_step": 0.4}
    assert worst(engine("nonlinear"), {}, times, ("v", "q", "later", "y"), doses, **more) < CLOSE


def test_receptor_binding_with_boluses_and_infusions() -> None:
    k_on = np.geomspace(1e-3, 0.1, 6)
    doses = [
        Bolus("ligand", 4.0, 50.0, name="bolus"),
        Infusion("rate", 6.0, 3.0, 40.0, name="infusion"),
        Infusion("rate", 7.0, 10.0, np.linspace(5.0, 30.0, 6), name="overlapping"),
    ]
    directions = [*model("receptor-binding").system().parameters, "bolus", "infusion"]
    directions += ["overlapping", "ligand", "receptor", "rate"]
    times = np.linspace(0.0, 24.0, 9)
    assert worst(engine("infused"), {"k_on": k_on}, times, directions, doses) < CLOSE


def test_linear_chain() -> None:
    directions = list(engine("linear-chain").system.parameters)
    found = worst(
        engine("linear-chain"), {"dose": [1.0, 3.0]}, np.geomspace(0.1, 50, 9), directions
    )
    assert found < CLOSE


def test_benchmark_88() -> None:
    times = np.geomspace(0.05, 168.0, 12)
    own = engine("benchmark-88")
    directions = ["kidney.receptors", "tumor.internalization", "k_off", "kidney.filtration"]
    receptors = np.array(own.system.parameters["kidney.receptors"]) * [0.5, 1.0, 2.0]
    assert worst(own, {"kidney.receptors": receptors}, times, directions) < CLOSE


def test_stiff() -> None:
    # Robertson (1966) with his constants as parameters, through seven decades.
    x, y, z = (symbol(name, Binding.STATE) for name in "xyz")
    a, b, c = (symbol(name) for name in "abc")
    slow, fast, square = a * x, b * y * z, c * y * y
    states = (
        State("x", ONE, fast - slow),
        State("y", ZERO, slow - fast - square, tolerance_scale=1e-4),
        State("z", ZERO, square),
    )
    own = Engine(System(states, {"a": 0.04, "b": 1e4, "c": 3e7}))
    times = np.array([0.4, 4.0, 40.0, 4e3, 4e5])
    assert worst(own, {"a": [0.04, 0.02]}, times, ("a", "b", "c", "x"), rtol=1e-7) < CLOSE


def pulled(lanes: int = 4, patients: slice | int = slice(None), **more: object) -> np.ndarray:
    """Return the whole gradient of nine patients, or of some of them."""
    v, jump = np.linspace(0.4, 1.2, 9), np.linspace(1.0, 2.0, 9)
    doses = [
        Jump("level", 3.0, jump[patients], name="later"),
        Bolus("y", 6.0, 0.5, name="more"),
    ]
    own = engine("nonlinear") if lanes == 4 else Engine(nonlinear(), lanes=lanes)
    weights = {"x": np.linspace(-1.0, 1.0, 7), "ratio": 0.5, "exposure": np.eye(7)[3]}
    found = own.pull_back({"v": v[patients]}, TIMES, weights, doses=doses, **more)
    return np.stack([found[name] for name in sorted(found.by)])


def test_company_lanes_and_threads_do_not_change_the_bytes() -> None:
    expected = pulled(threads=1)
    assert np.all(np.isfinite(expected))
    for lanes in (1, 2):
        assert pulled(lanes).tobytes() == expected.tobytes()
    for threads, chunk in ((2, 3), (1, 1), (2, 9)):
        assert pulled(threads=threads, chunk=chunk).tobytes() == expected.tobytes()
    # One patient alone: the lanes make several of its steps at once.
    for patient in (0, 8):
        assert pulled(patients=patient).tobytes() == expected[:, patient].tobytes()


def test_tapes_that_grow_or_are_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    own, rows = engine("nonlinear"), {"v": np.linspace(0.4, 1.2, 9)}

    def weights(solution: Solution) -> dict[str, np.ndarray]:
        return {"x": solution["x"], "late": solution["late"] - 1.0}

    def gradient() -> bytes:
        found = own.pull_back(rows, TIMES, weights, chunk=4)
        return np.stack([found[name] for name in sorted(found.by)]).tobytes()

    expected = gradient()
    monkeypatch.setattr(adjoint_run, "MOST_WAITING", 0)
    assert gradient() == expected
    monkeypatch.setattr(adjoint_run, "ROWS", 4)
    assert gradient() == expected


def test_sum_of_squares_falls_along_its_gradient() -> None:
    own, observed = engine("nonlinear"), np.array([0.3, 0.2, 0.2, 0.2, 0.1, 0.1, 0.1])

    def loss(solution: Solution) -> np.ndarray:
        return 0.5 * np.sum((solution["x"] - observed) ** 2, axis=1)

    found = own.pull_back({}, TIMES, lambda s: {"x": s["x"] - observed}, by=["v", "km"])
    assert set(found.by) == {"v", "km"}
    step = 1e-6
    sides = [own.solve({"v": 0.7 + s * step}, TIMES, rtol=1e-11, atol=1e-13) for s in (1, -1)]
    expected = (loss(sides[0]) - loss(sides[1])) / (2.0 * step)
    # The solution within is good to 1e-6, and so is its derivative, to a factor of ten.
    np.testing.assert_allclose(found["v"], expected, rtol=1e-5)


def test_initial_values_may_depend_on_switches() -> None:
    # x = (1 + 3 s^2) e^-t, and s jumps later without effect.
    x, s = symbol("x", Binding.STATE), symbol("s", Binding.SEGMENT)
    system = System((State("x", ONE + 3.0 * s * s, -x),), {}, {"s": 2.0})
    jump = [Jump("s", 0.0, 5.0, name="jump")]
    found = Engine(system).pull_back({}, [1.0], {"x": 1.0}, doses=jump)
    # The solution is good to 1e-6; the initial value is that of the switch before it jumps.
    assert found["s"][0] == pytest.approx(12.0 * np.exp(-1.0), rel=1e-5)
    assert found["jump"][0] == 0.0


def test_an_observable_without_weight_takes_no_part() -> None:
    x, k = symbol("x", Binding.STATE), symbol("k")
    system = System(
        (State("x", ZERO, k - x),), {"k": 1.0}, observables={"share": x / x, "twice": 2.0 * x}
    )
    found = Engine(system).pull_back({}, [0.0, 30.0], {"twice": [1.0, 1.0], "share": [0.0, 1.0]})
    # At rest x = k; the share 0 / 0 at the start has no weight.
    np.testing.assert_allclose(found["k"], 2.0, rtol=1e-6)


def test_a_failed_patient_harms_no_other() -> None:
    own = engine("nonlinear")
    found = own.pull_back({"v": [0.7, np.nan, 0.9]}, TIMES, {"x": 1.0}, doses=DOSES[:2])
    assert list(found.solution.status) == [Status.DONE, Status.NOT_FINITE, Status.DONE]
    alone = own.pull_back({"v": 0.9}, TIMES, {"x": 1.0}, doses=DOSES[:2])
    for name, value in found.by.items():
        assert np.isnan(value[1])
        assert value[2].tobytes() == alone[name][0].tobytes()


def test_what_is_not_covered_is_refused() -> None:
    own = engine("nonlinear")
    with pytest.raises(InputError, match="no such output"):
        own.pull_back({}, TIMES, {"X": 1.0})
    with pytest.raises(InputError, match="broadcast"):
        own.pull_back({}, TIMES, {"x": [1.0, 2.0]})
    with pytest.raises(InputError, match="neither a parameter"):
        own.pull_back({}, TIMES, {"x": 1.0}, by=["V"])
    with pytest.raises(UnsupportedError, match="steady"):
        own.pull_back({}, TIMES, {"x": 1.0}, steady=True)
    x = symbol("x", Binding.STATE)
    event = StateEvent("low", 0.5 - x, {"x": ONE})
    with pytest.raises(UnsupportedError, match="state events"):
        Engine(System((State("x", ONE, -x),), {}, events=(event,))).pull_back({}, TIMES, {"x": 1.0})


def test_a_tape_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adjoint_run, "MOST_TAPE", 1000)
    with pytest.raises(UnsupportedError, match="smaller chunk"):
        engine("nonlinear").pull_back({}, TIMES, {"x": 1.0}, largest_step=0.01)
