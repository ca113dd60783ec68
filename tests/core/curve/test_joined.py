"""Sums of curves, of one form and of several."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core import Exponentials, Pieces, Total, joined

TIMES = np.array([0.5, 1.0, 3.0])


def test_exponentials_stay_exponentials():
    pair = [Exponentials([1.0], [0.1]), Exponentials([[2.0], [3.0]], [0.5], 2.0)]
    total = joined(pair)
    assert isinstance(total, Exponentials)
    np.testing.assert_allclose(total(TIMES), pair[0](TIMES) + pair[1](TIMES), rtol=1e-15)


def test_curves_of_different_forms_are_kept_side_by_side():
    pieces = Pieces.from_samples([0.0, 2.0], [[0.0, 4.0], [1.0, 1.0]])
    tail = Exponentials([[4.0], [1.0]], [0.5], 2.0)
    total = joined([pieces, tail])
    assert isinstance(total, Total)
    np.testing.assert_allclose(total(TIMES), pieces(TIMES) + tail(TIMES), rtol=1e-15)
    np.testing.assert_allclose(total.integral(), [4.0 + 8.0, 2.0 + 2.0], rtol=1e-15)


def test_one_curve_is_itself_and_none_is_nothing():
    pieces = Pieces.from_samples([0.0, 2.0], [0.0, 4.0])
    assert joined([pieces]) is pieces
    assert joined([]).integral() == pytest.approx(0.0, abs=0.0)
