"""Delays, and chains of stages in their place: moments, and the error that is left."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import gamma

from theratwin.core import parameter_set
from theratwin.response.immune import ACTIVATION, DEATH
from theratwin.response.immune.delay import ACTIVATION_STAGES, DEATH_STAGES

DELAYS = [(ACTIVATION, ACTIVATION_STAGES, "activation"), (DEATH, DEATH_STAGES, "death")]


@pytest.mark.parametrize(("delay", "stages", "name"), DELAYS)
def test_chain_has_its_mean_and_nearly_its_variance(delay, stages, name):
    mean, variance = delay.moments()
    assert parameter_set("response", "immune_lite").value(f"{name}.delay") == pytest.approx(
        mean, rel=1e-4
    )
    assert round(mean**2 / variance) == stages


@pytest.mark.parametrize(("delay", "stages", "name"), DELAYS)
def test_moments_against_adaptive_quadrature(delay, stages, name):
    end = 1.0 / delay.rate
    whole, mean = (quad(lambda t, k=k: t**k * delay.density(t), 0.0, end)[0] for k in (0, 1))
    assert whole == pytest.approx(1.0, rel=1e-10)
    assert mean == pytest.approx(delay.moments()[0], rel=1e-10)


@pytest.mark.parametrize(("delay", "stages", "hours"), [(ACTIVATION, 7, 3.0), (DEATH, 5, 7.0)])
def test_error_of_the_chain(delay, stages, hours):
    # The mean time by which an event comes at another time (the area between the distributions):
    # a tenth of the delay.
    mean = delay.moments()[0]
    times = np.linspace(0.0, 6.0 * mean, 20001)
    true = np.cumsum(delay.density(times)) * (times[1] - times[0])
    chain = gamma.cdf(times, stages, scale=mean / stages)
    assert np.trapezoid(np.abs(true - chain), times) < hours
