"""What a nuclide's alphas do to a cell line, from where the activity is: one object for both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from theratwin.core import InputError
from theratwin.physics.cells import Cell, SingleEvent, medium_event, single_event
from theratwin.physics.progeny import Progeny, Retention
from theratwin.response.quality.domains import DomainCell, SpecificEnergies
from theratwin.response.quality.microdosimetric_kinetic import (
    mkm_coefficients,
    smk_coefficients,
    spectrum_log_survival,
)
from theratwin.response.quality.oxygen_kinetic import OxygenCell, OxygenDomainCell
from theratwin.response.quality.slowing_down import AlphaQuality, nuclide_quality


@dataclass(frozen=True, eq=False)
class AlphaResponse:
    r"""Response of a nucleus to alphas: its hits, and how one specific energy kills.

    Parameters
    ----------
    nuclide
        With what counts of its progeny.
    quality
        Dose-mean LET and specific energies of domains.
    single
        :math:`f_1(z)` of the nucleus.
    alpha, beta
        Of the kinetic model at that quality, 1/Gy and 1/Gy².
    """

    nuclide: str
    quality: AlphaQuality
    single: SingleEvent
    alpha: float
    beta: float

    def log_survival(self, dose: Any) -> Any:
        """Return ln S at mean doses by alphas to the nucleus (Gy): `spectrum_log_survival`."""
        return spectrum_log_survival(self.single, dose, self.alpha, self.beta)

    def mean_dose_log_survival(self, dose: Any) -> Any:
        """Return ln S as if every nucleus got the mean dose (Gy)."""
        return -dose * (self.alpha + self.beta * dose)

    def rbe(self, alpha: float, beta: float, log_kill: float) -> float:
        """Return the dose of photons over that by alphas that kills so many.

        Parameters
        ----------
        alpha, beta
            Of photons given at once, 1/Gy and 1/Gy².
        log_kill
            -ln S.
        """
        from scipy.optimize import brentq

        photons = 2.0 * log_kill / (alpha + (alpha**2 + 4.0 * beta * log_kill) ** 0.5)
        high = 10.0 * log_kill / self.alpha
        alphas = brentq(lambda d: -float(self.log_survival(d)) - log_kill, 0.0, high)
        return float(photons / alphas)


def alpha_response(
    name: str,
    line: DomainCell | OxygenCell | OxygenDomainCell,
    geometry: Cell,
    source: str | None = None,
    *,
    stochastic: bool = False,
    pressure: float | None = None,
    progeny: Progeny | None = None,
    retention: Retention = 1.0,
) -> AlphaResponse:
    """Return the response of a cell line to a nuclide's alphas, by a kinetic model.

    Parameters
    ----------
    name, progeny, retention
        As for `physics.cells.cell_s_value`.
    line
        Of `domain_cell`, or with oxygen of `oxygen_cell` or `oxygen_domain_cell`.
    geometry
        The cell; its nucleus is the target.
    source
        ``N``, ``Cy``, ``CS`` or ``C`` of the same cell; without it, activity is everywhere alike.
    stochastic
        Whether saturation lowers beta too, as in SMK; in the models with oxygen it always does.
    pressure
        Of oxygen, mmHg; for the lines with oxygen, which need it.

    Raises
    ------
    InputError
        If an argument is wrong, or oxygen is missing or of no use.
    UnsupportedError
        If no alpha reaches the nucleus.

    Examples
    --------
    >>> from theratwin.response.quality.domains import domain_cell
    >>> found = alpha_response("Ac-225", domain_cell("HSG"), Cell(6.2e-3, 4e-3), progeny="all")
    >>> f"{float(found.log_survival(1.0)):.2f}, by mean dose {found.mean_dose_log_survival(1):.2f}"
    '-1.37, by mean dose -2.04'
    >>> round(found.rbe(0.15, 0.0593, 2.302585), 1)
    3.1
    """
    domains = _domains(line, pressure, stochastic)
    if source is None:
        quality = nuclide_quality(name, domains, progeny=progeny, retention=retention)
        radius = geometry.nucleus_radius
        single = medium_event(name, radius, progeny=progeny, retention=retention)
    else:
        quality = nuclide_quality(
            name, domains, geometry=geometry, source=source, progeny=progeny, retention=retention
        )
        single = single_event(name, geometry, source, progeny=progeny, retention=retention)
    alpha, beta = _coefficients(line, quality.energies, pressure, stochastic)
    return AlphaResponse(name, quality, single, alpha, beta)


def _domains(
    line: DomainCell | OxygenCell | OxygenDomainCell, pressure: float | None, stochastic: bool
) -> DomainCell:
    """Return the domains, once the options fit the line."""
    if isinstance(line, DomainCell):
        if pressure is not None:
            raise InputError(
                "this cell line knows no oxygen",
                field="pressure",
                value=pressure,
                remedy="Take one of oxygen_cell or oxygen_domain_cell",
            )
        return line
    if pressure is None or not 0 <= pressure < float("inf"):
        raise InputError("oxygen is needed", field="pressure", value=pressure, allowed="0 or more")
    if stochastic:
        raise InputError("the models with oxygen are stochastic as they are", field="stochastic")
    return line.domains_at(pressure)


def _coefficients(
    line: DomainCell | OxygenCell | OxygenDomainCell,
    energies: SpecificEnergies,
    pressure: float | None,
    stochastic: bool,
) -> tuple[float, float]:
    if isinstance(line, DomainCell):
        return (smk_coefficients if stochastic else mkm_coefficients)(line, energies)
    alpha, beta = line.coefficients(energies, 0.0 if pressure is None else pressure)
    return float(alpha), float(beta)
