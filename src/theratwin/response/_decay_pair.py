"""Two integrals over exponentials, without cancellation when rates meet or vanish."""

from __future__ import annotations

from typing import Any

import numpy as np

from theratwin.core._arrays import as_float, namespace
from theratwin.core.curve import decay_integral

#: Below this exponent the series is used, which then needs the terms below for full precision:
#: the term of order n is at most (n + 1) / (n + 2)! of 1/2.
_SMALL = 1.0
_SERIES_TERMS = 19


def convolved_decay(first: Any, second: Any, length: Any) -> Any:
    r"""Return :math:`\int_0^L e^{-a s} e^{-b (L - s)} ds = (e^{-bL} - e^{-aL}) / (a - b)`.

    Parameters
    ----------
    first, second
        Rates :math:`a, b` (1/h), of any sign and equal or not.
    length
        :math:`L` (h), finite.
    """
    first, second = as_float(first), as_float(second)
    xp = namespace(first, second, length)
    slower = xp.minimum(first, second)
    return xp.exp(-slower * length) * decay_integral(xp.abs(first - second), length)


def nested_decay(outer: Any, inner: Any, length: Any) -> Any:
    r"""Return :math:`\int_0^L e^{-y t} \int_0^t e^{-(x - y) s} ds\, dt`, symmetric in x and y.

    It is minus the divided difference at :math:`x, y` of :math:`E(z) = \int_0^L e^{-z t} dt`:

    .. math::

        F = \frac{E(y) - E(x)}{x - y} = \frac{E(y) - e^{-y L} E(x - y)}{x},

    of which the second form, with :math:`|x| \ge |y|`, keeps all digits as :math:`x \to y`. For
    exponents below 1 it is the series :math:`L^2 \sum_n (-1)^n h_n(x L, y L) / (n + 2)!` of
    complete symmetric polynomials :math:`h_n`.

    Parameters
    ----------
    outer, inner
        The rates :math:`x, y` (1/h).
    length
        :math:`L` (h); if infinite, both rates must be positive and :math:`F = 1 / (x y)`.
    """
    outer, inner, length = as_float(outer), as_float(inner), as_float(length)
    xp = namespace(outer, inner, length)
    swap = xp.abs(inner) > xp.abs(outer)
    x, y = xp.where(swap, inner, outer), xp.where(swap, outer, inner)
    unbounded = ~xp.isfinite(length)
    if xp is np and unbounded.all():
        return decay_integral(x, length) * decay_integral(y, length)
    bounded = xp.where(unbounded, 0.0, length)
    small = xp.abs(x) * bounded < _SMALL
    divisor = xp.where(x == 0, 1.0, x)
    large = (
        decay_integral(y, bounded) - xp.exp(-y * bounded) * decay_integral(x - y, bounded)
    ) / divisor
    series = _series(xp.where(small, x * bounded, 0.0), xp.where(small, y * bounded, 0.0))
    finite = xp.where(small, bounded**2 * series, large)
    return xp.where(unbounded, decay_integral(x, length) * decay_integral(y, length), finite)


def _series(x: Any, y: Any) -> Any:
    power = symmetric = namespace(x, y).ones_like(x)
    factor = 0.5
    total = factor * symmetric
    for order in range(1, _SERIES_TERMS):
        power = power * y
        symmetric = symmetric * x + power
        factor = -factor / (order + 2)
        total = total + factor * symmetric
    return total
