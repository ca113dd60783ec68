"""Numbers with their uncertainty on the command line: ``"30 GBq h +- 5 %"``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from theratwin.core.errors import InputError
from theratwin.core.units import parse

if TYPE_CHECKING:
    from theratwin.dosimetry import Measured


def measured(text: str, unit: str, field: str) -> Measured:
    """Return a positive number in a unit, and its relative standard uncertainty, 0 if not given.

    The uncertainty is a percentage, or a number with the unit.

    Raises
    ------
    InputError
        If it cannot be read, or is not positive.

    Examples
    --------
    >>> measured("30 GBq h +- 5 %", "MBq h", "--remainder")
    Measured(value=30000.0, relative_uncertainty=0.05)
    >>> measured("50 g +- 10 g", "g", "--mass").relative_uncertainty
    0.2
    """
    from theratwin.dosimetry import Measured

    number, _, spread = (part.strip() for part in text.partition("+-"))
    value = parse(number, unit, field=field)
    if not value > 0:
        raise InputError("must be positive", field=field, value=text)
    if not spread:
        return Measured(value)
    absolute = unit and not spread.endswith("%")
    relative = (
        parse(spread, unit, field=f"{field}: uncertainty") / value
        if absolute
        else parse(spread, "", field=f"{field}: uncertainty")
    )
    if relative < 0:
        raise InputError("must not be negative", field=f"{field}: uncertainty", value=spread)
    return Measured(value, relative)
