"""Samplers of electron collisions against integrals of their cross sections."""

from __future__ import annotations

import numpy as np
import pytest

from theratwin.physics.matter import collision_stopping_power, material, radiative_stopping_power
from theratwin.physics.transport import ElectronCutoffs
from theratwin.physics.transport.bremsstrahlung import SHARES, energy_weighted_spectrum
from theratwin.physics.transport.electron_collisions import (
    ELECTRON,
    MASS,
    POSITRON,
    elastic,
    gathered_loss,
    gathered_turn,
    knock_on,
    knock_on_cosines,
    radiated,
    radiation_cosine,
    spectrum_at,
)
from theratwin.physics.transport.electron_tables import (
    CUTOFF_TURN,
    ELASTIC,
    FIRST_MOMENT,
    KNOCK_ON,
    RADIATIVE,
    SCREENING,
    SOFT_LOSS,
    electron_tables,
)
from theratwin.physics.transport.knock_on import bhabha, moller
from theratwin.physics.transport.screened_rutherford import transport_coefficient

WATER = material("water")
NODES, WEIGHTS = np.polynomial.legendre.leggauss(400)


@pytest.fixture(scope="module")
def tables():
    """Return the tables of water at the finer cutoffs."""
    return electron_tables([WATER], ElectronCutoffs())


def row_at(tables, energy: float, kind: int = ELECTRON) -> tuple[int, float, np.ndarray]:
    """Return the point of the grid below an energy, its energy, and its columns."""
    low = int((np.log(energy) - tables.log_first) * tables.per_log)
    return low, float(np.exp(tables.log_first + low / tables.per_log)), tables.values[0, kind, low]


def test_moller_and_bhabha_meet_for_soft_collisions():
    """Rutherford's 1/W^2 is their common limit; the identity of electrons doubles nothing there."""
    for gamma in (1.1, 3.0):
        assert moller(np.array(1e-7), gamma) == pytest.approx(1.0, abs=1e-5)
        assert bhabha(np.array(1e-7), gamma) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize(("kind", "shape"), [(ELECTRON, moller), (POSITRON, bhabha)])
@pytest.mark.parametrize("energy", [0.05, 1.5])
def test_knock_on_losses(drawn, near, kind, shape, energy):
    cutoff, most = 5e-3, energy * (0.5 if kind == ELECTRON else 1.0)
    loss = np.exp(0.5 * (NODES + 1) * np.log(most / cutoff)) * cutoff
    density = shape(loss / energy, 1 + energy / MASS) / loss * WEIGHTS  # dW = W d ln W
    losses = drawn(knock_on, kind, energy, cutoff)
    near(losses, (loss * density).sum() / density.sum())
    assert losses.min() >= cutoff
    assert losses.max() <= most


def test_knock_on_conserves_momentum():
    energy, loss = 0.8, 0.3
    momentum = [np.sqrt(t * (t + 2 * MASS)) for t in (energy, energy - loss, loss)]
    primary, freed = knock_on_cosines.py_func(energy, loss)
    assert momentum[1] * primary + momentum[2] * freed == pytest.approx(momentum[0], rel=1e-12)
    across = [p * np.sqrt(1 - c**2) for p, c in zip(momentum[1:], (primary, freed), strict=True)]
    assert across[0] == pytest.approx(across[1], rel=1e-9)


@pytest.mark.parametrize("ratio", [0.2, 1.0, 2.0, 4.0, 20.0])
def test_gathered_losses_have_mean_and_variance(drawn, near, ratio):
    mean = 0.01
    losses = drawn(gathered_loss, mean, mean**2 / ratio)
    near(losses, mean)
    near((losses - mean) ** 2, mean**2 / ratio)
    assert losses.min() >= 0.0


@pytest.mark.parametrize(("first", "second"), [(0.02, 0.055), (0.05, 0.14), (0.3, 0.8)])
def test_gathered_turns_have_both_moments(drawn, near, first, second):
    """Of Legendre's first two polynomials: exp of minus the path over each mean free path."""
    cosines = drawn(gathered_turn, first, second)
    near(cosines, np.exp(-first))
    near(0.5 * (3 * cosines**2 - 1), np.exp(-second))


@pytest.mark.parametrize("energy", [0.02, 0.2, 2.0])
@pytest.mark.parametrize("sign", [0.0, 1.0, -1.0])
def test_elastic_collisions_turn_as_transport_wants(tables, drawn, energy, sign):
    """Single and gathered turns add up to the first transport moment; spin by quadrature."""
    _, at, row = row_at(tables, energy)
    spin = sign * tables.spin[0]
    cosines = drawn(elastic, row[SCREENING], row[CUTOFF_TURN], at, spin)
    a, low = row[SCREENING], row[CUTOFF_TURN]
    # over t = 1/(mu + A), in which the cross section is flat
    ends = 1 / (1 + a), 1 / (low + a)
    mu = 1 / (ends[0] + 0.5 * (NODES + 1) * (ends[1] - ends[0])) - a
    beta2 = 1 - (1 + at / MASS) ** -2
    factor = 1 - beta2 * mu + spin * np.sqrt(beta2 * mu) * (1 - np.sqrt(mu))
    limit = 1 + 0.25 * abs(spin)
    expected = (2 * mu * factor * WEIGHTS).sum() / 2 / limit
    turns = np.where(cosines > 1, 0.0, 1 - cosines)
    error = turns.std() / np.sqrt(turns.size)
    assert turns.mean() == pytest.approx(expected, abs=4 * error)
    if sign == 0.0:
        plain = row[ELASTIC] * (2 * mu * WEIGHTS).sum() / 2 + row[FIRST_MOMENT]
        whole = transport_coefficient(WATER, np.array([at]), 5e-3)[0]
        assert plain == pytest.approx(whole, rel=1e-3)


@pytest.mark.parametrize("kind", [ELECTRON, POSITRON])
@pytest.mark.parametrize("energy", [0.03, 0.5, 3.0])
def test_gathered_and_single_losses_add_up_to_the_stopping_power(tables, kind, energy):
    low, at, row = row_at(tables, energy, kind)
    shape, most = (moller, 0.5) if kind == ELECTRON else (bhabha, 1.0)
    loss = np.exp(0.5 * (NODES + 1) * np.log(most * at / 5e-3)) * 5e-3
    density = shape(loss / at, 1 + at / MASS) / loss * WEIGHTS
    photon = np.exp(0.5 * (NODES + 1) * np.log(at / 10e-3)) * 10e-3
    spectrum = np.array([spectrum_at.py_func(tables.spectrum[low], k / at) for k in photon])
    single = row[KNOCK_ON] * (loss * density).sum() / density.sum()
    single += row[RADIATIVE] * (photon * spectrum * WEIGHTS).sum() / (spectrum * WEIGHTS).sum()
    particle = "electron" if kind == ELECTRON else "positron"
    whole = collision_stopping_power(WATER, at, particle) + radiative_stopping_power(
        WATER, at, particle
    )
    assert row[SOFT_LOSS] + single == pytest.approx(float(whole), rel=1e-3)


def test_radiated_photons_follow_the_spectrum(tables, drawn, near):
    low, at, _ = row_at(tables, 1.0)
    photon = np.exp(0.5 * (NODES + 1) * np.log(at / 10e-3)) * 10e-3
    density = WEIGHTS * [spectrum_at.py_func(tables.spectrum[low], k / at) for k in photon]
    photons = drawn(radiated, tables, low, at)
    near(photons, (photon * density).sum() / density.sum())


def test_radiation_goes_forward_by_the_boost(drawn, near):
    """Isotropic at rest; the mean cosine of a boost is 1/beta - (1 - beta^2)/beta^2 artanh beta."""
    energy = 1.0
    beta = np.sqrt(1 - (1 + energy / MASS) ** -2)
    near(drawn(radiation_cosine, energy), 1 / beta - (1 / beta**2 - 1) * np.arctanh(beta))


@pytest.mark.parametrize("energy", [0.1, 0.5, 2.0])
def test_formula_3bn_is_near_the_radiative_stopping_power(energy):
    """Unscreened, it lies 15 to 25 % above ICRU 90 in water; only its shape is used."""
    per_gram = (
        6.02214076e23 * 7.940788e-26 / 137.036 * (0.111898 * 2 / 1.008 + 0.888102 * 72 / 15.999)
    )
    found = per_gram * energy * np.trapezoid(energy_weighted_spectrum(energy), SHARES)
    ratio = found / radiative_stopping_power(WATER, energy)
    assert 1.0 < ratio < 1.3
