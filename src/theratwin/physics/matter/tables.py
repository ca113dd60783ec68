"""Tables of elements, shipped in `data/matter`: cross sections, scattering functions, K shells."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from theratwin.core.errors import InputError

Array = NDArray[np.float64]
KINDS = ("photo", "compton", "rayleigh", "pair", "triplet")


@dataclass(frozen=True)
class Element:
    """An element and its K shell.

    Parameters
    ----------
    z, symbol
        Atomic number and symbol.
    atomic_mass
        Standard atomic mass, g/mol.
    mean_excitation
        Mean excitation energy in liquid or solid compounds, eV (ICRU Report 37).
    edge
        Energy of the K edge, MeV; 0 where the shell does not matter.
    jump
        Photoelectric cross section above the edge over that below it.
    fluorescence
        Probability that a vacancy of the shell emits a K line.
    line
        Mean energy of the K lines, MeV.
    """

    z: int
    symbol: str
    atomic_mass: float
    mean_excitation: float
    edge: float
    jump: float
    fluorescence: float
    line: float


@dataclass(frozen=True, eq=False)
class CrossSections:
    """Photon cross sections of an element, cm2/g, both sides of each absorption edge.

    Parameters
    ----------
    energy
        Rising energies, MeV; an absorption edge stands twice. Shape (energies,).
    value
        Rows photoelectric, Compton, Rayleigh, pair and triplet, shape (5, energies).
    """

    energy: Array
    value: Array


@cache
def elements() -> dict[int, Element]:
    """Return the elements with tables by atomic number.

    Examples
    --------
    >>> elements()[8].symbol, elements()[20].edge
    ('O', 0.0040381)
    """
    return {
        int(z): Element(int(z), symbol, *(float(v) for v in rest))
        for z, symbol, *rest in read_rows("elements.csv")
    }


def element(z: int) -> Element:
    """Return an element.

    Raises
    ------
    InputError
        If no tables of the element are shipped.
    """
    if z not in elements():
        raise InputError(
            "no photon tables of the element",
            field="z",
            value=z,
            allowed=[f"{e.z} ({e.symbol})" for e in elements().values()],
        )
    return elements()[z]


@cache
def cross_sections(z: int) -> CrossSections:
    """Return the photon cross sections of an element (XCOM, 1 keV to 10 MeV)."""
    element(z)
    rows = _all_cross_sections()
    rows = rows[rows[:, 0] == z]
    return CrossSections(rows[:, 1], rows[:, 2:].T)


@cache
def _all_cross_sections() -> Array:
    return np.array([[float(v) for v in row] for row in read_rows("photons.csv")])


@cache
def scattering() -> tuple[Array, dict[int, Array], dict[int, Array]]:
    """Return x (1/angstrom), and by atomic number S(x) and F(x), each of shape (x,)."""
    table = np.array([[float(v) for v in row] for row in read_rows("scattering.csv")])
    numbers = list(elements())
    incoherent = dict(zip(numbers, table[:, 1 : 1 + len(numbers)].T, strict=True))
    coherent = dict(zip(numbers, table[:, 1 + len(numbers) :].T, strict=True))
    return table[:, 0], incoherent, coherent


def read_rows(name: str) -> Iterator[list[str]]:
    """Yield the rows of a shipped table below its head, without the comments."""
    text = files("theratwin.physics").joinpath("data", "matter", name).read_text(encoding="utf-8")
    rows = csv.reader(line for line in text.splitlines() if not line.startswith("#"))
    next(rows)
    yield from rows
