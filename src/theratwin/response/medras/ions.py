"""Survival of cells in a field with helium ions, one line and one exposure at a time."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np

from theratwin.core import Component, Curve, Exposure, InputError
from theratwin.response.medras.cell_line import CellLine
from theratwin.response.medras.irradiation import Field, damages
from theratwin.response.medras.pathways import repair_in
from theratwin.response.medras.survival import causes
from theratwin.response.medras.track_count import mean_over_tracks
from theratwin.response.medras.tracks import Tracks

#: Breaks of a track below which ions count as sparse, with the same dose for every cell.
_SPARSE = 0.5


def ion_survival(
    line: CellLine,
    photons: Curve | None,
    ions: Curve,
    tracks: Tracks,
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
    tracks
        Of the ions.
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
    hits = float(ions.integral(end=until)) / float(tracks.dose)

    def single(phase: str, number: np.ndarray) -> Any:
        """Return survival in a phase after some numbers of tracks."""
        repair = repair_in(line, phase)
        course = ions.scaled(number / hits if hits else 0.0 * number)
        field = Field(photons, course.scaled(1.0 - tracks.unrepairable), tracks.overlap)
        kill = causes(line, damages(field, repair, [until])[0], repair, delay).total
        lost = tracks.unrepairable * tracks.dose * float(repair.breaks_per_gray)
        survival = np.exp(-kill - lost * number)
        if phase != "M":
            return survival
        return survival * np.array([averaged("G1", n) for n in number])

    def averaged(phase: str, mean: float) -> float:
        if tracks.breaks < _SPARSE:
            return float(single(phase, np.array([mean]))[0])
        return mean_over_tracks(mean, lambda number: single(phase, number))

    return float(sum(part * averaged(phase, hits) for phase, part in line.mixture.items()))


def one_of(curve: Curve, place: tuple[int, ...]) -> Curve:
    """Return the curve of one patient, of a curve that has several or is that of all."""
    return curve[place] if curve.batch_shape else curve


def let_of(exposure: Exposure | Curve, model: str) -> float:
    """Return the LET (keV/um) of the helium ions of an exposure.

    Raises
    ------
    InputError
        If it is not known.
    """
    assert isinstance(exposure, Exposure)
    quality = exposure.quality.get(Component.ALPHA)
    if quality is None or quality.let is None:
        raise InputError(
            f"the model {model} needs the LET of the helium ions",
            field=f"exposure of {exposure.region}, quality.alpha.let",
            remedy="Give Exposure(..., quality={'alpha': Quality(let=100.0)})",
        )
    return quality.let
