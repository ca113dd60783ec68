"""The reduction theorem's integral."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.physics.sphere_curves import sphere_curves, sphere_escape


def test_reduction_theorem_against_the_escape_probability_of_a_sphere():
    """Absorption without scatter: Case, de Hoffmann and Placzek's closed form."""
    x = np.concatenate([[0.0], np.geomspace(1e-4, 40, 2001)])
    s = 0.5 * x[1:]
    closed = 3 / (8 * s**3) * (2 * s**2 - 1 + (1 + 2 * s) * np.exp(-2 * s))
    found = sphere_escape(x, -np.expm1(-x), s)
    away = s > 1e-2  # below, the closed form loses its digits
    # PCHIP on this grid is good to its third order: steps of 0.6 % in x
    assert found[away] == pytest.approx(closed[away], rel=1e-6)
    assert found[~away] == pytest.approx(1 - 0.75 * s[~away], abs=1e-4)


@pytest.mark.parametrize("kind", ["electron", "positron", "photon"])
def test_ends_are_straight(kind):
    curves = sphere_curves(kind, "soft")
    slope = np.diff(curves.logit, axis=1) / np.diff(curves.log_s)
    # the fraction goes as s, what leaves as 1/s: a slope of one at either end
    assert slope[:, :5] == pytest.approx(1.0, abs=1e-6)
    assert slope[:, -5:] == pytest.approx(1.0, abs=1e-6)
