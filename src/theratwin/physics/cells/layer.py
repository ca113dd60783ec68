"""The dose to a cell from the medium around it: a layer in a dish, or medium on all sides."""

from __future__ import annotations

from math import inf

import numpy as np
from numpy.typing import NDArray

from theratwin.core.errors import InputError
from theratwin.physics.cells.geometry import DENSITY, Cell
from theratwin.physics.cells.ranges import METHODS, Method
from theratwin.physics.cells.tracks import Particles, Tracks, chain_recoil_energy, chain_tracks
from theratwin.physics.nuclide import Nuclide, nuclide
from theratwin.physics.progeny import Progeny, Retention, chain_weights
from theratwin.physics.units import DECAYS_PER_MBQ_H, GY_PER_MEV_PER_GRAM

Array = NDArray[np.float64]
_HEIGHT, _WEIGHT = np.polynomial.legendre.leggauss(8)
_POINT, _PART = np.polynomial.legendre.leggauss(3)
_MM3_PER_ML = 1e3


def medium_s_value(
    name: str | Nuclide,
    cell: Cell,
    *,
    below: float = inf,
    above: float = inf,
    target: str = "N",
    progeny: Progeny | None = None,
    retention: Retention = 1.0,
    method: Method = "cole",
    particles: Particles = "all",
) -> float:
    r"""Return the mean dose to a cell's compartment from activity in the medium, Gy mL/(MBq h).

    .. math:: \frac{\dot D}{c} = \frac1\rho\int_0^\infty\psi(x)\left(-\frac{dT}{dx}\right)dx,
        \qquad \psi = \left\langle\tfrac12\min\left(1,\tfrac{b+u}{x}\right)
        +\tfrac12\min\left(1,\tfrac{a-u}{x}\right)\right\rangle_u

    with the heights :math:`u` of the target's points over the cell's center, the bottom of the
    medium :math:`b` below it and its surface :math:`a` above. Straight tracks in water; nothing
    comes back from the dish or the air; photons are left out. The medium fills the cells too:
    take off what they displace, their volume times their own S values.

    Parameters
    ----------
    name
        Nuclide.
    cell
        The cell.
    below, above
        Medium below and above the cell's center, mm, at least the target's radius.
    target
        ``N`` or ``C``.
    progeny, retention, method
        As for `cell_s_value`; a decay's progeny decays in the medium too.
    particles
        ``all``, ``electrons``, or ``alphas`` with their recoils.

    Raises
    ------
    InputError
        If an argument is wrong.
    UnsupportedError
        If the progeny counts and ``progeny`` is not given.

    Examples
    --------
    >>> cell = Cell(radius=7e-3, nucleus_radius=4.5e-3)
    >>> everywhere = medium_s_value("Lu-177", cell)
    >>> on_the_bottom = medium_s_value("Lu-177", cell, below=7e-3, above=3.0)
    >>> round(1e3 * everywhere, 2), round(on_the_bottom / everywhere, 3)
    (85.32, 0.557)
    """
    parent = name if isinstance(name, Nuclide) else nuclide(name)
    radius = _check(cell, below, above, target, method)
    weights = chain_weights(parent, progeny, retention)
    key = tuple((member, weight) for member, weight in weights.items() if weight > 0)
    energy = chain_recoil_energy(key) if particles != "electrons" else 0.0
    for tracks in chain_tracks(key, method, particles):
        energy += _absorbed(tracks, radius, below, above)
    return energy * GY_PER_MEV_PER_GRAM * DECAYS_PER_MBQ_H / (DENSITY * _MM3_PER_ML)


def _check(cell: Cell, below: float, above: float, target: str, method: str) -> float:
    if method not in METHODS:
        raise InputError("unknown method", field="method", value=method, allowed=METHODS)
    radii = {"N": cell.nucleus_radius, "C": cell.radius}
    if target not in radii:
        raise InputError("no such target", field="target", value=target, allowed=radii)
    for field, depth in (("below", below), ("above", above)):
        if not depth >= radii[target] * (1 - 1e-12):
            raise InputError(
                "the target reaches out of the medium",
                field=field,
                value=f"{1e3 * depth:g} um",
                allowed=f"at least {1e3 * radii[target]:g} um",
            )
    return radii[target]


def _absorbed(tracks: Tracks, radius: float, below: float, above: float) -> float:
    """Return the energy absorbed (MeV a decay) if each mm3 of medium and target had one decay.

    Where the target lies by the height of its points: a ball has area pi (r2 - u2) at u.
    """
    knots = [edge + u * radius for edge in (below, above) if edge < inf for u in (-1.0, 0.0, 1.0)]
    x = np.unique(np.r_[tracks.x, [k for k in knots if 0.0 < k < tracks.x[-1]]])
    half = 0.5 * np.diff(x)[:, None]
    points = (x[:-1, None] + half * (1 + _POINT)).ravel()
    heights, area = radius * _HEIGHT, 0.75 * _WEIGHT * (1 - _HEIGHT**2)
    share = sum(
        w * 0.5 * (_reached(below + u, points) + _reached(above - u, points))
        for u, w in zip(heights, area, strict=True)
    )
    lost = (half * _PART).ravel() * tracks.lost_at(points)
    # What the interpolated loss leaves out near the start is absorbed where it starts.
    return float(share @ lost) + tracks.energy - float(lost.sum())


def _reached(depth: float, x: Array) -> Array:
    return np.minimum(1.0, max(depth, 0.0) / x)
