"""Control by size: closed forms, order of nuclides, what cross-fire is worth."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from theratwin.core import InputError
from theratwin.physics import sphere_s_value
from theratwin.physics.sphere_profile import sphere_profile
from theratwin.response import protraction_factor
from theratwin.response.quality.lesion_cells import cell_dose, lesion_cells
from theratwin.response.quality.lesion_size import control_by_size, equal_kill

CELLS = lesion_cells()
MASSES = np.geomspace(1e-5, 100.0, 8)


def best(name: str, log_kill: float = 30.0, **options) -> float:
    study = control_by_size(
        name, MASSES, equal_kill(name, log_kill, CELLS), CELLS, dose="mean", **options
    )
    return float(MASSES[np.argmax(study.control)])


class TestClosedForms:
    def test_the_middle_of_a_large_lesion_is_killed_as_asked(self):
        # 1 kg, even uptake: linear-quadratic for Lu-177, by hand.
        amount = equal_kill("Lu-177", 25.0, CELLS)
        middle = sphere_profile("Lu-177", 1000.0).electrons[0] * amount
        from theratwin.core import Exponentials
        from theratwin.physics import nuclide
        from theratwin.response import Repair

        leaving = nuclide("Lu-177").decay_constant + np.log(2) / CELLS.biological_half_life
        factor = protraction_factor(Exponentials([1.0], [leaving]), Repair.single(1.9))
        kill = CELLS.alpha * middle + CELLS.beta * factor * middle**2
        assert_allclose(kill, 25.0, rtol=1e-9)

    def test_mean_dose_is_the_spheres(self):
        study = control_by_size("Y-90", MASSES, 100.0, CELLS)
        expected = sphere_s_value("Y-90", MASSES).total * MASSES * 100.0
        assert_allclose(study.dose, expected, rtol=1e-3)

    def test_no_own_cell_can_be_told_from_the_mean_where_uptake_is_even(self):
        # With one uptake a cell's own dose is but a part of the whole: Lu-177 has no hits.
        amount = equal_kill("Lu-177", 20.0, CELLS)
        study = control_by_size("Lu-177", [1.0], amount, CELLS, dose="mean")
        dose = float(study.dose[0])
        kill = CELLS.alpha * dose + CELLS.beta * CELLS.protraction("Lu-177") * dose**2
        assert_allclose(study.log_survival[0], -kill, rtol=1e-6)

    def test_stochastic_control_is_a_product_over_clonogens(self):
        # (1 - S)^N, above the Poisson form only by S^2 N / 2; equal to it where S is small.
        amount = 0.2 * equal_kill("Lu-177", 20.0, CELLS)
        few = lesion_cells(clonogens=1e5)
        poisson = control_by_size("Lu-177", [2e-5], amount, few)
        product = control_by_size("Lu-177", [2e-5], amount, few, chance="stochastic")
        survival = np.exp(poisson.log_survival)
        assert_allclose(product.control, (1 - survival) ** 2.0, rtol=1e-9)
        assert (product.control < poisson.control).all()
        large = [control_by_size("Ac-225", [1.0], equal_kill("Ac-225", 30.0, CELLS), CELLS,
                                 chance=c).control for c in ("poisson", "stochastic")]  # fmt: skip
        assert_allclose(large[0], large[1], rtol=1e-6)


class TestPhysics:
    def test_each_nuclide_has_its_size(self):
        # At one effect in large lesions: alphas down to the smallest, Lu-177 from about a
        # milligram, Y-90 from about a gram on (published: 10^4 to 10^6 cells for Lu-177,
        # 10^8 to 10^10 for Y-90, single cells and small clusters for Ac-225).
        smallest = equal_kill("Ac-225", 30.0, CELLS)
        assert control_by_size("Ac-225", MASSES[:1], smallest, CELLS).control > 0.95
        assert 1e-4 < best("Lu-177") < 1.0
        assert best("Y-90") > 1.0

    def test_the_edge_survives(self):
        amount = equal_kill("Lu-177", 30.0, CELLS)
        mean, profile = (
            control_by_size("Lu-177", [1.0], amount, CELLS, dose=over).log_survival[0]
            for over in ("mean", "profile")
        )
        assert profile > mean + 5.0

    def test_patches_without_uptake_spare_cells_from_alphas_most(self):
        # 0.2 mm: wider than an alpha's range, well within Y-90's.
        lost = {}
        for name in ("Ac-225", "Lu-177", "Y-90"):
            amount = equal_kill(name, 30.0, CELLS)
            even, uneven = (
                control_by_size(name, [10.0], amount, cells, dose="mean").log_survival[0]
                for cells in (CELLS, lesion_cells(uptake_sd=0.5, patch_radius=0.1))
            )
            lost[name] = uneven - even
        assert lost["Ac-225"] > lost["Lu-177"] > lost["Y-90"] >= 0
        assert lost["Ac-225"] > 10.0
        assert lost["Y-90"] < 0.3

    def test_uptake_keeps_its_mean(self):
        uptake, share = lesion_cells(uptake_sd=0.8).uptakes
        assert_allclose([share.sum(), share @ uptake], [1.0, 1.0], rtol=1e-10)

    def test_alphas_of_the_own_cell_are_a_small_part(self):
        own = cell_dose("Ac-225", CELLS, "all")
        full = sphere_profile("Ac-225", 1.0, progeny="all").alphas[0]
        assert 0.005 < own.own_alphas / full < 0.1


def test_wrong_words_and_numbers_are_named():
    with pytest.raises(InputError, match="chance"):
        control_by_size("Lu-177", [1.0], 1.0, CELLS, chance="binomial")
    with pytest.raises(InputError, match="dose"):
        control_by_size("Lu-177", [1.0], 1.0, CELLS, dose="maximum")
    with pytest.raises(InputError, match="concentration"):
        control_by_size("Lu-177", [1.0], 0.0, CELLS)
    with pytest.raises(InputError, match="uptake_sd"):
        lesion_cells(uptake_sd=-1.0)
    with pytest.raises(InputError, match="alpha"):
        lesion_cells(alpha=0.0)
