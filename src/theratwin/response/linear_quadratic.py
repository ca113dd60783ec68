"""The linear-quadratic model with protraction: survival, BED and EQD2."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from theratwin.core import Component, Curve, Exposure, InputError, UnsupportedError
from theratwin.core._arrays import as_float, namespace
from theratwin.response.lea_catcheside import protraction_integral
from theratwin.response.repopulation import Repopulation
from theratwin.response.tissues import Tissue

_INFINITE = float("inf")


def log_cell_kill(dose: Any, G: Any, alpha: Any, beta: Any) -> Any:
    r"""Return :math:`-\ln S = \alpha D + \beta G D^2`, the natural logarithm of cell kill.

    Parameters
    ----------
    dose
        Absorbed dose D (Gy).
    G
        Lea-Catcheside factor of the dose's course; 1 for an acute dose.
    alpha, beta
        Radiosensitivity (1/Gy, 1/Gy²). All arguments broadcast.

    Examples
    --------
    >>> round(float(log_cell_kill(2.0, 1.0, 0.147, 0.098)), 3)
    0.686
    """
    dose = as_float(dose)
    return dose * (as_float(alpha) + as_float(beta) * G * dose)


def survival(dose: Any, G: Any, alpha: Any, beta: Any) -> Any:
    r"""Return the surviving fraction :math:`S = e^{-\alpha D - \beta G D^2}`.

    Parameters as for `log_cell_kill`.

    Examples
    --------
    >>> round(float(survival(2.0, 1.0, 0.147, 0.098)), 4)
    0.5036
    """
    kill = log_cell_kill(dose, G, alpha, beta)
    return namespace(kill).exp(-kill)


def bed(dose: Any, G: Any, alpha_beta: Any, repopulation: Repopulation | None = None) -> Any:
    r"""Return the biologically effective dose :math:`D [1 + G D / (\alpha/\beta)] - R` (Gy).

    Parameters
    ----------
    dose
        Absorbed dose D (Gy).
    G
        Lea-Catcheside factor; 1 for an acute dose.
    alpha_beta
        :math:`\alpha/\beta` (Gy).
    repopulation
        What growth takes back (R); none if not given.

    References
    ----------
    Citations ``dale_1985`` and ``fowler_2010``.

    Examples
    --------
    One cycle of 23 Gy to the kidneys, effective half-life 51.6 h, repair half-time 2.8 h:

    >>> round(float(bed(23.0, 2.8 / (2.8 + 51.6), 2.5)), 4)
    33.8912
    """
    dose = as_float(dose)
    lost = 0.0 if repopulation is None else repopulation.dose_lost
    return dose * (1.0 + G * dose / as_float(alpha_beta)) - lost


def eqd2(bed: Any, alpha_beta: Any) -> Any:
    r"""Return the dose in 2 Gy fractions with the same effect: :math:`BED/(1 + 2/(\alpha/\beta))`.

    Examples
    --------
    >>> round(float(eqd2(50.4, 2.5)), 6)
    28.0
    """
    return as_float(bed) / (1.0 + 2.0 / as_float(alpha_beta))


@dataclass(frozen=True)
class Effect:
    """The linear-quadratic effect of a course of dose rate, one entry a draw.

    Parameters
    ----------
    dose
        Absorbed dose D (Gy).
    quadratic
        :math:`G D^2` (Gy²).
    bed
        Biologically effective dose (Gy), repopulation taken off if it was asked for.
    eqd2
        The same in 2 Gy fractions (Gy).
    """

    dose: Any
    quadratic: Any
    bed: Any
    eqd2: Any


def effect_of(
    irradiation: Exposure | Curve,
    tissue: Tissue,
    *,
    until: float = _INFINITE,
    repopulation: Repopulation | None = None,
) -> Effect:
    r"""Return dose, :math:`G D^2`, BED and EQD2 of a whole course, all cycles in one integral.

    Parameters
    ----------
    irradiation
        A dose-rate curve (Gy/h), or an exposure to photons and electrons.
    tissue
        Its :math:`\alpha/\beta` and repair.
    until
        The end (h); the dose after it does not count.
    repopulation
        As for `bed`.

    Raises
    ------
    UnsupportedError
        If the exposure holds what the model would have to ignore: alphas, recoils, Auger
        electrons, oxygen or drugs.
    InputError
        If the dose has no end.

    Examples
    --------
    Four cycles of 5.75 Gy, eight weeks apart:

    >>> from theratwin.core import Exponentials
    >>> from theratwin.response import tissue
    >>> rate = 5.75 * 0.6931471805599453 / 51.6
    >>> starts = [0.0, 1344.0, 2688.0, 4032.0]
    >>> course = Exponentials.from_half_lives([rate] * 4, [51.6] * 4, starts)
    >>> round(float(effect_of(course, tissue("kidneys")).bed), 4)
    25.7228
    """
    curve = low_let_curve(irradiation)
    dose = curve.integral(end=until)
    quadratic = protraction_integral(curve, tissue.repair, until)
    lost = 0.0 if repopulation is None else repopulation.dose_lost
    effective = dose + quadratic / tissue.alpha_beta - lost
    return Effect(dose, quadratic, effective, eqd2(effective, tissue.alpha_beta))


def bed_of(
    irradiation: Exposure | Curve,
    tissue: Tissue,
    *,
    until: float = _INFINITE,
    repopulation: Repopulation | None = None,
) -> Any:
    """Return the BED (Gy) of a whole course; see `effect_of`."""
    return effect_of(irradiation, tissue, until=until, repopulation=repopulation).bed


def log_cell_kill_of(
    irradiation: Exposure | Curve, tissue: Tissue, *, until: float = _INFINITE
) -> Any:
    r"""Return :math:`-\ln S` of a whole course.

    Raises
    ------
    InputError
        If the tissue's alpha is unknown, or as for `effect_of`.

    Examples
    --------
    >>> from theratwin.core import Pulses
    >>> from theratwin.response import tissue
    >>> round(float(log_cell_kill_of(Pulses([0.0], [2.0]), tissue("prostate_metastasis"))), 3)
    0.686
    """
    effect = effect_of(irradiation, tissue, until=until)
    return tissue.known_alpha * effect.dose + tissue.beta * effect.quadratic


def survival_of(irradiation: Exposure | Curve, tissue: Tissue, *, until: float = _INFINITE) -> Any:
    """Return the surviving fraction after a whole course; see `log_cell_kill_of`."""
    kill = log_cell_kill_of(irradiation, tissue, until=until)
    return namespace(kill).exp(-kill)


def low_let_curve(irradiation: Exposure | Curve) -> Curve:
    """Return the dose rate (Gy/h) of photons and electrons.

    Raises
    ------
    UnsupportedError
        If the exposure holds what the model would have to ignore.
    """
    if not isinstance(irradiation, Exposure):
        return irradiation
    _must_be_low_let(irradiation)
    return irradiation.total_dose_rate


def _must_be_low_let(exposure: Exposure) -> None:
    heavy = [c.value for c in exposure.dose_rate if c is not Component.PHOTON_ELECTRON]
    if heavy:
        raise UnsupportedError(
            "the linear-quadratic model here has no relative biological effectiveness",
            field=f"exposure of {exposure.region}",
            value=heavy[0],
            allowed=[Component.PHOTON_ELECTRON.value],
        )
    for name in ("oxygen", "drugs"):
        if getattr(exposure, name):
            raise UnsupportedError(
                f"the linear-quadratic model here does not use {name}",
                field=f"exposure of {exposure.region}",
                remedy=f"Give the exposure without {name}",
            )


def dose_of_bed(bed: Any, G: Any, alpha_beta: Any) -> Any:
    r"""Return the dose (Gy) of a BED at fixed G: :math:`D (1 + G D / (\alpha/\beta)) = BED`.

    Raises
    ------
    InputError
        If a BED is negative.

    Examples
    --------
    >>> round(float(dose_of_bed(33.8912, 2.8 / 54.4, 2.5)), 4)
    23.0
    """
    bed, alpha_beta = as_float(bed), as_float(alpha_beta)
    xp = namespace(bed, alpha_beta, G)
    if namespace(bed) is np and np.any(bed < 0):
        raise InputError(
            "a BED must not be negative",
            field="bed",
            value=float(np.min(bed)),
            allowed="0 Gy or more",
        )
    # The root without cancellation for small G.
    return 2.0 * bed / (1.0 + xp.sqrt(1.0 + 4.0 * G * bed / alpha_beta))
