"""Cells of a lesion that take up a radiopharmaceutical: what a concentration does to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import log, pi

import numpy as np
from numpy.typing import NDArray

from theratwin.core import InputError, UnsupportedError, parameter_set
from theratwin.physics import nuclide, sphere_s_value
from theratwin.physics.cells import Cell, SingleEvent, cell_s_value, medium_event, single_event
from theratwin.physics.progeny import Progeny
from theratwin.response.quality.track_count import TrackCount

Array = NDArray[np.float64]
_NODES = 40
_DENSITY = 1.04e-3  # g/mm3, soft tissue as of the spheres


@dataclass(frozen=True)
class LesionCells:
    """Cells packed without gaps, each with activity on its surface or within.

    Parameters
    ----------
    cell
        Its radii, mm.
    alpha, beta, repair_half_time
        Of electrons and photons: 1/Gy, 1/Gy², h.
    sensitivity
        Specific energy by alphas that e⁻¹ of the nuclei survive, Gy.
    clonogens
        Of them a gram.
    biological_half_life
        Of the radiopharmaceutical in the lesion, h.
    uptake_sd
        Standard deviation of the logarithm of uptake; its mean is kept.
    patch_radius
        Of patches of cells with one uptake, mm; 0 if each cell has its own.
    source
        Where the activity is: ``CS``, ``Cy``, ``N`` or ``C``.

    Raises
    ------
    InputError
        If a number is out of range.
    """

    cell: Cell
    alpha: float
    beta: float
    repair_half_time: float
    sensitivity: float
    clonogens: float
    biological_half_life: float
    uptake_sd: float = 0.0
    patch_radius: float = 0.0
    source: str = "CS"

    def __post_init__(self) -> None:
        for field in (
            *("alpha", "repair_half_time", "sensitivity"),
            *("clonogens", "biological_half_life"),
        ):
            value = getattr(self, field)
            if not 0 < value < float("inf"):
                raise InputError("not a positive number", field=field, value=value)
        for field in ("beta", "uptake_sd", "patch_radius"):
            value = getattr(self, field)
            if not 0 <= value < float("inf"):
                raise InputError("negative", field=field, value=value, allowed="0 or more")

    @property
    def uptakes(self) -> tuple[Array, Array]:
        """Uptakes over their mean, and the share of cells with each (Gauss-Hermite)."""
        if self.uptake_sd == 0:
            return np.ones(1), np.ones(1)
        point, weight = np.polynomial.hermite_e.hermegauss(_NODES)
        sd = self.uptake_sd
        return np.exp(sd * point - 0.5 * sd**2), weight / weight.sum()

    def protraction(self, name: str) -> float:
        """Return G of complete decay, by the nuclide's and the biological half-life."""
        leaving = log(2.0) / self.biological_half_life + nuclide(name).decay_constant
        return leaving / (leaving + log(2.0) / self.repair_half_time)


@dataclass(frozen=True)
class CellDose:
    """Doses to a nucleus by its own cell or patch, and how alphas kill.

    Parameters
    ----------
    own_electrons, own_alphas
        For a unit of concentration, Gy/(MBq h/g).
    own_slope, cross_slope
        Kill a Gy by alphas from there and from elsewhere, 1/Gy; 0 without alphas.
    """

    own_electrons: float
    own_alphas: float
    own_slope: float
    cross_slope: float


def lesion_cells(**changes: object) -> LesionCells:
    """Return the cells of the parameter set `lesion_cells`, with changes.

    Examples
    --------
    >>> lesion_cells(uptake_sd=1.0).clonogens
    100000000.0
    """
    values = {key: p.value for key, p in parameter_set("response", "lesion_cells").items()}
    cell = Cell(values.pop("cell_radius"), values.pop("nucleus_radius"))
    return LesionCells(**{"cell": cell, **values, **changes})  # type: ignore[arg-type]


@lru_cache(maxsize=64)
def cell_dose(name: str, cells: LesionCells, progeny: Progeny) -> CellDose:
    """Return the doses of a cell by itself, or its patch, and the slopes of kill by alphas.

    A patch is a sphere, and its own dose the mean of it.

    Raises
    ------
    InputError
        If a patch is too small for the tables of spheres, below 1e-6 g.
    """
    around = _slope(medium_event, name, cells, cells.cell.nucleus_radius, progeny=progeny)
    if cells.patch_radius > 0:
        mass = _DENSITY * 4 / 3 * pi * cells.patch_radius**3
        patch = sphere_s_value(name, mass, _DENSITY * 1e3, progeny=progeny)
        electrons, alphas = patch.electrons + patch.photons, patch.alphas
        return CellDose(float(electrons * mass), float(alphas * mass), around, around)
    pair = f"N<-{cells.source}"
    s_value = cell_s_value(name, cells.cell, progeny=progeny)
    content = cells.cell.mass("C")  # MBq h a cell for each MBq h/g
    own = _slope(single_event, name, cells, cells.cell, cells.source, progeny=progeny)
    return CellDose(s_value.electrons[pair] * content, s_value.alphas[pair] * content, own, around)


def _slope(
    event: Callable[..., SingleEvent], name: str, cells: LesionCells, *args: object, **named: object
) -> float:
    """Return the kill a Gy by alphas of a spectrum; 0 if there are none."""
    try:
        single = event(name, *args, **named)
    except UnsupportedError:
        return 0.0
    return TrackCount.by_sensitivity(single, cells.sensitivity).alpha
