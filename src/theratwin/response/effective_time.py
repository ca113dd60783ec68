"""Repopulating BED: counted up to the time at which dose no longer outpaces growth."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from theratwin.core import Curve, Exponentials, Exposure, InputError, Pulses, Total
from theratwin.response.lea_catcheside import protraction_integral
from theratwin.response.linear_quadratic import low_let_curve
from theratwin.response.tissues import Tissue

#: Where the sign of "dose outpaces growth" is looked at between two breakpoints of the curve.
_SAMPLES = 257
#: The tail of a curve is looked at until this part of it is left.
_LEFT = 1e-12


@dataclass(frozen=True)
class RepopulatedEffect:
    """The effect of a course on cells that grow meanwhile.

    Parameters
    ----------
    effective_time
        The effective treatment time (h): the last at which dose kills faster than cells grow.
    dose, quadratic
        D (Gy) and :math:`G D^2` (Gy²) up to then.
    bed
        BED up to then, less what growth took back (Gy).
    """

    effective_time: float
    dose: float
    quadratic: float
    bed: float


def repopulated_effect_of(
    irradiation: Exposure | Curve,
    tissue: Tissue,
    *,
    alpha: float,
    doubling_time: float,
    kick_off: float = 0.0,
) -> RepopulatedEffect:
    r"""Return the BED up to the effective treatment time, less what growth took back.

    .. math:: \text{BED} = D + \frac{G D^2}{\alpha/\beta} - K (T_{eff} - T_k), \qquad
              K = \frac{\ln 2}{\alpha T_d},

    with D and G up to :math:`T_{eff}`, the last time at which BED is gained faster than K (Gy/h):
    :math:`\dot D\, [1 + 2 x / (\alpha/\beta)] = K`, where x is the dose whose sublethal damage is
    not repaired. The dose after it is wasted on cells that outgrow it. For one exponential and no
    x, :math:`T_{eff} = \ln (\dot D_0 / K) / \lambda`, as Dale has it.

    Parameters
    ----------
    irradiation
        A dose-rate curve (Gy/h) of one patient, or an exposure to photons and electrons.
    tissue
        Its :math:`\alpha/\beta` and repair.
    alpha
        Radiosensitivity (1/Gy).
    doubling_time
        :math:`T_d` of the clonogens (h).
    kick_off
        :math:`T_k` (h), before which nothing grows.

    Raises
    ------
    InputError
        If a value is out of range, or the curve is that of several patients.

    References
    ----------
    Citation ``dale_1989``.

    Examples
    --------
    >>> from theratwin.core import Exponentials
    >>> from theratwin.response import Repair
    >>> cycle = Exponentials.from_half_lives([0.2], [51.0])
    >>> tumor = Tissue(10.0, Repair.single(1.5))
    >>> found = repopulated_effect_of(cycle, tumor, alpha=0.3, doubling_time=240.0)
    >>> print(f"{found.effective_time:.1f} h, {found.bed:.3f} Gy")
    223.5 h, 12.475 Gy
    """
    curve = low_let_curve(irradiation)
    growth = _growth(alpha, doubling_time, kick_off)
    if curve.batch_shape:
        raise InputError(
            "one patient at a time", field="irradiation", value=curve.batch_shape, remedy="curve[0]"
        )
    gained = _bed_rate(curve, tissue)
    last = max(_last_above(curve, gained, growth), kick_off)
    dose = float(curve.integral(end=last))
    quadratic = float(protraction_integral(curve, tissue.repair, last))
    grown = max(last - kick_off, 0.0)
    bed = dose + quadratic / tissue.alpha_beta - growth * grown
    return RepopulatedEffect(last, dose, quadratic, bed)


def _growth(alpha: float, doubling_time: float, kick_off: float) -> float:
    """Return K (Gy/h)."""
    for name, value in (("alpha", alpha), ("doubling_time", doubling_time)):
        if not (math.isfinite(value) and value > 0):
            raise InputError("out of range", field=name, value=value, allowed="a positive number")
    if not (math.isfinite(kick_off) and kick_off >= 0):
        raise InputError("out of range", field="kick_off", value=kick_off, allowed="0 h or more")
    return math.log(2.0) / (alpha * doubling_time)


def _bed_rate(curve: Curve, tissue: Tissue) -> Callable[[float], float]:
    """Return the rate (Gy/h) at which BED is gained, as a function of time."""

    def rate(time: float) -> float:
        now = float(curve(time))
        if now == 0.0 or not math.isfinite(now):
            return now
        # A probe of 1 Gy meets the unrepaired dose x: G D^2 grows by 1 + 2 x.
        probed = curve + Pulses([time], [1.0])
        both = protraction_integral(probed, tissue.repair, time)
        x = 0.5 * float(both - protraction_integral(curve, tissue.repair, time) - 1.0)
        return now * (1.0 + 2.0 * x / tissue.alpha_beta)

    return rate


def _last_above(curve: Curve, gained: Callable[[float], float], growth: float) -> float:
    """Return the last time at which BED is gained faster than growth; the first if it never is."""
    from scipy.optimize import root_scalar

    pulses = [float(np.max(part.times)) for part in _parts(curve) if isinstance(part, Pulses)]
    edges = _edges(curve)
    for begin, end in zip(edges[-2::-1], edges[:0:-1], strict=True):
        if pulses and max(pulses) >= end:
            return max(pulses)
        # Inside the piece: at its ends the curve may jump.
        times = begin + (end - begin) * np.linspace(1e-9, 1.0 - 1e-9, _SAMPLES)
        above = np.array([gained(float(time)) > growth for time in times])
        if above[-1]:
            return float(end)
        if above.any():
            k = int(np.flatnonzero(above)[-1])
            ends = (times[k], times[k + 1])
            return float(root_scalar(lambda t: gained(t) - growth, bracket=ends, xtol=1e-9).root)
    return max([float(edges[0]), *pulses])


def _parts(curve: Curve) -> tuple[Curve, ...]:
    return curve.parts if isinstance(curve, Total) else (curve,)


def _edges(curve: Curve) -> np.ndarray:
    """Return the breakpoints, and where the tail of the curve is over."""
    edges = np.asarray(curve.breakpoints, dtype=float)
    tails = [part for part in _parts(curve) if isinstance(part, Exponentials)]
    running = [float(rate) for part in tails for rate in np.ravel(part.rates) if rate > 0.0]
    if any(np.any(np.asarray(part.rates) <= 0.0) for part in tails):
        raise InputError(
            "the dose has no end",
            field="irradiation",
            remedy="Give a dose rate that decays: growth outpaces it at some time",
        )
    if not running:
        return edges
    over = edges[-1] - math.log(_LEFT) / min(running)
    return np.append(edges, over)
