"""Populations: draws that do not depend on the chunk, summaries, and runs that are taken up."""

from __future__ import annotations

import csv
import json
import tracemalloc
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theratwin.core.distribution import Fixed, LogNormal, Normal, Uniform
from theratwin.core.errors import InputError
from theratwin.dynamics import Bolus, Engine, Status
from theratwin.dynamics.populations.population import log_normal_population, sample_population
from theratwin.dynamics.populations.population_result import Population
from theratwin.dynamics.populations.streaming import simulate_population
from theratwin.dynamics.populations.summary import ACCURACY, Summary

TIMES = np.array([0.0, 1.0, 4.0, 24.0])
PATIENTS = 1000
SPREAD = {"k": LogNormal(1.0, 1.5), "m": Uniform(0.2, 0.4), "a0": Normal(10.0, 1.0)}


@pytest.fixture(scope="module")
def engine(systems: ModuleType) -> Engine:
    return Engine(systems.chain())


def simulate(engine: Engine, patients: int = PATIENTS, **more: Any) -> Population:
    given = {"seed": 5, "chunk": 300, **more}
    return simulate_population(engine, SPREAD, TIMES, ["b", "squared"], patients, **given)


def text(found: Population) -> str:
    return json.dumps(found.to_dict())


@given(first=st.integers(0, 10**12), count=st.integers(0, 40), begin=st.integers(0, 40))
@settings(deadline=None, max_examples=30)
def test_draws_do_not_depend_on_the_chunk(first: int, count: int, begin: int) -> None:
    whole = sample_population(SPREAD, begin + count, 3, first)
    part = sample_population(SPREAD, count, 3, first + begin)
    for name in SPREAD:
        np.testing.assert_array_equal(part[name], whole[name][begin:])


def test_draws_depend_on_seed_and_name_only() -> None:
    both = sample_population({"k": Uniform(0.0, 1.0), "m": Uniform(0.0, 1.0)}, 20, 3)
    alone = sample_population({"m": Uniform(0.0, 1.0)}, 20, 3)
    other = sample_population({"m": Uniform(0.0, 1.0)}, 20, 4)
    np.testing.assert_array_equal(both["m"], alone["m"])
    assert not np.any(both["m"] == both["k"])
    assert not np.any(both["m"] == other["m"])


def test_draws_have_their_distributions() -> None:
    count = 20_000
    drawn = sample_population({**SPREAD, "fixed": Fixed(2.0)}, count, 1)
    # Five standard errors of a mean, so that a right generator fails once in a million.
    error = 5.0 / np.sqrt(count)
    assert abs(np.mean(np.log(drawn["k"])) / np.log(1.5)) < error
    assert abs(np.std(np.log(drawn["k"])) / np.log(1.5) - 1.0) < error
    assert abs(np.mean(drawn["m"]) - 0.3) < 0.2 / np.sqrt(12.0) * error
    assert abs(np.mean(drawn["a0"]) - 10.0) < error
    assert abs(np.corrcoef(drawn["k"], drawn["a0"])[0, 1]) < error
    assert np.all(drawn["fixed"] == 2.0)


def test_log_normal_population(systems: ModuleType) -> None:
    system = systems.chain()
    found = log_normal_population(system, None, 0.3, 20_000, seed=1)
    assert list(found) == ["k", "m"]  # a0 is zero: no factor changes it.
    error = 5.0 / np.sqrt(20_000)
    assert abs(np.median(found["m"]) / 0.3 - 1.0) < 1.3 * 0.3 * error
    assert abs(np.std(found["k"]) / np.mean(found["k"]) / 0.3 - 1.0) < 1.3 * error
    same = log_normal_population(system, ["m"], 0.0, 3, seed=1)
    np.testing.assert_array_equal(same["m"], 0.3)


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"vary": ["K"]}, "nearest match 'k'"),
        ({"vary": ["a0"]}, "zero"),
        ({"vary": ["k", "k"]}, "twice"),
        ({"cv": -0.1}, "out of range"),
        ({"cv": float("nan")}, "out of range"),
        ({"first": -1}, "whole number"),
        ({"patients": 1.5}, "whole number"),
        ({"seed": -1}, "seed"),
    ],
)
def test_wrong_populations_are_refused(
    systems: ModuleType, wrong: dict[str, Any], match: str
) -> None:
    right = {"vary": ["k"], "cv": 0.3, "patients": 3, "seed": 1}
    with pytest.raises(InputError, match=match):
        log_normal_population(systems.chain(), **{**right, **wrong})


values = st.floats(-1e12, 1e12, allow_subnormal=False) | st.sampled_from([0.0, np.nan, np.inf])


@given(st.lists(values, min_size=1, max_size=60), st.integers(0, 60), st.floats(0.0, 1.0))
@settings(deadline=None)
def test_summaries_merge(numbers: list[float], cut: int, probability: float) -> None:
    array = np.array(numbers)[:, None, None] * np.array([[1.0], [-3.0]])
    whole = Summary.of(array)
    parts = Summary.of(array[:cut]).merged(Summary.of(array[cut:]))
    again = Summary.from_dict(json.loads(json.dumps(parts.to_dict(), allow_nan=False)))
    np.testing.assert_array_equal(whole.count, parts.count)
    for found in (parts, again):
        np.testing.assert_array_equal(whole.quantile(probability), found.quantile(probability))
    finite = array[np.isfinite(array[:, 0, 0]), 0, 0]
    if not finite.size:
        assert np.isnan(parts.quantile(probability)).all()
        return
    # Either way of summing has rounding errors of a few units of the largest term.
    scale = np.max(np.abs(finite))
    np.testing.assert_allclose(parts.mean[0, 0], np.mean(finite), rtol=0, atol=1e-14 * scale)
    if finite.size > 1:
        np.testing.assert_allclose(parts.sd[0, 0], np.std(finite, ddof=1), atol=1e-7 * scale)
    exact = np.sort(finite)[int(np.floor(probability * (finite.size - 1)))]
    # The accuracy of the sketch, and of a logarithm at the edge of a bin.
    slack = (ACCURACY + 1e-12) * abs(exact) + 1e-300
    assert abs(parts.quantile(probability)[0, 0] - exact) <= slack
    assert parts.least[0, 0] == finite.min()
    assert parts.most[0, 0] == finite.max()


def test_a_population_equals_one_solution(engine: Engine) -> None:
    found = simulate(engine)
    direct = engine.solve(sample_population(SPREAD, PATIENTS, 5), TIMES)
    assert found.statuses == {Status.DONE: PATIENTS}
    for name in ("b", "squared"):
        np.testing.assert_allclose(found.mean(name), direct[name].mean(axis=0), rtol=1e-12)
        np.testing.assert_allclose(found.sd(name), direct[name].std(axis=0, ddof=1), rtol=1e-10)
        for probability in (0.05, 0.5, 0.95):
            exact = np.quantile(direct[name], probability, axis=0, method="lower")
            np.testing.assert_allclose(found.quantile(name, probability), exact, rtol=ACCURACY)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_threads_do_not_change_a_digit(engine: Engine, threads: int) -> None:
    assert text(simulate(engine, threads=threads)) == text(simulate(engine))


def test_the_chunk_changes_the_last_digits_of_moments_only(engine: Engine) -> None:
    one, other = simulate(engine, chunk=PATIENTS), simulate(engine, chunk=77)
    np.testing.assert_allclose(one.mean("b"), other.mean("b"), rtol=1e-13)
    np.testing.assert_allclose(one.sd("b"), other.sd("b"), rtol=1e-11)
    for name in ("count", "least", "most", "bins", "filled"):
        np.testing.assert_array_equal(getattr(one.summary, name), getattr(other.summary, name))


def test_an_interrupted_run_goes_on(engine: Engine, tmp_path: Path) -> None:
    def drawn(first: int, count: int) -> Mapping[str, Any]:
        if first >= 600 and interrupted:
            raise KeyboardInterrupt
        solved.append(first)
        return sample_population(SPREAD, count, 5, first)

    run = partial(simulate_population, engine, drawn, TIMES, ["b", "squared"], PATIENTS, chunk=300)
    solved: list[int] = []
    interrupted = True
    with pytest.raises(KeyboardInterrupt):
        run(out=tmp_path / "run")
    assert sorted(p.name for p in (tmp_path / "run").iterdir()) == [
        "chunk-00000.json",
        "chunk-00001.json",
        "manifest.json",
    ]
    times = [(tmp_path / f"run/chunk-0000{i}.json").stat().st_mtime_ns for i in (0, 1)]
    interrupted = False
    resumed = run(out=tmp_path / "run")
    whole = run(out=tmp_path / "whole")
    assert text(resumed) == text(whole) == text(simulate(engine))
    assert times == [(tmp_path / f"run/chunk-0000{i}.json").stat().st_mtime_ns for i in (0, 1)]
    for file in sorted((tmp_path / "whole").iterdir()):
        assert (tmp_path / "run" / file.name).read_bytes() == file.read_bytes()


def test_the_order_of_chunks_does_not_matter(engine: Engine, tmp_path: Path) -> None:
    whole = simulate(engine, out=tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    for name in ("chunk-00000.json", "chunk-00002.json"):
        (tmp_path / name).unlink()
    assert text(simulate(engine, out=tmp_path)) == text(whole)
    assert before == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        ({"chunk": 200}, "chunk differs"),
        ({"rtol": 1e-5}, "options differs"),
        ({"patients": 900}, "patients differs"),
        ({"seed": 6}, "chunk-00000.json was made from differs"),
        ({"doses": [Bolus("a", 1.0, 1.0)]}, "made from differs"),
    ],
)
def test_another_run_is_not_mixed_in(
    engine: Engine, tmp_path: Path, changed: dict[str, Any], match: str
) -> None:
    simulate(engine, out=tmp_path)
    with pytest.raises(InputError, match=match):
        simulate(engine, out=tmp_path, **changed)


def test_a_foreign_folder_is_left_alone(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(InputError, match="something else"):
        simulate(engine, out=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_damaged_chunk_is_named(engine: Engine, tmp_path: Path) -> None:
    simulate(engine, out=tmp_path)
    (tmp_path / "chunk-00001.json").write_text("{")
    with pytest.raises(InputError, match=r"chunk-00001\.json: cannot be read"):
        simulate(engine, out=tmp_path)


def test_failures_are_counted_and_left_out(engine: Engine) -> None:
    def drawn(first: int, count: int) -> Mapping[str, Any]:
        places = np.arange(first, first + count)
        return {"a0": 1.0, "k": np.where(places % 250 == 7, np.nan, 1.0)}

    found = simulate_population(engine, drawn, TIMES, ["b"], PATIENTS, chunk=300)
    assert found.statuses == {Status.DONE: 996, Status.NOT_FINITE: 4}
    assert found.failed == tuple((i, Status.NOT_FINITE) for i in (7, 257, 507, 757))
    assert np.all(found.summary.count == 996)
    direct = engine.solve({"a0": 1.0}, TIMES)["b"][0]
    np.testing.assert_allclose(found.mean("b"), direct, rtol=1e-14)
    # The variance of equal numbers is what is left of their mean's rounding.
    np.testing.assert_allclose(found.sd("b"), 0.0, atol=1e-14)


def test_columns_are_written_for_each_patient(engine: Engine, tmp_path: Path) -> None:
    simulate(engine, out=tmp_path, columns=["a"])
    direct = engine.solve(sample_population(SPREAD, PATIENTS, 5), TIMES)
    rows = []
    for i in range(4):
        with (tmp_path / f"chunk-0000{i}.csv").open(newline="") as file:
            heading, *more = csv.reader(file)
        rows += more
    assert heading == ["patient", "status", "a at 0 h", "a at 1 h", "a at 4 h", "a at 24 h"]
    assert [int(row[0]) for row in rows] == list(range(PATIENTS))
    assert np.array([row[2:] for row in rows], float).tobytes() == direct["a"].tobytes()


def test_doses_by_patient(engine: Engine) -> None:
    def doses(first: int, count: int) -> list[Bolus]:
        return [Bolus("a", 0.0, np.arange(first, first + count, dtype=float))]

    found = simulate_population(
        engine, lambda first, count: {}, TIMES, ["a"], 90, doses=doses, chunk=40
    )
    unit = engine.solve({}, TIMES, doses=[Bolus("a", 0.0, 1.0)], rtol=1e-10)["a"][0]
    # The equation is linear; the tolerance is that of the solver.
    np.testing.assert_allclose(found.mean("a"), 44.5 * unit, rtol=1e-4, atol=1e-7)


def test_memory_does_not_grow_with_the_population(engine: Engine) -> None:
    # A narrow population: the bins of the sketch are all filled by the first chunk.
    narrow = {"k": LogNormal(1.0, 1.02)}
    run = partial(simulate_population, engine, narrow, TIMES, ["b"], seed=5, chunk=500)
    run(500)
    peaks = []
    for patients in (1000, 16_000):
        tracemalloc.start()
        run(patients)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # All values would take 16 times as much.
    assert peaks[1] < 1.2 * peaks[0]


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"outputs": ["B"]}, "nearest match 'b'"),
        ({"outputs": []}, "at least one"),
        ({"outputs": ["b", "b"]}, "twice"),
        ({"times": []}, "at least one"),
        ({"patients": 0}, "one or more"),
        ({"chunk": 0}, "one or more"),
        ({"seed": None}, "drawn with a seed"),
        ({"parameters": lambda first, count: {}}, "goes with distributions"),
        ({"parameters": lambda first, count: {"k": [1.0]}, "seed": None}, "for each patient"),
        ({"columns": ["b"]}, "folder"),
        ({"sensitivities": ["k"]}, "not for populations"),
        ({"end": [1.0, 2.0]}, "for all patients"),
    ],
)
def test_wrong_runs_are_refused(engine: Engine, wrong: dict[str, Any], match: str) -> None:
    right = {"parameters": SPREAD, "times": TIMES, "outputs": ["b"], "patients": 9, "seed": 1}
    with pytest.raises(InputError, match=match):
        simulate_population(engine, **{**right, **wrong})
