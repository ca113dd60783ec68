"""The tables of specific absorbed fractions that come with the product."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from theratwin.core.errors import InputError
from theratwin.physics.organs.saf_table import SafTable, parse_saf_table

PHANTOMS = ("AM", "AF")


@cache
def shipped_saf_table(phantom: str) -> SafTable:
    """Return the table of the adult male (``"AM"``) or adult female (``"AF"``).

    Raises
    ------
    InputError
        If the name is none of the two.
    """
    if phantom not in PHANTOMS:
        raise InputError("unknown phantom", field="phantom", value=phantom, allowed=PHANTOMS)
    name = f"saf_{phantom.lower()}.csv"
    path = files("theratwin.physics").joinpath("data", "organs", name)
    return parse_saf_table(path.read_text(encoding="utf-8"), name)
