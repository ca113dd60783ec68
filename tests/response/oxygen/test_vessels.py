"""Oxygen and ligand between sheets of vessels, against their equations."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from theratwin.core import InputError
from theratwin.response.oxygen.vessels import vessel_sheets

STEP = 1e-4


def second_difference(curve, x):
    return (curve(x + STEP) - 2 * curve(x) + curve(x - STEP)) / STEP**2


class TestOxygen:
    def test_it_is_used_up_at_a_constant_rate(self):
        # p'' = 2 p0 / L² wherever there is oxygen, no flux halfway.
        tissue = vessel_sheets(0.09)
        x = np.array([0.01, 0.04, 0.08])
        assert_allclose(second_difference(tissue.oxygen, x), 2 * 40 / 0.1**2, rtol=1e-6)
        near, far = tissue.oxygen([0.09 - STEP, 0.09])
        assert_allclose(near, far, atol=1e-4)

    def test_far_sheets_leave_tissue_without_oxygen(self):
        tissue = vessel_sheets(0.2)
        assert_allclose(second_difference(tissue.oxygen, 0.05), 2 * 40 / 0.1**2, rtol=1e-6)
        assert (tissue.oxygen([0.1, 0.15, 0.2]) == 0).all()

    def test_both_cases_meet(self):
        x = np.linspace(0, 0.1, 5)
        near = vessel_sheets(0.1, oxygen_reach=0.1).oxygen(x)
        assert_allclose(near, vessel_sheets(0.1 + 1e-9, oxygen_reach=0.1).oxygen(x), atol=1e-4)

    def test_the_vessel_keeps_its_pressure(self):
        assert vessel_sheets(0.05).oxygen(0.0) == 40.0


class TestLigand:
    def test_it_is_bound_in_proportion(self):
        # c'' = c / lambda², no flux halfway.
        tissue = vessel_sheets(0.15)
        x = np.array([0.02, 0.1])
        assert_allclose(second_difference(tissue.ligand, x), tissue.ligand(x) / 0.06**2, rtol=1e-5)
        ends = tissue.ligand([0.15 - STEP, 0.15 + STEP])
        assert_allclose(ends[0], ends[1], rtol=1e-12)

    def test_it_does_not_overflow(self):
        assert_allclose(vessel_sheets(100.0).ligand([0.0, 0.06]), [1.0, np.exp(-1)], rtol=1e-12)


def test_wrong_numbers_and_names_are_named():
    with pytest.raises(InputError, match="half_distance"):
        vessel_sheets(0.0)
    with pytest.raises(InputError, match="ligand_reach"):
        vessel_sheets(0.1, ligand_rech=0.2)
    with pytest.raises(InputError, match="number"):
        vessel_sheets(0.1).layers(1)
