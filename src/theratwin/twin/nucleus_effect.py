"""What a nuclide's decays in and around cells of a dish do to a nucleus: dose and hits."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from theratwin.physics.cells import (
    Cell,
    SingleEvent,
    cell_s_value,
    crowd_s_value,
    medium_event,
    medium_s_value,
    single_event,
)
from theratwin.physics.cells.tracks import Particles
from theratwin.physics.units import DECAYS_PER_MBQ_H

_MM3_PER_ML = 1e3
_KINDS: tuple[Particles, ...] = ("electrons", "alphas")


@dataclass(frozen=True, eq=False)
class NucleusEffect:
    """Dose and hits of a nucleus for a time-integrated activity, of one nuclide alone.

    Parameters
    ----------
    electrons, alphas
        Gy, for each MBq h in the source (of the medium for each MBq h/mL); alphas with recoils.
    hits
        Of alphas, likewise.
    event
        What one of these leaves; None if there are none.
    source
        ``CS``, ``Cy`` or ``N`` of the same cell; None of what is around.
    """

    electrons: float
    alphas: float
    hits: float = 0.0
    event: SingleEvent | None = None
    source: str | None = None


def own_effect(member: str, cell: Cell, source: str) -> NucleusEffect:
    """Return the effect of decays in or on the same cell."""
    value, pair = cell_s_value(member, cell, progeny="none"), f"N<-{source}"
    alphas = value.alphas[pair] + value.recoils[pair]
    if not value.alphas[pair] > 0:
        return NucleusEffect(value.electrons[pair], alphas, source=source)
    event = single_event(member, cell, source, progeny="none")
    hits = event.hits_per_decay * DECAYS_PER_MBQ_H
    return NucleusEffect(value.electrons[pair], alphas, hits, event, source)


def neighbors_effect(member: str, cell: Cell, source: str, pitch: float) -> NucleusEffect:
    """Return the effect of all other cells of a sheet, each with the same activity."""
    electrons, alphas = (_others(member, cell, source, pitch, kind) for kind in _KINDS)
    return _crossfire(member, cell, electrons, alphas)


def medium_effect(
    member: str, cell: Cell, height: float | None, pitch: float | None = None
) -> NucleusEffect:
    """Return the effect of the medium around cells, less what cells displace.

    Parameters
    ----------
    member, cell
        The nuclide, and every cell.
    height
        Of the medium over the bottom of a dish (mm); None in suspension.
    pitch
        Of a sheet (mm); None in suspension.
    """
    radius, own = cell.radius, cell_s_value(member, cell, progeny="none")
    below, above = (inf, inf) if height is None else (radius, height - radius)
    stays = {"electrons": own.electrons["N<-C"], "alphas": own.alphas["N<-C"] + own.recoils["N<-C"]}
    found = []
    for kind in _KINDS:
        whole = medium_s_value(
            member, cell, below=below, above=above, progeny="none", particles=kind
        )
        others = 0.0 if pitch is None else _others(member, cell, "C", pitch, kind)
        found.append(whole - (stays[kind] + others) * cell.volume("C") / _MM3_PER_ML)
    return _crossfire(member, cell, *found)


def suspended_effect(member: str, cell: Cell, density: float) -> NucleusEffect:
    """Return the effect of all other cells in suspension, ``density`` (1/mL) of them.

    They are taken as even in the medium.
    """
    values = [
        density * medium_s_value(member, cell, progeny="none", particles=kind) for kind in _KINDS
    ]
    return _crossfire(member, cell, *values)


def _others(member: str, cell: Cell, source: str, pitch: float, kind: Particles) -> float:
    return crowd_s_value(member, cell, "sheet", pitch, source, progeny="none", particles=kind)


def _crossfire(member: str, cell: Cell, electrons: float, alphas: float) -> NucleusEffect:
    """Return the effect of alphas that come from around, at every end of their range."""
    if not alphas > 0:
        return NucleusEffect(electrons, alphas)
    event = medium_event(member, cell.nucleus_radius, progeny="none")
    return NucleusEffect(electrons, alphas, alphas / event.frequency_mean, event)
