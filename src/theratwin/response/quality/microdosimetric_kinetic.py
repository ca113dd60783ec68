"""Survival by the microdosimetric kinetic model (MKM) and its stochastic form (SMK)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from theratwin.core import InputError
from theratwin.core._arrays import as_float, namespace
from theratwin.physics.cells import SingleEvent, multi_event
from theratwin.response.quality.domains import DomainCell, SpecificEnergies


def mkm_coefficients(cell: DomainCell, energies: SpecificEnergies) -> tuple[float, float]:
    r"""Return :math:`\alpha = \alpha_0 + \beta z^*_{1D}` and :math:`\beta` (1/Gy, 1/Gy²).

    Citations ``hawkins_1996``, ``kase_2006``, ``inaniwa_2010``.

    Examples
    --------
    >>> cell = DomainCell(0.15, 0.0593, 0.29, 3.9, 55.0)
    >>> mkm_coefficients(cell, SpecificEnergies(0.0, 0.0, 0.0))  # sparse ionization
    (0.15, 0.0593)
    """
    return cell.alpha + cell.beta * energies.saturated, cell.beta


def smk_coefficients(cell: DomainCell, energies: SpecificEnergies) -> tuple[float, float]:
    r"""Return :math:`\alpha = \alpha_0 + \beta z^*_{1D}` and :math:`\beta z^*_{1D} / \bar z_d`.

    Saturation lowers the quadratic term too. Citation ``inaniwa_2018``.

    Examples
    --------
    >>> cell = DomainCell(0.174, 0.0568, 0.28, 8.1, 66.0)
    >>> smk_coefficients(cell, SpecificEnergies(40.0, 30.0, 0.1))[1] / cell.beta
    0.75
    """
    return cell.alpha + cell.beta * energies.saturated, cell.beta * (
        energies.saturated / energies.domain
    )


def smk_log_survival(dose: Any, alpha: Any, beta: Any, nucleus_energy: Any) -> Any:
    r"""Return :math:`\ln S` with the spread of specific energy among nuclei to second order.

    .. math:: S = e^{-\alpha D - \beta D^2}
              \left[1 + D \bar z_n \left(\tfrac12 (\alpha + 2 \beta D)^2 - \beta\right)\right]

    Citation ``inaniwa_2018``. The expansion holds while :math:`\alpha \bar z_n` is small; with
    alphas in nuclei of some um it is not, and `spectrum_log_survival` takes its place.

    Parameters
    ----------
    dose
        D, Gy.
    alpha, beta
        Of `smk_coefficients`.
    nucleus_energy
        :math:`\bar z_n`, dose-mean specific energy of one event in the nucleus, Gy. All broadcast.

    Examples
    --------
    >>> round(float(smk_log_survival(2.0, 0.5, 0.05, 0.0)), 6)
    -1.2
    """
    dose = as_float(dose)
    xp = namespace(dose, alpha, beta, nucleus_energy)
    spread = 0.5 * (alpha + 2.0 * beta * dose) ** 2 - beta
    return xp.log1p(dose * nucleus_energy * spread) - dose * (alpha + beta * dose)


def spectrum_log_survival(single: SingleEvent, dose: Any, alpha: float, beta: float) -> Any:
    r"""Return :math:`\ln S` averaged over the specific energies of nuclei at a mean dose, exactly.

    .. math:: S(D) = \int f(z; D)\, e^{-\alpha z - \beta z^2} dz

    with f the Poisson mixture of the nucleus (`physics.cells.multi_event`). The factor
    :math:`e^{-\alpha z}` tilts the single events before they are mixed, which is exact:
    :math:`S = e^{-n (1 - \varphi)} \langle e^{-\beta z^2} \rangle`,
    :math:`\varphi = \int f_1 e^{-\alpha z} dz`. So no digit is lost where few survive.

    Parameters
    ----------
    single
        f1(z) of a cell's nucleus, of `physics.cells.single_event`.
    dose
        Mean dose by alphas to the nucleus, Gy, any shape.
    alpha, beta
        Of the nucleus at one specific energy, of `mkm_coefficients` or `smk_coefficients`.

    Raises
    ------
    InputError
        If a dose is negative.

    Examples
    --------
    Where events are many and small, this is the linear-quadratic model:

    >>> small = SingleEvent(np.array([0.0, 1e-3]), np.array([0.0, 1.0]), 1e-3, 1e-3, 1.0)
    >>> round(float(spectrum_log_survival(small, 2.0, 0.5, 0.05)), 3)
    -1.199
    """
    doses = np.asarray(dose, dtype=float)
    if np.any(doses < 0):
        raise InputError("a dose must not be negative", field="dose", value=float(doses.min()))
    tilt = single.probability * np.exp(-alpha * single.z)
    kept = float(tilt.sum())
    share = tilt / kept
    mean = float(single.z @ share)
    tilted = replace(
        single,
        probability=share,
        frequency_mean=mean,
        dose_mean=float(single.z**2 @ share) / mean,
    )
    hits = doses / single.frequency_mean
    quadratic = [_mean_quadratic(tilted, kept * n, beta) for n in hits.ravel()]
    return -hits * (1.0 - kept) + np.reshape(quadratic, doses.shape)


def _mean_quadratic(single: SingleEvent, hits: float, beta: float) -> float:
    """Return the logarithm of the mean of exp(-beta z²) over nuclei."""
    if beta == 0 or hits == 0:
        return 0.0
    many = multi_event(single, hits)
    return float(np.log(many.probability @ np.exp(-beta * many.z**2)))
