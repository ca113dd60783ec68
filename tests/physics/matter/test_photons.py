"""Photon coefficients against NIST's tables and against xraylib."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.core.errors import InputError
from theratwin.physics.matter import (
    attenuation,
    compton_fraction,
    energy_transfer,
    form_factor_squared,
    material,
    photon_coefficients,
    scattering_function,
)

# NIST Standard Reference Database 126, liquid water: MeV, mu/rho, mu_en/rho (cm2/g)
NIST_WATER = np.array(
    [
        (0.001, 4078.0, 4065.0), (0.005, 42.58, 41.88), (0.01, 5.329, 4.944),
        (0.015, 1.673, 1.374), (0.02, 0.8096, 0.5503), (0.03, 0.3756, 0.1557),
        (0.04, 0.2683, 0.06947), (0.05, 0.2269, 0.04223), (0.06, 0.2059, 0.03190),
        (0.08, 0.1837, 0.02597), (0.1, 0.1707, 0.02546), (0.15, 0.1505, 0.02764),
        (0.2, 0.1370, 0.02967), (0.3, 0.1186, 0.03192), (0.5, 0.09687, 0.03299),
        (1.0, 0.07072, 0.03103), (1.5, 0.05754, 0.02833), (3.0, 0.03969, 0.02281),
        (10.0, 0.02219, 0.01566),
    ]
).T  # fmt: skip


def test_attenuation_of_water():
    energy, mu, _ = NIST_WATER
    assert attenuation(material("water"), energy) == pytest.approx(mu, rel=2e-3)


def test_energy_transfer_of_water_below_one_mev():
    """mu_tr is mu_en over 1 - g; g is below 0.3 % up to 1 MeV."""
    energy, _, mu_en = NIST_WATER[:, NIST_WATER[0] <= 1.0]
    assert energy_transfer(material("water"), energy) == pytest.approx(mu_en, rel=5e-3)


def test_attenuation_at_energies_of_therapy():
    """xraylib 4.3.0 and xraydb 4.5.8 agree on these."""
    energy = np.array([30, 80, 113, 140.5, 208.4, 364.5, 511]) / 1000
    known = [0.37559, 0.18369, 0.16440, 0.15368, 0.13514, 0.11013, 0.09600]
    assert attenuation(material("water"), energy) == pytest.approx(known, rel=3e-3)


def test_absorption_edge_is_a_step():
    table = photon_coefficients(material("cortical_bone"), np.array([4.0380e-3, 4.0382e-3]))
    assert table.photo[1] / table.photo[0] > 2.5
    assert table.compton[1] == pytest.approx(table.compton[0], rel=1e-3)


def test_thresholds_of_pair_and_triplet():
    parts = photon_coefficients(material("water"), np.array([1.0, 1.021, 1.05, 2.0, 2.1, 5.0]))
    assert np.all(parts.pair[:2] == 0)
    assert np.all(np.diff(parts.pair[2:]) > 0)
    assert np.all(parts.triplet[:4] == 0)
    assert np.all(np.diff(parts.triplet[4:]) > 0)


def test_coherent_scattering_can_be_left_out():
    water = material("water")
    rayleigh = photon_coefficients(water, 0.05).rayleigh
    less = attenuation(water, 0.05) - attenuation(water, 0.05, coherent=False)
    assert less == pytest.approx(rayleigh)


def test_rayleigh_cross_section_follows_from_the_form_factor():
    """r_e^2/2 times the integral of (1 + cos^2) F^2 gives the tabulated coefficient."""
    energy = np.array([0.02, 0.06, 0.2])
    cosine, weight = np.polynomial.legendre.leggauss(400)
    x = np.sqrt((1 - cosine) / 2) * energy[:, None] / 0.01239841984
    squared = form_factor_squared(material("water"), x)
    integral = np.pi * 7.940788e-26 * 6.02214076e23 * ((1 + cosine**2) * squared) @ weight
    found = photon_coefficients(material("water"), energy).rayleigh
    assert integral == pytest.approx(found, rel=0.01)


def test_scattering_function_ends_at_zero_and_one():
    x = np.array([0.0, 1e-4, 1e-3, 1.0, 1e3])
    value = scattering_function(material("soft"), x)
    assert value[0] == 0
    assert value[-1] == pytest.approx(1.0, abs=1e-3)
    assert value[1] == pytest.approx(value[2] / 100, rel=1e-6)
    assert np.all(np.diff(value) > 0)


def test_compton_fraction_of_free_electrons():
    """At high energy binding is lost: Klein-Nishina's mean fraction (0.440 at 1 MeV)."""
    assert compton_fraction(material("water"), 1.0) == pytest.approx(0.440, abs=1e-3)
    assert compton_fraction(material("water"), 0.1) == pytest.approx(0.138, abs=2e-3)


@pytest.mark.parametrize("energy", [5e-4, 11.0, np.nan])
def test_energy_outside_the_tables_is_refused(energy):
    with pytest.raises(InputError, match="outside the tables"):
        attenuation(material("water"), energy)
