"""Alpha particles that slow down: the spectrum, and what MEDRAS makes of it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from theratwin.core import Exposure, InputError, Pulses, Quality
from theratwin.physics.cells.ranges import range_energy
from theratwin.response.medras import AlphaMedras, CellLine, Medras
from theratwin.response.medras.tracks import slowing_down, tracks_of, tracks_slowing_down

ACTINIUM = {5.83: 1.0, 6.34: 1.0, 7.07: 1.0, 8.38: 1.0}


def alphas(dose: float) -> Exposure:
    return Exposure("cells", {"alpha": Pulses([0.0], [dose])})


def helium(dose: float, let: float) -> Exposure:
    return Exposure("cells", {"alpha": Pulses([0.0], [dose])}, {"alpha": Quality(let=let)})


@pytest.mark.parametrize("energy", [5.8, 8.4])
def test_track_mean_let_is_energy_over_range(energy):
    # Equal doses in equal intervals of energy: the mean over length is E/R. The table of ranges
    # starts at 1 keV and the midpoints of 200 steps at 15 keV, hence the tolerance.
    let, dose = slowing_down({energy: 1.0})
    length = float(range_energy("alpha").range_of(energy)) * 1e3
    assert_allclose(1.0 / np.sum(dose / let), energy * 1e3 / length, rtol=0.01)


def test_particles_count_by_their_energy():
    let, dose = slowing_down({5.0: 1.0, 8.0: 3.0})
    assert_allclose(dose[: dose.size // 2].sum(), 5.0 / 29.0)
    assert_allclose(dose.sum(), 1.0)
    assert let.size == dose.size


def test_a_spectrum_of_one_let_is_that_let(monkeypatch):
    line = CellLine("G1")
    one = (np.array([100.0]), np.array([1.0]))
    monkeypatch.setattr("theratwin.response.medras.tracks.slowing_down", lambda _: one)
    found, expected = tracks_slowing_down(line, {5.8: 1.0}), tracks_of(line, 100.0)
    assert_allclose(
        [found.overlap, found.breaks, found.dose],
        [expected.overlap, expected.breaks, expected.dose],
        rtol=1e-12,
    )


def test_actinium_lies_between_the_lets_of_its_spectrum():
    model = AlphaMedras.of(p53="mutant", energies=ACTINIUM)
    kill = float(model.log_kill(alphas(1.0)))
    low, high = (float(Medras.of(p53="mutant").log_kill(helium(1.0, x))) for x in (60.0, 150.0))
    assert min(low, high) < kill < 1.1 * max(low, high)


def test_unrepairable_breaks_kill_more_and_none_by_default():
    model = AlphaMedras.of(p53="mutant", energies=ACTINIUM)
    assert model.parameters["unrepairable.per_let"] == 0.0
    kills = [
        float(model.with_parameters({"unrepairable.per_let": u}).log_kill(alphas(0.5)))
        for u in (0.0, 1e-4, 1e-3)
    ]
    assert kills[0] < kills[1] < kills[2]


def test_all_breaks_unrepairable_spare_the_cells_without_a_hit():
    # Each track then makes some ten lethal breaks; those without a track survive.
    model = AlphaMedras.of(phase="G1", p53="mutant", energies=ACTINIUM)
    found = model.with_parameters({"unrepairable.per_let": 1.0})
    tracks = tracks_slowing_down(found.line, ACTINIUM, 1.0)
    assert_allclose(tracks.unrepairable, 1.0, rtol=1e-12)
    expected = math.exp(-1.0 / float(tracks.dose))
    assert_allclose(found.survival(alphas(1.0)), expected, rtol=0.01)


def test_energies_are_needed_and_positive():
    with pytest.raises(InputError, match="energies"):
        AlphaMedras.of()
    with pytest.raises(InputError, match="positive"):
        AlphaMedras.of(energies={-5.0: 1.0}).survival(alphas(1.0))
