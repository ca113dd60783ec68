"""Shapes of curves: positive, never slower than physical decay, stated by their uptake."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theratwin.core import Exponentials
from theratwin.kinetics import STRUCTURES
from theratwin.kinetics.structure import LN2, UPTAKE_TIME

DECAY = LN2 / 159.53
VALUES = st.fixed_dictionaries(
    {
        "uptake": st.floats(1e-6, 0.9),
        "biological_half_life": st.floats(0.5, 1e4),
        "washout_ratio": st.floats(1e-3, 1e3),
        "washout_half_life": st.floats(0.1, 100.0),
        "uptake_half_time": st.floats(0.05, 50.0),
    }
)


def _curve(structure, values, decay=DECAY) -> Exponentials:
    arrays = {name: np.array(values[name]) for name in structure.parameters}
    return Exponentials(*structure.terms(arrays, decay))


@pytest.mark.parametrize("structure", STRUCTURES, ids=lambda s: s.name)
@given(values=VALUES)
def test_activity_is_never_negative(structure, values):
    curve = _curve(structure, values)
    time = np.concatenate([np.geomspace(1e-4, 1e3, 60), [0.0]])
    # Terms cancel at early times: to rounding of the largest of them.
    assert np.all(curve(time) >= -1e-12 * np.abs(curve.amplitudes).max())


@pytest.mark.parametrize("structure", STRUCTURES, ids=lambda s: s.name)
@given(values=VALUES)
def test_uptake_is_what_is_retained_a_day_after_less_decay(structure, values):
    retained = _curve(structure, values)(UPTAKE_TIME) * np.exp(DECAY * UPTAKE_TIME)
    # The build-up subtracts terms of nearly one size: rounding, times their size over the sum's.
    assert retained == pytest.approx(values["uptake"], rel=1e-8)


@pytest.mark.parametrize("structure", STRUCTURES, ids=lambda s: s.name)
@given(values=VALUES)
def test_terminal_phase_is_the_slowest_and_faster_than_decay(structure, values):
    rates = _curve(structure, values).rates
    terminal = DECAY + LN2 / values["biological_half_life"]
    assert rates.min() == pytest.approx(terminal, rel=1e-12)
    assert terminal > DECAY


def test_the_full_shape_has_the_simpler_ones_as_limits():
    values = {
        "uptake": 0.02,
        "biological_half_life": 60.0,
        "washout_ratio": 1e-9,
        "washout_half_life": 4.0,
        "uptake_half_time": 1e-3,
    }
    mono, uptake, washout, full = (_curve(structure, values) for structure in STRUCTURES)
    time = np.array([1.0, 24.0, 120.0])
    for other in (uptake, washout, full):
        # 1e-9 of washout, an uptake a thousand half-times before the first time.
        np.testing.assert_allclose(other(time), mono(time), rtol=1e-8)


def test_uptake_time_of_a_short_lived_nuclide_is_its_half_life():
    decay = LN2 / 6.0
    curve = _curve(STRUCTURES[0], {"uptake": 0.1, "biological_half_life": 10.0}, decay)
    assert curve(6.0) * 2.0 == pytest.approx(0.1, rel=1e-12)
