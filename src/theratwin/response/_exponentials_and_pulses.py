"""The part of G D² within and between exponentials and pulses, in closed form."""

from __future__ import annotations

from typing import Any

import numpy as np

from theratwin.core import Exponentials, Pulses
from theratwin.core._arrays import namespace
from theratwin.core.curve import decay_integral
from theratwin.response._decay_pair import convolved_decay, nested_decay
from theratwin.response.repair import Repair, spread


def among_exponentials(curve: Exponentials, repair: Repair, until: float) -> Any:
    r"""Return :math:`2 \int^T \dot D \sum_k p_k I_k\, dt` (Gy²) of a sum of exponentials.

    Every ordered pair of terms contributes on its own: from the later of its two starts,
    :math:`m`, with the amplitudes :math:`A_i, A_j` that are left there and the repair state
    :math:`I_j(m)` that term j has built up,

    .. math:: A_i \left[ I_j(m) E(\lambda_i + \mu) + A_j F(\lambda_i + \lambda_j, \lambda_i + \mu)
              \right].
    """
    xp = namespace(curve.amplitudes, curve.rates, curve.starts, *repair.half_times)
    terms = (curve.amplitudes, curve.rates, curve.starts)
    outer, outer_rate, outer_start = (array[..., :, None] for array in terms)
    inner, inner_rate, inner_start = (array[..., None, :] for array in terms)
    later = xp.minimum(xp.maximum(outer_start, inner_start), until)
    length = xp.maximum(until - later, 0.0)
    outer_left = _left(xp, outer, outer_rate, outer_start, later)
    inner_left = _left(xp, inner, inner_rate, inner_start, later)
    built_up = xp.maximum(later - inner_start, 0.0)
    total = 0.0
    for fraction, mu in zip(repair.fractions, repair.rates, strict=True):
        rate = spread(mu, 2)
        state = inner * convolved_decay(inner_rate, rate, built_up)
        remembered = _times(xp, outer_left * state, decay_integral(outer_rate + rate, length))
        nested = nested_decay(outer_rate + inner_rate, outer_rate + rate, length)
        within = _times(xp, outer_left * inner_left, nested)
        total = total + fraction * xp.sum(remembered + within, axis=(-2, -1))
    return 2.0 * total


def _left(xp: Any, amplitude: Any, rate: Any, start: Any, time: Any) -> Any:
    return amplitude * xp.exp(-rate * xp.maximum(time - start, 0.0))


def _times(xp: Any, amplitude: Any, integral: Any) -> Any:
    """Multiply so that a term without amplitude adds nothing, though its integral be infinite."""
    return xp.where(amplitude == 0, 0.0, amplitude * xp.where(amplitude == 0, 0.0, integral))


def among_pulses(curve: Pulses, repair: Repair, until: float) -> Any:
    r"""Return :math:`\sum_{m n} q_m q_n \sum_k p_k e^{-\mu_k |t_m - t_n|}` (Gy²)."""
    xp = namespace(curve.amounts, curve.times, *repair.half_times)
    given = xp.where(curve.times <= until, curve.amounts, 0.0)
    kernel = repair.left(xp.abs(curve.times[:, None] - curve.times))
    return xp.einsum("...m,...mn,...n->...", given, kernel, given)


def felt_by_exponentials(
    curve: Exponentials, repair: Repair, until: float, times: np.ndarray
) -> Any:
    r"""Return :math:`Y(t) = \int^T \dot D(s) \sum_k p_k e^{-\mu_k |t - s|} ds` (Gy) at times.

    The share of :math:`G D^2` between this curve and a dose :math:`q` at :math:`t` is
    :math:`2 q Y(t)`.

    Parameters
    ----------
    times
        Times (h) up to ``until``, shape ``(n,)``; the result has the shape ``(*batch, n)``.
    """
    amplitudes, rates, starts = (
        array[..., None, :] for array in (curve.amplitudes, curve.rates, curve.starts)
    )
    moments = times[:, None]
    began = np.minimum(np.maximum(starts, moments), until)
    elapsed = np.maximum(moments - starts, 0.0)
    ahead = _left(np, amplitudes, rates, starts, began)
    total = 0.0
    for fraction, rate in zip(repair.fractions, repair.rates, strict=True):
        mu = spread(rate, 2)
        before = amplitudes * convolved_decay(rates, mu, elapsed)
        delay = np.exp(-mu * (began - moments))
        after = _times(np, ahead * delay, decay_integral(rates + mu, until - began))
        total = total + spread(fraction, 1) * np.sum(before + after, axis=-1)
    return total


def felt_by_pulses(curve: Pulses, repair: Repair, until: float, times: np.ndarray) -> Any:
    """Return the same ``Y(t)`` (Gy) for pulses."""
    given = np.where(curve.times <= until, curve.amounts, 0.0)
    kernel = repair.left(np.abs(times[:, None] - curve.times))
    return np.einsum("...nm,...m->...n", kernel, given)
