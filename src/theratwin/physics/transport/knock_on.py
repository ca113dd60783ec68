r"""Collisions of electrons and positrons with electrons: Moller's and Bhabha's cross sections.

.. math:: \frac{d\sigma}{dW} = \frac{2\pi r_e^2 m n_e}{\beta^2}\,\frac{F(W/T)}{W^2}
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
MASS = 0.51099895  # MeV
_STRENGTH = 0.153537  # 2 pi r_e^2 m N_A, MeV cm2/mol


class KnockOnMoments(NamedTuple):
    """Single collisions (cm2/g), their loss (MeV cm2/g), and the variance of the others' loss."""

    number: Array
    loss: Array
    soft_variance: Array


def moller(share: Array, gamma: float) -> Array:
    """Return F of electrons for the share W/T of the energy that is lost, up to one half."""
    rest = share / (1 - share)
    turn = (gamma - 1) ** 2 / gamma**2
    return 1 + rest**2 + turn * share**2 - (2 * gamma - 1) / gamma**2 * rest


def bhabha(share: Array, gamma: float) -> Array:
    """Return F of positrons for the share of the energy that is lost, up to one."""
    b1, b2, b3, b4 = bhabha_factors(gamma)
    return 1 - b1 * share + b2 * share**2 - b3 * share**3 + b4 * share**4


def bhabha_factors(gamma: float) -> tuple[float, float, float, float]:
    """Return the coefficients of Bhabha's polynomial."""
    lead = ((gamma - 1) / gamma) ** 2
    plus = (gamma + 1) ** 2
    return (
        lead * (2 * plus - 1) / (gamma**2 - 1),
        lead * (3 * plus + 1) / plus,
        lead * 2 * gamma * (gamma - 1) / plus,
        lead * (gamma - 1) ** 2 / plus,
    )


def knock_on_moments(
    z_over_a: float, particle: str, energy: Array, cutoff: float
) -> KnockOnMoments:
    """Return the moments of single and gathered collisions at energies.

    Parameters
    ----------
    z_over_a
        Electrons over atomic mass, mol/g.
    particle
        ``electron`` or ``positron``.
    energy
        Kinetic energies, MeV.
    cutoff
        Least loss of a single collision, MeV.
    """
    shape, most = (moller, 0.5) if particle == "electron" else (bhabha, 1.0)
    point, weight = np.polynomial.legendre.leggauss(64)
    number, loss, variance = np.zeros_like(energy), np.zeros_like(energy), np.zeros_like(energy)
    for i, e in enumerate(energy):
        gamma = 1 + e / MASS
        beta2 = 1 - gamma**-2
        strength = _STRENGTH * z_over_a / beta2
        # Bohr's variance of free electrons; the binding of atoms hardly changes it
        variance[i] = strength * min(cutoff, most * e) * (1 - 0.5 * beta2)
        if most * e <= cutoff:
            continue
        log_low, log_high = np.log(cutoff / e), np.log(most)
        share = np.exp(log_low + 0.5 * (point + 1) * (log_high - log_low))
        step = 0.5 * weight * (log_high - log_low) * strength * shape(share, gamma)
        number[i] = np.sum(step / share) / e
        loss[i] = np.sum(step)
    return KnockOnMoments(number, loss, variance)
