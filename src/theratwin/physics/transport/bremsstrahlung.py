"""The spectrum of bremsstrahlung: Bethe and Heitler's (Koch and Motz 1959, formula 3BN).

Born's approximation without screening (hence cut off below a share of 0.03, where it would grow
without end), with Elwert's factor for oxygen; only its shape is used,
its size comes from the radiative stopping power.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
MASS = 0.51099895  # MeV
_CHARGE = 8 / 137.035999  # alpha Z of oxygen
SHARES = np.concatenate([np.linspace(0.0, 0.9, 37), np.linspace(0.92, 0.995, 12), [1.0]])


def energy_weighted_spectrum(energy: float) -> Array:
    """Return k dsigma/dk (relative) at the shares `SHARES` of the electron's energy (MeV).

    Examples
    --------
    >>> row = energy_weighted_spectrum(1.0)
    >>> bool(row[0] > row[20] > row[-1] > 0)
    True
    """
    k = np.clip(SHARES, 0.03, 0.9999) * energy / MASS
    start = 1 + energy / MASS
    end = start - k
    p0, p = np.sqrt(start**2 - 1), np.sqrt(end**2 - 1)
    e0, e = 2 * np.log(start + p0), 2 * np.log(end + p)
    log = 2 * np.log((start * end + p0 * p - 1) / k)
    product = start * end
    bracket = (
        4 / 3
        - 2 * product * (p**2 + p0**2) / (p * p0) ** 2
        + e0 * end / p0**3
        + e * start / p**3
        - e0 * e / (p0 * p)
        + log
        * (
            8 * product / (3 * p0 * p)
            + k**2 * (product**2 + (p0 * p) ** 2) / (p0 * p) ** 3
            + k
            / (2 * p0 * p)
            * (
                (product + p0**2) / p0**3 * e0
                - (product + p**2) / p**3 * e
                + 2 * k * product / (p * p0) ** 2
            )
        )
    )
    return p / p0 * bracket * _elwert(p0 / start, p / end)


def _elwert(beta0: float, beta: Array) -> Array:
    """Return Elwert's factor: more photons near the tip than Born's approximation gives."""

    def attraction(speed: Array | float) -> Array:
        return -np.expm1(-2 * np.pi * _CHARGE / speed)

    return beta0 * attraction(beta0) / (beta * attraction(beta))
