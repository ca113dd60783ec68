"""Survival, BED and EQD2 against closed forms and reference values."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from theratwin.core import (
    Component,
    Exponentials,
    Exposure,
    InputError,
    Pieces,
    Pulses,
    UnsupportedError,
)
from theratwin.response import (
    Repair,
    Repopulation,
    Tissue,
    bed,
    bed_of,
    dose_of_bed,
    effect_of,
    eqd2,
    log_cell_kill,
    log_cell_kill_of,
    survival,
    survival_of,
    tissue,
)

KIDNEYS = Tissue(2.5, Repair.single(2.8), name="kidneys")
TUMOR = tissue("prostate_metastasis")
WEEKS = 168.0


def cycles(dose: float, number: int, every: float, half_life: float = 51.6) -> Exponentials:
    rate = dose * math.log(2) / half_life
    starts = every * np.arange(number)
    return Exponentials.from_half_lives([rate] * number, [half_life] * number, starts)


class TestBed:
    def test_kidneys_one_cycle(self):
        # Reference value printed to four decimals.
        assert_allclose(bed_of(cycles(23.0, 1, 0.0), KIDNEYS), 33.8912, atol=5e-5)

    def test_kidneys_four_cycles(self):
        given = bed_of(cycles(5.75, 4, 8 * WEEKS), KIDNEYS)
        assert_allclose(given, 25.7228, atol=5e-5)
        # At eight weeks, 26 half-lives, what is left from the cycle before is below 1e-7.
        assert_allclose(given, 4 * bed(5.75, 2.8 / 54.4, 2.5), rtol=1e-6)

    def test_cycles_that_overlap_exceed_their_sum(self):
        apart = 4 * bed(5.75, 2.8 / 54.4, 2.5)
        assert bed_of(cycles(5.75, 4, 24.0), KIDNEYS) > apart + 1.0
        # All at once they are one.
        assert_allclose(
            bed_of(cycles(5.75, 4, 0.0), KIDNEYS), bed_of(cycles(23.0, 1, 0.0), KIDNEYS), rtol=1e-12
        )

    def test_external_beam_fractions(self):
        # Fourteen of 2 Gy, a day apart: repair is complete but for 2^(-24/2.8) = 0.3 %.
        fractions = Pulses(24.0 * np.arange(14), np.full(14, 2.0))
        assert_allclose(bed_of(fractions, KIDNEYS), 50.4, rtol=3e-3)
        assert_allclose(eqd2(50.4, 2.5), 28.0, rtol=1e-14)

    def test_dose_after_the_end_does_not_count(self):
        effect = effect_of(cycles(23.0, 1, 0.0), KIDNEYS, until=51.6)
        assert_allclose(effect.dose, 11.5, rtol=1e-12)
        assert 11.5 < effect.bed < bed_of(cycles(23.0, 1, 0.0), KIDNEYS)

    def test_repopulation_only_if_asked_for(self):
        growth = Repopulation(alpha=0.147, doubling_time=1700.0, duration=4032.0, kick_off=500.0)
        course = cycles(10.0, 2, 6 * WEEKS)
        lost = math.log(2) * (4032.0 - 500.0) / (0.147 * 1700.0)
        assert_allclose(growth.dose_lost, lost, rtol=1e-14)
        given = bed_of(course, TUMOR) - bed_of(course, TUMOR, repopulation=growth)
        assert_allclose(given, lost, rtol=1e-12)
        assert_allclose(bed(60.0, 0.03, 1.5) - bed(60.0, 0.03, 1.5, growth), lost, rtol=1e-12)

    def test_growth_that_has_not_begun(self):
        assert Repopulation(0.3, 100.0, duration=50.0, kick_off=60.0).dose_lost == 0

    def test_draws(self):
        rates = np.array([[0.1], [0.2], [0.0]])
        effect = effect_of(Exponentials(rates, 0.01), KIDNEYS)
        assert effect.bed.shape == (3,)
        assert effect.bed[2] == 0  # no uptake: no dose, no division by it
        assert_allclose(effect.quadratic[1], 4 * effect.quadratic[0], rtol=1e-12)

    @settings(deadline=None)
    @given(st.floats(0, 300), st.floats(1e-4, 1), st.floats(0.5, 20))
    def test_dose_of_bed_inverts(self, dose, G, alpha_beta):
        assert_allclose(dose_of_bed(bed(dose, G, alpha_beta), G, alpha_beta), dose, rtol=1e-12)

    def test_dose_of_a_negative_bed(self):
        with pytest.raises(InputError, match="bed"):
            dose_of_bed(-1.0, 0.1, 2.5)


class TestSurvival:
    def test_acute_limit(self):
        # A pulse reproduces the acute curve exp(-alpha D - beta D²).
        for dose in (0.5, 2.0, 8.0):
            expected = math.exp(-0.147 * dose - 0.098 * dose**2)
            assert_allclose(survival_of(Pulses([3.0], [dose]), TUMOR), expected, rtol=1e-12)
            assert_allclose(survival(dose, 1.0, 0.147, 0.098), expected, rtol=1e-14)

    def test_low_dose_rate_limit_is_the_linear_term(self):
        slow = Pieces([0.0, 1e6], [[20.0 / 1e6]])
        # G = 2 / (mu T) leaves beta G D² = 2e-4.
        assert_allclose(log_cell_kill_of(slow, TUMOR), 0.147 * 20.0, rtol=1e-4)

    @settings(deadline=None, max_examples=40)
    @given(st.floats(0.1, 1000.0), st.floats(1.01, 10.0), st.floats(0.1, 60.0))
    def test_protraction_never_lowers_survival(self, half_life, slower, dose):
        fast = cycles(dose, 1, 0.0, half_life)
        slow = cycles(dose, 1, 0.0, half_life * slower)
        assert log_cell_kill_of(slow, TUMOR) <= log_cell_kill_of(fast, TUMOR) * (1 + 1e-12)

    def test_bed_and_log_cell_kill_agree(self):
        course = cycles(20.0, 3, 6 * WEEKS, 51.0)
        assert_allclose(log_cell_kill_of(course, TUMOR), 0.147 * bed_of(course, TUMOR), rtol=1e-12)

    def test_kill_beyond_double_precision_keeps_its_logarithm(self):
        assert survival(1e5, 1.0, 0.3, 0.03) == 0
        assert log_cell_kill(1e5, 1.0, 0.3, 0.03) == pytest.approx(3.0003e8)

    def test_unknown_alpha_is_named(self):
        with pytest.raises(InputError, match=r"kidneys\.alpha"):
            survival_of(Pulses([0.0], [1.0]), KIDNEYS)


class TestExposure:
    def test_photons_and_electrons(self):
        course = cycles(23.0, 1, 0.0)
        assert bed_of(Exposure.of("kidneys", course), KIDNEYS) == bed_of(course, KIDNEYS)

    @pytest.mark.parametrize("component", [Component.ALPHA, Component.RECOIL, Component.AUGER])
    def test_other_radiation_is_refused(self, component):
        course = cycles(1.0, 1, 0.0)
        mixed = Exposure("kidneys", {Component.PHOTON_ELECTRON: course, component: course})
        with pytest.raises(UnsupportedError, match=component.value):
            bed_of(mixed, KIDNEYS)

    def test_oxygen_and_drugs_are_refused(self):
        course = cycles(1.0, 1, 0.0)
        for extra in ({"oxygen": course}, {"drugs": {"olaparib": course}}):
            exposure = Exposure("tumor", {Component.PHOTON_ELECTRON: course}, **extra)
            with pytest.raises(UnsupportedError, match=next(iter(extra))):
                survival_of(exposure, TUMOR)
