"""Absorbed fractions of spheres and ellipsoids that hold their activity evenly."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.core.errors import InputError, UnsupportedError
from theratwin.physics.kernels.point_source import HIGHEST, Kind
from theratwin.physics.sphere_curves import sphere_curves

Array = NDArray[np.float64]


def sphere_absorbed_fraction(
    kind: Kind,
    energy: ArrayLike,
    mass: ArrayLike,
    density: float = 1.04,
    medium: str = "soft",
) -> Array:
    r"""Return the fraction of emitted energy that a sphere absorbs of itself.

    The activity is even in the sphere, and the medium has no end. Of
    the points that lie at a distance :math:`r` in a random direction from a random point of
    the sphere, the fraction :math:`p(r) = 1 - 3r/4R + r^3/16R^3` is inside
    (Berger 1970, the geometric reduction theorem), so that

    .. math:: \phi(R) = \int_0^{2R} p(r)\,\mathrm{d}F(r)
              = \frac{3}{4R}\int_0^{2R}\left(1 - \frac{r^2}{4R^2}\right)F(r)\,\mathrm{d}r

    with :math:`F(r)` the fraction absorbed within :math:`r` of a point source.

    Parameters
    ----------
    kind
        ``electron``, ``positron`` (annihilation quanta are photons of their own) or ``photon``.
    energy
        MeV, shape (energies,) or scalar; below 1 keV the fraction is 1.
    mass
        g, shape (masses,) or scalar.
    density
        g/mL.
    medium
        Composition, one of the media of the kernels.

    Returns
    -------
    array
        Shape ``energy.shape + mass.shape``.

    Raises
    ------
    InputError
        If a value is not a positive number.
    UnsupportedError
        If an energy is above 5 MeV.

    Examples
    --------
    >>> float(sphere_absorbed_fraction("electron", 0.147, 20.0).round(3))
    0.993
    """
    masses = positive(mass, "mass", "g")
    radius = mass_radius(masses, float(positive(density, "density", "g/mL")))
    return _fractions(kind, positive(energy, "energy", "MeV"), radius, medium)


def ellipsoid_absorbed_fraction(
    kind: Kind,
    energy: ArrayLike,
    semi_axes: tuple[float, float, float],
    density: float = 1.04,
    medium: str = "soft",
) -> Array:
    r"""Return the fraction of emitted energy that an ellipsoid absorbs of itself.

    Stretching the ellipsoid to a sphere shows that its overlap with itself, moved by
    :math:`r` along :math:`\Omega`, is that of a sphere of radius :math:`R(\Omega)`, the
    ellipsoid's radius that way. Hence, exactly,

    .. math:: \phi = \frac{1}{4\pi} \int \phi_\mathrm{sphere}(R(\Omega))\,\mathrm{d}\Omega

    Parameters
    ----------
    kind, energy, density, medium
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
    return _fractions(kind, positive(energy, "energy", "MeV"), radius, medium) @ weight


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


def _fractions(kind: Kind, energy: Array, radius: Array, medium: str) -> Array:
    """Return absorbed fractions, shape energy.shape + radius.shape; radius in g/cm2."""
    if (energy > HIGHEST).any():
        raise UnsupportedError(
            "above the tables",
            field="energy",
            value=float(energy.max()),
            allowed=f"up to {HIGHEST} MeV",
        )
    curves = sphere_curves(kind, medium)
    rows = [curves.at(e, radius.ravel()) for e in energy.ravel()]
    return np.array(rows).reshape(energy.shape + radius.shape)


@cache
def _octant(order: int = 24) -> tuple[Array, Array]:
    """Return directions (n, 3) and weights of a Gauss rule over one octant of the sphere."""
    point, weight = np.polynomial.legendre.leggauss(order)
    unit, share = 0.5 * (point + 1), 0.5 * weight
    cosine, azimuth = np.meshgrid(unit, 0.5 * np.pi * unit, indexing="ij")
    sine = np.sqrt(1 - cosine**2)
    direction = np.stack([sine * np.cos(azimuth), sine * np.sin(azimuth), cosine], axis=-1)
    return direction.reshape(-1, 3), np.outer(share, share).ravel()
