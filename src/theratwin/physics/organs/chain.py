"""What a nuclide and its progeny emit for each decay of the parent, as lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theratwin.physics.emissions import Emissions, Lines, emissions
from theratwin.physics.nuclide import nuclide
from theratwin.physics.progeny import Progeny, chain_weights


@dataclass(frozen=True, eq=False)
class ChainRadiation:
    """Photons, electrons and alpha particles for each decay of the parent.

    Parameters
    ----------
    decays
        Decays of each member for each of the parent, within a year.
    """

    decays: dict[str, float]
    photons: Lines
    electrons: Lines
    alphas: Lines


def chain_radiation(name: str, progeny: Progeny | None = None) -> ChainRadiation:
    """Return what a nuclide emits, with its progeny's part where that decays in the same place.

    Parameters
    ----------
    name
        The nuclide.
    progeny
        ``"none"``: the parent alone; ``"all"``: all that decays within a year, in the same
        region. Without it, the parent alone, where its progeny adds at most 1 % to its energy.

    Raises
    ------
    InputError, UnsupportedError
        As `chain_weights` says.

    Examples
    --------
    >>> chain_radiation("Ac-225", "all").decays["Bi-213"]
    1.0
    >>> round(chain_radiation("Ac-225", "all").alphas.energy_per_decay, 1)  # MeV, four alphas
    28.0
    """
    weights = chain_weights(nuclide(name), progeny)
    parts = [(emissions(member), weight) for member, weight in weights.items()]
    kinds = ("photons", "electrons", "alphas")
    photons, electrons, alphas = (_sum(parts, kind) for kind in kinds)
    return ChainRadiation(dict(weights), photons, electrons, alphas)


def _sum(parts: list[tuple[Emissions, float]], kind: str) -> Lines:
    lines = [(getattr(emitted, kind), weight) for emitted, weight in parts]
    return Lines(
        np.concatenate([line.energy for line, _ in lines]),
        np.concatenate([weight * line.yields for line, weight in lines]),
    )
