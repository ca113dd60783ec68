"""Units: inside, plain numbers in the units of `INSIDE`; at the edge, text with a unit."""

from __future__ import annotations

import math
import re
from functools import cache, lru_cache
from importlib.resources import files
from tokenize import TokenError
from typing import TYPE_CHECKING

from theratwin.core.errors import InputError

if TYPE_CHECKING:
    from pint import Unit, UnitRegistry

#: The unit of every kind of quantity inside theratwin.
INSIDE = {
    "time": "h",
    "amount": "nmol",
    "volume": "mL",
    "activity": "MBq",
    "mass": "g",
    "energy": "MeV",
    "length": "mm",
    "area": "m^2",
    "density": "g/mL",
    "dose": "Gy",
    "dose_rate": "Gy/h",
    "s_value": "Gy/(MBq h)",
    "oxygen_pressure": "mmHg",
    "fraction": "",
}


# Other units of the same quantities: a number inside never stands in them.
_OUTSIDE = frozenset(
    {"s", "min", "minute", "d", "day", "week", "wk"}
    | {"pmol", "umol", "mmol", "mol", "L", "l", "uL", "µL", "Bq", "kBq", "GBq", "Ci", "mCi", "uCi"}
    | {"ug", "mg", "kg", "eV", "cm", "nm", "mGy", "cGy"}
)


#: Conversions so frequent that pint, which takes longer to load than all else, is spared them.
_FREQUENT = {
    ("L", "mL"): 1000.0,
    ("L/min", "mL/h"): 60000.0,
    ("mL/min", "mL/h"): 60.0,
    ("L/(nmol min)", "mL/(nmol h)"): 60000.0,
    ("1/min", "1/h"): 60.0,
    ("d", "h"): 24.0,
}
#: Units inside as they are mostly written.
_USUAL = frozenset({*INSIDE.values(), "mL/h", "1/h", "nmol/mL", "nmol/h", "mL/(nmol h)"})


@cache
def registry() -> UnitRegistry:
    """Return the unit registry of the field (`units.txt`), loaded once.

    pint's own registry is wrong here: it converts GHz to MBq and Gy to Sv.
    """
    from pint import UnitRegistry

    units = UnitRegistry(None)  # pyright: ignore[reportArgumentType] (None: no defaults)
    units.load_definitions(files("theratwin.core").joinpath("units.txt").read_text().splitlines())
    return units


def parse(quantity: str, unit: str, *, field: str = "quantity") -> float:
    """Convert text with a unit, such as ``"7.4 GBq"``, to a number in ``unit``.

    Parameters
    ----------
    quantity
        A number and a unit, separated or not by a space.
    unit
        The unit to convert to; ``""`` for a dimensionless quantity, where a bare number
        or a percentage is allowed.
    field
        Named in the error.

    Raises
    ------
    InputError
        If the text is no number with a unit, or the unit is unknown or of another dimension.

    Examples
    --------
    >>> parse("7.4 GBq", "MBq")
    7400.0
    >>> parse("10 min", "h")
    0.16666666666666666
    >>> parse("15 %", "")
    0.15
    """
    if not isinstance(quantity, str):
        raise InputError(
            "a quantity needs its unit",
            field=field,
            value=quantity,
            allowed=f"text with a unit that converts to {unit or 'a plain number'}",
            remedy=f'Write it as text, for example "{quantity} {unit or "%"}"',
        )
    number, unit_given = _split(quantity, field)
    if not unit_given and unit:
        raise InputError(
            "the unit is missing",
            field=field,
            value=quantity,
            allowed=f"a unit that converts to {unit}",
            remedy=f'Write for example "{quantity.strip()} {unit}"',
        )
    converted = number * _factor(unit_given, unit, field, quantity)
    if not math.isfinite(converted):
        raise InputError("the number is too large", field=field, value=quantity)
    return converted


def inside(value: float | str, unit: str, *, field: str = "quantity") -> float:
    """Return a value that is text with a unit, or a number in ``unit`` already.

    Raises
    ------
    InputError
        As `parse`, of text.

    Examples
    --------
    >>> inside("5 d", "h"), inside(120, "h")
    (120.0, 120.0)
    """
    return parse(value, unit, field=field) if isinstance(value, str) else float(value)


_QUANTITY = re.compile(
    r"\s*(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(?P<unit>.*?)\s*",
    re.ASCII | re.DOTALL,
)


def _split(quantity: str, field: str) -> tuple[float, str]:
    found = _QUANTITY.fullmatch(quantity)
    if found is None or not math.isfinite(float(found["number"])):
        raise InputError(
            "this is no number with a unit",
            field=field,
            value=quantity,
            allowed='such as "7.4 GBq"',
        )
    return float(found["number"]), found["unit"]


def _factor(source: str, target: str, field: str, given: str) -> float:
    if source == target and source in _USUAL:
        return 1.0
    if (source, target) in _FREQUENT:
        return _FREQUENT[source, target]
    from pint import DimensionalityError

    units = [_unit(text) for text in (source, target)]
    for text, unit in zip((source, target), units, strict=True):
        if unit is None:
            raise InputError(f"unknown unit {text!r}", field=field, value=given)
    try:
        return float(registry().Quantity(1.0, units[0]).m_as(units[1]))
    except DimensionalityError:
        raise InputError(
            f"{source or 'a plain number'} does not convert to {target or 'a plain number'}",
            field=field,
            value=given,
            allowed=f"a unit that converts to {target}" if target else "a number or a percentage",
        ) from None


# Names joined by * and /, with powers of one digit. pint computes whatever it is given, so that a
# tower of powers would keep it busy for ever.
_POWER = re.compile(r"(?:\^|\*\*) ?-?[1-9](?![\d^]|\*\*)|[²³]")
_NAMES = re.compile(r"(?:1? ?/)?(?!.*\*\*)[A-Za-zµμ%()*/ ]*")
_LONGEST = 60


@lru_cache(maxsize=1024)
def _unit(text: str) -> Unit | None:
    """Return the unit, or None if it is unknown."""
    from pint.errors import PintError

    if len(text) > _LONGEST or not _NAMES.fullmatch(_POWER.sub("", text)):
        return None
    text = text.replace("%", " percent ").strip()
    text = f"1{text}" if text.startswith("/") else text
    try:
        return registry().parse_units(text)
    except (PintError, TokenError, ValueError, TypeError, AttributeError, AssertionError):
        return None


def convert(value: float, source: str, target: str) -> float:
    """Convert a number between units that are known to be right.

    Examples
    --------
    >>> convert(2.0, "d", "h")
    48.0
    """
    return value * _factor(source, target, "unit", f"{value} {source}")


def is_inside(unit: str) -> bool:
    """Say whether a unit is made of those used inside.

    Examples
    --------
    >>> is_inside("mL/(nmol h)"), is_inside("mL/min")
    (True, False)
    """
    return not _OUTSIDE.intersection(re.findall(r"[^\W\d]+", unit))
