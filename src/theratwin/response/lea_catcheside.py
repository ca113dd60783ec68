"""Protraction of the dose: the Lea-Catcheside factor of any dose-rate curve."""

from __future__ import annotations

from typing import Any

import numpy as np

from theratwin.core import Curve, Exponentials, InputError, Pieces, Pulses, Total, UnsupportedError
from theratwin.core._arrays import namespace
from theratwin.response import _polynomials as polynomials
from theratwin.response._exponentials_and_pulses import (
    among_exponentials,
    among_pulses,
    felt_by_exponentials,
    felt_by_pulses,
)
from theratwin.response.repair import Repair

_INFINITE = float("inf")


def protraction_integral(curve: Curve, repair: Repair, until: float = _INFINITE) -> Any:
    r"""Return :math:`G D^2` (Gy²) of a dose-rate curve, exactly.

    .. math:: G D^2 = 2 \int_{-\infty}^{T} \dot D(t) \int_{-\infty}^{t} \dot D(s)
              \sum_k p_k e^{-\mu_k (t - s)} ds\, dt

    With a single start and no end, a sum of exponentials gives
    :math:`2 \sum_k p_k \sum_{ij} a_i a_j / [(\lambda_i + \lambda_j)(\mu_k + \lambda_i)]`. A pulse
    counts as delivered in no time. Cycles need no care: damage left over from one meets the next.

    Parameters
    ----------
    curve
        Dose rate (Gy/h): exponentials, polynomial pieces, pulses or a total of them, with any
        batch axes.
    repair
        Repair of sublethal damage.
    until
        The end T (h); the dose after it does not count.

    Returns
    -------
    Array
        Shape of the curve's batch.

    Raises
    ------
    InputError
        If the dose rate does not decay and ``until`` is infinite.
    UnsupportedError
        If the curve is of a form that is not known here.

    References
    ----------
    The integral: citation ``lea_catcheside_1942``; exponentials: ``dale_1985``.

    Examples
    --------
    >>> from theratwin.core import Exponentials
    >>> cycle = Exponentials.from_half_lives([0.1], [51.0])
    >>> one = protraction_integral(cycle, Repair.single(1.9))
    >>> two = protraction_integral(cycle + cycle.shifted(1008.0), Repair.single(1.9))
    >>> print(f"{one:.4f} Gy^2, {two / one:.6f}")
    1.9444 Gy^2, 2.000002
    """
    exponentials, pieces, pulses = _by_form(curve)
    total: Any = np.zeros(curve.batch_shape)
    if exponentials is not None:
        _must_end(exponentials, until)
        total = total + among_exponentials(exponentials, repair, until)
    if pulses is not None:
        total = total + among_pulses(pulses, repair, until)
    if exponentials is not None and pulses is not None:
        total = total + _pulses_in_exponentials(pulses, exponentials, repair, until)
    kept = None if pieces is None else polynomials.cut(pieces, until)
    if kept is not None:
        total = total + polynomials.among_pieces(kept, repair)
        if pulses is not None:
            total = total + _pieces_and_pulses(kept, pulses, repair, until)
        if exponentials is not None:
            total = total + _pieces_and_exponentials(kept, exponentials, repair, until)
    return total


def protraction_factor(curve: Curve, repair: Repair, until: float = _INFINITE) -> Any:
    r"""Return the Lea-Catcheside factor G, between 0 and 1 for a dose rate that is not negative.

    For a dose rate that decays with the effective constant :math:`\lambda`,
    :math:`G = \lambda / (\lambda + \mu)`: fast repair gives 0, an acute dose gives 1. D and G
    both refer to the time up to ``until``.

    Parameters
    ----------
    curve, repair, until
        As for `protraction_integral`.

    Returns
    -------
    Array
        Shape of the curve's batch.

    Raises
    ------
    InputError
        If there is no dose, or as for `protraction_integral`.

    Examples
    --------
    >>> from theratwin.core import Exponentials
    >>> kidney = Exponentials.from_half_lives([0.1], [51.6])
    >>> round(float(protraction_factor(kidney, Repair.single(2.8))), 6)
    0.051471
    """
    integral = protraction_integral(curve, repair, until)
    dose = curve.integral(end=until)
    if namespace(dose) is np and np.any(np.asarray(dose) == 0):
        raise InputError(
            "there is no dose, so no protraction factor",
            field="curve",
            value=f"dose 0 Gy until {until} h",
            remedy="protraction_integral is 0 there",
        )
    return integral / dose**2


def _by_form(curve: Curve) -> tuple[Exponentials | None, Pieces | None, Pulses | None]:
    """Take a curve apart into at most one curve of each form."""
    parts = curve.parts if isinstance(curve, Total) else (curve,)
    found: dict[type, list] = {Exponentials: [], Pieces: [], Pulses: []}
    for part in parts:
        form = next((form for form in found if isinstance(part, form)), None)
        if form is None:
            raise UnsupportedError(
                "no protraction for this form of curve",
                field="curve",
                value=type(part).__name__,
                allowed=[form.__name__ for form in found],
            )
        found[form].append(part)
    return (
        _summed(found[Exponentials]),
        polynomials.joined(found[Pieces]) if found[Pieces] else None,
        _pulse_train(found[Pulses]),
    )


def _summed(curves: list[Exponentials]) -> Exponentials | None:
    if not curves:
        return None
    total: Any = curves[0]
    for curve in curves[1:]:
        total = total + curve
    return total


def _pulse_train(trains: list[Pulses]) -> Pulses | None:
    trains = [train for train in trains if train.times.size]
    if not trains:
        return None
    batch = np.broadcast_shapes(*(train.batch_shape for train in trains))
    amounts = [np.broadcast_to(t.amounts, (*batch, t.times.size)) for t in trains]
    return Pulses(np.concatenate([t.times for t in trains]), np.concatenate(amounts, axis=-1))


def _must_end(curve: Exponentials, until: float) -> None:
    if np.isfinite(until) or namespace(curve.rates, curve.amplitudes) is not np:
        return
    endless = (curve.rates <= 0) & (curve.amplitudes != 0)
    if endless.any():
        raise InputError(
            "the dose has no end",
            field="curve.rates",
            value=float(np.asarray(curve.rates)[endless][0]),
            allowed="positive decay constants (1/h)",
            remedy="Give `until`, the time up to which the dose counts",
        )


def _pulses_in_exponentials(
    pulses: Pulses, curve: Exponentials, repair: Repair, until: float
) -> Any:
    early = pulses.times <= until
    felt = felt_by_exponentials(curve, repair, until, pulses.times[early])
    return 2.0 * np.sum(pulses.amounts[..., early] * felt, axis=-1)


def _pieces_and_pulses(pieces: Pieces, pulses: Pulses, repair: Repair, until: float) -> Any:
    def felt(times: np.ndarray) -> Any:
        return felt_by_pulses(pulses, repair, until, times)

    jumps = np.unique(pulses.times)
    return polynomials.against_pieces(pieces, felt, jumps, _fastest(repair), repair.batch_shape)


def _fastest(repair: Repair) -> float:
    return max(float(np.max(rate)) for rate in repair.rates)


def _pieces_and_exponentials(
    pieces: Pieces, curve: Exponentials, repair: Repair, until: float
) -> Any:
    fastest = max(_fastest(repair), float(np.max(np.abs(curve.rates))))
    starts = np.unique(curve.starts)
    if starts.size > curve.starts.shape[-1] and curve.batch_shape:
        return _draw_by_draw(pieces, curve, repair, until)

    def felt(times: np.ndarray) -> Any:
        return felt_by_exponentials(curve, repair, until, times)

    jumps = np.append(starts, until)
    return polynomials.against_pieces(pieces, felt, jumps, fastest, repair.batch_shape)


def _draw_by_draw(pieces: Pieces, curve: Exponentials, repair: Repair, until: float) -> Any:
    """Serve starts that differ over the batch, each draw with panels of its own."""
    batch = np.broadcast_shapes(pieces.batch_shape, curve.batch_shape, repair.batch_shape)
    terms = (*batch, curve.amplitudes.shape[-1])
    fields = (curve.amplitudes, curve.rates, curve.starts)
    full = Exponentials(*(np.broadcast_to(field, terms) for field in fields))
    coefficients = np.broadcast_to(pieces.coefficients, (*batch, *pieces.coefficients.shape[-2:]))
    shared = np.empty(batch)
    for draw in np.ndindex(*batch):
        one = Pieces(pieces.breaks, coefficients[draw])
        own = repair.of_draw(draw, batch)
        shared[draw] = _pieces_and_exponentials(one, full[draw], own, until)
    return shared
