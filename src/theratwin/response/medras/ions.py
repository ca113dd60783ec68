"""Survival of cells in a field with helium ions, one line and one exposure at a time."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np

from theratwin.core import Curve
from theratwin.response.medras.cell_line import CellLine
from theratwin.response.medras.helium import breaks_per_track, dose_per_track, track_overlap
from theratwin.response.medras.irradiation import Field, damages
from theratwin.response.medras.pathways import repair_in
from theratwin.response.medras.survival import log_kill
from theratwin.response.medras.track_count import mean_over_tracks

#: Breaks of a track below which ions count as sparse, with the same dose for every cell.
_SPARSE = 0.5


def ion_survival(
    line: CellLine,
    photons: Curve | None,
    ions: Curve,
    let: float,
    delay: float = 0.0,
    until: float = inf,
) -> float:
    r"""Return the surviving fraction of cells in helium ions, with photons or without.

    A cell hit by n tracks gets n times the dose of one, at dose rates of the same course; n is
    Poisson-distributed. Ions of less than half a break a track give every cell the mean dose, and
    so no spread; their overlap within tracks stays.

    Parameters
    ----------
    line
        The cell line.
    photons, ions
        Dose rates (Gy/h), of one patient.
    let
        Of the ions (keV/um).
    delay
        Of plating (h).
    until
        The time at which the exposure is ended (h).

    References
    ----------
    Citation ``mcmahon_2017``, as its program has it for acute doses; a course of ions over time
    follows what the program means. In mitosis the program takes the mean over tracks once more for
    what follows in G1, which is kept.
    """
    dose = float(ions.integral(end=until))
    overlap = track_overlap(line, let)
    per_track = float(dose_per_track(line, let))
    tracks = dose / per_track
    spread = float(breaks_per_track(line, let)) >= _SPARSE

    def single(phase: str, number: np.ndarray) -> Any:
        """Return survival in a phase after some numbers of tracks."""
        course = ions.scaled(number / tracks if tracks else 0.0 * number)
        kill = _kill(line, phase, Field(photons, course, overlap), delay, until)
        if phase != "M":
            return np.exp(-kill)
        return np.exp(-kill) * np.array([averaged("G1", n) for n in number])

    def averaged(phase: str, mean: float) -> float:
        if not spread:
            return float(single(phase, np.array([mean]))[0])
        return mean_over_tracks(mean, lambda number: single(phase, number))

    return float(sum(part * averaged(phase, tracks) for phase, part in line.mixture.items()))


def _kill(line: CellLine, phase: str, field: Field, delay: float, until: float) -> Any:
    repair = repair_in(line, phase)
    return log_kill(line, damages(field, repair, [until])[0], repair, delay)
