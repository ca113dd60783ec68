"""Photons and their reverse, averaged."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.physics.organs.reciprocity import DEVIATION, with_reverse

NAMES = ("liver", "thyroid", "red_marrow")


def averaged(there: float, back: float, noise_there: float, noise_back: float, names=NAMES):
    saf, error = np.zeros((3, 3, 1)), np.zeros((3, 3, 1))
    saf[0, 1], saf[1, 0] = there, back
    error[0, 1], error[1, 0] = noise_there, noise_back
    mean, spread = with_reverse(saf, error, names, names)
    return (mean[0, 1, 0], mean[1, 0, 0]), (spread[0, 1, 0], spread[1, 0, 0])


def test_a_noisy_value_leans_on_its_reverse():
    (there, back), (spread, _) = averaged(2.0, 1.0, 0.5, 0.01)
    reverse = np.hypot(0.01, DEVIATION)
    share = reverse**-2 / (reverse**-2 + 0.5**-2)
    assert there == pytest.approx(2.0 - share)
    assert spread == pytest.approx((reverse**-2 + 0.5**-2) ** -0.5)
    assert back == pytest.approx(1.0, abs=2e-3)  # well scored: as it was


def test_nothing_scored_takes_the_reverse():
    (there, back), (spread, _) = averaged(0.0, 1.0, 0.0, 0.02)
    assert (there, back) == (1.0, 1.0)
    assert spread == pytest.approx(np.hypot(0.02, DEVIATION))
    assert averaged(0.0, 0.0, 0.0, 0.0)[0] == (0.0, 0.0)


def test_other_matter_stays():
    bones = ("liver", "cortical_bone", "red_marrow")
    assert averaged(2.0, 1.0, 0.5, 0.01, bones)[0] == (2.0, 1.0)
