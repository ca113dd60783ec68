"""S values of spheres that irradiate themselves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.core.errors import InputError
from theratwin.physics.absorbed_fraction import positive, sphere_absorbed_fraction
from theratwin.physics.chain_emissions import weighted_emissions
from theratwin.physics.nuclide import Nuclide
from theratwin.physics.progeny import Progeny, chain_weights, refuse_progeny
from theratwin.physics.units import DECAYS_PER_MBQ_H, GY_PER_MEV_PER_GRAM

Array = NDArray[np.float64]
Weights = tuple[tuple[str, float], ...]  # of members of a chain
MASSES = (1e-6, 1e6)  # g at 1 g/mL


@dataclass(frozen=True, eq=False)
class SphereSValue:
    """Absorbed dose to a sphere for each unit of time-integrated activity in it, Gy/(MBq h).

    The parts are unweighted absorbed dose and have the shape of ``mass``. ``alphas`` holds
    alpha particles and recoils, absorbed where they are emitted. ``progeny`` names the
    descendants that are counted.

    Examples
    --------
    >>> s = sphere_s_value("Lu-177", 20.0)
    >>> f"{float(s.total):.3e} Gy/(MBq h), {float(s.photons / s.total):.1%} by photons"
    '4.267e-03 Gy/(MBq h), 1.2% by photons'
    """

    nuclide: str
    mass: Array
    density: float
    electrons: Array
    photons: Array
    alphas: Array
    progeny: tuple[str, ...] = ()

    @property
    def total(self) -> Array:
        """The sum of the parts."""
        return self.electrons + self.photons + self.alphas


def sphere_s_value(
    name: str | Nuclide,
    mass: ArrayLike,
    density: float = 1.04,
    *,
    progeny: Progeny | None = None,
) -> SphereSValue:
    r"""Return the S value of spheres, from a table of the nuclide that is computed once.

    .. math:: S(m) = \frac{1}{m} \sum_i E_i Y_i\,\phi_i(m)

    with :math:`\phi` of `sphere_absorbed_fraction`, which depends on :math:`m \rho^2` only: the
    table holds the energy absorbed a decay over that, and is read by PCHIP in log-log.

    Parameters
    ----------
    name
        Nuclide, in any spelling.
    mass
        g, any shape; thousands cost no more than one.
    density
        g/mL; 1.04 is soft tissue (ICRU Report 44).
    progeny
        As for `chain_weights`: ``none``, ``all`` or names; descendants that count decay in the
        sphere, within a year. Without it, the nuclide alone, if its progeny hardly counts.

    Raises
    ------
    InputError
        If the nuclide is unknown, or a mass or density is outside what is tabulated.
    UnsupportedError
        If ``progeny`` is not given and adds more than 1 % to the nuclide's energy.

    Examples
    --------
    >>> s = sphere_s_value("Ac-225", 20.0, progeny="all")
    >>> f"{float(s.total):.2f} Gy/(MBq h), {float(s.alphas / s.total):.1%} by alphas"
    '0.83 Gy/(MBq h), 97.7% by alphas'
    """
    weights = _weights(name, progeny)
    masses, rho = _checked(mass, density)
    electrons, photons = (np.exp(curve(np.log(masses * rho**2))) for curve in _table(weights))
    return _assembled(weights, masses, rho, electrons, photons)


def direct_sphere_s_value(
    name: str | Nuclide,
    mass: ArrayLike,
    density: float = 1.04,
    *,
    progeny: Progeny | None = None,
) -> SphereSValue:
    """Return the same as `sphere_s_value` without the table: every line at every mass."""
    weights = _weights(name, progeny)
    masses, rho = _checked(mass, density)
    return _assembled(weights, masses, rho, *_absorbed_energy(weights, masses, rho))


def _weights(name: str | Nuclide, progeny: Progeny | None) -> Weights:
    parent = refuse_progeny(name) if progeny is None else name
    return tuple(chain_weights(parent, progeny).items())


def _checked(mass: ArrayLike, density: float) -> tuple[Array, float]:
    masses = positive(mass, "mass", "g")
    rho = float(positive(density, "density", "g/mL"))
    low, high = MASSES
    if masses.size and not (low <= masses.min() * rho**2 and masses.max() * rho**2 <= high):
        raise InputError(
            "outside the tabulated spheres",
            field="mass",
            value=mass,
            allowed=f"{low / rho**2:.3g} to {high / rho**2:.3g} g",
        )
    return masses, rho


def _assembled(
    weights: Weights, mass: Array, density: float, electrons: Array, photons: Array
) -> SphereSValue:
    unit = GY_PER_MEV_PER_GRAM * DECAYS_PER_MBQ_H / mass
    emitted = weighted_emissions(dict(weights))
    parts = (electrons * unit, photons * unit, emitted.alphas.energy_per_decay * unit)
    return SphereSValue(emitted.nuclide, mass, density, *parts, progeny=emitted.progeny)


def _absorbed_energy(weights: Weights, mass: Array, density: float) -> tuple[Array, Array]:
    """Return the energies of electrons and of photons absorbed a decay, MeV, shape of mass."""
    emitted = weighted_emissions(dict(weights))
    electrons, photons = emitted.electrons, emitted.photons
    of_electrons = sphere_absorbed_fraction("electron", electrons.energy, mass, density)
    of_photons = sphere_absorbed_fraction("photon", photons.energy, mass, density)
    return (
        np.tensordot(electrons.energy * electrons.yields, of_electrons, axes=1),
        np.tensordot(photons.energy * photons.yields, of_photons, axes=1),
    )


@cache
def _table(weights: Weights):
    """Return log absorbed energy over log mass (at 1 g/mL) for electrons and photons."""
    from scipy.interpolate import PchipInterpolator

    log_mass = np.linspace(np.log(MASSES[0]) - 1e-9, np.log(MASSES[1]) + 1e-9, 145)
    absorbed = _absorbed_energy(weights, np.exp(log_mass), 1.0)
    tiny = np.finfo(float).tiny  # a part that is not emitted
    return tuple(PchipInterpolator(log_mass, np.log(np.maximum(a, tiny))) for a in absorbed)
