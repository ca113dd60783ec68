"""The effective treatment time against its closed form, and as the best time to stop counting."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from theratwin.core import (
    Component,
    Exponentials,
    Exposure,
    InputError,
    Pieces,
    Pulses,
    UnsupportedError,
)
from theratwin.response import Repair, Tissue, effect_of
from theratwin.response.effective_time import repopulated_effect_of

TUMOR = Tissue(10.0, Repair.single(1.5))
CYCLE = Exponentials.from_half_lives([0.2], [51.0])
GROWTH = {"alpha": 0.3, "doubling_time": 240.0}
K = math.log(2.0) / (0.3 * 240.0)


def net(curve, tissue, time, kick_off=0.0):
    effect = effect_of(curve, tissue, until=time)
    return float(effect.bed) - K * max(time - kick_off, 0.0)


def test_dale_s_closed_form_without_sublethal_damage():
    linear = Tissue(1e12, Repair.single(1.5))
    rate = math.log(2.0) / 51.0
    time = math.log(0.2 / K) / rate
    found = repopulated_effect_of(CYCLE, linear, **GROWTH)
    assert_allclose(found.effective_time, time, rtol=1e-9)
    assert_allclose(found.bed, 0.2 / rate * -math.expm1(-rate * time) - K * time, rtol=1e-9)


def test_time_limited_factor():
    # D and G both refer to [0, T].
    found = repopulated_effect_of(CYCLE, TUMOR, **GROWTH)
    rate, mu, end = math.log(2.0) / 51.0, math.log(2.0) / 1.5, found.effective_time
    dose = 0.2 * -math.expm1(-rate * end) / rate
    both = -math.expm1(-2.0 * rate * end) / (2.0 * rate)
    mixed = -math.expm1(-(rate + mu) * end) / (rate + mu)
    quadratic = 0.04 * 2.0 / (mu - rate) * (both - mixed)
    assert_allclose(found.dose, dose, rtol=1e-12)
    assert_allclose(found.quadratic, quadratic, rtol=1e-10)
    assert_allclose(found.bed, dose + quadratic / 10.0 - K * end, rtol=1e-10)


@pytest.mark.parametrize(
    "curve",
    [
        CYCLE,
        CYCLE + CYCLE.shifted(300.0),
        CYCLE + Exponentials.from_half_lives([-0.2], [3.0]),
        CYCLE + Pieces([400.0, 500.0], [[0.3]]),
    ],
    ids=["cycle", "two", "uptake", "late"],
)
def test_no_later_time_counts_for_more(curve):
    found = repopulated_effect_of(curve, TUMOR, **GROWTH)
    end = found.effective_time
    assert_allclose(found.bed, net(curve, TUMOR, end), rtol=1e-12)
    later = [net(curve, TUMOR, end + wait) for wait in (0.01, 1.0, 50.0, 500.0)]
    assert np.all(np.array(later) < found.bed)
    assert net(curve, TUMOR, end - 0.01) < found.bed


def test_nothing_grows_before_kick_off():
    found = repopulated_effect_of(CYCLE, TUMOR, **GROWTH, kick_off=400.0)
    assert found.effective_time == 400.0
    assert_allclose(found.bed, effect_of(CYCLE, TUMOR, until=400.0).bed, rtol=1e-12)


def test_pulses_end_it():
    found = repopulated_effect_of(Pulses([0.0, 24.0], [2.0, 2.0]), TUMOR, **GROWTH)
    assert found.effective_time == 24.0
    assert_allclose(found.bed, 4.8 - 24.0 * K, rtol=1e-4)
    late = repopulated_effect_of(CYCLE + Pulses([600.0], [2.0]), TUMOR, **GROWTH)
    assert late.effective_time == 600.0


def test_dose_that_never_outpaces_growth():
    found = repopulated_effect_of(CYCLE.scaled(1e-3), TUMOR, **GROWTH)
    assert (found.effective_time, found.bed) == (0.0, 0.0)


def test_wrong_input():
    with pytest.raises(InputError, match="alpha"):
        repopulated_effect_of(CYCLE, TUMOR, alpha=0.0, doubling_time=1.0)
    with pytest.raises(InputError, match="kick_off"):
        repopulated_effect_of(CYCLE, TUMOR, **GROWTH, kick_off=-1.0)
    with pytest.raises(InputError, match="one patient"):
        repopulated_effect_of(CYCLE.scaled(np.ones(2)), TUMOR, **GROWTH)
    with pytest.raises(InputError, match="no end"):
        repopulated_effect_of(Exponentials([0.1], [0.0]), TUMOR, **GROWTH)
    with pytest.raises(UnsupportedError, match="alpha"):
        repopulated_effect_of(Exposure("x", {Component.ALPHA: CYCLE}), TUMOR, **GROWTH)
