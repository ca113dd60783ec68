"""Units: inside, plain numbers in the units of `INSIDE`; at the edge, text with a unit."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from tokenize import TokenError
from typing import TYPE_CHECKING

from theratwin.core.errors import InputError

if TYPE_CHECKING:
    from pint import UnitRegistry

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
    "fraction": "",
}


@cache
def registry() -> UnitRegistry:
    """Return the unit registry of the field (`units.txt`), loaded once.

    pint's own registry is wrong here: it converts GHz to MBq and Gy to Sv.
    """
    from pint import UnitRegistry

    units = UnitRegistry(None)  # pyright: ignore[reportArgumentType]  # None is pint's empty
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
        If the text is no number with a unit, or the unit is of another dimension.

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
    return number * _factor(unit_given, unit, field, quantity)


def _split(quantity: str, field: str) -> tuple[float, str]:
    text = quantity.strip()
    for end in range(len(text), 0, -1):
        try:
            number = float(text[:end])
        except ValueError:
            continue
        if number != number or number in (float("inf"), float("-inf")):
            break
        return number, text[end:].strip()
    raise InputError(
        "this is no number with a unit", field=field, value=quantity, allowed='such as "7.4 GBq"'
    )


@cache
def _conversion(source: str, target: str) -> float:
    units = registry()
    one_source = units.Quantity(1.0, units.parse_units(_spelled_out(source)))
    return float(one_source.m_as(units.parse_units(_spelled_out(target))))


def _spelled_out(unit: str) -> str:
    """Spell ``%IA`` and ``/Gy`` as pint reads them."""
    unit = unit.replace("%", " percent ").strip()
    return f"1{unit}" if unit.startswith("/") else unit


def _factor(source: str, target: str, field: str, given: str) -> float:
    from pint import DimensionalityError, UndefinedUnitError
    from pint.errors import DefinitionSyntaxError

    malformed = (
        UndefinedUnitError,
        DefinitionSyntaxError,
        TokenError,
        ValueError,
        TypeError,
        AttributeError,
        AssertionError,
    )
    try:
        return _conversion(source, target)
    except DimensionalityError:
        problem = f"{source or 'a plain number'} does not convert to {target or 'a plain number'}"
    except malformed:
        problem = f"unknown unit {source!r}"
    raise InputError(
        problem,
        field=field,
        value=given,
        allowed=f"a unit that converts to {target}" if target else "a plain number or a percentage",
    )


def convert(value: float, source: str, target: str) -> float:
    """Convert a number between units that are known to be right.

    Examples
    --------
    >>> convert(2.0, "d", "h")
    48.0
    """
    return value * _factor(source, target, "unit", f"{value} {source}")
