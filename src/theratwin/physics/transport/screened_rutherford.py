r"""Elastic scattering of electrons: Rutherford's cross section, screened after Moliere.

With :math:`\mu = (1 - \cos\theta)/2`,

.. math:: \frac{d\sigma}{d\mu} = \frac{\pi r_e^2 Z(Z + \xi)}{\gamma^2\beta^4 (\mu + A)^2}, \qquad
          A = \frac14\left(\frac{\hbar}{p\,a}\right)^2
              \left[1.13 + 3.76\left(\frac{\alpha Z}{\beta}\right)^2\right],

:math:`a = 0.885\,a_0 Z^{-1/3}`. The electrons of the atom scatter as a charge of one, but turn no
farther than kinematics lets them, and what single knock-on collisions turn is left to those:
:math:`\xi` is that part of the first moment.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from theratwin.physics.matter import Material, element

Array = NDArray[np.float64]
MASS = 0.51099895  # MeV
_FINE_STRUCTURE = 1 / 137.035999
_RADIUS_SQUARED = (2.8179403262e-13) ** 2  # cm2
_AVOGADRO = 6.02214076e23


class ElasticMoments(NamedTuple):
    """Elastic scattering at energies, each of their shape; units as of `ElectronTables`."""

    single: Array
    screening: Array
    cutoff_turn: Array
    first_moment: Array
    second_moment: Array


def elastic_moments(
    matter: Material, energy: Array, loss_cutoff: float, turn: float
) -> ElasticMoments:
    """Return what single and gathered elastic collisions do.

    Parameters
    ----------
    matter
        The material.
    energy
        Kinetic energies, MeV.
    loss_cutoff
        Least loss of a single knock-on collision, MeV.
    turn
        Mean free path between single collisions, in transport mean free paths.
    """
    strength, a = _strength(matter, energy, loss_cutoff)
    total = strength / (a * (1 + a))
    transport = 2 * strength * _first(1.0, a)
    wanted = np.minimum(transport / turn, total)
    share = wanted / total
    cutoff = a * (1 - share) / (a + share)
    return ElasticMoments(
        single=wanted,
        screening=a,
        cutoff_turn=cutoff,
        first_moment=2 * strength * _first(cutoff, a),
        second_moment=6 * strength * (_first(cutoff, a) - _second(cutoff, a)),
    )


def transport_coefficient(matter: Material, energy: Array, loss_cutoff: float = np.inf) -> Array:
    """Return the inverse of the transport mean free path, cm2/g."""
    strength, a = _strength(matter, energy, loss_cutoff)
    return 2 * strength * _first(1.0, a)


def _strength(matter: Material, energy: Array, loss_cutoff: float) -> tuple[Array, Array]:
    """Return the factor of 1/(mu + A)^2, cm2/g, and A of the mixture, by its logarithm."""
    gamma = 1 + energy / MASS
    beta2 = 1 - gamma**-2
    total, logs = np.zeros_like(energy), np.zeros_like(energy)
    for z, fraction in matter.fractions.items():
        # hbar/(p a) = alpha Z^(1/3) / (0.885 beta gamma), as a_0 = hbar/(m c alpha)
        scale = _FINE_STRUCTURE * z ** (1 / 3) / 0.885
        a = 0.25 * scale**2 / (beta2 * gamma**2)
        a = a * (1.13 + 3.76 * (_FINE_STRUCTURE * z) ** 2 / beta2)
        weight = fraction * z * (z + _electron_share(energy, a, loss_cutoff))
        weight = weight / element(z).atomic_mass
        total += weight
        logs += weight * np.log(a)
    strength = np.pi * _RADIUS_SQUARED * _AVOGADRO * total / (gamma * beta2) ** 2
    return strength, np.exp(logs / total)


def _electron_share(energy: Array, a: Array, loss_cutoff: float) -> Array:
    """Return xi: the first moment up to the largest gathered turn, over the whole."""
    loss = np.minimum(loss_cutoff, 0.5 * energy)
    kept = energy - loss
    cosine = np.sqrt(kept * (energy + 2 * MASS) / (energy * (kept + 2 * MASS)))
    return _first(0.5 * (1 - cosine), a) / _first(1.0, a)


def _first(to: Array | float, a: Array) -> Array:
    """Return the integral of mu/(mu + A)^2 from 0."""
    return np.log1p(to / a) - to / (to + a)


def _second(to: Array, a: Array) -> Array:
    """Return the integral of mu^2/(mu + A)^2 from 0."""
    return to - 2 * a * np.log1p(to / a) + a * to / (to + a)
