"""Geometric reduction factors against their definition."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.physics.cells.overlap import (
    ball_overlap,
    ball_overlap_apart,
    shell_overlap,
    shell_overlap_apart,
)

BALL = 4 / 3 * np.pi


@pytest.mark.parametrize(("a", "b"), [(1.0, 1.0), (1.0, 0.6), (0.6, 1.0)])
def test_overlap_runs_from_the_smaller_ball_to_nothing(a, b):
    distance = np.array([0.0, abs(a - b), a + b, 3.0])
    smaller = BALL * min(a, b) ** 3
    assert ball_overlap(a, b, distance) == pytest.approx([smaller, smaller, 0, 0], abs=1e-9)


def test_a_ball_grows_by_its_shell():
    # the derivative of the overlap by the radius a is the surface of a that lies in b
    distance, step = np.linspace(0.5, 1.5, 11), 1e-5
    growth = (ball_overlap(1 + step, 0.6, distance) - ball_overlap(1 - step, 0.6, distance)) / (
        2 * step * 4 * np.pi
    )
    assert shell_overlap(1.0, 0.6, distance) == pytest.approx(growth, abs=1e-8)


@pytest.mark.parametrize(("a", "b"), [(1.0, 1.0), (1.0, 0.6), (0.6, 1.0)])
@pytest.mark.parametrize(
    ("apart_of", "together_of"),
    [(ball_overlap_apart, ball_overlap), (shell_overlap_apart, shell_overlap)],
)
def test_apart_is_the_mean_over_directions(a, b, apart_of, together_of):
    apart = 2.2
    x = np.linspace(0.3, 4.5, 22)
    cosine = np.linspace(-1, 1, 200_001)[:-1] + 5e-6
    expected = [
        together_of(a, b, np.sqrt(apart**2 + one**2 - 2 * apart * one * cosine)).mean() for one in x
    ]
    assert apart_of(a, b, apart, x) == pytest.approx(np.array(expected), rel=1e-4, abs=1e-9)
