"""A cell line as MEDRAS knows it: phase, arrest, repair pathways, and the numbers in use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np

from theratwin.core import InputError, ParameterSet, parameter_set
from theratwin.core._arrays import namespace

PHASES = ("G1", "S", "G2", "M")
ASYNCHRONOUS = "asynchronous"
PARAMETERS = ("response", "medras")

#: Fractions are given to as many digits as numbers have, or to a few.
_ROUNDING = 1e-9

#: Parameters that are parts of one.
_FRACTIONS = (
    *("slow_fraction", "failing_fraction", "fidelity.end_joining", "fidelity.alternative"),
    *(f"asynchronous.{phase}" for phase in ("G1", "S", "G2")),
)

_CHOICES = {
    "phase": (*PHASES, ASYNCHRONOUS),
    "p53": ("wildtype", "mutant"),
    "hr": ("proficient", "deficient"),
    "nhej": ("proficient", "deficient"),
}


def published() -> ParameterSet:
    """Return the parameters of the published program."""
    return parameter_set(*PARAMETERS)


@dataclass(frozen=True)
class CellLine:
    """A cell line, in one phase or asynchronous.

    The published program's own default is a wild-type cell with all repair, in G1; here cells are
    asynchronous unless a phase is given.

    Parameters
    ----------
    phase
        ``G1``, ``S``, ``G2``, ``M`` or ``asynchronous``.
    p53
        ``wildtype``, or ``mutant``: no arrest and no apoptosis in G1.
    hr, nhej
        Homologous recombination and non-homologous end joining, ``proficient`` or ``deficient``.
    values
        Parameters that differ from the set ``response/medras``, by name: a number, or an array.

    Raises
    ------
    InputError
        If a choice or a parameter is unknown; the nearest is named.

    Examples
    --------
    >>> CellLine("G2", hr="deficient").has_hr
    False
    >>> CellLine().value("rate.fast")
    2.081
    """

    phase: str = ASYNCHRONOUS
    p53: str = "wildtype"
    hr: str = "proficient"
    nhej: str = "proficient"
    values: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, allowed in _CHOICES.items():
            if getattr(self, name) not in allowed:
                raise InputError(
                    "unknown choice", field=name, value=getattr(self, name), allowed=allowed
                )
        for name, value in self.values.items():
            published()[name]
            _check_fraction(name, value)
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))

    def value(self, name: str) -> Any:
        """Return a parameter in use, in its inside unit."""
        return self.values[name] if name in self.values else published().value(name)

    def at(self, phase: str) -> CellLine:
        """Return the line in another phase."""
        return CellLine(phase, self.p53, self.hr, self.nhej, self.values)

    @property
    def arrests(self) -> bool:
        """Whether G1 holds damaged cells and lets them die by apoptosis."""
        return self.p53 == "wildtype"

    @property
    def has_hr(self) -> bool:
        """Whether homologous recombination works."""
        return self.hr == "proficient"

    @property
    def has_nhej(self) -> bool:
        """Whether non-homologous end joining works."""
        return self.nhej == "proficient"

    @cached_property
    def mixture(self) -> dict[str, Any]:
        """The fraction of cells in each phase, without those that hold none."""
        if self.phase != ASYNCHRONOUS:
            return {self.phase: 1.0}
        found = {phase: self.value(f"asynchronous.{phase}") for phase in ("G1", "S", "G2")}
        total = sum(found.values())
        if namespace(total) is np and np.any(np.abs(total - 1.0) > _ROUNDING):
            raise InputError(
                "the fractions of cells in G1, S and G2 do not sum to 1",
                field="asynchronous",
                value=float(np.ravel(total)[0]),
                remedy="Give asynchronous.G1, asynchronous.S and asynchronous.G2 together",
            )
        return {phase: part for phase, part in found.items() if not _is_zero(part)}


def _is_zero(part: Any) -> bool:
    return namespace(part) is np and not np.any(part)


def _check_fraction(name: str, value: Any) -> None:
    if name in _FRACTIONS and namespace(value) is np and np.any(np.asarray(value) > 1.0):
        raise InputError(
            "this is a fraction", field=name, value=float(np.max(value)), allowed="0 to 1"
        )
