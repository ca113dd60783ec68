"""The arrays of a run: none of their memory is left as it was found."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from theratwin.dynamics import Engine, State, Status, System
from theratwin.dynamics.expressions.expression import ONE, Binding, exp, symbol
from theratwin.dynamics.llvm.memory import address, aligned
from theratwin.dynamics.solving.run import Run

X, Y = symbol("x", Binding.STATE), symbol("y", Binding.STATE)
K, GROWTH = symbol("k"), symbol("growth")
TIMES = np.linspace(0.0, 10.0, 21)

SYSTEM = System(
    (State("x", ONE, GROWTH * X * X - K * X), State("y", ONE, X - Y)),
    {"k": 1.0, "growth": 0.0},
    observables={"sum": X + Y, "bent": exp(-X)},
    quadratures={"area": X},
)
# Sound; infinite at ln(2) h; without a number at the start; infinite at 2.4 h.
PARAMETERS = {"k": [1.0, 1.0, np.nan, 0.1], "growth": [0.0, 2.0, 0.0, 0.45]}


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(SYSTEM)


def everything(engine: Engine, **options: Any) -> dict[str, np.ndarray]:
    found = engine.solve(PARAMETERS, TIMES, fallback=False, threads=1, **options)
    slopes = {f"{n} by {d}": v for d, group in found.slopes.items() for n, v in group.items()}
    values = {**found.states, **found.quadratures, **found.observables, **slopes}
    return {**values, "status": found.status}


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"most_steps": 12},
        {"sensitivities": ["k"]},
        {"sensitivities": ["k"], "most_steps": 12},
        {"keep": ["y"]},
        {"keep": []},
        {"chunk": 1},
    ],
    ids=str,
)
def test_nothing_is_left_of_what_the_memory_held(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> None:
    plain = Run._outputs

    def filled(value: float) -> dict[str, np.ndarray]:
        def outputs(run: Run) -> dict[str, np.ndarray]:
            found = plain(run)
            for name in ("out_states", "out_observables"):
                found[name].fill(value)
            return found

        monkeypatch.setattr(Run, "_outputs", outputs)
        return everything(engine, **options)

    first, second = filled(7.0), filled(-3.0)
    for name, values in first.items():
        np.testing.assert_array_equal(values, second[name], err_msg=name)


def test_values_end_where_a_patient_failed(engine: Engine) -> None:
    found = engine.solve(PARAMETERS, TIMES, fallback=False)
    assert found.good.tolist() == [True, False, False, False]
    assert found.status[2] == Status.NOT_FINITE
    for name in ("x", "y", "area", "sum", "bent"):
        known = np.isfinite(found[name])
        assert known[0].all()
        for patient in (1, 3):
            reached = found.reached[patient]
            assert known[patient, reached > TIMES].all()
            assert not known[patient, reached < TIMES].any()


def test_empty_and_read_only_arrays_have_an_address() -> None:
    values = aligned(3)
    assert address(values) == values.ctypes.data
    values.flags.writeable = False
    assert address(values) == values.ctypes.data
    assert address(np.empty((0, 3))) == address(np.empty(0)) != 0
