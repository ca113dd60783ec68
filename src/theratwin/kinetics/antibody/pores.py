r"""Two-pore exchange: what small and large pores of a vessel's wall let through, by size.

Through pores of one kind, with the flow of fluid :math:`J`, reflection :math:`\sigma` and
permeability :math:`PS` (Patlak; Rippe and Haraldsson 1994):

.. math::

    j = J(1 - \sigma)\,\frac{c_v\, e^{Pe} - c_i}{e^{Pe} - 1}, \qquad
    Pe = \frac{J(1 - \sigma)}{PS}

Flows and permeabilities are shares of the lymph flow :math:`L` (Li and Shah 2019): large pores
carry :math:`(x + \alpha) L`, small ones :math:`(1 - \alpha - x) L`, so that together they carry
:math:`L`, and :math:`Pe` is the same in every organ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from theratwin.core._arrays import as_float, namespace
from theratwin.core.errors import InputError

#: The largest molar mass (kDa); the fits are to proteins of 13 to 150 kDa.
_HEAVIEST = 1000.0


@dataclass(frozen=True)
class Pores:
    """The pores of vessels' walls.

    Parameters
    ----------
    large_share
        Of the hydraulic conductance that large pores have.
    circular_share
        Flow out by large and back by small pores without any on balance, over the lymph flow.
    small_radius, large_radius
        Of the pores (nm).
    permeability_scale
        Makes permeabilities from the lymph flow (nm^3).
    """

    large_share: float = 0.042
    circular_share: float = 0.38
    small_radius: float = 4.44
    large_radius: float = 22.85
    permeability_scale: float = 13197.0


def two_pore_exchange(molar_mass: Any, pores: Pores | None = None) -> tuple[Any, Any]:
    r"""Return what leaves plasma, and what comes back, per lymph flow.

    The organ's flux is :math:`L (a\, c_v - b\, c_i)` with the sums over both kinds of pores

    .. math:: a = \sum s (1 - \sigma) \frac{1}{1 - e^{-Pe}}, \qquad
              b = \sum s (1 - \sigma) \frac{1}{e^{Pe} - 1}

    in which s is a kind's share of the lymph flow.

    Parameters
    ----------
    molar_mass
        Of the protein (kDa), a number or an array.
    pores
        The pores; else those of Li and Shah 2019.

    Returns
    -------
    outward, inward
        The dimensionless a and b; their difference is :math:`\sum s (1 - \sigma)`.

    Raises
    ------
    InputError
        If a molar mass is not above zero, or beyond what the fits of reflection bear.

    Examples
    --------
    >>> outward, inward = two_pore_exchange([27.0, 150.0])
    >>> outward.round(3), inward.round(3)
    (array([7.067, 0.351]), array([6.501, 0.004]))
    """
    pores = pores or Pores()
    mass = as_float(molar_mass)
    xp = namespace(mass)
    if xp is np and not np.all((mass > 0) & (mass <= _HEAVIEST)):
        raise InputError(
            "a protein of this size is none that the pores were described for",
            field="molar_mass",
            value=molar_mass,
            allowed=f"above 0 and at most {_HEAVIEST:g} kDa",
        )
    outward = inward = 0.0
    for share, solvent, permeability in _kinds(mass, pores):
        carried = share * solvent
        peclet = carried / permeability
        through = carried / -xp.expm1(-peclet)
        outward, inward = outward + through, inward + through * xp.exp(-peclet)
    return outward, inward


def _kinds(mass: Any, pores: Pores) -> list[tuple[float, Any, Any]]:
    """Return large and small pores: share of flow, 1 - reflection, permeability over flow."""
    xp, dalton, radius = namespace(mass), 1000.0 * mass, hydrodynamic_radius(mass)
    alpha, x = pores.large_share, pores.circular_share
    free_large = 0.3429 * xp.exp(-0.00012175 * dalton) + 0.6571 * xp.exp(-0.00000421 * dalton)
    free_small = 0.2352 * xp.exp(-0.00008295 * dalton) + 0.7767 * xp.exp(-0.00053095 * dalton)
    scale = pores.permeability_scale / radius
    large = scale * free_large * alpha / pores.large_radius**2
    small = scale * free_small * (1.0 - alpha) / pores.small_radius**2
    return [
        (x + alpha, 1.0 - 0.000035 * dalton**0.717, large),
        (1.0 - alpha - x, 0.8489 * xp.exp(-0.00004 * dalton), small),
    ]


def hydrodynamic_radius(molar_mass: Any) -> Any:
    """Return a protein's radius (nm) by its molar mass (kDa), 0.0483 (M / Da)^0.386.

    Source: Li and Shah 2019.

    Examples
    --------
    >>> round(float(hydrodynamic_radius(150.0)), 2)
    4.81
    """
    return 0.0483 * (1000.0 * as_float(molar_mass)) ** 0.386
