"""Which Monte Carlo cases make the table of absorbed fractions, and how many particles each."""

from __future__ import annotations

from collections.abc import Iterable

from theratwin.physics.organs.phantom import VoxelPhantom
from theratwin.physics.organs.regions import SOURCES, mass_by_organ
from theratwin.physics.organs.saf_case import SafCase

#: MeV; the share of a case's particles stands beside it. Cross-fire counts most at the energies
#: of gamma rays that therapy nuclides emit; soft photons and electrons hardly leave their organ.
PHOTON_ENERGIES = {
    0.01: 0.3, 0.015: 0.4, 0.02: 0.6, 0.03: 1.0, 0.05: 1.5, 0.07: 1.5, 0.1: 1.5, 0.15: 1.5,
    0.2: 1.5, 0.3: 1.2, 0.5: 1.2, 0.7: 0.8, 1.0: 0.8, 1.5: 0.7, 2.0: 0.7, 4.0: 0.8,
}  # fmt: skip
ELECTRON_ENERGIES = {
    0.05: 1.0, 0.1: 1.2, 0.2: 1.5, 0.4: 1.3, 0.7: 1.0, 1.0: 0.8, 2.0: 0.6, 4.0: 0.6
}  # fmt: skip


def saf_sources(phantom: VoxelPhantom) -> tuple[str, ...]:
    """Return the sources that the phantom has."""
    return tuple(name for name in SOURCES if mass_by_organ(phantom, name))


def saf_cases(
    phantom: VoxelPhantom,
    *,
    photons: float,
    electrons: float,
    seed: int = 1,
    run: int = 1,
    sources: Iterable[str] | None = None,
) -> list[SafCase]:
    """Return the cases of one phantom, those that matter most first.

    Parameters
    ----------
    photons, electrons
        Mean number of particles a case; none of the kind where 0.
    seed, run
        See `SafCase`.
    sources
        Sources to follow; all by default.
    """
    found: list[tuple[float, SafCase]] = []
    kinds = (("photon", PHOTON_ENERGIES, photons), ("electron", ELECTRON_ENERGIES, electrons))
    for source in saf_sources(phantom) if sources is None else sources:
        for particle, energies, mean in kinds:
            total = sum(energies.values()) / len(energies)
            for energy, share in energies.items() if mean > 0 else ():
                histories = max(round(mean * share / total), 1000)
                case = SafCase(phantom.sex, source, particle, energy, histories, seed, run)
                found.append((share, case))
    return [case for _, case in sorted(found, key=lambda pair: -pair[0])]
