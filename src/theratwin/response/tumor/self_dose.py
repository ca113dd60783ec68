"""The S value of a tumor that changes its mass: a law that a network can hold."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from theratwin.core import FitError, InputError
from theratwin.dynamics import Expression, exp, log, maximum, minimum
from theratwin.physics import sphere_s_value

#: Masses (g) between which a sphere's law is fitted; beyond, the mass at the end counts.
SMALLEST, LARGEST = 1e-4, 1e4
_DEGREES = range(4, 15)
_CLOSE = 5e-3


@dataclass(frozen=True)
class SelfDose:
    r"""S value of a lesion for its own activity over its mass, Gy/(MBq h).

    .. math:: S(m) = \frac{1}{m} \exp \sum_k c_k z^k, \qquad
              z = \frac{\ln m - \ln m_{mid}}{\ln m_{max} - \ln m_{mid}}

    with the mass held within its bounds; :math:`m_{mid}` is their geometric mean.

    Parameters
    ----------
    name
        What it stands for.
    coefficients
        :math:`c_k`, ascending.
    smallest, largest
        Bounds of the mass (g).
    deviation
        Largest relative difference from what it was fitted to.
    source
        Where it comes from: a citation's key, or ``"assumption"``.

    Examples
    --------
    >>> lutetium = SelfDose.sphere("Lu-177")
    >>> f"{float(lutetium(20.0)):.2e} Gy/(MBq h), off by at most {lutetium.deviation:.1%}"
    '4.28e-03 Gy/(MBq h), off by at most 0.1%'
    """

    name: str
    coefficients: tuple[float, ...]
    smallest: float
    largest: float
    deviation: float = 0.0
    source: str = "assumption"

    @classmethod
    def sphere(cls, nuclide: str, progeny: Any = None) -> SelfDose:
        """Return the law of a sphere of soft tissue, fitted to `physics.sphere_s_value`.

        Raises
        ------
        InputError
            If the nuclide is unknown.
        UnsupportedError
            If it has progeny that counts, and ``progeny`` is not given.
        """
        return _sphere(cls, nuclide, progeny if progeny is None else _hashable(progeny))

    @classmethod
    def power_law(cls, at_one_gram: float, exponent: float, source: str) -> SelfDose:
        """Return :math:`S = S_1 m^x`, as published for spheres of a nuclide.

        Parameters
        ----------
        at_one_gram
            S value at 1 g, Gy/(MBq h).
        exponent
            x, near -1.
        source
            A citation's key, or ``"assumption"``.

        Examples
        --------
        >>> round(float(SelfDose.power_law(0.0849, -0.99, "italia_code")(10.0)), 6)
        0.008688
        """
        if not at_one_gram > 0:
            raise InputError("must be positive", field="at_one_gram", value=at_one_gram)
        half = 0.5 * math.log(LARGEST / SMALLEST)
        middle = 0.5 * math.log(LARGEST * SMALLEST)
        line = (math.log(at_one_gram) + (1.0 + exponent) * middle, (1.0 + exponent) * half)
        return cls(f"power {exponent:g}", line, SMALLEST, LARGEST, source=source)

    def __call__(self, mass: Any) -> Any:
        """Return the S value at a mass (g)."""
        kept = np.clip(np.asarray(mass, dtype=float), self.smallest, self.largest)
        return np.exp(_horner(self.coefficients, self._scaled(np.log(kept)))) / kept

    def expression(self, mass: Expression, gram: Expression, unit: Expression) -> Expression:
        """Return the same for a network: ``gram`` is 1 g, ``unit`` 1 Gy/(MBq h)."""
        plain = minimum(maximum(mass / gram, self.smallest), self.largest)
        return exp(_horner(self.coefficients, self._scaled(log(plain)))) / plain * unit

    def _scaled(self, log_mass: Any) -> Any:
        low, high = math.log(self.smallest), math.log(self.largest)
        return (log_mass - 0.5 * (low + high)) * (2.0 / (high - low))


def _horner(coefficients: tuple[float, ...], at: Any) -> Any:
    value: Any = coefficients[-1]
    for coefficient in reversed(coefficients[:-1]):
        value = value * at + coefficient
    return value


def _hashable(progeny: Any) -> Any:
    return progeny if isinstance(progeny, str) else tuple(progeny)


@cache
def _sphere(cls: type[SelfDose], nuclide: str, progeny: Any) -> SelfDose:
    """Fit the absorbed energy by polynomials in log mass, of the lowest degree that will do."""
    log_mass = np.linspace(math.log(SMALLEST), math.log(LARGEST), 600)
    mass = np.exp(log_mass)
    energy = np.log(sphere_s_value(nuclide, mass, progeny=progeny).total * mass)
    ends = (log_mass[0], log_mass[-1])
    for degree in _DEGREES:
        fit = np.polynomial.Chebyshev.fit(log_mass, energy, degree, domain=ends)
        deviation = float(np.max(np.abs(np.expm1(fit(log_mass) - energy))))
        if deviation <= _CLOSE:
            powers = np.polynomial.chebyshev.cheb2poly(fit.coef)
            kept = tuple(map(float, powers))
            return cls(nuclide, kept, SMALLEST, LARGEST, deviation, "assumption")
    raise FitError(
        f"no polynomial comes within {_CLOSE:.1%} of the S value of spheres",
        field="nuclide",
        value=nuclide,
        remedy="Give a power law: SelfDose.power_law(...)",
    )
