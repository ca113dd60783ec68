"""Bethe's formula for electrons and positrons, with a density effect."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from theratwin.physics.matter.material import Material

Array = NDArray[np.float64]
ELECTRON_MASS = 0.51099895  # MeV


def electron_bethe(matter: Material, energy: Array, particle: str) -> Array:
    r"""Return the mass electronic stopping power by formula, MeV cm2/g (Berger and Seltzer).

    .. math:: S/\rho = 0.1535 \frac{Z}{A\beta^2}
              \left[\ln\frac{T^2}{I^2} + \ln(1 + \tau/2) + F^\pm(\tau) - \delta\right]
    """
    tau = energy / ELECTRON_MASS
    beta2 = tau * (tau + 2) / (tau + 1) ** 2
    if particle == "electron":
        shape = (1 - beta2) * (1 + tau**2 / 8 - (2 * tau + 1) * np.log(2))
    else:
        u = tau + 2
        shape = 2 * np.log(2) - beta2 / 12 * (23 + 14 / u + 10 / u**2 + 4 / u**3)
    log = 2 * np.log(energy / (1e-6 * matter.mean_excitation)) + np.log1p(tau / 2)
    return 0.153537 * matter.z_over_a / beta2 * (log + shape - density_effect(matter, energy))


def density_effect(matter: Material, energy: Array) -> Array:
    """Return the density effect of an electron (Sternheimer and Peierls 1971, general formula).

    Of solids and liquids; none for gases (below 0.01 g/mL), whose effect begins above 20 MeV.
    """
    if matter.density < 0.01:
        return np.zeros_like(energy)
    tau = energy / ELECTRON_MASS
    x = 0.5 * np.log10(tau * (tau + 2))
    plasma = 28.816 * np.sqrt(matter.density * matter.z_over_a)
    c = 2 * np.log(matter.mean_excitation / plasma) + 1
    if matter.mean_excitation < 100:
        x1, x0 = 2.0, 0.2 if c < 3.681 else 0.326 * c - 1.0
    else:
        x1, x0 = 3.0, 0.2 if c < 5.215 else 0.326 * c - 1.5
    a = (c - 2 * np.log(10) * x0) / (x1 - x0) ** 3
    bend = a * np.maximum(x1 - x, 0.0) ** 3
    return np.where(x < x0, 0.0, 2 * np.log(10) * x - c + bend)
