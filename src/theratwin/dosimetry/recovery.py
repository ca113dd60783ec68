r"""Recovery of small objects, and what their outline does to it.

The curve through phantom measurements is the logistic one of the logarithm of the volume,

.. math:: R(V) = \frac{1}{1 + (\beta / V)^\gamma}, \qquad
          \frac{\partial \ln R}{\partial \ln V} = \gamma\,(1 - R) .

A sphere of radius :math:`a` blurred by a Gaussian of standard deviation :math:`\sigma` keeps the
part of its counts that `sphere_recovery` gives, and has at its edge :math:`\varphi / 2` of the
concentration within, so that an outline too large gathers counts by

.. math:: \frac{\partial \ln C}{\partial \ln V} = \frac{\varphi}{2 R}, \qquad
          \varphi = \operatorname{erf}\frac{\sqrt 2 a}{\sigma}
          - \sqrt{\frac{2}{\pi}}\,\frac{\sigma}{a}\left(1 - e^{-2 a^2 / \sigma^2}\right) .
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from theratwin.core.errors import InputError

#: Full width at half maximum of a Gaussian over its standard deviation.
_FWHM = 2.0 * np.sqrt(2.0 * np.log(2.0))


@dataclass(frozen=True, eq=False)
class RecoveryCurve:
    """Recovery over volume, with the covariance of its parameters.

    Parameters
    ----------
    midpoint
        Volume of half recovery, :math:`\\beta` (mL).
    steepness
        :math:`\\gamma`.
    covariance
        Of the parameters' logarithms, shape ``(2, 2)``.

    Raises
    ------
    InputError
        If a parameter is not positive.

    Examples
    --------
    >>> curve = RecoveryCurve(2.0, 0.8, np.diag([0.01, 0.01]))
    >>> float(curve.value(2.0)), float(curve.slope(2.0))
    (0.5, 0.4)
    """

    midpoint: float
    steepness: float
    covariance: Float[np.ndarray, "2 2"]

    def __post_init__(self) -> None:
        for name in ("midpoint", "steepness"):
            value = getattr(self, name)
            if not (np.isfinite(value) and value > 0):
                raise InputError("must be positive", field=f"RecoveryCurve.{name}", value=value)

    def value(self, volume: Any, *, midpoint: Any = 1.0, steepness: Any = 1.0) -> Any:
        """Return the recovery of a volume (mL); the parameters times factors, if given."""
        power = self.steepness * np.asarray(steepness)
        return 1.0 / (1.0 + (self.midpoint * np.asarray(midpoint) / np.asarray(volume)) ** power)

    def slope(self, volume: Any) -> Any:
        """Return d ln R / d ln V."""
        return self.steepness * (1.0 - self.value(volume))


def fit_recovery(volumes: Any, recoveries: Any, sd: Any) -> RecoveryCurve:
    """Fit the recovery curve to measurements of a phantom, by weighted least squares.

    Parameters
    ----------
    volumes
        Of the inserts (mL), shape ``(n,)``.
    recoveries
        Measured activity over the true one, shape ``(n,)``.
    sd
        Standard deviations of the recoveries, shape ``(n,)`` or one number.

    Raises
    ------
    InputError
        If there are fewer than three inserts, or a recovery is not between 0 and 1.

    Examples
    --------
    >>> volumes = np.array([0.5, 1.2, 2.6, 5.6, 11.5, 26.5])
    >>> found = fit_recovery(volumes, 1.0 / (1.0 + (2.0 / volumes) ** 0.8), 0.03)
    >>> round(found.midpoint, 3), round(found.steepness, 3)
    (2.0, 0.8)
    """
    from scipy.optimize import curve_fit

    volumes, recoveries = np.asarray(volumes, float), np.asarray(recoveries, float)
    sd = np.broadcast_to(np.asarray(sd, float), recoveries.shape)
    if volumes.size < 3 or volumes.shape != recoveries.shape:
        raise InputError("three inserts or more are needed", field="volumes", value=volumes.size)
    if not np.all((recoveries > 0) & (recoveries < 1)):
        raise InputError(
            "must lie between 0 and 1",
            field="recoveries",
            value=float(recoveries[np.argmax(np.abs(recoveries - 0.5))]),
            remedy="Leave out inserts that recover all",
        )

    def curve(volume: np.ndarray, log_midpoint: float, log_steepness: float) -> np.ndarray:
        return 1.0 / (1.0 + np.exp(np.exp(log_steepness) * (log_midpoint - np.log(volume))))

    start = [float(np.interp(0.5, np.sort(recoveries), np.sort(np.log(volumes)))), 0.0]
    best, covariance = curve_fit(
        curve, volumes, recoveries, start, sigma=sd, absolute_sigma=True, maxfev=5000
    )
    return RecoveryCurve(float(np.exp(best[0])), float(np.exp(best[1])), covariance)


def sphere_recovery(volume: Any, fwhm: float) -> Any:
    r"""Return the part of a sphere's counts that a Gaussian blur leaves in its outline.

    It is the overlap of the sphere with itself, displaced at random by the blur:
    :math:`\operatorname{E}[1 - 3\rho/4a + \rho^3/16a^3]` over :math:`\rho < 2a`.

    Parameters
    ----------
    volume
        mL.
    fwhm
        Full width at half maximum of the blur (mm).

    Examples
    --------
    >>> float(sphere_recovery(1e6, 10.0).round(2)), float(sphere_recovery(4.0, 10.0).round(2))
    (0.99, 0.52)
    """
    from scipy.special import erf

    q = _radius(volume) / (fwhm / _FWHM)
    tail = np.exp(-2.0 * q**2)
    second = np.sqrt(0.5 * np.pi) * erf(np.sqrt(2.0) * q) - 2.0 * q * tail
    third = 2.0 - (4.0 * q**2 + 2.0) * tail
    fifth = 8.0 - (16.0 * q**4 + 16.0 * q**2 + 8.0) * tail
    return np.sqrt(2.0 / np.pi) * (second - 0.75 * third / q + fifth / (16.0 * q**3))


def outline_slope(volume: Any, fwhm: float, recovery: Any) -> Any:
    """Return d ln C / d ln V: how counts rise with the outline of a sphere.

    Parameters
    ----------
    volume
        mL.
    fwhm
        Full width at half maximum of the blur (mm).
    recovery
        Recovery of the sphere, as `sphere_recovery` or a curve gives it.

    Examples
    --------
    >>> round(float(outline_slope(1e6, 10.0, 1.0)), 2)
    0.5
    """
    from scipy.special import erf

    q = _radius(volume) / (fwhm / _FWHM)
    edge = erf(np.sqrt(2.0) * q) - np.sqrt(2.0 / np.pi) * (1.0 - np.exp(-2.0 * q**2)) / q
    return 0.5 * edge / np.asarray(recovery)


def outline_uncertainty(volume: Any, voxel: float, fwhm: float) -> Any:
    r"""Return the relative standard uncertainty of a volume drawn on an image.

    .. math:: \frac{u(V)}{V} = \frac{3}{d} \sqrt{\frac{a^2}{6} + \frac{w^2}{8 \ln 2}}

    with the diameter d of the sphere of that volume, the voxel's width a and the resolution w of
    the image it is drawn on (Gear et al. 2018).

    Parameters
    ----------
    volume
        mL.
    voxel, fwhm
        Width of a voxel, and full width at half maximum of the image (mm).

    Examples
    --------
    >>> round(float(outline_uncertainty(20.0, 1.0, 0.0)), 3)
    0.036
    """
    return 3.0 / (2.0 * _radius(volume)) * np.sqrt(voxel**2 / 6.0 + (fwhm / _FWHM) ** 2)


def _radius(volume: Any) -> Any:
    """Return the radius (mm) of a sphere (mL)."""
    volume = np.asarray(volume, float)
    if not np.all(volume > 0):
        raise InputError("must be positive", field="volume", value=float(volume.min()))
    return np.cbrt(750.0 * volume / np.pi)
