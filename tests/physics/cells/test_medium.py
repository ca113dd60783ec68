"""A nucleus in a medium with even activity, against equilibrium and random tracks."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from theratwin.core import InputError, UnsupportedError
from theratwin.physics.cells import medium_event
from theratwin.physics.cells.ranges import range_energy
from theratwin.physics.cells.tracks import chain_alpha_lines
from theratwin.physics.progeny import chain_weights
from theratwin.physics.units import GY_PER_MEV_PER_GRAM

RADIUS = 4e-3
MASS = 1e-3 * 4 / 3 * np.pi * RADIUS**3


@pytest.mark.parametrize("name", ["At-211", "Ac-225", "Ra-223", "Pb-212"])
def test_the_mean_dose_is_the_energy_emitted_over_the_mass(name):
    # Equilibrium of charged particles is exact; sums over mirrored starts leave 1e-7.
    event = medium_event(name, RADIUS, progeny="all")
    lines = chain_alpha_lines(tuple(chain_weights(name, "all").items()))
    emitted = float(lines.energy @ lines.yields) * GY_PER_MEV_PER_GRAM / MASS
    assert_allclose(event.hits_per_decay * event.frequency_mean, emitted, rtol=1e-6)


def test_hits_are_those_of_a_convex_body():
    # One line of Po-212 with range R: (R + 4r/3) times the disk, over the ball.
    event = medium_event("Po-212", RADIUS, progeny="none")
    lines = chain_alpha_lines((("Po-212", 1.0),))
    reach = range_energy("alpha").range_of(lines.energy)
    expected = lines.yields @ (3 / (4 * RADIUS) * (reach + 4 * RADIUS / 3))
    assert_allclose(event.hits_per_decay, expected, rtol=1e-9)


def test_means_agree_with_random_tracks():
    # Starts within the range, directions within the cone that meets the nucleus, each with
    # the weight of that cone: 2e5 tracks give 1 %.
    alpha = range_energy("alpha")
    lines = chain_alpha_lines((("Po-212", 1.0),))
    energy = float(lines.energy[np.argmax(lines.yields)])
    reach = float(alpha.range_of(energy))
    random = np.random.default_rng(5)
    away = (RADIUS + reach) * random.uniform(size=200_000)
    inside = away < RADIUS
    lowest = np.where(inside, -1.0, np.sqrt(np.maximum(1 - (RADIUS / away) ** 2, 0.0)))
    cosine = lowest + (1 - lowest) * random.uniform(size=away.size)  # toward the middle
    half = np.sqrt(np.maximum(RADIUS**2 - away**2 * (1 - cosine**2), 0.0))
    entry, leave = np.maximum(away * cosine - half, 0.0), away * cosine + half
    weight = away**2 * (1 - lowest) * (entry < reach)
    left = alpha.energy_of(reach - entry) - alpha.energy_of(reach - leave)
    z = left * GY_PER_MEV_PER_GRAM / MASS
    event = medium_event("Po-212", RADIUS, progeny="none")
    assert_allclose(event.frequency_mean, (weight @ z) / weight.sum(), rtol=1e-2)
    assert_allclose(event.dose_mean, (weight @ z**2) / (weight @ z), rtol=1e-2)


def test_wrong_arguments_are_named():
    with pytest.raises(InputError, match="nucleus_radius"):
        medium_event("At-211", 0.0, progeny="all")
    with pytest.raises(InputError, match="values"):
        medium_event("At-211", RADIUS, progeny="all", values=3)
    with pytest.raises(UnsupportedError, match="no alpha"):
        medium_event("Lu-177", RADIUS)
