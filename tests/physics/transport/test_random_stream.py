"""Streams and directions: even, independent, the same again."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.physics.transport.directions import isotropic, turned
from theratwin.physics.transport.random_stream import start_stream, uniform


def first_draws(seed: int, histories: int, draws: int = 2) -> np.ndarray:
    """Return the first numbers of the streams of many histories."""
    state, found = np.empty(2, np.uint64), np.empty((histories, draws))
    for history in range(histories):
        start_stream(state, seed, history)
        found[history] = [uniform(state) for _ in range(draws)]
    return found


def test_numbers_are_even(stream):
    values = np.array([uniform(stream) for _ in range(20_000)])
    counts = np.histogram(values, 20, (0.0, 1.0))[0]
    # chi squared of 19 degrees: 43.8 is passed once in a thousand
    assert ((counts - 1000) ** 2 / 1000).sum() < 43.8
    assert values.min() >= 0.0
    assert values.max() < 1.0
    assert abs(np.corrcoef(values[1:], values[:-1])[0, 1]) < 4 / np.sqrt(values.size)


def test_histories_of_neighboring_numbers_share_nothing():
    found = first_draws(seed=3, histories=5000)
    assert np.unique(found).size == found.size
    for lag in (1, 2, 3):
        apart = np.corrcoef(found[lag:, 0], found[:-lag, 0])[0, 1]
        assert abs(apart) < 4 / np.sqrt(5000)
    assert found.mean(axis=0) == pytest.approx(0.5, abs=4 / np.sqrt(12 * 5000))


def test_seeds_part_the_streams_and_repeat_them():
    assert np.array_equal(first_draws(3, 50), first_draws(3, 50))
    assert not np.any(first_draws(3, 50) == first_draws(4, 50))


def test_isotropic_directions(drawn):
    found = drawn(isotropic)
    assert np.linalg.norm(found, axis=1) == pytest.approx(1.0, abs=1e-12)
    assert found.mean(axis=0) == pytest.approx(0.0, abs=4 / np.sqrt(3 * len(found)))
    second = found.T @ found / len(found)
    assert second == pytest.approx(np.eye(3) / 3, abs=0.015)


@pytest.mark.parametrize("start", [(0.0, 0.0, 1.0), (0.0, 0.0, -1.0), (0.6, 0.0, 0.8), (0, 1, 0)])
def test_turns_have_their_angle_and_azimuths_their_distance(start):
    """Azimuths of half a turn apart mirror each other about the old direction."""
    one = np.array(turned.py_func(*map(float, start), 0.3, 0.7))
    other = np.array(turned.py_func(*map(float, start), 0.3, 0.7 + np.pi))
    assert one @ np.array(start) == pytest.approx(0.3, abs=1e-12)
    assert one + other == pytest.approx(2 * 0.3 * np.array(start), abs=1e-12)
    assert one @ one == pytest.approx(1.0, abs=1e-12)
