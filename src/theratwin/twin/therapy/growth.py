"""How a lesion of a therapy grows: the volumes that its growth law refers to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from theratwin.core import InputError, parameter_set
from theratwin.response.tumor.growth import below_capacity, growth_law
from theratwin.response.tumor.model import check_range


def volumes(growth: str, volume: Any, given: Mapping[str, float]) -> dict[str, Any]:
    """Return the volumes (mL) of a lesion's network: at the start, and of its doubling time.

    The doubling time is that at the lesion's own volume, unless ``reference_volume`` is given.

    Raises
    ------
    InputError
        If a given parameter is out of range, the lesion's volume is among them, or a volume is
        not below the capacity.

    Examples
    --------
    >>> volumes("gompertz", 20.0, {"capacity": 500.0})
    {'initial_volume': 20.0, 'reference_volume': 20.0}
    """
    if "initial_volume" in given:
        raise InputError(
            "the lesion has a volume of its own",
            field="tumor.initial_volume",
            value=given["initial_volume"],
            remedy="Change it there, or leave this out",
        )
    for name, value in {"initial_volume": volume, **given}.items():
        check_range(name, value)
    found = {"initial_volume": volume}
    law = growth_law(growth)
    if law.limited:
        found["reference_volume"] = given.get("reference_volume", volume)
        capacity = given.get("capacity", parameter_set("response", "tumor").value("capacity"))
        for each in found.values():
            below_capacity(law, np.asarray(each, dtype=float), capacity)
    return found
