"""Kinetic models: published survival curves, limits, exact averages over specific energy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import brentq

from theratwin.core import InputError
from theratwin.physics.cells import Cell, SingleEvent, medium_event, multi_event, single_event
from theratwin.response.quality.alpha_response import alpha_response
from theratwin.response.quality.domains import DomainCell, SpecificEnergies, domain_cell
from theratwin.response.quality.microdosimetric_kinetic import (
    mkm_coefficients,
    smk_coefficients,
    smk_log_survival,
    spectrum_log_survival,
)
from theratwin.response.quality.oxygen_kinetic import oxygen_cell, oxygen_domain_cell
from theratwin.response.quality.slowing_down import alpha_let, alpha_quality, nuclide_quality

REFERENCE = Path(__file__).parents[4] / "shared" / "reference" / "mkm"
CELL = Cell(6e-3, 4e-3)


class TestPublishedSurvival:
    @pytest.mark.skipif(not REFERENCE.is_dir(), reason="shared/reference/mkm is absent")
    @pytest.mark.parametrize(
        ("line", "let", "mean", "largest"),
        [
            ("HSG", 33.0, 0.04, 0.10),
            ("HSG", 70.3, 0.04, 0.10),
            ("V79", 38.1, 0.04, 0.10),
            ("V79", 73.9, 0.04, 0.10),
            # Missed by a little. No z* meets these two: the alpha that each point asks for with
            # the curve's own beta runs from 0.32 to 0.40 (V79) and 0.72 to 0.63 (HSG).
            ("HSG", 18.6, 0.04, 0.12),
            ("V79", 18.6, 0.05, 0.15),
        ],
    )
    def test_helium_by_the_kinetic_model(self, line, let, mean, largest):
        # Digitized: where S is above 0.8, 0.02 decades on the axis are a tenth of ln S and more.
        radius = domain_cell(line).domain_radius
        [file] = REFERENCE.glob(f"*_kc_Z2_rd{radius}_*_let{10 * let:.0f}.txt")
        text = file.read_text(encoding="utf-8").split("Data:")[1]
        rows = [row.split() for row in text.split("\n") if row.strip()]
        dose, survival = np.array(rows, dtype=float).T
        kept = (survival > 1e-3) & (survival < 0.8)
        cell = domain_cell(line)
        energy = brentq(lambda e: float(alpha_let(e)) - let, 1.0, 59.0)
        alpha, beta = mkm_coefficients(cell, alpha_quality(energy, cell).energies)
        kill = (alpha * dose + beta * dose**2)[kept]
        relative = np.abs(kill / -np.log(survival[kept]) - 1)
        assert kept.sum() >= 10
        assert relative.mean() <= mean
        assert relative.max() <= largest


class TestLimits:
    def test_sparse_ionization_is_linear_quadratic(self):
        cell = domain_cell("HSG")
        alpha, beta = mkm_coefficients(cell, SpecificEnergies(0.0, 0.0, 0.0))
        assert (alpha, beta) == (cell.alpha, cell.beta)

    def test_without_saturation_and_spread_both_models_are_one(self):
        cell = DomainCell(0.15, 0.06, 0.3, 4.0, saturation=1e9)
        energies = alpha_quality(5.0, cell).energies
        assert_allclose(smk_coefficients(cell, energies), mkm_coefficients(cell, energies))
        assert_allclose(smk_log_survival(2.0, 0.5, 0.05, 0.0), -1.2, rtol=1e-14)

    def test_effect_rises_and_falls_with_let(self):
        # Overkill: alphas at the end of their range kill less a Gy than at 3 MeV.
        cell = domain_cell("HSG")
        stars = [alpha_quality(e, cell).energies.saturated for e in (0.3, 3.0, 30.0)]
        assert stars[1] > stars[0]
        assert stars[1] > stars[2]

    def test_the_expansion_is_the_slope_of_the_average(self):
        # Few small events: second order in z leaves (alpha z)^2 / 6, 1e-4 of ln S here.
        single = SingleEvent(np.array([0.0, 0.02]), np.array([0.0, 1.0]), 0.02, 0.02, 1.0)
        exact = spectrum_log_survival(single, 1.0, 1.0, 0.05)
        assert_allclose(smk_log_survival(1.0, 1.0, 0.05, 0.02), exact, rtol=3e-4)

    def test_smk_in_jax(self):
        from theratwin.core._jax import jax, jnp

        slope = jax.grad(lambda d: smk_log_survival(d, 0.5, 0.05, 0.01))(jnp.asarray(2.0))
        step = 1e-6
        around = [float(smk_log_survival(2.0 + s, 0.5, 0.05, 0.01)) for s in (-step, step)]
        assert_allclose(slope, (around[1] - around[0]) / (2 * step), rtol=1e-7)


class TestSpectrum:
    SINGLE = single_event("At-211", CELL, "CS", progeny="all")

    def test_linear_kill_has_a_closed_form(self):
        # S = exp(-n (1 - integral of f1 exp(-alpha z))), Poisson's generating function.
        kept = self.SINGLE.probability @ np.exp(-0.8 * self.SINGLE.z)
        hits = 5.0 / self.SINGLE.frequency_mean
        found = spectrum_log_survival(self.SINGLE, 5.0, 0.8, 0.0)
        assert_allclose(found, -hits * (1 - kept), rtol=1e-12)

    def test_tilted_average_is_the_plain_one(self):
        # At 2 Gy the plain sum over f(z) still has its digits.
        many = multi_event(self.SINGLE, 2.0 / self.SINGLE.frequency_mean)
        plain = np.log(many.probability @ np.exp(-0.8 * many.z - 0.06 * many.z**2))
        assert_allclose(spectrum_log_survival(self.SINGLE, 2.0, 0.8, 0.06), plain, rtol=1e-9)

    def test_deep_kill_keeps_its_digits(self):
        # At 60 Gy the plain sum has lost them; the logarithm goes on falling, ever less steeply
        # than the mean dose alone would say.
        doses = np.array([20.0, 40.0, 60.0])
        found = spectrum_log_survival(self.SINGLE, doses, 1.5, 0.02)
        assert found.shape == (3,)
        assert (np.diff(found) < -20.0).all()
        assert (found > -(1.5 * doses + 0.02 * doses**2)).all()

    def test_no_dose_kills_none_and_a_negative_one_is_refused(self):
        assert spectrum_log_survival(self.SINGLE, 0.0, 1.0, 0.1) == 0.0
        with pytest.raises(InputError, match="dose"):
            spectrum_log_survival(self.SINGLE, -1.0, 1.0, 0.1)

    def test_spread_spares_cells(self):
        # Jensen: the same mean dose kills fewer where some nuclei are missed.
        assert spectrum_log_survival(self.SINGLE, 3.0, 1.2, 0.0) > -3.6


class TestSlowingDown:
    def test_mean_let_is_that_of_the_stopping_power(self):
        # Over a whole track the dose-mean LET is the mean of LET over energy.
        from theratwin.physics.cells.tracks import chain_alpha_lines

        lines = chain_alpha_lines((("Po-212", 1.0),))
        energy = float(lines.energy[np.argmax(lines.yields)])
        grid = np.geomspace(1e-3, energy, 20001)
        expected = np.trapezoid(alpha_let(grid), grid) / energy
        found = nuclide_quality("Po-212", domain_cell("HSG"), progeny="none")
        assert_allclose(found.let, expected, rtol=1e-3)

    def test_a_nucleus_close_to_the_source_sees_faster_alphas(self):
        cell = domain_cell("HSG")
        near = nuclide_quality("At-211", cell, geometry=CELL, source="N", progeny="none")
        medium = nuclide_quality("At-211", cell, progeny="none")
        assert near.let < medium.let

    @pytest.mark.parametrize("name", ["Ac-225", "Ra-223", "At-211", "Pb-212"])
    def test_alpha_emitters_kill_three_to_eight_times_as_well(self, name):
        # alpha of HSG at sparse ionization 0.15 /Gy; the field's RBE for cell kill is 3 to 5 at
        # finite doses, and more at the limit of small ones.
        cell = domain_cell("HSG")
        found = nuclide_quality(name, cell, progeny="all")
        alpha, _ = mkm_coefficients(cell, found.energies)
        assert 110 < found.let < 140
        assert 8 < alpha / cell.alpha < 16

    def test_half_a_geometry_is_refused(self):
        with pytest.raises(InputError, match="source"):
            nuclide_quality("At-211", domain_cell("HSG"), geometry=CELL, progeny="none")
        with pytest.raises(InputError, match="no alpha"):
            nuclide_quality("Lu-177", domain_cell("HSG"))

    def test_spectra_in_a_medium_and_a_cell_have_their_mean_energies(self):
        # From everywhere, tracks cross at all ends of their range; from the surface of the own
        # cell, near its beginning.
        medium = medium_event("At-211", CELL.nucleus_radius, progeny="all")
        own = single_event("At-211", CELL, "CS", progeny="all")
        assert 0.15 < own.frequency_mean < medium.frequency_mean < 0.6


class TestResponse:
    @pytest.mark.parametrize("name", ["Ac-225", "Ra-223", "At-211", "Pb-212"])
    def test_rbe_of_alpha_emitters_at_ten_percent(self, name):
        # MIRD's 3 to 5 for cell kill: HSG cells are at its lower end.
        cell = domain_cell("HSG")
        found = alpha_response(name, cell, CELL, "CS", progeny="all")
        assert 3.0 < found.rbe(cell.alpha, cell.beta, np.log(10)) < 5.0

    def test_rbe_falls_with_dose(self):
        cell = domain_cell("HSG")
        found = alpha_response("At-211", cell, CELL, progeny="all")
        ratios = [found.rbe(cell.alpha, cell.beta, kill) for kill in (0.01, 1.0, 5.0)]
        assert ratios[0] > ratios[1] > ratios[2]
        # At small doses it is the ratio of slopes, the spectrum's over alpha_0.
        slope = -float(found.log_survival(1e-4)) / 1e-4
        assert_allclose(ratios[0], slope / cell.alpha, rtol=0.05)

    def test_the_mean_dose_overstates_kill(self):
        found = alpha_response("Ac-225", domain_cell("HSG"), CELL, progeny="all")
        doses = np.array([0.5, 2.0, 5.0])
        assert (found.log_survival(doses) > found.mean_dose_log_survival(doses)).all()

    @pytest.mark.parametrize("line", [oxygen_cell("HSG"), oxygen_domain_cell("HSG")])
    def test_oxygen_helps_alphas_less_than_photons(self, line):
        # At the 76 keV/um that the nucleus sees the published OER is 1.9; photons' is 2.9 and more.
        kills = [
            -float(
                alpha_response("Ac-225", line, CELL, "CS", pressure=p, progeny="all").log_survival(
                    1.0
                )
            )
            for p in (0.0, 3.0, 160.0)
        ]
        assert kills[0] < kills[1] < kills[2] < 2.0 * kills[0]

    def test_stochastic_beta_is_lower(self):
        cell = domain_cell("HSG", "smk")
        plain, lower = (
            alpha_response("At-211", cell, CELL, progeny="all", stochastic=s) for s in (False, True)
        )
        assert lower.alpha == plain.alpha
        assert 0.2 < lower.beta / plain.beta < 0.8

    def test_options_that_do_not_fit_are_named(self):
        with pytest.raises(InputError, match="pressure"):
            alpha_response("At-211", domain_cell("HSG"), CELL, pressure=3.0, progeny="all")
        with pytest.raises(InputError, match="oxygen is needed"):
            alpha_response("At-211", oxygen_cell("HSG"), CELL, progeny="all")
        with pytest.raises(InputError, match="stochastic"):
            alpha_response(
                "At-211", oxygen_cell("HSG"), CELL, pressure=1.0, stochastic=True, progeny="all"
            )
