"""What electrons and positrons need to know of the materials, in tables for compiled code.

Collisions are of class II: those that lose more than a cutoff, or turn by more than a cutoff
angle, happen one by one; the others are gathered along the step, by their mean and variance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from theratwin.physics.matter import (
    Material,
    collision_stopping_power,
    csda_range,
    element,
    radiative_stopping_power,
)
from theratwin.physics.transport.bremsstrahlung import SHARES, energy_weighted_spectrum
from theratwin.physics.transport.knock_on import knock_on_moments
from theratwin.physics.transport.screened_rutherford import elastic_moments

Array = NDArray[np.float64]
LOWEST, HIGHEST = 1e-3, 10.0  # MeV
_ENERGIES = 801
PARTICLES = ("electron", "positron")


@dataclass(frozen=True)
class ElectronCutoffs:
    """Where single collisions end and gathered ones begin.

    Parameters
    ----------
    loss
        Least loss of a single knock-on collision, MeV.
    photon
        Least energy of a single bremsstrahlung photon, MeV.
    turn
        Mean free path between single elastic collisions, in transport mean free paths.
    step
        Largest share of the energy that is lost in one step by gathered collisions.
    """

    loss: float = 5e-3
    photon: float = 10e-3
    turn: float = 0.15
    step: float = 0.1


#: Columns of the tables.
COLUMNS = (
    SOFT_LOSS,
    SOFT_VARIANCE,
    ELASTIC,
    KNOCK_ON,
    RADIATIVE,
    SCREENING,
    CUTOFF_TURN,
    FIRST_MOMENT,
    SECOND_MOMENT,
    RANGE,
    MAJORANT,
) = range(11)


class ElectronTables(NamedTuple):
    """Tables on a grid of equal steps in ln E.

    Attributes
    ----------
    values
        Shape (materials, 2, energies, 11), electrons before positrons. The columns:
        mean loss by gathered collisions (MeV cm2/g) and its variance (MeV2 cm2/g); single
        elastic, knock-on and radiative collisions (cm2/g); screening parameter and least
        (1 - cos)/2 of a single elastic collision; inverse transport mean free paths, first and
        second, of gathered ones (cm2/g); range in continuous slowing down (g/cm2); the most
        single collisions on a step that begins here (cm2/g).
    spectrum
        k dsigma/dk of bremsstrahlung over its maximum, shape (energies, shares of the energy).
    spin
        Strength of the correction for spin (of electrons; positrons have the opposite sign),
        shape (materials,).
    """

    log_first: float
    per_log: float
    loss_cutoff: float
    photon_cutoff: float
    step: float
    values: Array
    spectrum: Array
    spin: Array


def electron_tables(
    materials: Sequence[Material], cutoffs: ElectronCutoffs | None = None
) -> ElectronTables:
    """Return the tables of a list of materials.

    Examples
    --------
    >>> from theratwin.physics.matter import material
    >>> electron_tables([material("water")]).values.shape
    (1, 2, 801, 11)
    """
    cut = cutoffs or ElectronCutoffs()
    spectrum = _spectrum()
    return ElectronTables(
        log_first=float(np.log(LOWEST)),
        per_log=float((_ENERGIES - 1) / np.log(HIGHEST / LOWEST)),
        loss_cutoff=cut.loss,
        photon_cutoff=cut.photon,
        step=cut.step,
        values=np.array([[_columns(m, p, cut) for p in PARTICLES] for m in materials]),
        spectrum=spectrum / spectrum.max(axis=1, keepdims=True),
        spin=np.array([_spin(matter) for matter in materials]),
    )


@cache
def _spectrum() -> Array:
    return np.array([energy_weighted_spectrum(e) for e in _energies()])


def _energies() -> Array:
    return np.geomspace(LOWEST, HIGHEST, _ENERGIES)


@lru_cache(maxsize=256)
def _columns(matter: Material, particle: str, cut: ElectronCutoffs) -> Array:
    """Return the columns of a material and particle, shape (energies, 11)."""
    energy, spectrum = _energies(), _spectrum()
    collision = collision_stopping_power(matter, energy, particle)  # type: ignore[arg-type]
    radiation = radiative_stopping_power(matter, energy, particle)  # type: ignore[arg-type]
    knock = knock_on_moments(matter.z_over_a, particle, energy, cut.loss)
    hard, soft_radiation = _radiative(energy, radiation, spectrum, cut.photon)
    elastic = elastic_moments(matter, energy, cut.loss, cut.turn)
    table = np.empty((energy.size, len(COLUMNS)))
    table[:, SOFT_LOSS] = np.maximum(collision - knock.loss, 0.0) + soft_radiation
    table[:, SOFT_VARIANCE] = knock.soft_variance
    table[:, ELASTIC : RADIATIVE + 1] = np.stack([elastic.single, knock.number, hard], axis=1)
    table[:, SCREENING : SECOND_MOMENT + 1] = np.stack(elastic[1:], axis=1)
    table[:, RANGE] = csda_range(matter, energy, particle)  # type: ignore[arg-type]
    table[:, MAJORANT] = _majorant(elastic.single + knock.number + hard, cut.step)
    return table


def _majorant(collisions: Array, step: float) -> Array:
    """Return the largest of a row over a step and a half from each energy, as losses straggle."""
    from scipy.ndimage import maximum_filter1d

    per_log = (collisions.size - 1) / np.log(HIGHEST / LOWEST)
    reach = int(np.ceil(-np.log(1 - 1.5 * step) * per_log)) + 1
    return maximum_filter1d(collisions, 2 * reach + 1, mode="nearest")


def _radiative(
    energy: Array, stopping: Array, spectrum: Array, cutoff: float
) -> tuple[Array, Array]:
    """Return single radiative collisions (cm2/g) and the rest of the radiative stopping power.

    The spectrum gives the shape, the stopping power its size.
    """
    number, soft = np.zeros_like(energy), np.zeros_like(energy)
    for i, (e, row) in enumerate(zip(energy, spectrum, strict=True)):
        scale = stopping[i] / (e * np.trapezoid(row, SHARES))
        if e <= cutoff:
            soft[i] = stopping[i]
            continue
        log_k = np.linspace(np.log(cutoff), np.log(e), 201)
        hard = np.interp(np.exp(log_k) / e, SHARES, row)
        number[i] = scale * np.trapezoid(hard, log_k)
        soft[i] = stopping[i] - scale * np.trapezoid(hard * np.exp(log_k), log_k)
    return number, soft


def _spin(matter: Material) -> float:
    """Return pi alpha Z with Z weighted as elastic scattering is."""
    weights = {z: f * z * (z + 1) / element(z).atomic_mass for z, f in matter.fractions.items()}
    mean = sum(z * w for z, w in weights.items()) / sum(weights.values())
    return np.pi / 137.035999 * mean
