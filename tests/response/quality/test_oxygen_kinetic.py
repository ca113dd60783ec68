"""The kinetic model with oxygen: limits in oxygen and in radiation quality."""

from __future__ import annotations

import pytest
from numpy.testing import assert_allclose

from theratwin.core import InputError
from theratwin.response.quality import (
    DomainCell,
    SpecificEnergies,
    alpha_let,
    alpha_quality,
    kiefer_chatterjee,
    oxygen_cell,
    oxygen_domain_cell,
    smk_coefficients,
    track_specific_energies,
)


class TestKineticModel:
    def test_with_plenty_it_is_the_stochastic_model(self):
        # R = 1: alpha_L + alpha_S takes the place of alpha.
        cell = oxygen_cell("HSG")
        of = cell.domains
        energies = alpha_quality(5.0, of).energies
        plain = DomainCell(
            of.alpha + cell.alpha_sparing,
            *(of.beta, of.domain_radius, of.nucleus_radius, of.saturation),
        )
        found = cell.coefficients(energies, 1e12)
        assert_allclose(found, smk_coefficients(plain, energies), rtol=1e-9)

    def test_oxygen_matters_less_for_alphas(self):
        cell = oxygen_cell("HSG")
        found = [
            float(cell.resistance(alpha_quality(e, cell.domains).energies, 0.0))
            for e in (1.0, 4.0, 8.0)
        ]
        photons = float(cell.resistance(SpecificEnergies(0.1, 0.1, 0.001), 0.0))
        assert found[0] < found[1] < found[2] < photons
        assert_allclose(photons, 2.9, rtol=1e-3)
        assert found[0] < 1.2

    def test_domains_follow_oxygen(self):
        cell = oxygen_domain_cell("CHO")
        anoxic = cell.domains_at(0.0)
        assert_allclose(anoxic.domain_radius, 0.41 / 2.69, rtol=1e-12)
        assert_allclose(anoxic.saturation, 37.0 * 3.23**2, rtol=1e-12)
        air = cell.domains_at(1e12)
        assert_allclose([air.domain_radius, air.saturation], [0.41, 37.0], rtol=1e-9)

    @pytest.mark.parametrize("energy", [60.0, 20.0, 4.0])
    def test_both_generations_lose_the_oxygen_effect_with_let(self, energy):
        # OER of alphas between 1 and R_m, falling with LET (helium, MeV).
        cell = oxygen_domain_cell("HSG")
        track = kiefer_chatterjee(energy / 4, float(alpha_let(energy)))
        alphas = [
            cell.coefficients(track_specific_energies(track, cell.domains_at(p)), p)[0]
            for p in (0.0, 160.0)
        ]
        assert 1.0 < alphas[1] / alphas[0] < 4.46

    def test_unknown_cells_are_named(self):
        with pytest.raises(InputError, match="HSG"):
            oxygen_cell("HGS")
        with pytest.raises(InputError, match="CHO"):
            oxygen_domain_cell("CHA")
