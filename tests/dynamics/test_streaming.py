"""Batches: the same numbers at any size, going on after a stop, never mixing runs."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from theratwin.core.errors import InputError
from theratwin.core.seed import stream as random_stream
from theratwin.dynamics import Engine, Solution
from theratwin.dynamics.streaming import stream

COUNT = 57


@pytest.fixture(scope="module")
def engine(systems: ModuleType) -> Engine:
    return Engine(systems.chain())


def draw(first: int, last: int) -> dict[str, Any]:
    rates = np.exp(0.3 * random_stream(5, "rates").standard_normal(COUNT))
    return {"parameters": {"k": rates[first:last], "a0": 1.0}, "times": [1.0, 8.0]}


def reduce(found: Solution) -> dict[str, np.ndarray]:
    return {"last": found["b"][:, -1], "both": found["a"], "status": found.status}


def test_numbers_do_not_depend_on_the_batch(engine: Engine) -> None:
    whole, parts = (stream(engine, COUNT, draw, reduce, batch=n) for n in (COUNT, 10))
    assert whole["both"].shape == (COUNT, 2)
    for name in whole:
        assert whole[name].tobytes() == parts[name].tobytes()


def test_a_stopped_run_goes_on(engine: Engine, tmp_path: Path) -> None:
    calls: list[int] = []

    def stopping(first: int, last: int) -> dict[str, Any]:
        if first == 30 and not calls.count(-1):
            calls.append(-1)
            raise KeyboardInterrupt
        calls.append(first)
        return draw(first, last)

    settings: dict[str, Any] = {"batch": 10, "folder": tmp_path / "run", "identity": "one"}
    with pytest.raises(KeyboardInterrupt):
        stream(engine, COUNT, stopping, reduce, **settings)
    found = stream(engine, COUNT, stopping, reduce, **settings)
    assert calls == [0, 10, 20, -1, 30, 40, 50]
    expected = stream(engine, COUNT, draw, reduce)
    for name in expected:
        assert found[name].tobytes() == expected[name].tobytes()


def test_another_run_is_refused(engine: Engine, tmp_path: Path) -> None:
    stream(engine, 5, draw, reduce, folder=tmp_path, identity="one")
    with pytest.raises(InputError, match="another run"):
        stream(engine, 5, draw, reduce, folder=tmp_path, identity="two")
    (tmp_path / "patients-000000000.json").write_text("{")
    with pytest.raises(InputError, match="not a batch"):
        stream(engine, 5, draw, reduce, folder=tmp_path, identity="one")


def test_wrong_shapes_are_named(engine: Engine) -> None:
    with pytest.raises(InputError, match="each of 5 patients"):
        stream(engine, 5, draw, lambda found: {"sum": found["b"].sum()})
    with pytest.raises(InputError, match="one patient or more"):
        stream(engine, 0, draw, reduce)
