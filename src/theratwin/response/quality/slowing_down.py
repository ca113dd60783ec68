"""Radiation quality of alphas that slow down, in a medium or through a nucleus."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.core import InputError, Quality
from theratwin.physics.cells import Cell
from theratwin.physics.cells.crossings import crossings
from theratwin.physics.cells.ranges import range_energy
from theratwin.physics.cells.tracks import chain_alpha_lines
from theratwin.physics.matter import heavy_stopping_power, material
from theratwin.physics.progeny import Progeny, Retention, chain_weights
from theratwin.response.quality.domains import (
    DomainCell,
    SpecificEnergies,
    track_specific_energies,
)
from theratwin.response.quality.track_structure import kiefer_chatterjee

Array = NDArray[np.float64]
_LOWEST, _HIGHEST, _POINTS = 1e-3, 12.0, 121  # MeV
_NUCLEONS = 4.0
KEV_PER_UM = 0.1  # of 1 MeV cm2/g in water at 1 g/mL


@dataclass(frozen=True)
class AlphaQuality:
    """Dose-mean quality of a field of alpha particles.

    Parameters
    ----------
    let
        Dose-mean LET, keV/um.
    energies
        Dose-mean specific energies of one event, Gy.
    """

    let: float
    energies: SpecificEnergies

    @property
    def quality(self) -> Quality:
        """The same as an exposure takes it."""
        return Quality(let=self.let, specific_energy=self.energies.nucleus)


def alpha_let(energy: ArrayLike) -> Array:
    """Return the LET of alpha particles in water (keV/um) at energies (MeV), NIST ASTAR.

    Examples
    --------
    >>> float(alpha_let(5.5).round(1))
    82.7
    """
    return KEV_PER_UM * heavy_stopping_power(material("water"), energy, "alpha")


def alpha_energy(let: float) -> float:
    """Return the energy (MeV) of alpha particles with a LET (keV/um), above that of the maximum.

    Raises
    ------
    InputError
        If no alpha particle of up to 60 MeV has it.

    Examples
    --------
    >>> round(alpha_energy(100.0), 2)
    4.2
    """
    energy = np.geomspace(0.5, 60.0, 2001)
    known = alpha_let(energy)
    peak = int(np.argmax(known))
    falling = known[peak:]
    if not falling[-1] <= let <= falling[0]:
        raise InputError(
            "no alpha particle has this LET in water",
            field="let",
            value=f"{let:g} keV/um",
            allowed=f"{falling[-1]:.1f} to {falling[0]:.1f} keV/um",
        )
    return float(np.exp(np.interp(-let, -falling, np.log(energy[peak:]))))


def alpha_quality(energy: float, cell: DomainCell) -> AlphaQuality:
    """Return the quality of alpha particles of one energy (MeV), before they slow down.

    Examples
    --------
    >>> from theratwin.response.quality.domains import domain_cell
    >>> found = alpha_quality(5.5, domain_cell("HSG"))
    >>> f"{found.let:.1f} keV/um, z* {found.energies.saturated:.1f} Gy"
    '82.7 keV/um, z* 33.3 Gy'
    """
    let = float(alpha_let(energy))
    track = kiefer_chatterjee(energy / _NUCLEONS, let)
    return AlphaQuality(let, track_specific_energies(track, cell))


def nuclide_quality(
    name: str,
    cell: DomainCell,
    *,
    geometry: Cell | None = None,
    source: str | None = None,
    progeny: Progeny | None = None,
    retention: Retention = 1.0,
) -> AlphaQuality:
    r"""Return the dose-mean quality of a nuclide's alphas, over the energies at which they kill.

    .. math:: \bar q = \frac{\sum_i w_i \int_{E_i^{out}}^{E_i^{in}} q(E)\,dE}
                             {\sum_i w_i (E_i^{in} - E_i^{out})}

    An alpha leaves dE at each energy that it passes, so that means over dose are means over
    energy. In a medium that holds the activity evenly every alpha slows down wholly; with a
    cell's ``geometry`` and ``source``, its energies where it enters and leaves the nucleus count.

    Parameters
    ----------
    name, progeny, retention
        As for `physics.cells.cell_s_value`.
    cell
        Domains and nucleus of the kinetic model.
    geometry, source
        The cell and ``N``, ``Cy``, ``CS`` or ``C``; without them, the medium.

    Raises
    ------
    InputError
        If one of ``geometry`` and ``source`` is missing, or no alpha leaves energy.

    Examples
    --------
    >>> from theratwin.response.quality.domains import domain_cell
    >>> found = nuclide_quality("Ac-225", domain_cell("HSG"), progeny="all")
    >>> f"{found.let:.0f} keV/um, z* {found.energies.saturated:.1f} Gy"
    '128 keV/um, z* 30.8 Gy'
    """
    weights = tuple(chain_weights(name, progeny, retention).items())
    lines = chain_alpha_lines(weights)
    entering, leaving, number = _segments(lines.energy, lines.yields, geometry, source)
    lost = float(number @ (entering - leaving)) if number.size else 0.0
    if not lost > 0:
        raise InputError(
            "no alpha particle leaves energy there",
            field="nuclide",
            value=name,
            allowed="nuclides that emit alphas, alone or with their progeny",
        )
    integrals = _cumulated(cell)
    means = [float(number @ (q(entering) - q(leaving))) / lost for q in integrals]
    return AlphaQuality(means[0], SpecificEnergies(*means[1:]))


def _segments(
    energy: Array, yields: Array, geometry: Cell | None, source: str | None
) -> tuple[Array, Array, Array]:
    """Return energies in and out (MeV) and numbers a decay of the tracks that count."""
    if (geometry is None) != (source is None):
        raise InputError(
            "a cell and a source compartment belong together",
            field="source" if source is None else "geometry",
            remedy="Give both, or none for an even medium",
        )
    if geometry is None or source is None:
        return energy, np.zeros_like(energy), yields
    ways, alpha = crossings(geometry, source), range_energy("alpha")
    end = alpha.range_of(energy)[:, None]
    entering, leaving = alpha.energy_of(end - ways.entry), alpha.energy_of(end - ways.leave)
    number = yields[:, None] * ways.weight * (ways.entry < end)
    return entering.ravel(), leaving.ravel(), number.ravel()


@cache
def _cumulated(cell: DomainCell) -> tuple[Any, ...]:
    """Return the integrals over energy of LET, z of the domain, z* and z of the nucleus."""
    from scipy.interpolate import PchipInterpolator

    energy = np.geomspace(_LOWEST, _HIGHEST, _POINTS)
    rows = []
    for one in energy:
        found = alpha_quality(float(one), cell)
        of = found.energies
        rows.append([found.let, of.domain, of.saturated, of.nucleus])
    # below the table the values stay: 1 keV of several MeV
    grid, values = np.r_[0.0, energy], np.vstack([rows[:1], rows])
    return tuple(PchipInterpolator(grid, column).antiderivative() for column in values.T)
