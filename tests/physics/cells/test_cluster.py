"""Clusters and sheets: against S values pair by pair, closed packings, moments of activity."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import InputError
from theratwin.physics import emissions
from theratwin.physics.cells import (
    Cell,
    Cluster,
    ball,
    cell_s_value,
    cluster_dose,
    populate,
    sheet,
)
from theratwin.physics.cells.absorbed import absorbed_by
from theratwin.physics.cells.cluster import nearest_distance
from theratwin.physics.cells.tracks import chain_alphas, chain_electrons

CELL = Cell(5e-3, 4e-3)


def test_two_cells_are_the_s_values():
    places = np.array([[0.0, 0, 0], [12e-3, 0, 0]])
    pair = populate(places, CELL, 2e-6)
    found = cluster_dose(pair, "Lu-177", "CS")
    own = cell_s_value("Lu-177", CELL).total["N<-CS"] * 2e-6
    cross = cell_s_value("Lu-177", CELL, distance=12e-3).total["N<-CS"] * 2e-6
    assert found.own == pytest.approx([own, own], rel=1e-9)
    assert found.cross == pytest.approx([cross, cross], rel=1e-4)  # interpolated over distance
    assert found.total == pytest.approx(found.own + found.cross)


@pytest.mark.parametrize("name", ["Lu-177", "Ac-225"])
def test_many_cells_pair_by_pair(name):
    cells = populate(ball(13, 10.5e-3), CELL, 1e-6, activity_sd=0.8, seed=3)
    found = cluster_dose(cells, name, "CS", progeny="all")
    expected = np.zeros(13)
    for i, j in zip(*np.triu_indices(13, 1), strict=True):
        apart = float(np.linalg.norm(cells.positions[i] - cells.positions[j]))
        s = cell_s_value(name, CELL, distance=apart, progeny="all").total["N<-CS"]
        expected[i] += s * cells.activity[j]
        expected[j] += s * cells.activity[i]
    assert found.cross == pytest.approx(expected, rel=2e-3)  # interpolated over distance


@pytest.mark.parametrize("source", ["CS", "N"])
@pytest.mark.parametrize("name", ["Lu-177", "Y-90", "At-211"])
def test_size_hardly_matters_from_afar(name, source):
    # what cluster_dose takes for granted, nearly touching and 20 % off the median size: 5 %
    key = ((name, 1.0),)
    small, large = Cell(4e-3, 3.2e-3), Cell(6e-3, 4.8e-3)

    def dose(one, other):
        kinds = (chain_electrons(key, "cole"), chain_alphas(key))
        energy = sum(absorbed_by(tracks, one, source, other, "N", 10.5e-3) for tracks in kinds)
        return energy / other.mass("N")

    for pair in ((small, large), (large, small)):
        assert dose(*pair) == pytest.approx(dose(CELL, CELL), rel=0.05)


def test_own_doses_by_size_are_interpolated():
    cells = populate(sheet(6, 20e-3), CELL, 1e-6, radius_cv=0.15, seed=2)
    found = cluster_dose(cells, "Lu-177", "CS").own
    for i in range(0, 36, 5):
        one = Cell(float(cells.radius[i]), float(cells.nucleus_radius[i]))
        expected = cell_s_value("Lu-177", one).total["N<-CS"] * 1e-6
        assert found[i] == pytest.approx(expected, rel=1e-3)


def test_large_cluster_nears_equilibrium():
    # alphas of At-211 reach under 50 um: deep in a cluster the mean dose to all that is cell is
    # what is emitted over the mass, times the share of space that is cell (the rest is water)
    cells = populate(ball(4000, 10e-3), CELL, 1e-6)
    found = cluster_dose(cells, "At-211", "C", target="C", progeny="none")
    emitted = emissions("At-211")
    energy = emitted.alphas.energy_per_decay + emitted.electrons.energy_per_decay
    local = energy * 1.602176634e-10 * 3.6e9 * 1e-6 / CELL.mass("C")
    # fcc fills 74 % of space; a cell's own activity makes the dose in cells a little higher
    assert 0.74 * local < found.total[0] < 0.85 * local
    assert found.total[0] > found.total[-1]  # the rim has fewer neighbors


def test_activity_is_lognormal_and_keeps_its_mean():
    cells = populate(sheet(100, 12e-3), CELL, 3e-6, activity_sd=0.5, radius_cv=0.05, seed=5)
    log = np.log(cells.activity)
    # ten thousand cells: three standard errors
    assert log.std() == pytest.approx(0.5, abs=3 * 0.5 / np.sqrt(2e4))
    assert cells.activity.mean() == pytest.approx(3e-6, rel=3 * 0.54 / 100)
    again = populate(sheet(100, 12e-3), CELL, 3e-6, activity_sd=0.5, radius_cv=0.05, seed=5)
    assert (again.activity == cells.activity).all()


@pytest.mark.parametrize("places", [sheet(7, 0.01), ball(55, 0.01)])
def test_lattices_have_their_pitch(places):
    assert nearest_distance(places) == pytest.approx(np.full(len(places), 0.01))


def test_what_is_refused():
    with pytest.raises(InputError, match="overlap"):
        Cluster(sheet(2, 8e-3), np.full(4, 5e-3), np.full(4, 4e-3), np.ones(4))
    with pytest.raises(InputError, match="source"):
        cluster_dose(populate(sheet(2, 0.01), CELL, 1.0), "Lu-177", "X")
    with pytest.raises(InputError, match="activity_sd"):
        populate(sheet(2, 0.01), CELL, 1.0, activity_sd=-1)
