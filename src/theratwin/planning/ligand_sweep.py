"""A property of a ligand, or its amount, over a range."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Float

from theratwin.core.errors import InputError
from theratwin.core.ranges import parse_range
from theratwin.core.units import parse

#: What a ligand's designer chooses: name to inside unit.
PROPERTIES = {
    "dissociation_constant": "nmol/mL",
    "k_on": "mL/(nmol h)",
    "internalization": "1/h",
    "release": "1/h",
    "amount": "nmol",
}
TITLES = {
    "dissociation_constant": "Dissociation constant",
    "k_on": "Association rate constant",
    "internalization": "Internalization rate",
    "release": "Release rate",
    "amount": "Ligand administered",
}
_EXAMPLE = "dissociation_constant=0.1..10 nmol/L"


@dataclass(frozen=True)
class Sweep:
    """A property over a range, at points that are evenly spaced on a logarithmic axis.

    Parameters
    ----------
    name
        One of `PROPERTIES`.
    low, high
        Ends of the range, in inside units.
    unit
        In which the range was given, and is shown.
    points
        How many values.
    """

    name: str
    low: float
    high: float
    unit: str
    points: int = 25

    def __post_init__(self) -> None:
        if self.name not in PROPERTIES:
            raise InputError(
                "no property of a ligand", field="vary", value=self.name, allowed=list(PROPERTIES)
            )
        if not 0.0 < self.low < self.high < np.inf:
            raise InputError(
                "a range rises from a positive number",
                field=f"vary.{self.name}",
                value=f"{self.low:g}..{self.high:g} {PROPERTIES[self.name]}",
                remedy='Write it as "0.1..10 nmol/L"',
            )
        if self.points < 2:
            raise InputError("a range has two points or more", field="points", value=self.points)

    @classmethod
    def parse(cls, text: str, points: int = 25) -> Sweep:
        """Read a range with its unit.

        Raises
        ------
        InputError
            If it is no range, its unit has another dimension, or there is no such property.

        Examples
        --------
        >>> Sweep.parse("dissociation_constant = 0.1..10 nmol/L").high
        0.01
        """
        name, _, given = (part.strip() for part in text.partition("="))
        if not given:
            raise InputError(
                "this is no range of a property",
                field="vary",
                value=text,
                allowed='"NAME=LOW..HIGH UNIT"',
                remedy=f'Write it as "{_EXAMPLE}"',
            )
        if name not in PROPERTIES:
            raise InputError(
                "no property of a ligand", field="vary", value=name, allowed=list(PROPERTIES)
            )
        low, high, unit = parse_range(
            given, PROPERTIES[name], example=_EXAMPLE, field=f"vary.{name}"
        )
        return cls(name, low, high, unit, points)

    @cached_property
    def values(self) -> Float[Any, " point"]:
        """The values, in inside units."""
        return np.geomspace(self.low, self.high, self.points)

    @property
    def shown(self) -> Float[Any, " point"]:
        """The values in the unit in which the range was given."""
        return self.values / parse(f"1 {self.unit}", PROPERTIES[self.name])

    @property
    def title(self) -> str:
        """What it is, in words."""
        return TITLES[self.name]
