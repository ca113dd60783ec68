"""The oxygen effect: how much less cells respond at a pressure of oxygen than with plenty."""

from __future__ import annotations

from typing import Any

from theratwin.core._arrays import as_float, namespace


def relative_sensitivity(pressure: Any, greatest: Any, half_pressure: Any) -> Any:
    r"""Return the sensitivity over that without oxygen, :math:`h(p) = \frac{m p + K}{p + K}`.

    It rises from 1 to m; half of the rise is at K. Citation ``alper_howard_flanders_1956``.

    Parameters
    ----------
    pressure
        Partial pressure of oxygen p, mmHg.
    greatest
        m, the greatest oxygen enhancement ratio.
    half_pressure
        K, mmHg. All broadcast.

    Examples
    --------
    >>> [round(float(relative_sensitivity(p, 3.0, 3.0)), 3) for p in (0.0, 3.0, 60.0)]
    [1.0, 2.0, 2.905]
    """
    p, k = as_float(pressure), as_float(half_pressure)
    return (greatest * p + k) / (p + k)


def radioresistance(pressure: Any, greatest: Any, half_pressure: Any) -> Any:
    r"""Return the dose over that with plenty of oxygen for one effect, :math:`R = m / h(p)`.

    .. math:: R(p) = \frac{p + K}{p + K / m}

    It falls from m to 1: the oxygen enhancement ratio of the review's Eq. 7, hypoxic dose over
    aerobic dose, at least 1. Some programs write its inverse, a multiplier of dose.

    Parameters
    ----------
    pressure, greatest, half_pressure
        As for `relative_sensitivity`.

    Examples
    --------
    >>> [round(float(radioresistance(p, 3.0, 3.0)), 3) for p in (0.0, 3.0, 60.0)]
    [3.0, 1.5, 1.033]
    """
    p, k = as_float(pressure), as_float(half_pressure)
    return (p + k) / (p + k / greatest)


def greatest_resistance(
    domain_energy: Any, resistance_energy: Any, exponent: Any, sparse: Any
) -> Any:
    r"""Return the radioresistance without oxygen at a radiation quality.

    .. math:: m(\zeta) = \frac{\zeta^\gamma + R_m}{\zeta^\gamma + 1}, \qquad
              \zeta = \bar z_d / z_R

    From :math:`R_m` of sparsely ionizing radiation to 1 of densely ionizing radiation, which
    oxygen does not help. With it, `radioresistance` is R of citation ``inaniwa_2021``.

    Parameters
    ----------
    domain_energy
        :math:`\bar z_d`, dose-mean specific energy of one event in a domain, Gy.
    resistance_energy
        :math:`z_R`, Gy.
    exponent
        :math:`\gamma`.
    sparse
        :math:`R_m`. All broadcast.

    Examples
    --------
    >>> [round(float(greatest_resistance(z, 28.0, 1.3, 2.9)), 2) for z in (0.1, 28.0, 120.0)]
    [2.9, 1.95, 1.25]
    """
    power = (as_float(domain_energy) / resistance_energy) ** exponent
    return (power + sparse) / (power + 1.0)


def oxygen_enhancement_ratio(
    dose: Any, alpha: Any, beta: Any, resistance_alpha: Any, resistance_beta: Any
) -> Any:
    r"""Return the hypoxic over the aerobic dose that kill as many, at an aerobic dose.

    With :math:`\alpha/R_\alpha` and :math:`\beta/R_\beta^2` under hypoxia,

    .. math:: \frac{\alpha}{R_\alpha} D_h + \frac{\beta}{R_\beta^2} D_h^2
              = \alpha D + \beta D^2, \qquad \mathrm{OER} = D_h / D ,

    from :math:`R_\alpha` at small doses to :math:`R_\beta` at large ones: it depends on dose
    unless the two are one (citation ``wenzl_wilkens_2011``).

    Parameters
    ----------
    dose
        Aerobic dose D, Gy, above zero.
    alpha, beta
        With plenty of oxygen, 1/Gy and 1/Gy².
    resistance_alpha, resistance_beta
        Of `radioresistance`. All broadcast.

    Examples
    --------
    >>> round(float(oxygen_enhancement_ratio(2.0, 0.3, 0.03, 3.0, 3.0)), 12)
    3.0
    """
    dose, alpha = as_float(dose), as_float(alpha)
    xp = namespace(dose, alpha, beta, resistance_alpha, resistance_beta)
    effect = dose * (alpha + beta * dose)
    linear, quadratic = alpha / resistance_alpha, beta / resistance_beta**2
    # the root without cancellation for a small quadratic term
    root = linear + xp.sqrt(linear**2 + 4.0 * quadratic * effect)
    return 2.0 * effect / root / dose
