"""What GATE's source emits: the ion itself, or the lines that the nuclide's decay emits."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from theratwin.core.errors import UnsupportedError
from theratwin.physics import Nuclide
from theratwin.physics.chain_emissions import weighted_emissions
from theratwin.physics.emissions import Lines
from theratwin.physics.progeny import Progeny, chain_weights

_WORDS = (
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se "
    "Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb "
    "Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm "
    "Bk Cf Es Fm"
)
_SYMBOLS: list[str] = [*_WORDS.split()]  # from atomic number 1 on
#: Energy of photons and electrons below which GATE is not asked to follow them, MeV.
_LEAST = 1e-3


@dataclass(frozen=True, eq=False)
class Emission:
    """One kind of particle: its name in Geant4, energies (MeV) and yields a decay."""

    particle: str
    lines: Lines

    @property
    def per_decay(self) -> float:
        """Particles a decay."""
        return float(self.lines.yields.sum())


@dataclass(frozen=True)
class IonSource:
    """A nuclide in its ground state, by atomic number and mass number."""

    z: int
    a: int


def ion_source(nuclide: Nuclide) -> IonSource:
    """Return the nuclide as an ion.

    Raises
    ------
    UnsupportedError
        If the nuclide is an isomer: GATE asks for its excitation energy.

    Examples
    --------
    >>> from theratwin.physics import nuclide
    >>> ion_source(nuclide("Lu-177"))
    IonSource(z=71, a=177)
    """
    found = re.fullmatch(r"([A-Z][a-z]?)-(\d+)([mn]?)", nuclide.name)
    if found is None or found[3] or found[1] not in _SYMBOLS:
        raise UnsupportedError(
            "as an ion it would need its excitation energy",
            field="nuclide",
            value=nuclide.name,
            remedy="Let the source emit the nuclide's lines instead (emissions)",
        )
    return IonSource(_SYMBOLS.index(found[1]) + 1, int(found[2]))


def emission_lines(nuclide: Nuclide, progeny: Progeny | None = None) -> tuple[Emission, ...]:
    """Return what the nuclide emits, by kind of particle.

    Positrons annihilate in the simulation, so that their quanta are not emitted. Recoils of
    alpha decay, and what has less than 1 keV, are left out: they stay in the voxel, and carry
    about 2 % of an alpha's energy.

    Parameters
    ----------
    nuclide
        The parent.
    progeny
        As for `chain_weights`.

    Raises
    ------
    UnsupportedError
        If ``progeny`` is not given and counts.
    """
    emitted = weighted_emissions(chain_weights(nuclide, progeny))
    kinds = {
        "gamma": emitted.gamma + emitted.x_ray,
        "e-": emitted.beta_minus + emitted.conversion + emitted.auger,
        "e+": emitted.beta_plus,
        "alpha": emitted.alpha,
    }
    kept = {particle: _above(lines) for particle, lines in kinds.items()}
    return tuple(Emission(name, lines) for name, lines in kept.items() if lines.energy.size)


def _above(lines: Lines) -> Lines:
    order = np.argsort(lines.energy, kind="stable")
    energy, yields = lines.energy[order], lines.yields[order]
    kept = (energy >= _LEAST) & (yields > 0)
    return Lines(energy[kept], yields[kept])
