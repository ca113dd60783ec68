"""Absorbed fractions of spheres and ellipsoids that hold their activity evenly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.physics.point_source import Kind, PointSource, point_source

Array = NDArray[np.float64]
HIGHEST = 4.0  # MeV; the tables end at 3 MeV, the scaled shape is kept up to here


def sphere_absorbed_fraction(
    kind: Kind, energy: ArrayLike, mass: ArrayLike, density: float = 1.04
) -> Array:
    r"""Return the fraction of emitted energy that a sphere absorbs of itself.

    The activity is even in the sphere, the medium is water in composition and has no end. Of
    the points that lie at a distance :math:`r` in a random direction from a random point of
    the sphere, the fraction :math:`p(r) = 1 - 3r/4R + r^3/16R^3` is inside
    (Berger 1970, the geometric reduction theorem), so that

    .. math:: \phi(R) = \int_0^{2R} p(r)\,\mathrm{d}F(r)
              = \frac{3}{4R}\int_0^{2R}\left(1 - \frac{r^2}{4R^2}\right)F(r)\,\mathrm{d}r

    with :math:`F(r)` the fraction absorbed within :math:`r` of a point source.

    Parameters
    ----------
    kind
        ``electron`` (betas of both signs too; annihilation quanta are photons) or ``photon``.
    energy
        MeV, shape (energies,) or scalar; below 1 keV the fraction is 1.
    mass
        g, shape (masses,) or scalar.
    density
        g/mL.

    Returns
    -------
    array
        Shape ``energy.shape + mass.shape``.

    Raises
    ------
    InputError
        If a value is not a positive number.
    UnsupportedError
        If an energy is above 4 MeV.

    Examples
    --------
    >>> float(sphere_absorbed_fraction("electron", 0.147, 20.0).round(3))
    0.993
    """
    masses = positive(mass, "mass", "g")
    radius = mass_radius(masses, float(positive(density, "density", "g/mL")))
    return _fractions(kind, positive(energy, "energy", "MeV"), radius)


def ellipsoid_absorbed_fraction(
    kind: Kind, energy: ArrayLike, semi_axes: tuple[float, float, float], density: float = 1.04
) -> Array:
    r"""Return the fraction of emitted energy that an ellipsoid absorbs of itself.

    Stretching the ellipsoid to a sphere shows that its overlap with itself, moved by
    :math:`r` along :math:`\Omega`, is that of a sphere of radius :math:`R(\Omega)`, the
    ellipsoid's radius that way. Hence, exactly,

    .. math:: \phi = \frac{1}{4\pi} \int \phi_\mathrm{sphere}(R(\Omega))\,\mathrm{d}\Omega

    Parameters
    ----------
    kind, energy, density
        As for `sphere_absorbed_fraction`.
    semi_axes
        mm.

    Returns
    -------
    array
        Shape of ``energy``.

    Examples
    --------
    >>> ball = ellipsoid_absorbed_fraction("photon", 0.208, (50, 50, 50))
    >>> flat = ellipsoid_absorbed_fraction("photon", 0.208, (125, 50, 20))  # the same volume
    >>> bool(flat < ball)
    True
    """
    axes = positive(semi_axes, "semi_axes", "mm")
    rho = float(positive(density, "density", "g/mL"))
    direction, weight = _octant()
    radius = 0.1 * rho / np.sqrt(((direction / axes) ** 2).sum(axis=-1))
    return _fractions(kind, positive(energy, "energy", "MeV"), radius) @ weight


def mass_radius(mass: Array, density: float) -> Array:
    """Return density times radius of spheres, g/cm2: the only size that absorption depends on."""
    return (3 * mass * density**2 / (4 * np.pi)) ** (1 / 3)


def positive(value: ArrayLike, field: str, unit: str) -> Array:
    """Return the value as an array of floats, all finite and above zero.

    Raises
    ------
    InputError
        Otherwise.
    """
    array = np.asarray(value, dtype=float)
    if not (np.isfinite(array).all() and (array > 0).all()):
        raise InputError(
            "not a positive number", field=field, value=value, allowed=f"finite and > 0 {unit}"
        )
    return array


def _fractions(kind: Kind, energy: Array, radius: Array) -> Array:
    """Return absorbed fractions, shape energy.shape + radius.shape; radius in g/cm2."""
    if (energy > HIGHEST).any():
        raise UnsupportedError(
            "above the tables",
            field="energy",
            value=float(energy.max()),
            allowed=f"up to {HIGHEST} MeV",
        )
    curves = _curves(kind)
    rows = [curves.at(e, radius.ravel()) for e in energy.ravel()]
    result = np.array(rows).reshape(energy.shape + radius.shape)
    if kind == "electron":
        radiated = curves.radiated(energy).reshape(energy.shape + (1,) * radius.ndim)
        # Kramers: energy k of bremsstrahlung goes as (E - k), so its mean place is near E / 3
        escaping = energy / 3
        return (1 - radiated) * result + radiated * _fractions("photon", escaping, radius)
    return result


@dataclass(frozen=True, eq=False)
class _Curves:
    """Sphere fractions of a table's energies over scaled radius, as logit over logarithm.

    The logit is straight at both ends: the fraction goes as s, its complement as 1/s.
    """

    table: PointSource
    log_s: Array
    logit: Array  # (energies, radii)

    def at(self, energy: float, radius: Array) -> Array:
        """Return the fraction at one energy for radii in g/cm2."""
        from scipy.interpolate import PchipInterpolator

        if energy < self.table.lowest:
            return np.ones_like(radius)
        s = np.log(radius / self.table.length_at(np.array(energy)))
        curve = PchipInterpolator(self.log_s, self._between(energy))
        return 1 / (1 + np.exp(-curve(np.clip(s, self.log_s[0], self.log_s[-1]))))

    def _between(self, energy: float) -> Array:
        """Return the logit at an energy: linear in log E; beyond the ends the last shape."""
        ends = self.table.energy
        place = float(np.interp(np.log(energy), np.log(ends), np.arange(len(ends))))
        left = min(int(place), len(ends) - 2)
        part = place - left
        return (1 - part) * self.logit[left] + part * self.logit[left + 1]

    def radiated(self, energy: Array) -> Array:
        """Return the fraction of the energy that leaves as bremsstrahlung (zero at zero)."""
        return np.interp(energy, np.r_[0, self.table.energy], np.r_[0, self.table.radiated])


@cache
def _curves(kind: Kind) -> _Curves:
    table = point_source(kind)
    first, last = 0.5 * table.x[1], 0.5 * table.x[-1]
    far = np.geomspace(last, 1e8 * last, 161)[1:]
    middle = 0.5 * table.x[1:]
    logit = []
    for column in table.fraction.T:
        outside = _outside(table.x, column, np.concatenate([middle, far]))
        near = np.geomspace(1e-8, 1, 81)[:-1]
        inside = 1 - outside
        fraction = np.concatenate([near * inside[0], inside])
        logit.append(np.log(fraction / np.concatenate([1 - near * inside[0], outside])))
    log_s = np.log(np.concatenate([np.geomspace(1e-8, 1, 81)[:-1] * first, middle, far]))
    return _Curves(table, log_s, np.array(logit))


def _outside(x: Array, fraction: Array, s: Array) -> Array:
    """Return one minus the sphere's fraction at radii s; each 2s is a node or beyond the last.

    From the integrals of G = 1 - F and of x^2 G; three Gauss points are exact for the PCHIP.
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


@cache
def _octant(order: int = 24) -> tuple[Array, Array]:
    """Return directions (n, 3) and weights of a Gauss rule over one octant of the sphere."""
    point, weight = np.polynomial.legendre.leggauss(order)
    unit, share = 0.5 * (point + 1), 0.5 * weight
    cosine, azimuth = np.meshgrid(unit, 0.5 * np.pi * unit, indexing="ij")
    sine = np.sqrt(1 - cosine**2)
    direction = np.stack([sine * np.cos(azimuth), sine * np.sin(azimuth), cosine], axis=-1)
    return direction.reshape(-1, 3), np.outer(share, share).ravel()
