r"""Filtration of fragments: what the kidneys' glomeruli let through, by size.

Of the plasma that glomeruli filter, at the rate :math:`GFR`, a protein of the molar mass M (kDa)
comes along with the share

.. math:: \theta = \exp\left(1 - \frac{8.7}{1 + e^{0.028\,(72.3 - M)}}\right)

(Li and Shah 2019, with the sign by which it gives their table 4). Tubules take it in and digest it;
the label stays there as in other cells.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from theratwin.core._arrays import as_float, namespace
from theratwin.core.errors import InputError
from theratwin.dynamics import Expression
from theratwin.kinetics.body.draft import Draft

#: Molar mass (kDa) from which nothing is filtered: there the fit exceeds all clearance of antibody.
UNFILTERED = 120.0


def glomerular_sieving(molar_mass: Any) -> Any:
    """Return the concentration in the filtrate over that in plasma, by molar mass (kDa).

    Raises
    ------
    InputError
        If a molar mass is not above zero.

    Examples
    --------
    >>> glomerular_sieving([27.0, 50.0, 100.0]).round(3)
    array([0.403, 0.131, 0.007])
    """
    mass = as_float(molar_mass)
    xp = namespace(mass)
    if xp is np and not np.all(mass > 0):
        raise InputError("a molar mass is above zero", field="molar_mass", value=molar_mass)
    return xp.exp(1.0 - 8.7 / (1.0 + xp.exp(0.028 * (72.3 - mass))))


def add_filtration(draft: Draft) -> None:
    """Let the kidneys filter, if a parameter set says how much plasma."""
    if not draft.values.has("kidneys.filtration"):
        return
    rate = draft.own("kidneys", "filtration") * draft.own("kidneys", "sieving")

    def clearance(_: object) -> Expression:
        return rate

    draft.move("kidneys.filtered", "kidneys.vascular", "kidneys.catabolites", clearance)
