"""S values of spheres that irradiate themselves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.core.errors import InputError
from theratwin.physics.absorbed_fraction import mass_radius, positive, sphere_absorbed_fraction
from theratwin.physics.chain_emissions import weighted_emissions
from theratwin.physics.emissions import Emissions, Lines
from theratwin.physics.kernels.nuclide_kernel import alphas_within
from theratwin.physics.kernels.overlap import sphere_overlap
from theratwin.physics.kernels.point_source import Kind
from theratwin.physics.kernels.uncertainty import EMISSION, LENGTHS, NOISE
from theratwin.physics.nuclide import Nuclide
from theratwin.physics.progeny import Progeny, chain_weights, refuse_progeny
from theratwin.physics.units import DECAYS_PER_MBQ_H, GY_PER_MEV_PER_GRAM

Array = NDArray[np.float64]
Weights = tuple[tuple[str, float], ...]  # of members of a chain
MASSES = (1e-6, 1e6)  # g at 1 g/mL
PARTS = ("electrons", "photons", "alphas")
SOFT, BONE = "soft", "cortical_bone"


@dataclass(frozen=True, eq=False)
class SphereSValue:
    """Absorbed dose to a sphere for each unit of time-integrated activity in it, Gy/(MBq h).

    The parts are unweighted absorbed dose and have the shape of ``mass``. ``electrons`` holds
    positrons too; ``alphas`` holds alpha particles, and recoils, absorbed where they are emitted.
    ``progeny`` names the descendants that are counted.
    ``relative_uncertainty`` is of the total: emitted energy, ranges and mean free paths, noise.

    Examples
    --------
    >>> s = sphere_s_value("Lu-177", 20.0)
    >>> f"{float(s.total):.2e} Gy/(MBq h), {float(s.photons / s.total):.1%} by photons"
    '4.27e-03 Gy/(MBq h), 1.2% by photons'
    """

    nuclide: str
    mass: Array
    density: float
    electrons: Array
    photons: Array
    alphas: Array
    relative_uncertainty: Array
    progeny: tuple[str, ...] = ()

    @property
    def total(self) -> Array:
        """The sum of the parts."""
        return self.electrons + self.photons + self.alphas


def sphere_s_value(
    name: str | Nuclide,
    mass: ArrayLike,
    density: float | None = None,
    *,
    bone_fraction: float = 0.0,
    progeny: Progeny | None = None,
) -> SphereSValue:
    r"""Return the S value of spheres, from a table of the nuclide that is computed once.

    .. math:: S(m) = \frac{1}{m} \sum_i E_i Y_i\,\phi_i(m)

    with :math:`\phi` of `sphere_absorbed_fraction`, which depends on :math:`m \rho^2` only: the
    table holds the energy absorbed a decay over that, and is read by PCHIP in log-log. What a
    mix of soft tissue and bone absorbs lies between the two by mass.

    Parameters
    ----------
    name
        Nuclide, in any spelling.
    mass
        g, any shape; thousands cost no more than one.
    density
        g/mL; where None that of the mix, 1.04 of soft tissue (ICRU Report 44) to 1.92.
    bone_fraction
        Cortical bone in the mass, 0 to 1; the rest is soft tissue.
    progeny
        As for `chain_weights`: ``none``, ``all`` or names; descendants that count decay in the
        sphere, within a year. Without it, the nuclide alone, if its progeny hardly counts.

    Raises
    ------
    InputError
        If the nuclide is unknown, or a number is outside what is tabulated.
    UnsupportedError
        If ``progeny`` is not given and adds more than 1 % to the nuclide's energy.

    Examples
    --------
    >>> s = sphere_s_value("Ac-225", 20.0, progeny="all")
    >>> f"{float(s.total):.2f} Gy/(MBq h), {float(s.alphas / s.total):.1%} by alphas"
    '0.83 Gy/(MBq h), 97.7% by alphas'
    """
    weights = _weights(name, progeny)
    masses, rho = _checked(mass, density, bone_fraction)
    shares = {SOFT: 1 - bone_fraction, BONE: bone_fraction}

    def absorbed(at: Array) -> Array:
        tables = {medium: _table(weights, medium) for medium, share in shares.items() if share > 0}
        energies = [
            shares[medium] * np.array([np.exp(curve(at)) for curve in curves])
            for medium, curves in tables.items()
        ]
        return np.sum(energies, axis=0)

    at = np.log(masses * rho**2)
    # ranges longer by a share act as a radius smaller by it
    shrunk = absorbed(np.maximum(at - 3 * np.log1p(LENGTHS), np.log(MASSES[0])))
    return _assembled(weights, masses, rho, absorbed(at), shrunk)


def direct_sphere_s_value(
    name: str | Nuclide,
    mass: ArrayLike,
    density: float | None = None,
    *,
    progeny: Progeny | None = None,
) -> SphereSValue:
    """Return the same as `sphere_s_value` without the table: every line at every mass."""
    weights = _weights(name, progeny)
    masses, rho = _checked(mass, density, 0.0)
    emitted = weighted_emissions(dict(weights))
    energy, shrunk = (
        np.array(_absorbed_energy(emitted, masses / stretch**3, rho, SOFT))
        for stretch in (1.0, 1.0 + LENGTHS)
    )
    return _assembled(weights, masses, rho, energy, shrunk)


def _weights(name: str | Nuclide, progeny: Progeny | None) -> Weights:
    parent = refuse_progeny(name) if progeny is None else name
    return tuple(chain_weights(parent, progeny).items())


def _checked(mass: ArrayLike, density: float | None, bone_fraction: float) -> tuple[Array, float]:
    if not 0 <= bone_fraction <= 1:
        raise InputError(
            "not a fraction", field="bone_fraction", value=bone_fraction, allowed="0 to 1"
        )
    masses = positive(mass, "mass", "g")
    mixed = 1 / ((1 - bone_fraction) / 1.04 + bone_fraction / 1.92)
    rho = mixed if density is None else float(positive(density, "density", "g/mL"))
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
    weights: Weights, mass: Array, density: float, energy: Array, shrunk: Array
) -> SphereSValue:
    """Return the result from the energies of `PARTS`, also with ranges longer by `LENGTHS`."""
    electrons, photons, alphas = energy * GY_PER_MEV_PER_GRAM * DECAYS_PER_MBQ_H / mass
    lengths = shrunk.sum(axis=0) / energy.sum(axis=0) - 1
    spread = np.sqrt(EMISSION**2 + NOISE**2 + lengths**2)
    (parent, _), *others = weights
    counted = tuple(name for name, weight in others if weight > 0)
    return SphereSValue(parent, mass, density, electrons, photons, alphas, spread, counted)


def _absorbed_energy(emitted: Emissions, mass: Array, density: float, medium: str) -> list[Array]:
    """Return the energies of `PARTS` absorbed a decay, MeV, each of the shape of mass."""
    electrons = emitted.beta_minus + emitted.conversion + emitted.auger

    def absorbed(kind: Kind, lines: Lines) -> Array:
        fraction = sphere_absorbed_fraction(kind, lines.energy, mass, density, medium)
        return np.asarray(np.tensordot(lines.energy * lines.yields, fraction, axes=1), float)

    return [
        absorbed("electron", electrons) + absorbed("positron", emitted.beta_plus),
        absorbed("photon", emitted.photons),
        _alphas(emitted, mass_radius(mass, density)),
    ]


def _alphas(emitted: Emissions, radius: Array) -> Array:
    """Return the energy of alphas and recoils absorbed in spheres (radius in g/cm2), MeV."""
    track = np.linspace(0.0, 0.02, 401)  # g/cm2, farther than any alpha particle
    deposited = np.diff(alphas_within(emitted.alpha, track))
    inside = sphere_overlap(0.5 * (track[1:] + track[:-1]), radius[..., None])
    return inside @ deposited + emitted.recoil.energy_per_decay


@cache
def _table(weights: Weights, medium: str) -> tuple:
    """Return log absorbed energy over log mass (at 1 g/mL) of each of `PARTS`."""
    from scipy.interpolate import PchipInterpolator

    log_mass = np.linspace(np.log(MASSES[0]) - 1e-9, np.log(MASSES[1]) + 1e-9, 145)
    absorbed = _absorbed_energy(weighted_emissions(dict(weights)), np.exp(log_mass), 1.0, medium)
    tiny = np.finfo(float).tiny  # a part that the nuclide does not emit
    return tuple(PchipInterpolator(log_mass, np.log(np.maximum(a, tiny))) for a in absorbed)
