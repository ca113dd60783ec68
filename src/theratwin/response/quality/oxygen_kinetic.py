"""The stochastic microdosimetric kinetic model with oxygen (OSMK), of 2021 and of 2023."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from theratwin.core import InputError, parameter_set
from theratwin.response.oxygen.enhancement import greatest_resistance, radioresistance
from theratwin.response.quality.domains import DomainCell, SpecificEnergies

_SET = ("response", "microdosimetric")


@dataclass(frozen=True)
class OxygenCell:
    r"""A cell line whose oxygen effect depends on radiation quality through :math:`\bar z_d`.

    .. math:: \alpha = \alpha_L + \frac{\alpha_S}{R} + \frac{\beta z^*}{R^2}, \qquad
              \beta(p) = \frac{z^*}{\bar z_d} \frac{\beta}{R^2}

    with R of `radioresistance` at `greatest_resistance`. Citation ``inaniwa_2021``.

    Parameters
    ----------
    domains
        The domains, beta, and :math:`\alpha_L` as ``alpha``, which oxygen does not change.
    alpha_sparing
        :math:`\alpha_S`, the part that a lack of oxygen spares, 1/Gy.
    half_pressure
        K, mmHg.
    resistance_energy, resistance_exponent, greatest_resistance
        :math:`z_R` (Gy), :math:`\gamma` and :math:`R_m`.

    Examples
    --------
    >>> cell = oxygen_cell("HSG")
    >>> sparse, dense = SpecificEnergies(1.0, 1.0, 0.01), SpecificEnergies(150.0, 60.0, 0.1)
    >>> [round(float(cell.resistance(e, 0.0)), 2) for e in (sparse, dense)]
    [2.88, 1.19]
    """

    domains: DomainCell
    alpha_sparing: float
    half_pressure: float
    resistance_energy: float
    resistance_exponent: float
    greatest_resistance: float

    def resistance(self, energies: SpecificEnergies, pressure: Any) -> Any:
        """Return R at pressures of oxygen (mmHg), of the same shape."""
        most = greatest_resistance(
            energies.domain,
            self.resistance_energy,
            self.resistance_exponent,
            self.greatest_resistance,
        )
        return radioresistance(pressure, most, self.half_pressure)

    def domains_at(self, pressure: float) -> DomainCell:
        """Return the domains, which are the same at every pressure of oxygen."""
        return self.domains

    def coefficients(self, energies: SpecificEnergies, pressure: Any) -> tuple[Any, Any]:
        """Return alpha and beta (1/Gy, 1/Gy²) at pressures of oxygen (mmHg)."""
        return _coefficients(self, energies, self.resistance(energies, pressure))


@dataclass(frozen=True)
class OxygenDomainCell:
    r"""A cell line whose domains grow smaller, and saturate later, as oxygen gets less.

    With R of `radioresistance` at :math:`R_{max}`, whatever the quality,

    .. math:: r_d(p) = \frac{r_d}{1 + (R - 1)\frac{f_r - 1}{R_{max} - 1}}, \qquad
              z_0(p) = z_0 \left[1 + (R - 1)\frac{f_z - 1}{R_{max} - 1}\right]^2

    and the coefficients of `OxygenCell`, from the specific energies of those domains. Citation
    ``inaniwa_2023``.

    Parameters
    ----------
    domains, alpha_sparing, half_pressure
        As for `OxygenCell`.
    greatest_resistance
        :math:`R_{max}`.
    greatest_domain_factor, greatest_saturation_factor
        :math:`f_r` and :math:`f_z`.

    Examples
    --------
    >>> cell = oxygen_domain_cell("HSG")
    >>> round(cell.domains_at(0.0).domain_radius, 4), cell.domains_at(1e9).domain_radius
    (0.0767, 0.23)
    """

    domains: DomainCell
    alpha_sparing: float
    half_pressure: float
    greatest_resistance: float
    greatest_domain_factor: float
    greatest_saturation_factor: float

    def resistance(self, pressure: Any) -> Any:
        """Return R at pressures of oxygen (mmHg), of the same shape."""
        return radioresistance(pressure, self.greatest_resistance, self.half_pressure)

    def domains_at(self, pressure: float) -> DomainCell:
        """Return the domains at a pressure of oxygen (mmHg)."""
        part = (float(self.resistance(pressure)) - 1.0) / (self.greatest_resistance - 1.0)
        radius = 1.0 + part * (self.greatest_domain_factor - 1.0)
        energy = (1.0 + part * (self.greatest_saturation_factor - 1.0)) ** 2
        return replace(
            self.domains,
            domain_radius=self.domains.domain_radius / radius,
            saturation=self.domains.saturation * energy,
        )

    def coefficients(self, energies: SpecificEnergies, pressure: float) -> tuple[Any, Any]:
        """Return alpha and beta (1/Gy, 1/Gy²); the energies are those of `domains_at`."""
        return _coefficients(self, energies, self.resistance(pressure))


def oxygen_cell(name: str) -> OxygenCell:
    """Return a cell line of 2021 that ships: HSG, V79.

    Raises
    ------
    InputError
        If there is none; the nearest name is given.
    """
    values = _values("osmk_2021", name)
    return OxygenCell(_domains(values, name), **values)


def oxygen_domain_cell(name: str) -> OxygenDomainCell:
    """Return a cell line of 2023 that ships: HSG, CHO.

    Raises
    ------
    InputError
        If there is none; the nearest name is given.
    """
    values = _values("osmk_2023", name)
    return OxygenDomainCell(_domains(values, name), **values)


def _values(branch: str, name: str) -> dict[str, float]:
    known = parameter_set(*_SET)
    names = sorted({path.split(".")[1] for path in known if path.startswith(f"{branch}.")})
    if name not in names:
        raise InputError("unknown cell line", field="name", value=name, allowed=names)
    return {key: p.value for key, p in known.under(f"{branch}.{name}").items()}


def _domains(values: dict[str, float], name: str) -> DomainCell:
    """Take what makes domains out of the values."""
    fields = ("alpha", "beta", "domain_radius", "nucleus_radius", "saturation")
    return DomainCell(*(values.pop(field) for field in fields), name=name)


def _coefficients(
    cell: OxygenCell | OxygenDomainCell, energies: SpecificEnergies, resistance: Any
) -> tuple[Any, Any]:
    of, squared = cell.domains, resistance**2
    alpha = of.alpha + cell.alpha_sparing / resistance + of.beta * energies.saturated / squared
    return alpha, of.beta * energies.saturated / energies.domain / squared
