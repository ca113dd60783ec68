"""Beta spectra by sign: ICRP-107 lists a nuclide's spectrum once, electrons and positrons added."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from theratwin.core.errors import FitError

Array = NDArray[np.float64]

MASS = 0.51099895  # MeV, electron (CODATA 2018)
FINE_STRUCTURE = 1 / 137.035999
_GAUSS = np.polynomial.legendre.leggauss(48)


def positron_share(
    energy: Array,
    z: int,
    electrons: Sequence[Sequence[float]],
    positrons: Sequence[Sequence[float]],
) -> Array:
    r"""Return the fraction of a nuclide's betas of an energy that are positrons.

    22 nuclides of ICRP-107 emit both, such as Cu-64. Each transition :math:`k` of yield
    :math:`Y_k` and sign has the allowed shape :math:`f_k` of the mean energy listed, so that

    .. math:: q(E) = \frac{\sum_+ Y_k f_k(E)}{\sum_\pm Y_k f_k(E)} ;

    beyond all end points, the sign with the highest one takes it all. Assumption: forbidden
    transitions have the allowed shape too, in this fraction only.

    Parameters
    ----------
    energy
        MeV, any shape.
    z
        Atomic number of the nuclide.
    electrons, positrons
        Mean energy (MeV) and yield of each transition; either may be empty.

    Returns
    -------
    array
        Shape of ``energy``, 0 to 1.

    Examples
    --------
    Cu-64's positrons: the Coulomb force leaves few slow ones, and they reach further (0.653 MeV)
    than its electrons (0.579 MeV):

    >>> electrons, positrons = [(0.190428, 0.39)], [(0.27822, 0.174083)]
    >>> positron_share(np.array([0.01, 0.3, 0.6]), 29, electrons, positrons).round(2)
    array([0.  , 0.39, 1.  ])
    """
    if not electrons or not positrons:
        return np.full(np.shape(energy), float(bool(positrons)))
    minus, end_minus = _summed(energy, z + 1, electrons)
    plus, end_plus = _summed(energy, 1 - z, positrons)
    both = minus + plus
    beyond = float(end_plus > end_minus)
    return np.where(both > 0, plus / np.where(both > 0, both, 1.0), beyond)


def tilted(energy: Array, weight: Array, number: float, mean: float) -> Array:
    r"""Return the spectrum :math:`\propto w_i e^{b E_i}` of a given number and mean energy.

    Of all spectra with these two, it is the one nearest to :math:`w` (least relative entropy).

    Raises
    ------
    FitError
        If no spectrum on these energies has the mean.
    """
    slope = 0.0
    for _ in range(50):  # Newton's steps: the mean rises with b as the spread
        exponent = slope * energy
        part = weight * np.exp(exponent - exponent.max())
        part /= part.sum()
        miss = mean - float(part @ energy)
        if abs(miss) < 1e-14 * energy.max():
            return part * number
        spread = float(part @ (energy - mean) ** 2) - miss**2
        if not spread > 0:
            break
        slope += miss / spread
    raise FitError("no beta spectrum on these energies has the mean", field="mean", value=mean)


def end_point(z: int, mean: float) -> float:
    """Return the end point of an allowed transition from its mean energy, MeV.

    Parameters
    ----------
    z
        Atomic number of the daughter; negative for positrons.
    mean
        MeV.

    Examples
    --------
    >>> print(round(end_point(-8, 0.2498), 2))  # F-18: 0.634 MeV
    0.63
    """
    from scipy.optimize import brentq

    # a quarter to half of the end point; more for slow positrons, which the nucleus drives
    found = brentq(lambda end: _moments(z, end)[1] - mean, 1.01 * mean, 6 * mean)
    return float(found)  # type: ignore[arg-type]


def _summed(energy: Array, z: int, transitions: Sequence[Sequence[float]]) -> tuple[Array, float]:
    """Return the sum of allowed spectra (a MeV) and the highest end point."""
    ends = [end_point(z, mean) for mean, _ in transitions]
    spectra = (
        number / _moments(z, end)[0] * _allowed(energy, z, end)
        for end, (_, number) in zip(ends, transitions, strict=True)
    )
    return np.sum([*spectra], axis=0), max(ends)


def _moments(z: int, end: float) -> tuple[float, float]:
    """Return the integral of an allowed spectrum and its mean energy."""
    nodes, weights = _GAUSS
    energy = 0.5 * end * (1 + nodes)
    part = weights * _allowed(energy, z, end)
    return 0.5 * end * float(part.sum()), float(part @ energy / part.sum())


def _allowed(energy: Array, z: int, end: float) -> Array:
    r"""Return :math:`F(Z, E)\,p\,W\,(E_0 - E)^2` with Fermi's function of a point charge.

    Fermi 1934; factors that do not depend on the energy are left out.
    """
    from scipy.special import loggamma

    total = 1 + energy / MASS
    momentum = np.sqrt(total**2 - 1)
    gamma = np.sqrt(1 - (FINE_STRUCTURE * z) ** 2)
    eta = FINE_STRUCTURE * z * total / momentum
    field = np.exp(np.pi * eta + 2 * loggamma(gamma + 1j * eta).real)
    return field * momentum ** (2 * gamma - 1) * total * np.maximum(end - energy, 0.0) ** 2
