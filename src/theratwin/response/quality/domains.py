"""Domains of a nucleus: the specific energies that the microdosimetric kinetic models take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from theratwin.core import InputError, parameter_set
from theratwin.core._arrays import as_float, namespace
from theratwin.response.quality.site import impact_quadrature, site_specific_energy
from theratwin.response.quality.track_structure import TrackStructure

_SET = ("response", "microdosimetric")


@dataclass(frozen=True)
class DomainCell:
    r"""A cell line of the microdosimetric kinetic models.

    Parameters
    ----------
    alpha, beta
        Coefficients in the limit of sparse ionization :math:`\alpha_0` (1/Gy) and
        :math:`\beta` (1/Gy²).
    domain_radius, nucleus_radius
        um.
    saturation
        :math:`z_0` (Gy); of `saturation_parameter` if not given.
    name
        Of the cell line.

    Raises
    ------
    InputError
        If a number is out of range.

    Examples
    --------
    >>> round(DomainCell(0.136, 0.02, 0.24, 3.6).saturation, 2)
    105.83
    """

    alpha: float
    beta: float
    domain_radius: float
    nucleus_radius: float
    saturation: float = 0.0
    name: str = ""

    def __post_init__(self) -> None:
        for field in ("beta", "domain_radius", "nucleus_radius"):
            value = getattr(self, field)
            if not 0 < value < float("inf"):
                raise InputError("not a positive number", field=field, value=value)
        if not 0 <= self.alpha < float("inf"):
            raise InputError("negative", field="alpha", value=self.alpha, allowed="0 or more")
        if self.saturation == 0.0:
            derived = saturation_parameter(self.domain_radius, self.nucleus_radius, self.beta)
            object.__setattr__(self, "saturation", derived)
        if not 0 < self.saturation < float("inf"):
            raise InputError("not a positive number", field="saturation", value=self.saturation)


@dataclass(frozen=True)
class SpecificEnergies:
    """Dose-mean specific energies of one event, Gy.

    Parameters
    ----------
    domain
        Of a domain.
    saturated
        Of a domain with saturation, z*.
    nucleus
        Of the nucleus.
    """

    domain: float
    saturated: float
    nucleus: float


def domain_cell(name: str, model: str = "mkm") -> DomainCell:
    """Return a cell line that ships: ``mkm`` HSG, V79, HSG_2010; ``smk`` HSG, V79.

    Raises
    ------
    InputError
        If there is none; the nearest name is given.

    Examples
    --------
    >>> domain_cell("HSG").domain_radius
    0.29
    """
    known = parameter_set(*_SET)
    names = sorted({path.split(".")[1] for path in known if path.startswith(f"{model}.")})
    if model not in ("mkm", "smk"):
        raise InputError("unknown model", field="model", value=model, allowed=["mkm", "smk"])
    if name not in names:
        raise InputError("unknown cell line", field="name", value=name, allowed=names)
    values = {key: p.value for key, p in known.under(f"{model}.{name}").items()}
    return DomainCell(**values, name=name)


def saturation_parameter(domain_radius: float, nucleus_radius: float, beta: float) -> float:
    r"""Return :math:`z_0 = \frac{(R_n/r_d)^2}{\sqrt{\beta (1 + (R_n/r_d)^2)}}` (Gy).

    Citations ``kase_2006`` and ``inaniwa_2010``.

    Examples
    --------
    >>> [round(saturation_parameter(r, n, b), 2) for r, n, b in
    ...  [(0.29, 3.9, 0.0593), (0.24, 3.6, 0.02), (0.32, 3.9, 0.0615)]]
    [55.07, 105.83, 48.98]
    """
    ratio = (nucleus_radius / domain_radius) ** 2
    return ratio / (beta * (1.0 + ratio)) ** 0.5


def saturated(energy: Any, saturation: float) -> Any:
    r"""Return :math:`z' = z_0 \sqrt{1 - e^{-(z/z_0)^2}}` (Gy): kills beyond need do not count.

    Examples
    --------
    >>> round(float(saturated(1000.0, 55.0)), 6), round(float(saturated(0.01, 55.0)), 6)
    (55.0, 0.01)
    """
    z = as_float(energy)
    xp = namespace(z)
    return saturation * xp.sqrt(-xp.expm1(-((z / saturation) ** 2)))


def track_specific_energies(track: TrackStructure, cell: DomainCell) -> SpecificEnergies:
    r"""Return the dose-mean specific energies of events by one kind of track.

    .. math:: \bar z_d = \frac{\int z^2 b\,db}{\int z\,b\,db}, \qquad
              z^*_{1D} = \frac{\int z'^2 b\,db}{\int z\,b\,db}

    over impact parameters b, with z of `site_specific_energy`.

    Examples
    --------
    >>> from theratwin.response.quality.track_structure import kiefer_chatterjee
    >>> found = track_specific_energies(kiefer_chatterjee(1.5, 79.0), domain_cell("HSG"))
    >>> f"z* {found.saturated:.1f} Gy of {found.domain:.1f} Gy; nucleus {found.nucleus:.3f} Gy"
    'z* 32.7 Gy of 46.1 Gy; nucleus 0.264 Gy'
    """
    b, weight = impact_quadrature(track, cell.domain_radius)
    z = site_specific_energy(track, cell.domain_radius, b)
    total = weight @ z
    b, around = impact_quadrature(track, cell.nucleus_radius)
    whole = site_specific_energy(track, cell.nucleus_radius, b)
    return SpecificEnergies(
        domain=float(weight @ z**2 / total),
        saturated=float(weight @ saturated(z, cell.saturation) ** 2 / total),
        nucleus=float(around @ whole**2 / (around @ whole)),
    )
