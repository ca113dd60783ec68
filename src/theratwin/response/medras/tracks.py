"""What one ion track leaves in a nucleus: for one LET, or for alpha particles that slow down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from theratwin.core import InputError
from theratwin.response.medras.cell_line import CellLine
from theratwin.response.medras.helium import breaks_per_track, dose_per_track, track_overlap

#: Steps of energy in which an alpha particle slows down.
_STEPS = 200
#: keV/um in MeV/cm, in water.
_KEV_PER_UM = 0.1


@dataclass(frozen=True)
class Tracks:
    """Tracks of one kind, in one cell line.

    Attributes
    ----------
    overlap
        The chance that a break meets another of its own track.
    breaks
        Double-strand breaks of a track in a G1 nucleus, on average.
    dose
        Dose (Gy) of a track to the nucleus, on average.
    unrepairable
        The part of the breaks that nothing can join, each lethal.
    """

    overlap: Any
    breaks: Any
    dose: Any
    unrepairable: Any = 0.0


def tracks_of(line: CellLine, let: float) -> Tracks:
    """Return the tracks of helium ions of one LET (keV/um)."""
    return Tracks(track_overlap(line, let), breaks_per_track(line, let), dose_per_track(line, let))


def slowing_down(energies: Mapping[float, float]) -> tuple[np.ndarray, np.ndarray]:
    r"""Return the LETs (keV/um) of alpha particles that stop in water, and the dose at each.

    In the midst of a uniform source the particles of every energy E below their first one are in
    equilibrium: their fluence is :math:`\Phi(E) \propto 1/S(E)`, so each interval of energy gives
    the same dose.

    Parameters
    ----------
    energies
        First energy (MeV) to the particles of it, per decay.

    Returns
    -------
    tuple of arrays
        LETs and parts of the dose, which sum to 1.

    Raises
    ------
    InputError
        If an energy or a number is not positive.

    References
    ----------
    Stopping powers: NIST ASTAR, as of `theratwin.physics`.

    Examples
    --------
    >>> let, dose = slowing_down({5.8: 1.0})
    >>> print(f"{dose @ let:.0f} keV/um on average, at most {let.max():.0f}")
    138 keV/um on average, at most 226
    """
    from theratwin.physics.matter import heavy_stopping_power, material

    if not energies or any(not e > 0.0 or not n > 0.0 for e, n in energies.items()):
        raise InputError(
            "energies and numbers of alpha particles must be positive",
            field="energies",
            value=dict(energies),
            remedy="Give energies={5.8: 1.0}, MeV to particles per decay",
        )
    middle = (np.arange(_STEPS) + 0.5) / _STEPS
    each = np.concatenate([energy * middle for energy in energies])
    dose = np.repeat([energy * number for energy, number in energies.items()], _STEPS)
    let = heavy_stopping_power(material("water"), each, "alpha") * _KEV_PER_UM
    return let, dose / dose.sum()


def tracks_slowing_down(
    line: CellLine, energies: Mapping[float, float], unrepairable_per_let: Any = 0.0
) -> Tracks:
    """Return the mean tracks of alpha particles that slow down; experimental.

    Overlap and what is unrepairable are means over dose, which breaks are proportional to; the
    dose of a track is that of the mean track. That a particle may stop in the nucleus, and that
    tracks differ in their dose, is left out. Above 102.9 keV/um the tracks are extrapolated.

    Parameters
    ----------
    line
        The cell line.
    energies
        As of `slowing_down`.
    unrepairable_per_let
        Part of the breaks that nothing can join, per LET (um/keV); at most all are.
    """
    let, dose = slowing_down(energies)
    overlap = sum(d * track_overlap(line, x) for x, d in zip(let, dose, strict=True))
    mean_let = 1.0 / float(np.sum(dose / let))
    per_let = np.asarray(unrepairable_per_let)[..., None]
    unrepairable = np.sum(dose * np.minimum(per_let * let, 1.0), axis=-1)
    return Tracks(
        overlap, breaks_per_track(line, mean_let), dose_per_track(line, mean_let), unrepairable
    )
