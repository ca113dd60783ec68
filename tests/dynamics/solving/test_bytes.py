"""The same bytes at any number of lanes and threads, in any order and company of patients."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from theratwin.core.seed import stream
from theratwin.dynamics import Bolus, Engine, Infusion, Solution

PATIENTS = 150
TIMES = np.linspace(0.0, 30.0, 13)


def solved(engine: Engine, order: np.ndarray, **settings: int) -> Solution:
    random = stream(3, "bytes")
    k, m, amount = np.exp(0.5 * random.standard_normal((3, PATIENTS)))[:, order]
    doses = [
        Bolus("a", 0.0, amount),
        Infusion("rate", np.where(k > 1.0, 3.0, 5.0), 2.0, 4.0),
        Bolus("b", 12.0, 1.0),
    ]
    return engine.solve({"k": k, "m": m}, TIMES, doses=doses, **settings)


def stacked(found: Solution) -> np.ndarray:
    return np.stack([found[name] for name in ("a", "b", "area", "squared")])


@pytest.fixture(scope="module")
def reference(systems: ModuleType) -> np.ndarray:
    found = solved(Engine(systems.chain()), np.arange(PATIENTS), threads=1)
    return stacked(found)


@pytest.mark.parametrize("lanes", [1, 2, 8])
def test_lanes(systems: ModuleType, reference: np.ndarray, lanes: int) -> None:
    found = solved(Engine(systems.chain(), lanes=lanes), np.arange(PATIENTS), threads=1)
    assert stacked(found).tobytes() == reference.tobytes()


@pytest.mark.parametrize(("threads", "chunk"), [(2, None), (3, 7), (1, 1), (2, 150)])
def test_threads_and_chunks(
    systems: ModuleType, reference: np.ndarray, threads: int, chunk: int | None
) -> None:
    settings = {"threads": threads} | ({} if chunk is None else {"chunk": chunk})
    found = solved(Engine(systems.chain()), np.arange(PATIENTS), **settings)
    assert stacked(found).tobytes() == reference.tobytes()


def test_order(systems: ModuleType, reference: np.ndarray) -> None:
    order = stream(4, "order").permutation(PATIENTS)
    found = solved(Engine(systems.chain()), order)
    assert stacked(found).tobytes() == np.ascontiguousarray(reference[:, order]).tobytes()


def test_code_generation_level(systems: ModuleType, reference: np.ndarray) -> None:
    found = solved(Engine(systems.chain(), level=0), np.arange(PATIENTS))
    assert stacked(found).tobytes() == reference.tobytes()
