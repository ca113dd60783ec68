"""Tracks of helium ions: breaks along one, and the chance that two of them meet."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from theratwin.core import InputError
from theratwin.core._arrays import as_float
from theratwin.response.medras.cell_line import CellLine

#: um in a mm.
_MICROMETERS = 1e3
#: Gy in a sphere of 1 um radius per keV, and Gy per keV in a um^3 of water, as published.
_GRAY_PER_KEV, _KEV_PER_GRAY_VOLUME = 0.03825, 6.2415
#: Double-strand breaks per Gy of the human nucleus that the tracks are scaled by.
_HUMAN_BREAKS, _HUMAN_GENOME = 35.0, 6100.0


@cache
def _tracks() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return distances (um), LETs (keV/um), and energies (keV) by distance and LET."""
    folder = files("theratwin.response.medras").joinpath("data")
    text = folder.joinpath("helium_tracks.csv").read_text(encoding="utf-8")
    lines = [line.split(",") for line in text.splitlines() if not line.startswith("#")]
    table = np.array(lines[1:], dtype=float)
    return table[:, 0], np.array(lines[0][1:], dtype=float), table[:, 1:]


def energy_around(let: float) -> tuple[np.ndarray, np.ndarray]:
    """Return distances (um) and the energies (keV) around a point of a track.

    Between the LETs of the data energies are interpolated; outside, those of the nearest LET are
    scaled. Above 102.9 keV/um that is an extrapolation.

    Raises
    ------
    InputError
        If the LET (keV/um) is not positive.
    """
    if not 0.0 < let < float("inf"):
        raise InputError("the LET must be positive", field="let", value=let, allowed="keV/um")
    distance, lets, energy = _tracks()
    if let <= lets[0]:
        return distance, energy[:, 0] * let / lets[0]
    if let >= lets[-1]:
        return distance, energy[:, -1] * let / lets[-1]
    above = int(np.searchsorted(lets, let))
    part = (let - lets[above - 1]) / (lets[above] - lets[above - 1])
    return distance, part * energy[:, above] + (1.0 - part) * energy[:, above - 1]


def track_overlap(line: CellLine, let: float) -> Any:
    r"""Return :math:`\eta_t`: the chance that a break meets another of its own track.

    .. math:: \eta_t = 2 \sum_r e^{-r^2/2s^2} f_{in}(r)\,n(r), \qquad
              f_{in} = 1 - \tfrac14 \frac rR \left(3 - \tfrac14 \frac{r^2}{R^2}\right)

    of the breaks n at a distance r, with :math:`s = \sigma R`.

    Parameters
    ----------
    line
        The cell line: range of misrejoining and nuclear radius R.
    let
        Linear energy transfer (keV/um).

    References
    ----------
    Citation ``mcmahon_2017``.

    Examples
    --------
    >>> print(f"{track_overlap(CellLine('G1'), 100.0):.4f}")
    1.4254
    """
    distance, energy = energy_around(let)
    radius = as_float(line.value("nuclear_radius"))[..., None] * _MICROMETERS
    reach = as_float(line.value("misrejoining_range"))[..., None] * radius
    breaks = energy * _GRAY_PER_KEV * _HUMAN_BREAKS / radius**3
    part = distance / radius
    inside = np.where(part > 2.0, 0.0, 1.0 - part * (3.0 - part**2 / 4.0) / 4.0)
    return 2.0 * np.sum(np.exp(-(distance**2) / (2.0 * reach**2)) * inside * breaks, axis=-1)


def breaks_per_track(line: CellLine, let: float) -> Any:
    r"""Return the double-strand breaks of a track through a G1 nucleus: :math:`\tfrac43 R n L`.

    The nucleus is as large as its genome, and a chord of it is :math:`\tfrac43 R` on average.

    Examples
    --------
    >>> print(f"{breaks_per_track(CellLine('G1'), 100.0):.3f}")
    9.979
    """
    radius = as_float(line.value("nuclear_radius")) * _MICROMETERS
    per_kev = line.value("break_density") * _HUMAN_GENOME
    per_kev = per_kev / (_KEV_PER_GRAY_VOLUME * 4.0 / 3.0 * np.pi * radius**3)
    own = (line.value("genome_size") / _HUMAN_GENOME) ** (1.0 / 3.0) * radius
    return 4.0 / 3.0 * own * per_kev * let


def dose_per_track(line: CellLine, let: float) -> Any:
    """Return the mean dose (Gy) of a track through the nucleus.

    Examples
    --------
    >>> print(f"{dose_per_track(CellLine('G1'), 100.0):.4f}")
    0.2852
    """
    return breaks_per_track(line, let) / (line.value("genome_size") * line.value("break_density"))
