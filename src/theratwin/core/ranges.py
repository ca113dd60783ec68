"""Ranges as text with a unit, such as ``"20..500 nmol"``."""

from __future__ import annotations

import re

from theratwin.core.errors import InputError
from theratwin.core.units import parse

_RANGE = re.compile(
    r"\s*(?P<low>[^\s.]*\.?[^\s.]*?)\s*\.\.\s*(?P<high>[^\s.]*\.?[^\s.]*)(?:\s+(?P<unit>\S.*))?"
)


def parse_range(text: str, unit: str, *, example: str, field: str) -> tuple[float, float, str]:
    """Return the ends of a range in ``unit``, and the unit in which it was given.

    Parameters
    ----------
    text
        Two numbers and a unit; none if ``unit`` is ``""``.
    unit
        The unit to convert to.
    example
        What is right, for the error.
    field
        Named in the error.

    Raises
    ------
    InputError
        If it is no range, or its unit is missing or of another dimension.

    Examples
    --------
    >>> parse_range("0.1..10 nmol/L", "nmol/mL", example="0.1..10 nmol/L", field="affinity")
    (0.0001, 0.01, 'nmol/L')
    >>> parse_range("0..4", "", example="0..4", field="factor")
    (0.0, 4.0, '')
    """
    found = _RANGE.fullmatch(text)
    if found is None or bool(found["unit"]) != bool(unit):
        raise InputError(
            "this is no range with a unit" if unit else "this is no range of numbers",
            field=field,
            value=text,
            allowed='"LOW..HIGH UNIT"' if unit else '"LOW..HIGH"',
            remedy=f'Write it as "{example}"',
        )
    given = (found["unit"] or "").strip()
    low, high = (parse(f"{found[end]} {given}", unit, field=field) for end in ("low", "high"))
    return low, high, given
