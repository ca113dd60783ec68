"""Samplers of photon collisions against integrals of their distributions."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.physics.matter import (
    attenuation,
    compton_fraction,
    form_factor_squared,
    material,
    photon_coefficients,
)
from theratwin.physics.matter.transfer import fluorescence as fluorescent_part
from theratwin.physics.transport.photon_collisions import (
    ANGSTROM_MEV,
    COMPTON,
    MASS,
    PAIR,
    PHOTO,
    RAYLEIGH,
    compton,
    electron_cosine,
    energy_place,
    fluorescence,
    kind_of_collision,
    photoelectron,
    rayleigh,
)
from theratwin.physics.transport.photon_collisions import attenuation as tabulated
from theratwin.physics.transport.photon_tables import photon_tables

WATER = material("water")
NODES, WEIGHTS = np.polynomial.legendre.leggauss(400)


@pytest.mark.parametrize("energy", [0.02, 0.15, 1.0])
def test_compton_electrons_take_their_share(photons_in_water, drawn, near, energy):
    """Klein and Nishina times S(x), as the energy-transfer coefficient has it."""
    kept, cosine = drawn(compton, photons_in_water, 0, energy).T
    near(1 - kept, float(compton_fraction(WATER, energy)))
    assert kept == pytest.approx(1 / (1 + energy / MASS * (1 - cosine)), rel=1e-12)


def test_compton_conserves_momentum():
    """Across the old direction photon and electron carry the same."""
    energy, cosine = 0.5, 0.2
    kept = 1 / (1 + energy / MASS * (1 - cosine))
    kinetic = energy * (1 - kept)
    momentum = np.sqrt(kinetic * (kinetic + 2 * MASS))
    along = electron_cosine.py_func(energy, kept, cosine)
    assert energy * kept * cosine + momentum * along == pytest.approx(energy, rel=1e-9)


@pytest.mark.parametrize("energy", [0.005, 0.03, 0.2])
def test_rayleigh_angles(photons_in_water, drawn, near, energy):
    cosines = drawn(rayleigh, photons_in_water, 0, energy)
    u = 0.5 * (NODES + 1)  # sin(theta/2), so that the forward peak is resolved
    cosine = 1 - 2 * u**2
    density = u * (1 + cosine**2) * form_factor_squared(WATER, u * energy / ANGSTROM_MEV) * WEIGHTS
    expected = (cosine * density).sum() / density.sum()
    # steps of the table's interpolation, besides
    error = cosines.std() / np.sqrt(cosines.size)
    assert cosines.mean() == pytest.approx(expected, abs=4 * error + 1e-3 * (1 - expected))


@pytest.mark.parametrize("energy", [0.01, 0.1, 1.0])
def test_photoelectrons_follow_sauter(drawn, near, energy):
    gamma = 1 + energy / MASS
    beta = np.sqrt(1 - gamma**-2)
    sine_squared = 1 - NODES**2
    density = sine_squared / (1 - beta * NODES) ** 4
    density *= 1 + 0.5 * gamma * (gamma - 1) * (gamma - 2) * (1 - beta * NODES)
    expected = (NODES * density * WEIGHTS).sum() / (density * WEIGHTS).sum()
    near(drawn(photoelectron, energy), expected)


@pytest.mark.parametrize("energy", [0.03, 0.4, 5.0])
def test_kinds_of_collision_by_their_coefficients(photons_in_water, drawn, energy):
    place = energy_place.py_func(photons_in_water, energy)
    kinds = drawn(kind_of_collision, photons_in_water, 0, place)
    photo, incoherent, coherent, pair, triplet = photon_coefficients(WATER, energy)
    total = attenuation(WATER, energy)
    assert tabulated(photons_in_water, 0, place) == pytest.approx(float(total), rel=1e-4)
    parts = {PHOTO: photo, COMPTON: incoherent, RAYLEIGH: coherent, PAIR: pair + triplet}
    for kind, part in parts.items():
        share = float(part / total)
        error = np.sqrt(share * (1 - share) / kinds.size)
        assert (kinds == kind).mean() == pytest.approx(share, abs=4 * error + 1e-4)


def test_calcium_shines_in_bone(drawn, near):
    """The energy of K lines, of three elements at most, is what energy transfer leaves out."""
    bone = material("cortical_bone")
    tables = photon_tables([bone])
    energy = 0.02
    lines = drawn(fluorescence, tables, 0, energy_place.py_func(tables, energy))
    left = fluorescent_part(bone, np.array(energy)) / photon_coefficients(bone, energy).photo
    error = lines.std() / np.sqrt(lines.size) / energy
    assert lines.mean() / energy == pytest.approx(float(left), abs=4 * error + 0.03 * left)
    assert 3.6e-3 < lines.max() < 4.1e-3
