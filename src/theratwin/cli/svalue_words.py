"""What the commands of ``svalue`` share: reading of quantities, naming of options in errors."""

from __future__ import annotations

from collections.abc import Mapping

from theratwin.core.errors import InputError
from theratwin.core.units import parse


def positive(text: str, unit: str, option: str) -> float:
    """Return a quantity in a unit.

    Raises
    ------
    InputError
        If it is not above zero, or of another dimension; the option is named.
    """
    value = parse(text, unit, field=option)
    if not value > 0:
        raise InputError("must be above zero", field=option, value=text)
    return value


def named(error: InputError, names: Mapping[str, str] | None = None) -> InputError:
    """Return an error of the calculation that names the option instead of the field."""
    field = error.field or ""
    if field.startswith("-"):
        return error
    option = (names or {}).get(field, f"--{field.replace('_', '-')}")
    return InputError(
        error.message, field=option, value=error.value, allowed=error.allowed, remedy=error.remedy
    )
