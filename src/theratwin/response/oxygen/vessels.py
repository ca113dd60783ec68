"""Tissue between two sheets of vessels: oxygen and ligand over the distance from the vessel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theratwin.core import InputError, parameter_set

Array = NDArray[np.float64]
_FIELDS = ("half_distance", "vessel_pressure", "oxygen_reach", "ligand_reach")


@dataclass(frozen=True)
class VesselSheets:
    r"""Flat sheets of vessels, a distance 2h apart; the plane halfway is a mirror.

    Oxygen diffuses and is used up at a constant rate wherever there is any, a ligand diffuses and
    is bound in proportion to its concentration:

    .. math:: p = p_0 \left[1 - \frac{2hx - x^2}{L^2}\right]\ (h \le L), \qquad
              p = p_0 (1 - x/L)_+^2\ (h > L), \qquad
              c = \frac{\cosh((h - x)/\lambda)}{\cosh(h/\lambda)}

    Parameters
    ----------
    half_distance
        h, mm.
    vessel_pressure
        :math:`p_0`, mmHg.
    oxygen_reach
        L, how far oxygen of one sheet goes, mm.
    ligand_reach
        :math:`\lambda`, mm.

    Raises
    ------
    InputError
        If a number is not positive.

    Examples
    --------
    >>> tissue = vessel_sheets(0.1)
    >>> tissue.oxygen([0.0, 0.05, 0.1]).tolist(), round(float(tissue.ligand(0.1)), 3)
    ([40.0, 10.0, 0.0], 0.365)
    """

    half_distance: float
    vessel_pressure: float
    oxygen_reach: float
    ligand_reach: float

    def __post_init__(self) -> None:
        for field in _FIELDS:
            value = getattr(self, field)
            if not 0 < value < float("inf"):
                raise InputError("not a positive number", field=field, value=value)

    def oxygen(self, distance: ArrayLike) -> Array:
        """Return the pressure of oxygen (mmHg) at distances from the vessel (mm), any shape."""
        x, h, reach = np.asarray(distance, float), self.half_distance, self.oxygen_reach
        if h <= reach:
            left = 1.0 - (2.0 * h * x - x**2) / reach**2
        else:
            left = np.maximum(1.0 - x / reach, 0.0) ** 2
        return self.vessel_pressure * np.maximum(left, 0.0)

    def ligand(self, distance: ArrayLike) -> Array:
        """Return the ligand bound at distances (mm) over that at the vessel, any shape."""
        x, h, reach = np.asarray(distance, float), self.half_distance, self.ligand_reach
        # cosh over cosh, without overflow in thick tissue
        near = np.exp(-x / reach) * (1.0 + np.exp(-2.0 * (h - x) / reach))
        return near / (1.0 + np.exp(-2.0 * h / reach))

    def layers(self, number: int = 100) -> Array:
        """Return the middles of layers from the vessel to halfway, mm, shape (layers,)."""
        if number < 2:
            raise InputError("too few", field="number", value=number, allowed="at least 2")
        return (np.arange(number) + 0.5) / number * self.half_distance


def vessel_sheets(half_distance: float, **changes: Any) -> VesselSheets:
    """Return sheets with the values of the parameter set `vessel_sheets`, with changes.

    Raises
    ------
    InputError
        If a name is unknown or a number is not positive.
    """
    known = parameter_set("response", "vessel_sheets")
    values = {name: known.value(name) for name in _FIELDS[1:]}
    for name in changes:
        if name not in values:
            raise InputError("unknown", field="vessel_sheets", value=name, allowed=sorted(values))
    return VesselSheets(half_distance, **{**values, **changes})
