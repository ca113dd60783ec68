"""Conserved moieties: sums of species that no reaction changes, by exact elimination."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import gcd, lcm
from typing import TYPE_CHECKING

from theratwin.core.errors import InputError

if TYPE_CHECKING:
    from theratwin.dynamics.networks.network import Network

#: Species to its number in a sum.
Moiety = dict[str, int]

_Row = dict[str, Fraction]


def conserved_moieties(network: Network) -> tuple[Moiety, ...]:
    r"""Return a basis of the sums of species that stay constant, whatever the rates are.

    They are the left null space of the stoichiometry :math:`S`, :math:`g^T S = 0`, with whole
    numbers. Variables have no stoichiometry and take no part.

    Examples
    --------
    >>> from theratwin.dynamics.models import model
    >>> conserved_moieties(model("linear-chain"))
    ()
    """
    names = [species.name for species in network.species]
    rows = _distinct(network)
    pivots = _reduced(rows)
    free = [name for name in names if name not in pivots]
    return tuple(_whole(name, pivots, names) for name in free)


def check_moieties(network: Network, expected: Iterable[Mapping[str, float]]) -> None:
    """Raise an `InputError` that names the reaction if a sum of species is not conserved.

    Parameters
    ----------
    network
        The network.
    expected
        Sums: species to its number.
    """
    known = {species.name for species in network.species}
    for moiety in expected:
        for name in moiety:
            if name not in known:
                raise InputError(
                    "unknown species",
                    field=f"network {network.name}, moiety",
                    value=name,
                    allowed=sorted(known),
                )
        for reaction in network.reactions:
            change = sum(
                Fraction(moiety.get(name, 0)) * Fraction(number)
                for name, number in reaction.net.items()
            )
            if change:
                raise InputError(
                    f"a turn changes the sum by {float(change):g}",
                    field=f"network {network.name}, reaction {reaction.name}",
                    value=" + ".join(f"{number:g} {name}" for name, number in moiety.items()),
                )


def moiety_total(network: Network, moiety: str) -> dict[str, int]:
    """Return the species that contain a declared moiety, with how many of it.

    Raises
    ------
    InputError
        If no species contains it.
    """
    total = {s.name: s.contains[moiety] for s in network.species if moiety in s.contains}
    if not total:
        declared = {name for s in network.species for name in s.contains}
        raise InputError(
            "no species contains this moiety",
            field=f"network {network.name}",
            value=moiety,
            allowed=sorted(declared),
        )
    return total


def _distinct(network: Network) -> list[_Row]:
    """Return the changes that reactions make, each once: many differ by their rate alone."""
    found: dict[tuple, _Row] = {}
    for reaction in network.reactions:
        net = {name: Fraction(number) for name, number in reaction.net.items()}
        if net:
            found.setdefault(tuple(sorted(net.items())), net)
    return list(found.values())


def _reduced(rows: list[_Row]) -> dict[str, _Row]:
    """Return reduced rows by their pivot species, each with one in its pivot."""
    pivots: dict[str, _Row] = {}
    for row in rows:
        left = dict(row)
        for name in [name for name in left if name in pivots]:
            _subtract(left, pivots[name], left.get(name, Fraction(0)))
        if not left:
            continue
        pivot, head = next(iter(left.items()))
        scaled = {name: number / head for name, number in left.items()}
        for other in pivots.values():
            _subtract(other, scaled, other.get(pivot, Fraction(0)))
        pivots[pivot] = scaled
    return pivots


def _subtract(row: _Row, other: _Row, factor: Fraction) -> None:
    if factor:
        for name, number in other.items():
            value = row.get(name, Fraction(0)) - factor * number
            if value:
                row[name] = value
            else:
                row.pop(name, None)


def _whole(free: str, pivots: Mapping[str, _Row], names: list[str]) -> Moiety:
    """Return the sum with one free species in it, its numbers whole and without common factor."""
    numbers = {free: Fraction(1)}
    for pivot, row in pivots.items():
        if row.get(free):
            numbers[pivot] = -row[free]
    scale = lcm(*(number.denominator for number in numbers.values()))
    whole = {name: int(numbers[name] * scale) for name in names if name in numbers}
    common = gcd(*whole.values())
    return {name: number // common for name, number in whole.items()}
