"""What a linear chain hands on in a time, entry by entry to high relative accuracy."""

from __future__ import annotations

from typing import Any

import numpy as np

from theratwin.core._arrays import namespace

_TERMS = 18  # beyond a path's length: 1/19! is below half the last digit
_DOUBLINGS = 128  # of a step: the fastest constant times the time may reach 3e38


def transfer(time: Any, rates: Any, gains: Any) -> tuple[Any, Any]:
    r"""Return :math:`E = e^{Gt}` and :math:`F = \int_0^t e^{G\tau}\,d\tau` of a chain.

    :math:`G = C - \operatorname{diag}(r)`, where :math:`C` is non-negative and strictly lower
    triangular (a member comes after those that feed it). The closed form, Bateman's sum of
    exponentials, cancels at early times and for close constants. Here nothing is subtracted:
    with :math:`h = 2^{-s} t`, the least :math:`s \ge 0` with :math:`c = h \max r \le 1`,

    .. math:: E(h) = e^{-c} \sum_{k=0}^{K} \frac{(hG + cI)^k}{k!}, \qquad
        E(2h) = E(h)^2, \qquad F(2h) = F(h) + F(h)\,E(h),

    all of non-negative matrices, and the diagonal of :math:`E` is set to :math:`e^{-rh}` after
    every doubling (scaling and squaring of essentially non-negative matrices: Xue and Ye 2013;
    of triangular ones with exact diagonals: Al-Mohy and Higham 2009).

    **Error.** *Series*: of a path of :math:`d` steps between two members, term :math:`k` over the
    first one, :math:`k = d`, is at most :math:`c^{k-d}/(k-d)!`; with :math:`K = n + 18` what is
    left out is below :math:`10^{-17}` of the entry. *Squaring*: with :math:`\epsilon_d` the
    relative error of entries whose longest path has :math:`d` steps, a product's is at most
    :math:`\max_{a+b=d}(\epsilon_a + \epsilon_b) + (n + 1) u`, and :math:`\epsilon_0` does not
    grow, as the diagonal is exact. By induction after :math:`s` doublings of :math:`n` members

    .. math:: \epsilon_d \le d\,(s + K + 1)(n + 1)\,u, \qquad u = 1.1 \times 10^{-16},

    besides the :math:`r t u` of the exponentials themselves. That is :math:`3\times10^{-13}` for
    Ac-225 with Po-213 (4 us) in 200 d (:math:`s = 42, d = 5`) and below :math:`10^{-11}` for
    the longest chains; without the diagonal the error would double with each doubling.

    Entries below the least number are lost as zeros at a small :math:`h`; doublings make them
    anew from shorter paths, their share of the whole falls by :math:`2^{1-d}` with each.

    Parameters
    ----------
    time
        Any shape, h, not negative, finite.
    rates
        Constants :math:`r` of loss, shape (members,), 1/h.
    gains
        :math:`C`, shape (members, members), 1/h; ``gains[i, j]`` is from member j to member i.

    Returns
    -------
    tuple
        E (no unit) and F (h), each of shape (\*time, members, members). With JAX arrays they
        are differentiable by every argument, forward and in reverse.
    """
    xp = namespace(time, rates, gains)
    time, rates, gains = (xp.asarray(array, dtype=float) for array in (time, rates, gains))
    doublings, step = _scaled(time, xp.max(rates), xp)
    state = (*_series(step, rates, gains, xp), step)
    if xp is np:
        return _doubled(state, doublings, rates)
    return _doubled_by_jax(state, doublings, rates)


def _scaled(time: Any, fastest: Any, xp: Any) -> tuple[Any, Any]:
    """Return how often each time is halved, and the step that is left; exact in binary."""
    exponent = xp.frexp(_constant(fastest * time, xp))[1]
    doublings = xp.maximum(exponent, 0)
    return doublings, time * xp.ldexp(1.0, -doublings)


def _series(step: Any, rates: Any, gains: Any, xp: Any) -> tuple[Any, Any]:
    """Return E and F of a step by the shifted series, whose terms are non-negative."""
    members = rates.shape[0]
    step = step[..., None, None]
    eye = xp.eye(members)
    shift = _constant(step * xp.max(rates), xp)
    matrix = step * (gains - eye * rates) + shift * eye
    # the pair (X, S) is the first column of blocks of a power of [[matrix, 0], [step, shift]]
    power, integral = xp.broadcast_to(eye, matrix.shape), xp.zeros(matrix.shape)
    whole, cumulated = power, integral
    for order in range(1, members + _TERMS + 1):
        integral = (step * power + shift * integral) / order
        power = power @ matrix / order
        whole, cumulated = whole + power, cumulated + integral
    fade = xp.exp(-shift)
    return whole * fade, cumulated * fade


def _doubled(state: tuple[Any, Any, Any], doublings: Any, rates: Any) -> tuple[Any, Any]:
    """Double each step as often as it was halved: only those that still need it."""
    whole, cumulated, step = map(np.array, state)
    for done in range(int(doublings.max(initial=0))):
        rest = doublings > done
        doubled = _twice(whole[rest], cumulated[rest], step[rest], rates, np)
        whole[rest], cumulated[rest], step[rest] = doubled
    return whole, cumulated


def _doubled_by_jax(state: tuple[Any, Any, Any], doublings: Any, rates: Any) -> tuple[Any, Any]:
    """Do the same in a loop of fixed length, which can be differentiated in reverse."""
    from theratwin.core._jax import jax, jnp

    def double(state: tuple[Any, Any, Any], done: Any) -> tuple[Any, None]:
        def chosen(state: tuple[Any, Any, Any]) -> tuple[Any, ...]:
            new = _twice(*state, rates, jnp)
            return tuple(
                jnp.where(rest.reshape(rest.shape + (1,) * (a.ndim - rest.ndim)), a, b)
                for a, b in zip(new, state, strict=True)
            )

        rest = doublings > done
        return jax.lax.cond(jnp.any(rest), chosen, lambda same: same, state), None

    # only the states are kept for the way back, not what lies between them
    last, _ = jax.lax.scan(jax.checkpoint(double), state, jnp.arange(_DOUBLINGS))
    return last[0], last[1]


def _twice(whole: Any, cumulated: Any, step: Any, rates: Any, xp: Any) -> tuple[Any, Any, Any]:
    """Return E, F and the step, doubled; the diagonal of E is exact."""
    step = 2 * step
    eye = xp.eye(rates.shape[0], dtype=bool)
    decayed = xp.exp(-rates * step[..., None])
    squared = xp.where(eye, decayed[..., None, :], whole @ whole)
    return squared, cumulated + cumulated @ whole, step


def _constant(array: Any, xp: Any) -> Any:
    """Return the array as one that does not vary: the result does not depend on it."""
    if xp is np:
        return array
    from theratwin.core._jax import jax

    return jax.lax.stop_gradient(array)
