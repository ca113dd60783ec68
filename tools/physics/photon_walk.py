"""Photons in water of any shape, electrons left where they start: what `body_in_air.py` runs.

A developer's module (needs xraylib), kept apart from the product's own transport so that its table
of bodies in air has a second witness. Interactions: photoelectric effect, Compton scattering with
the incoherent scattering function, Rayleigh scattering with the molecular form factor, pair
production (two annihilation quanta of 0.511 MeV back to back from the same point).
"""

from __future__ import annotations

import numpy as np
import xraylib

WATER = "H2O"
ELECTRON_MASS = 0.51099895  # MeV
LOWEST = 1e-3  # MeV; a photon below it is absorbed where it is
TABLE_END = 0.5  # MeV, see total_coefficients


def total_coefficients(energy: np.ndarray) -> np.ndarray:
    """Return photoelectric, Compton, Rayleigh and pair coefficients, cm2/g, shape (4, E).

    xraylib's tables end below 1 MeV: from 0.5 MeV on the Compton coefficient follows
    Klein-Nishina, the others (below 0.1 % of the sum) their last slope.
    """
    kinds = (xraylib.CS_Photo_CP, xraylib.CS_Compt_CP, xraylib.CS_Rayl_CP)
    low = np.clip(energy, 1.00001e-3, TABLE_END)
    rows = np.array([[kind(WATER, 1e3 * e) for e in low] for kind in kinds])
    before = np.array([kind(WATER, 800 * TABLE_END) for kind in kinds])
    last = np.array([kind(WATER, 1e3 * TABLE_END) for kind in kinds])
    slope = np.log(last / before) / np.log(1 / 0.8)
    beyond = np.maximum(energy / TABLE_END, 1.0)
    rows *= beyond ** slope[:, None]
    rows[1] = np.where(energy < TABLE_END, rows[1], last[1] * klein_nishina_ratio(energy))
    return np.array([*rows, pair_coefficient(energy)])


def klein_nishina_ratio(energy: np.ndarray) -> np.ndarray:
    """Return the Klein-Nishina cross section over its value at the end of the tables."""

    def shape(k):
        log = np.log1p(2 * k)
        first = (1 + k) / k**2 * (2 * (1 + k) / (1 + 2 * k) - log / k)
        return first + log / (2 * k) - (1 + 3 * k) / (1 + 2 * k) ** 2

    return shape(energy / ELECTRON_MASS) / shape(TABLE_END / ELECTRON_MASS)


def pair_coefficient(energy: np.ndarray) -> np.ndarray:
    """Return the pair production coefficient of water, cm2/g (xraylib has none).

    Unscreened Born cross section near threshold as a series (Maximon 1968): with k the energy in
    electron masses, alpha r_e^2 Z^2 (2 pi / 3) ((k - 2) / k)^3 times a polynomial. Triplets
    are left out.
    """
    k = np.maximum(energy / ELECTRON_MASS, 2.0)
    e = (2 * k - 4) / (2 + k + 2 * np.sqrt(2 * k))
    series = 1 + e / 2 + 23 * e**2 / 40 + 11 * e**3 / 60 + 29 * e**4 / 960
    per_z2 = 2.8179403e-13**2 / 137.035999 * 2 * np.pi / 3 * ((k - 2) / k) ** 3 * series
    return per_z2 * (2 * 1 + 8**2) * 6.02214076e23 / 18.0153


class Interactions:
    """Interpolated coefficients and inverse angular distributions on a logarithmic energy grid."""

    def __init__(self, points: int = 240, quantiles: int = 400) -> None:
        self.log_energy = np.linspace(np.log(LOWEST), np.log(3.05), points)
        energy = np.exp(self.log_energy)
        self.log_mu = np.log(np.maximum(total_coefficients(energy), 1e-30))
        self.quantiles = np.linspace(0.0, 1.0, quantiles)
        self.compton = np.array([self._angles(xraylib.DCS_Compt_CP, e, 5e-3) for e in energy])
        self.rayleigh = np.array([self._angles(xraylib.DCS_Rayl_CP, e, 1e-4) for e in energy])

    def _angles(self, density, energy: float, least: float) -> np.ndarray:
        """Return cos(theta) at the quantiles; fine near the forward direction.

        Below the least momentum transfer (1/angstrom) of xraylib's tables the density is kept.
        """
        theta = np.pi * np.linspace(0.0, 1.0, 1201) ** 2
        middle = 0.5 * (theta[1:] + theta[:-1])
        floor = 2 * np.arcsin(least * 12.39842e-3 / energy)
        weight = [density(WATER, 1e3 * energy, max(t, floor)) for t in middle]
        weight = weight * -np.diff(np.cos(theta))
        cumulative = np.concatenate([[0.0], np.cumsum(weight)])
        return np.interp(self.quantiles, cumulative / cumulative[-1], np.cos(theta))

    def mu(self, energy: np.ndarray) -> np.ndarray:
        """Return the four coefficients at the energies, cm2/g."""
        return np.exp([np.interp(np.log(energy), self.log_energy, row) for row in self.log_mu])

    def cosine(self, table: np.ndarray, energy: np.ndarray, rng: np.random.Generator):
        """Sample cos(theta), linear between the neighboring energies' quantile tables."""
        step = self.log_energy[1] - self.log_energy[0]
        place = np.clip((np.log(energy) - self.log_energy[0]) / step, 0, len(table) - 1.001)
        row = (place + rng.random(len(energy))).astype(int)  # random choice of the neighbor
        column = rng.random(len(energy)) * (len(self.quantiles) - 1)
        left = column.astype(int)
        part = column - left
        return (1 - part) * table[row, left] + part * table[row, left + 1]


def compton_energy(energy: np.ndarray, cosine: np.ndarray) -> np.ndarray:
    """Return the scattered photon's energy (electron free and at rest), MeV."""
    return energy / (1 + energy / ELECTRON_MASS * (1 - cosine))


def rotated(direction: np.ndarray, cosine: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Turn unit vectors (n, 3) by the polar angle and a random azimuth."""
    helper = np.where(np.abs(direction[:, 2:]) < 0.9, [[0.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]])
    first = np.cross(direction, helper)
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second = np.cross(direction, first)
    azimuth = rng.uniform(0, 2 * np.pi, len(cosine))
    sine = np.sqrt(np.maximum(0.0, 1 - cosine**2))
    turned = (
        direction * cosine[:, None]
        + first * (sine * np.cos(azimuth))[:, None]
        + second * (sine * np.sin(azimuth))[:, None]
    )
    return turned / np.linalg.norm(turned, axis=1, keepdims=True)


def isotropic(n: int, rng: np.random.Generator) -> np.ndarray:
    """Return isotropic unit vectors, shape (n, 3)."""
    cosine = rng.uniform(-1, 1, n)
    azimuth = rng.uniform(0, 2 * np.pi, n)
    sine = np.sqrt(1 - cosine**2)
    return np.stack([sine * np.cos(azimuth), sine * np.sin(azimuth), cosine], axis=1)


def collide(physics, position, direction, energy, rng):
    """Return the local energy of one collision each, and the photons that go on."""
    coefficients = physics.mu(energy)
    edges = np.cumsum(coefficients / coefficients.sum(axis=0), axis=0)
    kind = (rng.random(len(energy)) > edges[:3]).sum(axis=0)
    local = np.where(kind == 0, energy, 0.0)
    compton, rayleigh, pair = (kind == k for k in (1, 2, 3))
    onward_direction, onward_energy = direction.copy(), energy.copy()
    cosine = physics.cosine(physics.compton, energy[compton], rng)
    onward_direction[compton] = rotated(direction[compton], cosine, rng)
    onward_energy[compton] = compton_energy(energy[compton], cosine)
    local[compton] = energy[compton] - onward_energy[compton]
    cosine = physics.cosine(physics.rayleigh, energy[rayleigh], rng)
    onward_direction[rayleigh] = rotated(direction[rayleigh], cosine, rng)
    quantum = isotropic(pair.sum(), rng)
    onward_direction[pair], onward_energy[pair] = quantum, ELECTRON_MASS
    local[pair] = energy[pair] - 2 * ELECTRON_MASS
    low = (kind != 0) & (onward_energy < LOWEST)
    local[low] += onward_energy[low]
    going = (kind != 0) & ~low
    return local, (
        np.concatenate([position[going], position[pair]]),
        np.concatenate([onward_direction[going], -quantum]),
        np.concatenate([onward_energy[going], np.full(len(quantum), ELECTRON_MASS)]),
    )
