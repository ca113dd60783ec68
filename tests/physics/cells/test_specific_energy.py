"""Specific energy of alphas: against S values, chord laws, random tracks and Poisson moments."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.physics import emissions
from theratwin.physics.cells import Cell, cell_s_value, multi_event, single_event
from theratwin.physics.cells.crossings import crossings
from theratwin.physics.cells.ranges import range_energy
from theratwin.physics.units import GY_PER_MEV_PER_GRAM

CELL = Cell(5e-3, 4e-3)
SOURCES = ("N", "Cy", "CS", "C")


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("name", ["At-211", "Ac-225"])
def test_hits_times_mean_is_the_dose(name, source):
    # two independent integrals: over lines here, over distances in the S value; both to 1e-5
    event = single_event(name, CELL, source, progeny="all")
    dose = cell_s_value(name, CELL, progeny="all").alphas[f"N<-{source}"]
    assert event.s_value == pytest.approx(dose, rel=1e-5)
    assert event.probability.sum() == pytest.approx(1, rel=1e-12)
    assert event.z @ event.probability == pytest.approx(event.frequency_mean, rel=1e-12)


def test_chords_from_within():
    ways = crossings(CELL, "N")
    assert ways.weight.sum() == pytest.approx(1, rel=1e-12)
    mean = float(ways.leave @ ways.weight)
    assert mean == pytest.approx(0.75 * CELL.nucleus_radius, rel=1e-6)


def test_chords_from_the_membrane():
    # a chord longer than 2h is a direction within a cone
    ways = crossings(CELL, "CS")
    half = 0.5 * (ways.leave - ways.entry)
    for h in (0.0, 1e-3, 2e-3, 3.5e-3):
        sine2 = (CELL.nucleus_radius**2 - h**2) / CELL.radius**2
        cone = 0.5 * (1 - np.sqrt(1 - sine2))
        # one line more or less at the border
        assert ways.weight[half > h].sum() == pytest.approx(cone, abs=1e-4)


@pytest.mark.parametrize("source", ["N", "CS"])
def test_against_random_tracks(source):
    rng = np.random.default_rng(7)
    start = rng.normal(size=(40_000, 3))
    start /= np.linalg.norm(start, axis=1)[:, None]
    length = CELL.radius if source == "CS" else CELL.nucleus_radius * rng.random(40_000) ** (1 / 3)
    start *= np.reshape(length, (-1, 1))
    way = rng.normal(size=(40_000, 3))
    way /= np.linalg.norm(way, axis=1)[:, None]
    middle = -(start * way).sum(axis=1)
    square = middle**2 - (start**2).sum(axis=1) + CELL.nucleus_radius**2
    met = (square > 0) & ((middle > 0) | (source == "N"))
    half = np.sqrt(square[met])
    near, far = np.maximum(middle[met] - half, 0), middle[met] + half
    relation, lines = range_energy("alpha"), emissions("At-211").alpha
    picked = rng.choice(lines.energy, met.sum(), p=lines.yields / lines.yields.sum())
    end = relation.range_of(picked)
    z = relation.energy_of(end - near) - relation.energy_of(end - far)
    z *= GY_PER_MEV_PER_GRAM / CELL.mass("N")
    event = single_event("At-211", CELL, source, progeny="none")
    # 8,000 hits or more: 1 % is two standard errors of the mean
    assert event.frequency_mean == pytest.approx(z.mean(), rel=0.02)
    assert event.dose_mean == pytest.approx((z**2).mean() / z.mean(), rel=0.02)
    below = np.cumsum(event.probability)
    for share in (0.25, 0.5, 0.75):
        at = np.quantile(z, share)
        assert float(np.interp(at, event.z, below)) == pytest.approx(share, abs=0.02)


@pytest.mark.parametrize("hits", [0.0, 0.3, 5.0, 400.0])
def test_poisson_moments(hits):
    single = single_event("Ac-225", CELL, "CS", progeny="all")
    many = multi_event(single, hits)
    assert many.probability.sum() == pytest.approx(1, rel=1e-9)
    assert many.mean == pytest.approx(hits * single.frequency_mean, rel=1e-9, abs=1e-12)
    # sharing between neighbors on the grid widens an event by under a step
    square = hits * single.frequency_mean * single.dose_mean
    assert many.variance == pytest.approx(square, rel=1e-4, abs=1e-12)
    assert many.probability[0] == pytest.approx(many.untouched, rel=1e-3 * max(1, hits), abs=1e-12)


def test_survival_is_the_transform_of_a_single_event():
    single = single_event("At-211", CELL, "CS", progeny="none")
    many = multi_event(single, 3.0)
    one = float(np.exp(-1.7 * single.z) @ single.probability)
    assert many.survival(1.7) == pytest.approx(np.exp(3.0 * (one - 1)), rel=1e-9)


def test_spectrum_is_even():
    # f1 by neighbors on the grid must not depend on the quadrature: no raggedness
    density = single_event("At-211", CELL, "CS", progeny="none").density[20:-20]
    smooth = np.convolve(density, np.ones(5) / 5, "same")
    inner = slice(5, -5)
    assert np.abs(density - smooth)[inner].mean() < 0.05 * density.mean()


def test_what_is_refused():
    with pytest.raises(UnsupportedError, match="alpha"):
        single_event("Lu-177", CELL, "CS")
    with pytest.raises(InputError, match="source"):
        single_event("At-211", CELL, "X", progeny="none")
    with pytest.raises(InputError, match="mean_hits"):
        multi_event(single_event("At-211", CELL, "N", progeny="none"), -1.0)
