"""Dose over depth in a sphere with even activity: full in the middle, less at the edge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from theratwin.physics.absorbed_fraction import mass_radius, positive
from theratwin.physics.kernels.increments import energy_increments
from theratwin.physics.nuclide import Nuclide
from theratwin.physics.progeny import Progeny, chain_weights
from theratwin.physics.units import DECAYS_PER_MBQ_H, GY_PER_MEV_PER_GRAM

Array = NDArray[np.float64]
_POINT, _WEIGHT = np.polynomial.legendre.leggauss(6)


@dataclass(frozen=True, eq=False)
class SphereProfile:
    """Dose for each unit of time-integrated concentration, Gy/(MBq h/g), over depth.

    Parameters
    ----------
    depth
        Below the surface, mm, falling from nearly the radius to nearly 0, shape (shells,).
    share
        Of the sphere's volume that each stands for, summing to 1, shape (shells,).
    electrons
        By electrons, positrons and photons, shape (shells,).
    alphas
        By alpha particles, shape (shells,).
    recoils
        By recoil nuclei, absorbed where they are emitted: the same everywhere.
    """

    depth: Array
    share: Array
    electrons: Array
    alphas: Array
    recoils: float

    @property
    def total(self) -> Array:
        """The sum of the parts, shape (shells,)."""
        return self.electrons + self.alphas + self.recoils


def sphere_profile(
    name: str | Nuclide,
    mass: float,
    density: float = 1.04,
    *,
    progeny: Progeny | None = None,
) -> SphereProfile:
    r"""Return the dose over depth in a sphere of soft tissue in a medium without end.

    At a distance a from the middle, of the points at a distance r the share

    .. math:: p(r; a) = \begin{cases} 1 & r \le R - a \\
              \frac{R^2 - (r - a)^2}{4 r a} & R - a < r < R + a \\ 0 & r \ge R + a \end{cases}

    lies in the sphere, so that by reciprocity the dose is :math:`\int p\,dF` of the energy F(r)
    absorbed within r of a point source. Its mean over the sphere is that of `sphere_s_value`.

    Parameters
    ----------
    name, progeny
        As for `chain_weights`.
    mass
        g.
    density
        g/mL.

    Raises
    ------
    InputError
        If a value is not a positive number, or the nuclide is unknown.

    Examples
    --------
    >>> small, large = sphere_profile("Y-90", 1e-3), sphere_profile("Y-90", 100.0)
    >>> f"{float(small.share @ small.total):.3f} {float(large.share @ large.total):.3f}"
    '0.056 0.499'
    """
    weights = tuple(chain_weights(name, progeny).items())
    rho = float(positive(density, "density", "g/mL"))
    radius = float(mass_radius(positive(mass, "mass", "g"), rho))
    middle, share = _shells(radius)
    sent = energy_increments(weights)
    inside = _share_inside(sent.distance, middle[:, None], radius)
    unit = GY_PER_MEV_PER_GRAM * DECAYS_PER_MBQ_H
    return SphereProfile(
        depth=(radius - middle) / rho * 10.0,
        share=share,
        electrons=unit * inside @ (sent.electrons + sent.photons),
        alphas=unit * inside @ sent.alphas,
        recoils=unit * sent.recoils,
    )


def _shells(radius: float) -> tuple[Array, Array]:
    """Return distances from the middle (g/cm2) and shares of volume, finer toward the surface."""
    depth = np.r_[0.0, np.geomspace(min(5e-5, 0.02 * radius), radius, 18)]
    edges = radius - depth[::-1]
    half = 0.5 * np.diff(edges)[:, None]
    middle = edges[:-1, None] + half * (1.0 + _POINT)
    share = 3.0 * middle**2 * half * _WEIGHT / radius**3
    return middle.ravel(), share.ravel()


def _share_inside(distance: Array, middle: Array, radius: float) -> Array:
    """Return the share of the points at a distance from one in the sphere that lie in it."""
    partly = (radius**2 - (distance - middle) ** 2) / (4.0 * distance * middle)
    part = np.where(distance <= radius - middle, 1.0, partly)
    return np.where(distance >= radius + middle, 0.0, part)
