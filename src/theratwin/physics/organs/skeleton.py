"""Electrons at the surfaces of trabecular bone: what bone adds to the dose of marrow by photons."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.core import parameter_set
from theratwin.physics.matter import (
    collision_stopping_power,
    csda_range,
    energy_transfer,
    material,
    photon_coefficients,
)

Array = NDArray[np.float64]


def endosteum_mass(sex: str) -> float:
    """Return the mass (g) of bone surfaces, a layer of 50 um, of ``"AM"`` or ``"AF"``."""
    values = parameter_set("physics", "skeleton")
    return values.value(f"endosteum.mass_{'male' if sex == 'AM' else 'female'}")


def layer_share(thickness: ArrayLike, track: ArrayLike) -> Array:
    r"""Return what a layer gets of the dose next to an endless source on its one side.

    Straight tracks of range :math:`R` and even stopping power that start evenly and in all
    directions in a half space leave, at depth :math:`x = uR` beyond it, the share
    :math:`\tfrac12 (1 - u + u \ln u)` of the dose deep inside it; returned is its mean over the
    layer. A quarter of the tracks' energy crosses a surface per range: the share of a thick layer
    is :math:`R / 8t`.

    Examples
    --------
    >>> round(float(layer_share(1e-9, 1.0)), 3), round(float(layer_share(10.0, 1.0)), 4)
    (0.5, 0.0125)
    """
    u = np.maximum(np.asarray(thickness, dtype=float) / np.asarray(track, dtype=float), 1e-12)
    inside = np.minimum(u, 1.0)
    total = 0.5 * (inside - 0.75 * inside**2 + 0.5 * inside**2 * np.log(inside))
    return total / u


@cache
def cavity_enhancement(target: str, energy: float) -> float:
    r"""Return dose over kerma of marrow-like tissue near bone, for photons.

    .. math:: \frac{D}{K} = 1 + f\, \frac{(\tau/\rho)_\mathrm{bone}\,
              (S/\rho)_\mathrm{marrow} / (S/\rho)_\mathrm{bone} - (\tau/\rho)_\mathrm{marrow}}
              {(\mu_\mathrm{tr}/\rho)_\mathrm{marrow}}

    with :math:`f` the `layer_share` of the photoelectrons that bone sets free: of one side for
    bone surfaces, of both for a marrow cavity, taken as a slab of the same mean chord. They have
    the photon's energy; recoil electrons count as alike in bone and marrow. Photons that were
    scattered before have less than the source's energy, which is not seen.

    Parameters
    ----------
    target
        ``"red_marrow"`` or ``"bone_surfaces"``.
    energy
        MeV.

    Examples
    --------
    >>> round(cavity_enhancement("bone_surfaces", 0.06), 1)
    1.6
    >>> round(cavity_enhancement("red_marrow", 1.0), 3)
    1.0
    """
    values = parameter_set("physics", "skeleton")
    bone, marrow = material("cortical_bone"), material("red_marrow")
    electron = float(np.clip(energy, 1e-3, 20.0))
    slowing = collision_stopping_power(marrow, electron) / collision_stopping_power(bone, electron)
    photo = [float(photon_coefficients(m, energy).photo) for m in (bone, marrow)]
    track = 10 * float(csda_range(marrow, electron)) / marrow.density
    if target == "bone_surfaces":
        share = layer_share(values.value("endosteum.thickness"), track)
    else:
        share = 2 * layer_share(values.value("marrow_cavity.mean_chord") / 2, track)
    excess = (photo[0] * slowing - photo[1]) / energy_transfer(marrow, energy)
    return float(1 + share * excess)
