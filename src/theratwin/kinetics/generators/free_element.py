"""Free elements: compartments and rates of what no ligand carries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from theratwin.core import ParameterSet, parameter_set
from theratwin.core.errors import InputError
from theratwin.core.parameter import Parameter

#: The compartment into which freed atoms come.
PLASMA = "plasma"
#: Elements whose biokinetics ship with theratwin.
SHIPPED = {
    "Bi": "free_bismuth",
    "Pb": "free_lead",
    "Ra": "free_radium",
    "Ac": "free_actinium",
    "Th": "free_thorium",
    "Po": "free_polonium",
    "Tl": "free_thallium",
}
#: Ways out that are the same for all elements: they stand in the set ``generators``.
EXCRETION = (
    ("bladder", "urine"),
    ("small_intestine_contents", "right_colon_contents"),
    ("right_colon_contents", "left_colon_contents"),
    ("left_colon_contents", "rectosigmoid_contents"),
    ("rectosigmoid_contents", "feces"),
)
OUTSIDE = ("urine", "feces", "excreta", *(source for source, _ in EXCRETION))
#: Rates to plasma from where an element was born that its own model lacks.
ELSEWHERE = "elsewhere"
_SOFT = "soft_tissue"
_REGIONS = {PLASMA: "blood", "red_cells": "blood"}


@dataclass(frozen=True)
class FreeElement:
    """Linear biokinetics of an element.

    Parameters
    ----------
    symbol
        Of the element.
    transfers
        Pairs of compartments to the rate (1/h) between them.
    elsewhere
        Rate (1/h) to plasma from soft tissues of other elements' models, in which an atom is born
        that has no such compartment itself; None if it stays.

    Examples
    --------
    >>> bismuth = free_element("Bi")
    >>> round(bismuth.transfers["plasma", "kidneys_1"].value, 3)
    1.25
    >>> region_of("kidneys_1"), region_of("red_cells")
    ('kidneys', 'blood')
    """

    symbol: str
    transfers: Mapping[tuple[str, str], Parameter]
    elsewhere: Parameter | None = None

    @property
    def compartments(self) -> tuple[str, ...]:
        """The names of the compartments, each once."""
        return tuple(dict.fromkeys(each for pair in self.transfers for each in pair))


def free_element(symbol: str, rates: ParameterSet | None = None) -> FreeElement:
    """Return an element's biokinetics, from a parameter set.

    Parameters
    ----------
    symbol
        Of the element.
    rates
        Parameters ``FROM.TO`` (1/h), ``plasma`` among the compartments, and ``elsewhere`` if
        wanted; else those that ship (Bi, Pb, Po, Ra, Th: ICRP 137; Ac: ICRP 141; Tl: ICRP 151).
        Compartments ``soft_tissue`` are the element's own; others are shared by all elements.

    Raises
    ------
    InputError
        If none ship with theratwin, a name is no pair, or nothing leaves plasma.
    """
    if rates is None:
        if symbol not in SHIPPED:
            raise InputError(
                "no biokinetics of this element ship",
                field="element",
                value=symbol,
                allowed=sorted(SHIPPED),
                remedy="Give a parameter set with its rates",
            )
        rates = parameter_set("kinetics", SHIPPED[symbol])
    transfers = {_own_pair(name, symbol): p for name, p in rates.items() if name != ELSEWHERE}
    if not any(source == PLASMA for source, _ in transfers):
        raise InputError("nothing leaves plasma", field=f"free element {symbol}")
    back = rates.parameters.get(ELSEWHERE)
    return FreeElement(symbol, transfers, back)


def region_of(compartment: str) -> str:
    """Return the region of a compartment: its name without the number, and the element, at the end.

    Examples
    --------
    >>> region_of("liver_1"), region_of("soft_tissue_0_Bi"), region_of("plasma_3")
    ('liver', 'soft_tissue', 'blood')
    """
    name = re.sub(r"_\d+(_[A-Z][a-z]?)?$", "", compartment)
    return _REGIONS.get(name, name)


def _own_pair(name: str, symbol: str) -> tuple[str, str]:
    """Return the compartments of a rate, soft tissues as the element's own.

    What holds one element in muscle or fat is not what holds another: an atom that is born in the
    soft tissue of its parent leaves it at the rate ``elsewhere``.
    """
    source, target = (
        f"{each}_{symbol}" if each.startswith(_SOFT) else each for each in _pair(name, symbol)
    )
    return source, target


def _pair(name: str, symbol: str) -> tuple[str, str]:
    source, dot, target = name.partition(".")
    if not dot or "." in target:
        raise InputError(
            "no rate between two compartments",
            field=f"free element {symbol}",
            value=name,
            allowed="FROM.TO",
        )
    return source, target
