"""Radial dose around an ion's track by Kiefer and Chatterjee: a core and a penumbra."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.core import InputError

Array = NDArray[np.float64]
#: Dose (Gy) of 1 keV/um spread over 1 um2 of water at 1 g/mL.
GY_PER_KEV_UM3 = 0.1602176634
_NUCLEON = 931.494  # MeV, the atomic mass unit


@dataclass(frozen=True, eq=False)
class TrackStructure:
    r"""Dose around one straight track, mean over directions, in water at 1 g/mL.

    .. math:: D(r) = \begin{cases} D_c & r < R_c \\ K_p / r^2 & R_c \le r < R_p \end{cases}

    Parameters
    ----------
    core_radius, penumbra_radius
        :math:`R_c` and :math:`R_p`, um; equal if the ion is too slow for a penumbra.
    core_dose
        :math:`D_c`, Gy.
    penumbra
        :math:`K_p`, Gy um².
    let
        Energy lost a length, keV/um; :math:`2 \pi \int D r\,dr` times the density.
    """

    core_radius: float
    penumbra_radius: float
    core_dose: float
    penumbra: float
    let: float

    def dose_at(self, radius: ArrayLike) -> Array:
        """Return the dose (Gy) at distances from the track (um), of the same shape."""
        r = np.asarray(radius, dtype=float)
        outside = self.penumbra / np.maximum(r, self.core_radius) ** 2
        dose = np.where(r < self.core_radius, self.core_dose, outside)
        return np.where(r < self.penumbra_radius, dose, 0.0)


def kiefer_chatterjee(energy: float, let: float, charge: int = 2) -> TrackStructure:
    r"""Return the track structure of an ion from its energy and LET.

    .. math:: R_c = 0.0116\,\beta\ \mathrm{um}, \qquad R_p = 0.0616\,E^{1.7}\ \mathrm{um}, \qquad
              K_p = 1.25 \cdot 10^{-4} (Z^*/\beta)^2\ \mathrm{Gy\,um^2}

    with the effective charge :math:`Z^* = Z(1 - e^{-125 \beta Z^{-2/3}})`; the core holds what the
    penumbra does not, so that the energy is the LET's. Citation ``kase_2008``, after Kiefer and
    Straaten and after Chatterjee and Schaefer; used so in ``inaniwa_2010``.

    Parameters
    ----------
    energy
        Kinetic energy, MeV a nucleon.
    let
        LET in water, unrestricted, keV/um.
    charge
        Atomic number Z.

    Raises
    ------
    InputError
        If a number is not positive, or the LET is less than what the penumbra alone holds.

    Examples
    --------
    Helium of 50 MeV a nucleon:

    >>> track = kiefer_chatterjee(50.0, 4.95)
    >>> f"{track.core_radius * 1e3:.2f} nm, {track.penumbra_radius:.1f} um"
    '3.66 nm, 47.6 um'
    """
    for field, value in (("energy", energy), ("let", let), ("charge", charge)):
        if not 0 < value < float("inf"):
            raise InputError("not a positive number", field=field, value=value)
    speed = ion_speed(energy)
    core = 11.6e-3 * speed
    reach = max(0.0616 * energy**1.7, core)
    effective = charge * -np.expm1(-125.0 * speed * charge ** (-2.0 / 3.0))
    penumbra = 1.25e-4 * (effective / speed) ** 2
    left = GY_PER_KEV_UM3 * let / np.pi - 2.0 * penumbra * np.log(reach / core)
    if not left >= 0:
        raise InputError(
            "the penumbra alone would hold more energy",
            field="let",
            value=f"{let:g} keV/um",
            allowed=f"at least {(1 - left / (GY_PER_KEV_UM3 * let / np.pi)) * let:.3g} keV/um",
            remedy="Take the LET that belongs to this energy",
        )
    return TrackStructure(core, reach, float(left) / core**2, float(penumbra), let)


def ion_speed(energy: float) -> float:
    """Return the speed over that of light at a kinetic energy (MeV a nucleon)."""
    return float(np.sqrt(1.0 - (1.0 + energy / _NUCLEON) ** -2))
