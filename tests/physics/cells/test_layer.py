"""Medium around a cell: equilibrium, halves, energy kept, and random tracks."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.physics.cells import Cell, medium_s_value
from theratwin.physics.cells.tracks import chain_electrons
from theratwin.physics.units import DECAYS_PER_MBQ_H, GY_PER_MEV_PER_GRAM

CELL = Cell(radius=7e-3, nucleus_radius=4.5e-3)
LU177 = chain_electrons((("Lu-177", 1.0),), "cole")
EVERYWHERE = LU177.energy * GY_PER_MEV_PER_GRAM * DECAYS_PER_MBQ_H  # Gy mL/(MBq h), 1 g/mL


def test_medium_on_all_sides_gives_the_energy_emitted_in_it():
    assert medium_s_value("Lu-177", CELL) == pytest.approx(EVERYWHERE, rel=1e-12)
    assert medium_s_value("Lu-177", CELL, target="C", method="csda") == pytest.approx(
        EVERYWHERE, rel=1e-6
    )


def test_layers_thicker_than_the_range_are_endless():
    reach = float(LU177.x[-1]) + CELL.radius
    thick = medium_s_value("Lu-177", CELL, below=reach, above=reach)
    assert thick == pytest.approx(EVERYWHERE, rel=1e-12)


def test_a_small_target_on_the_bottom_gets_half():
    point = Cell(radius=2e-7, nucleus_radius=1e-7)
    half = medium_s_value("Lu-177", point, below=1e-7, above=5.0)
    # Some electrons (Auger, 0.1 um) stop below the target's height: less than 1 % of the energy.
    assert half == pytest.approx(0.5 * EVERYWHERE, rel=0.01)
    assert half > 0.5 * EVERYWHERE


@pytest.mark.parametrize(("below", "above"), [(7e-3, 3.0), (0.02, 0.1), (0.3, 0.2)])
def test_layer_against_random_tracks(below, above):
    """10^6 tracks backward from the nucleus; their own noise is 0.1 % (standard error)."""
    random = np.random.default_rng(7)
    size = 1_000_000
    height = CELL.nucleus_radius * (2 * random.beta(2.0, 2.0, size) - 1)  # of a ball's points
    up = random.uniform(-1.0, 1.0, size)
    reach = np.where(up > 0, (above - height) / up, (below + height) / -up)
    left = np.interp(np.minimum(reach, LU177.x[-1]), LU177.x, LU177.left)
    expected = (LU177.energy - left.mean()) * GY_PER_MEV_PER_GRAM * DECAYS_PER_MBQ_H
    found = medium_s_value("Lu-177", CELL, below=below, above=above)
    assert found == pytest.approx(expected, rel=4e-3)


def test_layers_add_up():
    """What a layer lacks of medium without end is what the rest of it would give."""
    deep = medium_s_value("Lu-177", CELL, below=0.05)
    up = medium_s_value("Lu-177", CELL, above=0.4)
    both = medium_s_value("Lu-177", CELL, below=0.05, above=0.4)
    assert both == pytest.approx(deep + up - EVERYWHERE, rel=1e-6)


def test_alphas_of_the_medium():
    """Ac-225's alphas reach 85 um: the bottom's half, and 4 times 6 to 8 MeV a decay."""
    everywhere = medium_s_value("Ac-225", CELL, progeny="all")
    assert everywhere / (GY_PER_MEV_PER_GRAM * DECAYS_PER_MBQ_H) == pytest.approx(28.0, rel=0.05)
    bottom = medium_s_value("Ac-225", CELL, below=7e-3, progeny="all")
    assert 0.5 < bottom / everywhere < 0.7
    with pytest.raises(UnsupportedError, match="progeny"):
        medium_s_value("Ac-225", CELL)


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"below": 4e-3}, "below"),
        ({"above": 0.0}, "above"),
        ({"target": "Cy"}, "target"),
        ({"method": "exact"}, "method"),
        ({"below": float("nan")}, "below"),
    ],
)
def test_wrong_arguments(options, field):
    with pytest.raises(InputError, match=field):
        medium_s_value("Lu-177", CELL, **options)
