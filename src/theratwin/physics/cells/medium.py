"""Specific energy of a nucleus in a medium that holds an alpha emitter evenly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.physics.cells.crossings import _gauss
from theratwin.physics.cells.geometry import DENSITY
from theratwin.physics.cells.ranges import range_energy
from theratwin.physics.cells.specific_energy import SingleEvent, _gridded
from theratwin.physics.cells.tracks import chain_alpha_lines
from theratwin.physics.nuclide import Nuclide, nuclide
from theratwin.physics.progeny import Progeny, Retention, chain_weights
from theratwin.physics.units import GY_PER_MEV_PER_GRAM

Array = NDArray[np.float64]
# many chords, for an even spectrum of 512 values; the mean needs fewer
_CHORDS, _STARTS = 256, 128


def medium_event(
    name: str | Nuclide,
    nucleus_radius: float,
    *,
    progeny: Progeny | None = None,
    retention: Retention = 1.0,
    values: int = 512,
) -> SingleEvent:
    r"""Return the spectrum of a nucleus amid even activity, inside it and around.

    A line through the nucleus has a chord :math:`\ell = 2h` with density :math:`2h/r^2` in h.
    Along it an alpha of range R starts anywhere from R before the nucleus to its end; it leaves
    :math:`E(R - t_0) - E(R - t_1)`. The number of hits for each decay in a nucleus's volume is
    :math:`\frac{\pi r^2 (R + 4r/3)}{4 \pi r^3 / 3}`, and the mean dose is, exactly, the energy
    emitted over the mass (equilibrium of charged particles).

    Parameters
    ----------
    name, progeny, retention
        As for `cell_s_value`.
    nucleus_radius
        mm.
    values
        Number of z on the grid, at least 16.

    Returns
    -------
    SingleEvent
        ``hits_per_decay`` and ``s_value`` are for each decay in a volume like the nucleus's.

    Raises
    ------
    InputError
        If an argument is wrong.
    UnsupportedError
        If there is no alpha.

    Examples
    --------
    >>> event = medium_event("At-211", 4e-3, progeny="all")
    >>> f"{event.frequency_mean:.3f} Gy a hit"
    '0.325 Gy a hit'
    """
    if values < 16:
        raise InputError("too few", field="values", value=values, allowed="at least 16")
    if not 0 < nucleus_radius < float("inf"):
        raise InputError("not a positive number", field="nucleus_radius", value=nucleus_radius)
    parent = name if isinstance(name, Nuclide) else nuclide(name)
    weights = chain_weights(parent, progeny, retention)
    lines = chain_alpha_lines(tuple(weights.items()))
    kept = lines.yields > 0
    if not kept.any():
        raise UnsupportedError(
            "no alpha particle is emitted",
            field="nuclide",
            value=parent.name,
            allowed="nuclides that emit alphas, alone or with their progeny",
        )
    pairs = zip(lines.energy[kept], lines.yields[kept], strict=True)
    found = [_events(float(energy), float(number), nucleus_radius) for energy, number in pairs]
    energy, number = (np.concatenate(part) for part in zip(*found, strict=True))
    z = energy * GY_PER_MEV_PER_GRAM / (DENSITY * 4 / 3 * np.pi * nucleus_radius**3)
    hits = float(number.sum())
    mean = float(z @ number) / hits
    grid, probability = _gridded(z, number / hits, values)
    return SingleEvent(grid, probability, mean, float(z**2 @ number) / hits / mean, hits)


def _events(energy: float, number: float, radius: float) -> tuple[Array, Array]:
    """Return energies left (MeV) and their numbers for each decay in a nucleus's volume."""
    alpha = range_energy("alpha")
    reach = float(alpha.range_of(energy))
    half, part = _gauss(0.0, radius, _CHORDS)
    chord, lines = 2 * half[:, None], 2 * half * part / radius**2
    place = _places()
    left = alpha.energy_of(reach - reach * place)
    left = left - alpha.energy_of(reach - reach * place - chord)
    within = energy - alpha.energy_of(reach - chord * place)  # from there to the exit
    each = lines[:, None] * np.ones(place.shape[1]) / place.shape[1]
    scale = number * 3 / (4 * radius)  # the disk over the ball
    return (
        np.concatenate([left.ravel(), within.ravel()]),
        scale * np.concatenate([(each * reach).ravel(), (each * chord).ravel()]),
    )


def _places() -> Array:
    """Return where tracks start, from 0 to 1, shape (chords, starts).

    Each chord has its own, so that they do not pile up in the spectrum, in mirrored pairs, so
    that their sums are as good as a midpoint rule's.
    """
    golden = 0.5 * (np.sqrt(5.0) - 1.0)
    shift = np.arange(_CHORDS) * golden % 1.0
    pair = np.stack([shift, 1.0 - shift], axis=1)[:, None, :]
    steps = np.arange(_STARTS // 2)[:, None]
    return ((steps + pair) / (_STARTS // 2)).reshape(_CHORDS, -1)
