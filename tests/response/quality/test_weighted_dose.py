"""Doses weighted by RBE: sums, draws, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from theratwin.core import Component, Exponentials, Exposure, InputError, UnsupportedError
from theratwin.response.oxygen import constant_oxygen
from theratwin.response.quality.weighted_dose import UNIT, radiation_weights

DECAY = Exponentials([0.1], [0.01])  # 10 Gy


def test_the_weighted_rate_integrates_to_the_weighted_dose():
    weights = radiation_weights("deterministic")
    exposure = Exposure("kidneys", {"photon_electron": DECAY, "alpha": DECAY.scaled(0.2)})
    given = weights.dose({"photon_electron": 10.0, "alpha": 2.0})
    assert_allclose(weights.dose_rate(exposure).integral(), given.weighted, rtol=1e-14)
    assert_allclose((given.absorbed, given.weighted), (12.0, 20.0))
    assert given.unit == UNIT == "Gy, weighted by RBE"


def test_draws_follow_the_distributions():
    # Uniform from 3 to 5: mean 4, standard deviation 0.577; 20,000 draws give 0.5 %.
    drawn = radiation_weights("cell_kill").drawn(seed=3, draws=20_000)
    alpha = drawn.weights[Component.ALPHA]
    assert_allclose([alpha.mean(), alpha.std()], [4.0, 2 / 12**0.5], rtol=1e-2)
    assert alpha.min() >= 3.0
    assert alpha.max() <= 5.0
    auger = drawn.weights[Component.AUGER]
    # Log-normal with mean 2.0 and standard deviation 1.3, as the table gives them.
    assert_allclose([auger.mean(), auger.std()], [2.0, 1.3], rtol=5e-2)
    assert (drawn.weights[Component.PHOTON_ELECTRON] == 1.0).all()


def test_recoils_share_the_draw_of_their_alphas():
    drawn = radiation_weights("deterministic").drawn(seed=3, draws=50).weights
    assert_allclose(drawn[Component.RECOIL], drawn[Component.ALPHA], rtol=1e-14)
    assert np.std(drawn[Component.AUGER] / drawn[Component.ALPHA]) > 0


def test_draws_of_dose_have_an_interval_in_words():
    given = radiation_weights("deterministic").drawn(1, 500).dose({"alpha": 1.0})
    assert given.weighted.shape == (500,)
    assert str(given).endswith("Gy, weighted by RBE")
    assert " to " in str(given)


def test_what_cannot_be_weighted_is_refused():
    with pytest.raises(InputError, match="cell_kill"):
        radiation_weights("cell_kil")
    with pytest.raises(InputError, match="nearest match 'alpha'"):
        radiation_weights("cell_kill").dose({"alfa": 1.0})
    with pytest.raises(InputError, match="at least one"):
        radiation_weights("cell_kill").dose({})
    exposure = Exposure("tumor", {"alpha": DECAY}, oxygen=constant_oxygen(3.0))
    with pytest.raises(UnsupportedError, match="oxygen"):
        radiation_weights("cell_kill").dose_rate(exposure)
