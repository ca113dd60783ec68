"""Nuclides: half-lives and branches, ICRP Publication 107."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log

from theratwin.core.errors import InputError

_HOURS = {
    "us": 1e-6 / 3600,
    "ms": 1e-3 / 3600,
    "s": 1 / 3600,
    "min": 1 / 60,
    "h": 1.0,
    "d": 24.0,
    "y": 24 * 365.2422,
    "ky": 24 * 365.2422e3,
    "My": 24 * 365.2422e6,
    "Py": 24 * 365.2422e15,
}
_SPELLING = re.compile(
    r"(?P<symbol>[a-z]{1,2})-?(?P<mass>\d{1,3})(?P<state>m?)|"
    r"(?P<mass2>\d{1,3})(?P<state2>m?)-?(?P<symbol2>[a-z]{1,2})"
)


@dataclass(frozen=True)
class Branch:
    """One way to decay: the daughter, the fraction of decays that go there, and the mode."""

    daughter: str
    fraction: float
    mode: str


@dataclass(frozen=True)
class Nuclide:
    """A radioactive nuclide (ICRP-107).

    Parameters
    ----------
    name
        Canonical name, such as ``Lu-177`` or ``Tc-99m``.
    half_life
        Physical half-life, h.
    branches
        The ways to decay. A daughter that is not in `nuclide_names` is stable.

    Examples
    --------
    >>> lutetium = nuclide("177Lu")
    >>> lutetium.name, round(lutetium.half_life, 2), lutetium.daughters
    ('Lu-177', 159.53, ('Hf-177',))
    """

    name: str
    half_life: float
    branches: tuple[Branch, ...]

    @property
    def decay_constant(self) -> float:
        """ln 2 over the half-life, 1/h."""
        return log(2) / self.half_life

    @property
    def daughters(self) -> tuple[str, ...]:
        """Names of the daughters, the most frequent first."""
        ordered = sorted(self.branches, key=lambda branch: -branch.fraction)
        return tuple(branch.daughter for branch in ordered)


def nuclide(name: str) -> Nuclide:
    """Return the nuclide of a name in any usual spelling.

    Parameters
    ----------
    name
        ``Lu-177``, ``Lu177``, ``177Lu``, ``[177Lu]``, ``lu-177``, ``¹⁷⁷Lu``; ``99mTc``.

    Raises
    ------
    InputError
        If it is not spelled like a nuclide or is not in the table; the nearest is named.

    Examples
    --------
    >>> nuclide("tc99m").name
    'Tc-99m'
    """
    table = _table()
    canonical = _canonical(name)
    if canonical not in table:
        raise InputError("unknown nuclide", field="nuclide", value=canonical, allowed=sorted(table))
    return table[canonical]


def nuclide_names() -> tuple[str, ...]:
    """Return the names of all nuclides of the table, sorted."""
    return tuple(sorted(_table()))


def _canonical(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name).strip().lower()
    found = _SPELLING.fullmatch(re.sub(r"[\s\[\]^]", "", plain))
    if not found:
        return name
    symbol = found["symbol"] or found["symbol2"]
    mass = found["mass"] or found["mass2"]
    state = found["state"] or found["state2"] or ""
    return f"{symbol.capitalize()}-{int(mass)}{state}"


@cache
def _table() -> dict[str, Nuclide]:
    text = files("theratwin.physics").joinpath("data/nuclides.csv").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    half_lives: dict[str, float] = {}
    branches: dict[str, list[Branch]] = {}
    for row in csv.DictReader(lines):
        name = row["nuclide"]
        half_lives[name] = float(row["half_life"]) * _HOURS[row["unit"]]
        branch = Branch(row["daughter"], float(row["fraction"]), row["mode"])
        branches.setdefault(name, []).append(branch)
    return {name: Nuclide(name, half_lives[name], tuple(branches[name])) for name in half_lives}
