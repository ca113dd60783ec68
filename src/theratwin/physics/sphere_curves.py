"""Sphere fractions over scaled radius: the reduction theorem applied to the point sources."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from theratwin.physics.kernels.point_source import LOWEST, Kind, PointSource, between, point_source

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SphereCurves:
    """Absorbed fractions of spheres at a table's energies over scaled radius.

    Kept as the logit of the fraction over the logarithm of the radius, which is straight at
    both ends: the fraction goes as s, its complement as 1/s.

    Parameters
    ----------
    table
        The point sources that they come from.
    log_s
        Logarithm of the scaled radius, shape (radii,).
    logit
        Logit of the absorbed fraction, shape (energies, radii).
    """

    table: PointSource
    log_s: Array
    logit: Array

    def at(self, energy: float, radius: Array) -> Array:
        """Return the fraction at one energy for radii in g/cm2.

        At one scaled radius the logit is a cubic in log E; beyond the ends the shape stays.
        """
        if energy <= LOWEST:
            return np.ones_like(radius)
        s = np.log(radius / self.table.length_at(energy))
        at = np.clip(s, self.log_s[0], self.log_s[-1])
        first, weights = between(self.table.energy, energy)
        logit = sum(w * self._curves[first + i](at) for i, w in enumerate(weights))
        return 1 / (1 + np.exp(-logit))

    @cached_property
    def _curves(self) -> list:
        from scipy.interpolate import PchipInterpolator

        return [PchipInterpolator(self.log_s, logit) for logit in self.logit]


@cache
def sphere_curves(kind: Kind, medium: str) -> SphereCurves:
    """Return the curves of a kind of radiation in a medium, computed once."""
    table = point_source(kind, medium)
    first, last = 0.5 * table.x[1], 0.5 * table.x[-1]
    far = np.geomspace(last, 1e8 * last, 161)[1:]
    middle = 0.5 * table.x[1:]
    logit = []
    for column in table.fraction.T:
        outside = sphere_escape(table.x, column, np.concatenate([middle, far]))
        near = np.geomspace(1e-8, 1, 81)[:-1]
        inside = 1 - outside
        fraction = np.concatenate([near * inside[0], inside])
        logit.append(np.log(fraction / np.concatenate([1 - near * inside[0], outside])))
    log_s = np.log(np.concatenate([np.geomspace(1e-8, 1, 81)[:-1] * first, middle, far]))
    return SphereCurves(table, log_s, np.array(logit))


def sphere_escape(x: Array, fraction: Array, s: Array) -> Array:
    r"""Return the fraction of the energy that leaves spheres, at scaled radii s.

    With :math:`G = 1 - F` and x the scaled distance,

    .. math:: 1 - \phi(s) = \frac{3}{4s}
              \left[\int_0^{2s} G\,\mathrm{d}x - \frac{1}{4s^2}\int_0^{2s} x^2 G\,\mathrm{d}x\right]

    Each 2s must be one of the radii x or lie beyond the last, where G is zero. The three Gauss
    points an interval are exact for the PCHIP of F.
    """
    from scipy.interpolate import PchipInterpolator

    point, weight = np.polynomial.legendre.leggauss(3)
    half = 0.5 * np.diff(x)[:, None]
    nodes = x[:-1, None] + half * (1 + point)
    rest = 1 - PchipInterpolator(x, fraction)(nodes)
    plain = np.cumsum((half * weight * rest).sum(axis=1))
    square = np.cumsum((half * weight * nodes**2 * rest).sum(axis=1))
    at = np.minimum(np.searchsorted(x[1:], 2 * s * (1 - 1e-12)), len(plain) - 1)
    return 3 / (4 * s) * (plain[at] - square[at] / (4 * s**2))
