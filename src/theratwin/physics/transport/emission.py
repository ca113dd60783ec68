"""What a source emits, as a list to draw from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.core.errors import InputError
from theratwin.physics.emissions import Emissions
from theratwin.physics.transport.scene import ALPHA, ELECTRON, PHOTON, POSITRON

KINDS = {"photon": PHOTON, "electron": ELECTRON, "positron": POSITRON, "alpha": ALPHA}


@dataclass(frozen=True, eq=False)
class Emission:
    """Kinds, energies (MeV) and yields (a decay) of the particles of a source.

    Examples
    --------
    >>> Emission.single("photon", 0.208).energy_per_decay
    0.208
    """

    kind: NDArray[np.int64]
    energy: NDArray[np.float64]
    yields: NDArray[np.float64]

    def __post_init__(self) -> None:
        low, high = 1e-3, 10.0
        if self.energy.size == 0 or not (self.yields >= 0).all() or not self.yields.sum() > 0:
            raise InputError("nothing is emitted", field="emission")
        if not ((self.energy > 0) & (self.energy <= high)).all():
            raise InputError(
                "energies outside the tables of transport",
                field="energy",
                value=f"{self.energy.min():g} to {self.energy.max():g} MeV",
                allowed=f"{low:g} to {high:g} MeV",
            )

    @classmethod
    def single(cls, particle: str, energy: float) -> Emission:
        """Return one particle of one energy (MeV) a decay.

        Raises
        ------
        InputError
            If the particle is none of photon, electron, positron, alpha.
        """
        if particle not in KINDS:
            raise InputError("unknown particle", field="particle", value=particle, allowed=KINDS)
        return cls(np.array([KINDS[particle]]), np.array([float(energy)]), np.ones(1))

    @classmethod
    def of_lines(cls, **lines: tuple[ArrayLike, ArrayLike]) -> Emission:
        """Return the emission of energies (MeV) and yields by particle."""
        kinds, energies, yields = [], [], []
        for particle, (energy, number) in lines.items():
            size = np.size(energy)
            kinds.append(np.full(size, KINDS[particle], dtype=np.int64))
            energies.append(np.asarray(energy, dtype=float).reshape(size))
            yields.append(np.asarray(number, dtype=float).reshape(size))
        return cls(np.concatenate(kinds), np.concatenate(energies), np.concatenate(yields))

    @classmethod
    def of_nuclide(cls, emitted: Emissions) -> Emission:
        """Return all that a nuclide or a chain emits; recoils go as slow alpha particles.

        Positrons make their annihilation quanta in flight through the model, so that the quanta
        of the list are left out.

        Examples
        --------
        >>> from theratwin.physics.emissions import emissions
        >>> round(Emission.of_nuclide(emissions("Lu-177")).energy_per_decay, 3)
        0.183
        """
        electrons = emitted.beta_minus + emitted.conversion + emitted.auger
        photons = emitted.gamma + emitted.x_ray
        lines = {
            "photon": photons,
            "electron": electrons,
            "positron": emitted.beta_plus,
            "alpha": emitted.alphas,
        }
        return cls.of_lines(**{name: (part.energy, part.yields) for name, part in lines.items()})

    def parted(self, stays: NDArray[np.bool_]) -> tuple[Emission | None, float]:
        """Return the particles that are followed, and the energy (MeV a decay) of the others."""
        rest = float(self.yields[stays] @ self.energy[stays])
        if stays.all():
            return None, rest
        return Emission(self.kind[~stays], self.energy[~stays], self.yields[~stays]), rest

    @property
    def particles_per_decay(self) -> float:
        """Number of particles a decay."""
        return float(self.yields.sum())

    @property
    def energy_per_decay(self) -> float:
        """MeV a decay."""
        return float(self.yields @ self.energy)
