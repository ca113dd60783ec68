"""Sums over forms, also where the parts have batches of different shapes."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core import Exponentials, InputError, Pieces, Pulses, Total

PART = Exponentials(np.arange(1.0, 4.0)[:, None], [0.1])
RAMP = Pieces.from_samples([0.0, 2.0], [0.0, 4.0])
DRAWS = Pulses([5.0], np.arange(8.0).reshape(4, 2, 1)[:, :1])


def test_parts_of_different_batches_are_broadcast():
    total = PART + RAMP + DRAWS
    times = np.array([0.5, 1.0, 7.0])
    assert total.batch_shape == (4, 3)
    np.testing.assert_allclose(
        np.broadcast_to(total(times), (4, 3, 3)),
        np.broadcast_to(PART(times) + RAMP(times), (4, 3, 3)),
        rtol=1e-15,
    )
    np.testing.assert_allclose(
        total.integral(), PART.integral() + RAMP.integral() + DRAWS.integral(), rtol=1e-15
    )


@pytest.mark.parametrize("index", [0, (1, 2), (Ellipsis, 1), np.array([True, False, True, False])])
def test_index_selects_from_the_common_batch(index):
    total = PART + RAMP + DRAWS
    np.testing.assert_allclose(total[index].integral(), total.integral()[index], rtol=1e-15)


def test_sums_of_sums_are_flat_and_breakpoints_are_gathered():
    total = (PART + RAMP) + (RAMP + DRAWS)
    assert len(total.parts) == 4
    np.testing.assert_array_equal(total.breakpoints, [0.0, 2.0, 5.0])


def test_only_curves_are_added():
    with pytest.raises(TypeError):
        PART + 3.0
    with pytest.raises(InputError, match=r"Total\.parts"):
        Total(())
