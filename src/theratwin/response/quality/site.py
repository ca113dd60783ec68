"""Specific energy that a track leaves in a cylindrical site at a distance."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.core import InputError
from theratwin.response.quality.track_structure import TrackStructure

Array = NDArray[np.float64]
_POINT, _WEIGHT = np.polynomial.legendre.leggauss(40)
_PANEL_POINT, _PANEL_WEIGHT = np.polynomial.legendre.leggauss(8)


def site_specific_energy(track: TrackStructure, radius: float, impact: ArrayLike) -> Array:
    r"""Return the specific energy (Gy) of a cylinder along a track, by impact parameter.

    .. math:: z(b) = \frac{1}{\pi R^2} \int_0^{R_p} D(r)\, r\, \vartheta(r; b, R)\, dr

    with :math:`\vartheta` the angle of the circle of radius r around the track that lies in the
    site. The core is the area that two circles share; of the penumbra, full circles are a
    logarithm, and the rest a Gauss sum whose nodes cluster where :math:`\vartheta` begins and ends
    as a square root.

    Parameters
    ----------
    track
        Of `kiefer_chatterjee`.
    radius
        R of the site, um.
    impact
        Distances b of the track from the site's axis, um, any shape.

    Examples
    --------
    >>> from theratwin.response.quality.track_structure import kiefer_chatterjee
    >>> print(f"{float(site_specific_energy(kiefer_chatterjee(50.0, 4.95), 0.32, 0.0)):.2f} Gy")
    1.97 Gy
    """
    if not 0 < radius < float("inf"):
        raise InputError("not a positive number", field="radius", value=radius)
    b = np.asarray(impact, dtype=float)
    area = np.pi * radius**2
    core = track.core_dose * shared_area(track.core_radius, radius, b)
    return (core + track.penumbra * _penumbra_angle(track, radius, b)) / area


def impact_quadrature(track: TrackStructure, radius: float) -> tuple[Array, Array]:
    r"""Return impact parameters (um) and weights :math:`2 \pi b\,db` (um²) that span a site.

    Panels halve toward the site's edge, where the core leaves it, from both sides.

    Returns
    -------
    tuple of arrays
        Each of shape (points,).
    """
    core, reach = track.core_radius, track.penumbra_radius
    steps = core * 2.0 ** np.arange(0, 1 + np.log2((radius + reach) / core))
    fine = core * np.linspace(-1.0, 1.0, 9)
    marks = np.r_[0.0, radius - reach, reach - radius, radius + reach]
    edges = np.unique(np.r_[radius - steps, radius + fine, radius + steps, marks])
    edges = edges[(edges >= 0.0) & (edges <= radius + reach)]
    half = 0.5 * np.diff(edges)[:, None]
    b = edges[:-1, None] + half * (1.0 + _PANEL_POINT)
    return b.ravel(), (2.0 * np.pi * b * half * _PANEL_WEIGHT).ravel()


def shared_area(a: float, b: float, distance: ArrayLike) -> Array:
    """Return the area that two circles of radii a and b share at a distance of their centers.

    Examples
    --------
    >>> bool(np.isclose(shared_area(1.0, 2.0, 0.5), np.pi))
    True
    """
    d = np.asarray(distance, dtype=float)
    apart = np.clip(d, max(abs(a - b), np.finfo(float).tiny), a + b)
    first = np.clip((apart**2 + a**2 - b**2) / (2 * apart * a), -1.0, 1.0)
    second = np.clip((apart**2 + b**2 - a**2) / (2 * apart * b), -1.0, 1.0)
    product = (a + b - apart) * (apart + a - b) * (apart - a + b) * (apart + a + b)
    lens = a**2 * np.arccos(first) + b**2 * np.arccos(second)
    lens = lens - 0.5 * np.sqrt(np.maximum(product, 0.0))
    within = np.pi * min(a, b) ** 2
    return np.where(d >= a + b, 0.0, np.where(d <= abs(a - b), within, lens))


def _penumbra_angle(track: TrackStructure, radius: float, b: Array) -> Array:
    """Return the integral of the angle over the logarithm of r, from the core to the end."""
    core, reach = track.core_radius, track.penumbra_radius
    whole = np.log(np.clip(radius - b, core, reach) / core)
    low = np.clip(np.abs(radius - b), core, reach)
    high = np.clip(radius + b, core, reach)
    middle, half = 0.5 * np.log(high * low), 0.5 * np.log(high / low)
    turn = 0.5 * np.pi * (1.0 + _POINT)
    r = np.exp(middle[..., None] - half[..., None] * np.cos(turn))
    beside = np.maximum(b, 1e-12 * radius)[..., None]
    cosine = (r**2 + beside**2 - radius**2) / (2.0 * r * beside)
    angle = 2.0 * np.arccos(np.clip(cosine, -1.0, 1.0))
    partial = half * ((angle * np.sin(turn)) @ (0.5 * np.pi * _WEIGHT))
    return 2.0 * np.pi * whole + partial
