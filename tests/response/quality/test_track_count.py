"""Survival by track count: Poisson limits, equality with averages over the spectrum."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import poisson

from theratwin.core import InputError
from theratwin.physics.cells import Cell, medium_event, multi_event, single_event
from theratwin.response.quality.track_count import TrackCount

CELL = Cell(5e-3, 4e-3)
EVENT = single_event("At-211", CELL, "CS", progeny="none")
DOSES = np.array([0.0, 0.3, 1.0, 4.0])


def test_by_sensitivity_is_the_average_over_specific_energy():
    # The same z0 through the whole spectrum of many hits (to its grid, 1e-9).
    model = TrackCount.by_sensitivity(EVENT, 0.7)
    many = multi_event(EVENT, EVENT.hits(1.5))
    assert_allclose(model.survival(1.5), many.survival(1 / 0.7), rtol=1e-8)


def test_every_hit_kills():
    model = TrackCount(EVENT, 0.0)
    assert_allclose(model.survival(DOSES), np.exp(-DOSES / EVENT.frequency_mean), rtol=1e-14)
    assert_allclose(model.survival(DOSES), model.untouched(DOSES), rtol=1e-14)


@pytest.mark.parametrize("lethal", [1, 2, 5])
def test_several_lethal_hits_are_poissons_distribution(lethal):
    model = TrackCount(EVENT, 0.4, lethal_hits=lethal)
    expected = poisson.cdf(lethal - 1, model.effective_hits(DOSES))
    assert_allclose(model.survival(DOSES), expected, rtol=1e-12)


def test_small_events_tend_to_the_sensitivity():
    # A nucleus of 20 um gets 0.012 Gy a hit: 1 - s1 = z_F / z0 up to half of z_D / z0.
    single = medium_event("At-211", 20e-3, progeny="all")
    model = TrackCount.by_sensitivity(single, 1.0)
    assert_allclose(model.d37, 1.0, rtol=single.dose_mean)
    assert model.d37 > 1.0


def test_large_events_waste_dose():
    small, large = (medium_event("At-211", r, progeny="all") for r in (2e-3, 8e-3))
    alpha = [TrackCount.by_sensitivity(single, 1.0).alpha for single in (small, large)]
    assert alpha[0] < alpha[1] < 1.0


def test_d37_and_jax():
    from theratwin.core._jax import jnp

    model = TrackCount.by_sensitivity(EVENT, 0.7)
    assert_allclose(model.survival(model.d37), math.exp(-1), rtol=1e-12)
    assert_allclose(model.survival(jnp.asarray(DOSES)), model.survival(DOSES), rtol=1e-12)


def test_wrong_arguments_are_named():
    with pytest.raises(InputError, match="hit_survival"):
        TrackCount(EVENT, 1.0)
    with pytest.raises(InputError, match="lethal_hits"):
        TrackCount(EVENT, 0.5, lethal_hits=0)
    with pytest.raises(InputError, match="sensitivity"):
        TrackCount.by_sensitivity(EVENT, -1.0)
