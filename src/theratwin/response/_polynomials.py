"""The part of G D² within polynomial pieces, and between them and other curves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from math import comb
from typing import Any

import numpy as np

from theratwin.core import Pieces
from theratwin.response.repair import Repair, spread

_NODES = 24
#: Exponents up to this are integrated by Gauss-Legendre nodes to rounding accuracy (24 nodes on
#: an exponent of 16 err by about 1e-30); above it the recursions of the moments are stable.
_STEEP = 16.0
#: Values held at once when a curve is sampled at many nodes.
_CHUNK = 4_000_000


@cache
def _unit_nodes() -> tuple[np.ndarray, np.ndarray]:
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    return 0.5 * (nodes + 1.0), 0.5 * weights


def joined(curves: Iterable[Pieces]) -> Pieces:
    """Add piecewise polynomials on the union of their breaks."""
    curves = tuple(curves)
    if len(curves) == 1:
        return curves[0]
    breaks = np.unique(np.concatenate([curve.breaks for curve in curves]))
    powers = max(curve.coefficients.shape[-1] for curve in curves)
    return Pieces(breaks, sum(_on_breaks(curve, breaks, powers) for curve in curves))


def cut(curve: Pieces, until: float) -> Pieces | None:
    """Return the pieces up to ``until`` (h), or None if all begin later."""
    if until <= curve.breaks[0]:
        return None
    if until >= curve.breaks[-1]:
        return curve
    kept = int(np.searchsorted(curve.breaks, until))
    breaks = np.append(curve.breaks[:kept], until)
    return Pieces(breaks, curve.coefficients[..., : breaks.size - 1, :])


def _on_breaks(curve: Pieces, breaks: np.ndarray, powers: int) -> np.ndarray:
    """Give the coefficients on finer breaks, zero outside the curve."""
    piece = np.searchsorted(curve.breaks, breaks[:-1], side="right") - 1
    inside = (breaks[:-1] >= curve.breaks[0]) & (breaks[:-1] < curve.breaks[-1])
    piece = np.clip(piece, 0, curve.breaks.size - 2)
    offset = breaks[:-1] - curve.breaks[piece]
    given = curve.coefficients[..., piece, :]
    moved = np.zeros((*given.shape[:-1], powers))
    for power in range(given.shape[-1]):
        for lower in range(power + 1):
            moved[..., lower] += given[..., power] * comb(power, lower) * offset ** (power - lower)
    return np.where(inside[:, None], moved, 0.0)


def among_pieces(curve: Pieces, repair: Repair) -> Any:
    r"""Return :math:`2 \int \dot D \sum_k p_k I_k\, dt` (Gy²), the state carried over pieces.

    On a piece of length L with coefficients c, and the state :math:`I` at its start,

    .. math:: \int \dot D I_k = I \sum_j c_j \int_0^L t^j e^{-\mu t} dt
              + \sum_{ij} c_i c_j \int_0^L t^i \int_0^t s^j e^{-\mu (t - s)} ds\, dt .
    """
    lengths = np.diff(curve.breaks)
    powers = np.arange(curve.coefficients.shape[-1])
    # Coefficients over the unit interval, and the length that each integral carries.
    unit = curve.coefficients * lengths[:, None] ** (powers + 1)
    total = 0.0
    for fraction, rate in zip(repair.fractions, repair.rates, strict=True):
        exponents = spread(rate, 1) * lengths
        ahead, behind, within = _unit_integrals(exponents, powers.size)
        gained = np.sum(unit * behind, axis=-1)
        state = _carried(gained, np.exp(-exponents))
        remembered = np.sum(state * np.sum(unit * ahead, axis=-1), axis=-1)
        fresh = np.einsum("...ni,...nij,...nj->...", unit, within, unit)
        total = total + fraction * (remembered + fresh)
    return 2.0 * total


def _carried(gained: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Return the repair state at the start of every piece."""
    states = np.zeros_like(gained)
    for piece in range(1, gained.shape[-1]):
        states[..., piece] = states[..., piece - 1] * kept[..., piece - 1] + gained[..., piece - 1]
    return states


def _unit_integrals(exponents: np.ndarray, powers: int) -> tuple[np.ndarray, ...]:
    r"""Return the integrals over the unit interval for every exponent z.

    :math:`m_i = \int_0^1 u^i e^{-z u} du`, :math:`r_j = \int_0^1 u^j e^{-z (1 - u)} du` and
    :math:`q_{ij} = \int_0^1 u^i \int_0^u v^j e^{-z (u - v)} dv\, du`.
    """
    ahead, behind = np.empty((2, *exponents.shape, powers))
    within = np.empty((*exponents.shape, powers, powers))
    steep = exponents > max(_STEEP, 2.0 * powers)
    for chosen, integrals in ((~steep, _by_nodes), (steep, _by_recursion)):
        if chosen.any():
            ahead[chosen], behind[chosen], within[chosen] = integrals(exponents[chosen], powers)
    return ahead, behind, within


def _by_nodes(z: np.ndarray, powers: int) -> tuple[np.ndarray, ...]:
    nodes, weights = _unit_nodes()
    raised = nodes[:, None] ** np.arange(2 * powers)
    ahead = np.einsum("zn,n,ni->zi", np.exp(-z[:, None] * nodes), weights, raised[:, :powers])
    behind = np.einsum("zn,n,nj->zj", np.exp(z[:, None] * (nodes - 1)), weights, raised[:, :powers])
    # r_j at every node u, with its exponent z u; then q_ij = int u^(i + j + 1) r_j(z u) du.
    scaled = z[:, None, None] * nodes[:, None] * (nodes - 1)
    inner = np.einsum("zum,m,mj->zuj", np.exp(scaled), weights, raised[:, :powers])
    power = np.add.outer(np.arange(powers), np.arange(powers)) + 1
    within = np.einsum("u,uij,zuj->zij", weights, nodes[:, None, None] ** power, inner)
    return ahead, behind, within


def _by_recursion(z: np.ndarray, powers: int) -> tuple[np.ndarray, ...]:
    ahead, behind = np.empty((2, z.size, powers))
    within = np.empty((z.size, powers, powers))
    decayed = np.exp(-z)
    ahead[:, 0] = behind[:, 0] = -np.expm1(-z) / z
    for j in range(1, powers):
        ahead[:, j] = (j * ahead[:, j - 1] - decayed) / z
        behind[:, j] = (1.0 - j * behind[:, j - 1]) / z
    for i in range(powers):
        within[:, i, 0] = (1.0 / (i + 1) - ahead[:, i]) / z
        for j in range(1, powers):
            within[:, i, j] = (1.0 / (i + j + 1) - j * within[:, i, j - 1]) / z
    return ahead, behind, within


def against_pieces(
    curve: Pieces,
    felt: Callable[[np.ndarray], Any],
    jumps: np.ndarray,
    fastest: float,
    draws: tuple[int, ...] = (),
) -> Any:
    r"""Return :math:`2 \int \dot D Y dt` (Gy²) with ``felt``, another curve's Y(t).

    Y is smooth but for the times ``jumps``, from which it changes by exponentials no faster than
    ``fastest`` (1/h); panels that double in length away from each jump hold them. ``draws`` is the
    batch of ``felt``.
    """
    edges = _panels(curve.breaks, jumps, fastest)
    nodes, weights = _unit_nodes()
    lengths = np.diff(edges)
    times = (edges[:-1, None] + lengths[:, None] * nodes).ravel()
    weights = (lengths[:, None] * weights).ravel()
    batch = max(int(np.prod(np.broadcast_shapes(curve.batch_shape, draws))), 1)
    total = 0.0
    for part in np.array_split(np.arange(times.size), times.size * batch // _CHUNK + 1):
        total = total + np.sum(weights[part] * curve(times[part]) * felt(times[part]), axis=-1)
    return 2.0 * total


def _panels(breaks: np.ndarray, jumps: np.ndarray, fastest: float) -> np.ndarray:
    first, last = breaks[0], breaks[-1]
    jumps = jumps[np.isfinite(jumps)]
    far = max(last - first, np.max(np.abs(jumps - first)), np.max(np.abs(jumps - last)))
    doublings = max(int(np.ceil(np.log2(max(far * fastest / _STEEP, 1.0)))), 0) + 1
    steps = 0.5 * _STEEP / fastest * 2.0 ** np.arange(doublings + 1)
    graded = np.concatenate([(jumps[:, None] + sign * steps).ravel() for sign in (1.0, -1.0)])
    edges = np.unique(np.concatenate([breaks, jumps, graded]))
    return edges[(edges >= first) & (edges <= last)]
