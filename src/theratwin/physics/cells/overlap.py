r"""Geometric reduction factors: what share of points at a distance lies in a ball.

:math:`\psi(x)` is the probability that a point at distance :math:`x`, in a random direction from
a random point of the source, lies in the target (Berger 1970; the geometric factor of MIRD's
cellular S values). Every one is a closed form here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def ball_overlap(a: float, b: float, distance: Array) -> Array:
    r"""Return the volume that balls of radii a and b share, their centers ``distance`` apart.

    .. math:: V = \frac{\pi}{12 d}(a + b - d)^2\left(d^2 + 2d(a+b) - 3(a-b)^2\right)

    between :math:`|a - b|` and :math:`a + b`. For concentric balls, over the volume of the
    source, it is :math:`\psi` at :math:`x = d`: moving every point of the source by x in one
    direction is the same for all directions.

    Examples
    --------
    >>> float((ball_overlap(1.0, 1.0, np.array(1.0)) / (4 / 3 * np.pi)).round(4))
    0.3125
    """
    total, gap = a + b, abs(a - b)
    d = np.clip(distance, max(gap, 1e-12 * total), total)
    lens = np.pi / (12 * d) * (total - d) ** 2 * (d**2 + 2 * d * total - 3 * gap**2)
    return np.where(distance <= gap, 4 / 3 * np.pi * min(a, b) ** 3, lens)


def shell_overlap(shell: float, ball: float, distance: Array) -> Array:
    r"""Return the share of a sphere's surface (no thickness) that lies in a ball.

    .. math:: \frac{b^2 - (d - a)^2}{4ad}

    for a surface of radius a and a ball of radius b, where they cross. At zero distance a
    surface on the ball's own surface is half inside: the limit from above.
    """
    gap, total = abs(shell - ball), shell + ball
    d = np.clip(distance, max(gap, 1e-12 * total), total)
    crossing = (ball**2 - (d - shell) ** 2) / (4 * shell * d)
    inside = 1.0 if shell < ball else 0.0
    return np.where((distance <= gap) & (gap > 0), inside, crossing)


def ball_overlap_apart(a: float, b: float, apart: float, x: Array) -> Array:
    r"""Return the overlap of ball a, moved by x in a random direction, with ball b elsewhere.

    The distance of the centers after the move, :math:`d^2 = D^2 + x^2 - 2Dx\mu`, is spread so
    that :math:`\mathrm{d}\mu = -d\,\mathrm{d}d/(Dx)`; the lens volume times :math:`d` is a
    polynomial, integrated exactly:

    .. math:: \frac{1}{2Dx}\int_{|D-x|}^{D+x} V(d)\,d\,\mathrm{d}d

    Parameters
    ----------
    a, b
        Radii, any one unit of length.
    apart
        Distance D of the centers before the move.
    x
        Shape (points,), all above zero.
    """
    total, gap = a + b, abs(a - b)

    def integral(upper: Array) -> Array:
        low, d = np.minimum(upper, gap), np.clip(upper, gap, total)
        whole = 2 / 3 * np.pi * min(a, b) ** 3 * low**2
        return whole + np.pi / 12 * (_lens(d, total, gap) - _lens(gap, total, gap))

    return (integral(apart + x) - integral(np.abs(apart - x))) / (2 * apart * x)


def _lens(d: Array | float, s: float, q: float):
    return d**5 / 5 - (q**2 + s**2) * d**3 + (3 * s * q**2 + s**3) * d**2 - 3 * q**2 * s**2 * d


def shell_overlap_apart(shell: float, ball: float, apart: float, x: Array) -> Array:
    """Return the same as `ball_overlap_apart` for a surface: the share of it in the ball."""
    total, gap = shell + ball, abs(shell - ball)
    inside = 1.0 if shell < ball else 0.0

    def crossing(d: Array | float):
        return (ball**2 * d - (d - shell) ** 3 / 3) / (4 * shell)

    def integral(upper: Array) -> Array:
        low, d = np.minimum(upper, gap), np.clip(upper, gap, total)
        return inside * low**2 / 2 + crossing(d) - crossing(gap)

    return (integral(apart + x) - integral(np.abs(apart - x))) / (2 * apart * x)
