"""Range-energy relations."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.physics.cells.ranges import range_energy


@pytest.mark.parametrize(("energy", "micrometers"), [(5.83, 47.9), (8.375, 84.9)])
def test_alpha_ranges_in_water(energy, micrometers):
    # an independent integral of the same table by trapezoids: 0.5 %
    found = float(range_energy("alpha").range_of(energy)) * 1e3
    assert found == pytest.approx(micrometers, rel=0.005)


def test_cole_is_its_formula():
    length = np.array([0.01, 0.1, 1.0, 10.0, 255.0, 5000.0])
    kev = 5.9 * (length + 0.007) ** 0.565 + 0.00413 * length**1.33 - 0.367
    assert range_energy("cole").energy_of(length * 1e-3) == pytest.approx(kev * 1e-3, rel=1e-5)


@pytest.mark.parametrize("kind", ["cole", "csda", "alpha"])
def test_there_and_back(kind):
    energy = np.array([1e-3, 0.01, 0.1, 1.0, 5.0])
    relation = range_energy(kind)
    assert relation.energy_of(relation.range_of(energy)) == pytest.approx(energy, rel=1e-9)


def test_csda_slope_is_the_stopping_power():
    # ICRU 90 at 0.1 MeV, 4.115 MeV cm2/g, is 0.4115 MeV/mm in water at 1 g/mL
    relation, step = range_energy("csda"), 1e-3
    slope = 2 * step / float(relation.range_of(0.1 + step) - relation.range_of(0.1 - step))
    assert slope == pytest.approx(0.4115, rel=0.01)
