"""Random streams: the same for the same seed and name, apart for others."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core import InputError, stream


def test_streams_are_repeatable_and_of_any_order():
    first = stream(1, "a").normal(size=3), stream(1, "b").normal(size=3)
    second = stream(1, "b").normal(size=3), stream(1, "a").normal(size=3)
    np.testing.assert_array_equal(first, second[::-1])


def test_streams_of_other_names_and_seeds_are_independent():
    paths = [(1,), (1, "a"), (1, "b"), (1, "a", "b"), (1, "b", "a"), (1, "ab"), (2, "a")]
    draws = np.array([stream(*path).normal(size=10_000) for path in paths])
    correlation = np.corrcoef(draws) - np.eye(len(paths))
    # Of independent draws it scatters by 1/sqrt(n) = 0.01: five of it.
    assert np.max(np.abs(correlation)) < 0.05


@pytest.mark.parametrize("seed", [-1, 1.0, True, None, "1", np.float64(1)])
def test_only_whole_numbers_are_seeds(seed):
    with pytest.raises(InputError, match="seed"):
        stream(seed)


def test_numpys_whole_numbers_are_seeds():
    assert stream(np.int64(7), "a").normal() == stream(7, "a").normal()
