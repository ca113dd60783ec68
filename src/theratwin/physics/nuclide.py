"""Nuclides: half-lives and branches, ICRP Publication 107."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
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
    "By": 24 * 365.2422e9,
    "Ty": 24 * 365.2422e12,
    "Py": 24 * 365.2422e15,
}
_SPELLING = re.compile(
    r"(?P<symbol>[a-z]{1,2})-?(?P<mass>\d{1,3})(?P<state>[mn]?)|"
    r"(?P<mass2>\d{1,3})(?P<rest>[mn]?-?[a-z]{1,2})"
)
_FISSION = "SF"
_SYMBOLS = """
    H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br
    Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho
    Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es
    Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og
"""
#: Symbols of the elements by atomic number, hydrogen first.
ELEMENTS = tuple(_SYMBOLS.split())


@dataclass(frozen=True)
class Branch:
    """One way to decay: the daughter, the fraction of decays that go there, and the mode.

    Spontaneous fission (mode ``SF``) has no daughter: its fragments are named ``SF`` too.
    """

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
    def element(self) -> str:
        """Symbol of the element."""
        return self.name.partition("-")[0]

    @property
    def atomic_number(self) -> int:
        """Number of protons."""
        return ELEMENTS.index(self.element) + 1

    @property
    def mass_number(self) -> int:
        """Number of protons and neutrons."""
        return int(self.name.partition("-")[2].rstrip("mn"))

    @property
    def daughters(self) -> tuple[str, ...]:
        """Names of the daughters, the most frequent first; fission fragments are none."""
        ordered = sorted(self.branches, key=lambda branch: -branch.fraction)
        return tuple(branch.daughter for branch in ordered if branch.mode != _FISSION)


def nuclide(name: str) -> Nuclide:
    """Return the nuclide of a name in any usual spelling.

    Parameters
    ----------
    name
        ``Lu-177``, ``Lu177``, ``177Lu``, ``[177Lu]``, ``lu-177``, ``¹⁷⁷Lu``; ``99mTc``.

    Raises
    ------
    InputError
        If it is not spelled like a nuclide or is not in ICRP-107; the nearest is named, and
        the others of its element.

    Examples
    --------
    >>> nuclide("tc99m").name, nuclide("99Mo").name
    ('Tc-99m', 'Mo-99')
    """
    table = _table()
    for canonical in (candidates := _candidates(name)):
        if canonical in table:
            return table[canonical]
    wrong = candidates[0]
    element = wrong.partition("-")[0] + "-"
    raise InputError(
        "unknown nuclide",
        field="nuclide",
        value=wrong,
        allowed=[known for known in nuclide_names() if known.startswith(element)]
        or get_close_matches(wrong, table, n=3, cutoff=0.0),
        remedy="`theratwin nuclide list` names all of ICRP-107",
    )


def nuclide_names() -> tuple[str, ...]:
    """Return the names of all nuclides of the table, sorted."""
    return tuple(sorted(_table()))


def _candidates(name: str) -> list[str]:
    """Return the names that a spelling may stand for: 99mo is Mo-99, 99mtc is Tc-99m."""
    plain = unicodedata.normalize("NFKC", name).strip().lower()
    found = _SPELLING.fullmatch(re.sub(r"[\s\[\]^]", "", plain))
    if not found:
        return [name]
    if found["symbol"]:
        return [f"{found['symbol'].capitalize()}-{int(found['mass'])}{found['state']}"]
    mass, rest = int(found["mass2"]), found["rest"]
    names = [f"{symbol.capitalize()}-{mass}" for symbol in [rest.lstrip("-")] if len(symbol) <= 2]
    if rest[0] in "mn" and (symbol := rest[1:].lstrip("-")):
        names.append(f"{symbol.capitalize()}-{mass}{rest[0]}")
    return names


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
