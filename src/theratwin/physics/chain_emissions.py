"""Emissions of a decay chain for each decay of its parent."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np

from theratwin.physics.emissions import KINDS, Emissions, Lines, emissions
from theratwin.physics.nuclide import Nuclide
from theratwin.physics.progeny import Progeny, chain_weights


def chain_emissions(name: str | Nuclide, progeny: Progeny = "all") -> Emissions:
    r"""Return what a nuclide and its progeny emit for each decay of the nuclide.

    .. math:: Y(E) = \sum_i n_i Y_i(E)

    with :math:`n_i` decays of member i within a year of its birth, for each decay of the
    parent (`chain_weights`). Lines and spectra are put one after another, not merged.

    Parameters
    ----------
    name
        The parent, in any spelling.
    progeny
        ``all``: every descendant; ``none``: the parent alone; names: these descendants, each
        with all its decays, also those reached through descendants that are not named.

    Raises
    ------
    InputError
        If the nuclide is unknown or a name is no descendant.
    UnsupportedError
        If a member that counts emits neutrons or fission fragments.

    Examples
    --------
    >>> chain = chain_emissions("Ac-225")
    >>> round(chain.alpha.energy_per_decay, 2), round(emissions("Ac-225").alpha.energy_per_decay, 2)
    (27.48, 5.79)
    >>> chain.progeny
    ('Fr-221', 'At-217', 'Bi-213', 'Po-213', 'Tl-209', 'Pb-209')
    """
    weights = chain_weights(name, progeny)
    return _summed(tuple(weights.items()))


def weighted_emissions(weights: Mapping[str, float]) -> Emissions:
    """Return the sum of emissions of nuclides, each times its weight; the first is the parent.

    Examples
    --------
    >>> from theratwin.physics import chain_weights
    >>> kept = weighted_emissions(chain_weights("Pb-212", "all", retention=0.6))
    >>> round(kept.alpha.energy_per_decay, 2)  # 0.6 of 7.80 MeV
    4.68
    """
    return _summed(tuple(weights.items()))


@cache
def _summed(weights: tuple[tuple[str, float], ...]) -> Emissions:
    parts = [(emissions(name), weight) for name, weight in weights if weight > 0]
    parent, *progeny = (part.nuclide for part, _ in parts)
    sums = {
        kind: _lines([(getattr(part, kind), weight) for part, weight in parts]) for kind in KINDS
    }
    return Emissions(nuclide=parent, progeny=tuple(progeny), **sums)


def _lines(parts: list[tuple[Lines, float]]) -> Lines:
    return Lines(
        np.concatenate([lines.energy for lines, _ in parts]),
        np.concatenate([lines.yields * weight for lines, weight in parts]),
    )
