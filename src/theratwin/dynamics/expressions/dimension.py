"""Dimensions: the unit that an expression has, inferred from those of its symbols.

Inside units are taken as they are written, so that mL and mm^3 are not the same: a law that mixes
them lacks a factor of a thousand. A constant is a plain number, and zero has any unit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from theratwin.core.errors import InputError
from theratwin.core.units import convert, registry
from theratwin.dynamics.expressions.expression import Expression, is_constant, walk, walk_new
from theratwin.dynamics.expressions.text import to_text

if TYPE_CHECKING:
    from theratwin.dynamics.networks.network import Network

#: A unit: inside units with their powers, sorted. Empty for a plain number.
Unit = tuple[tuple[str, Fraction], ...]

PLAIN: Unit = ()

# The names that inside units are made of.
_INSIDE = frozenset(
    {"h", "nmol", "mL", "MBq", "g", "MeV", "mm", "m", "Gy", "mmHg", "count", "decay", "IA"}
)


@lru_cache(maxsize=4096)
def read_unit(text: str) -> Unit:
    """Return a unit from its text.

    Raises
    ------
    InputError
        If it is unknown or not used inside.

    Examples
    --------
    >>> show_unit(read_unit("mL/(nmol h)"))
    'mL/(h nmol)'
    """
    quickly = _read_simple(text)
    return _read_any(text) if quickly is None else quickly


_SIMPLE = re.compile(r"(?P<over>[^/()%]*)(?:/(?:\((?P<under>[^/()%]+)\)|(?P<one>[^/()% *]+)))?")
_FACTOR = re.compile(r"(?P<name>[A-Za-z]+)(?:\^(?P<power>-?[1-9]))?")


def _read_simple(text: str) -> Unit | None:
    """Return a unit that is written plainly with names used inside, else None."""
    found = _SIMPLE.fullmatch(text)
    if found is None:
        return None
    powers: dict[str, Fraction] = {}
    for sign, side in ((1, found["over"]), (-1, found["under"] or found["one"] or "1")):
        for factor in () if side in ("", "1") else side.split(" "):
            part = _FACTOR.fullmatch(factor)
            if part is None or part["name"] not in _INSIDE:
                return None
            name = part["name"]
            powers[name] = powers.get(name, Fraction(0)) + sign * int(part["power"] or 1)
    return _sorted(powers)


def _read_any(text: str) -> Unit:
    """Return any unit, with the help of pint, which takes long to load."""
    convert(1.0, text, text)  # raises if the unit is unknown
    given = registry().parse_units(text.replace("%", " percent ").strip())
    powers = {registry().get_symbol(name): power for name, power in given._units.items()}
    if not _INSIDE.issuperset(powers):
        raise InputError(
            "this is no unit that is used inside",
            field="unit",
            value=text,
            remedy='Give the inside unit, and the number as text with its own, such as "10 min"',
        )
    return _sorted({name: Fraction(str(power)) for name, power in powers.items()})


def _sorted(powers: Mapping[str, Fraction]) -> Unit:
    return tuple(sorted((name, power) for name, power in powers.items() if power))


def show_unit(unit: Unit) -> str:
    """Return a unit as text; ``a plain number`` if it has none."""
    if not unit:
        return "a plain number"
    over = " ".join(_power(name, power) for name, power in unit if power > 0)
    under = [_power(name, -power) for name, power in unit if power < 0]
    if not under:
        return over
    bracketed = under[0] if len(under) == 1 else f"({' '.join(under)})"
    return f"{over or '1'}/{bracketed}"


def _power(name: str, power: Fraction) -> str:
    return name if power == 1 else f"{name}^{power}"


def infer(
    root: Expression,
    units: Mapping[str, str],
    node: str = "expression",
    found: dict[Expression, Unit | None] | None = None,
) -> Unit | None:
    """Return the unit of an expression; None if it is zero, which has any.

    Parameters
    ----------
    root
        The expression.
    units
        The unit of every symbol.
    node
        What the expression belongs to, for the error.
    found
        What is known of other expressions of the same symbols; more is added.

    Raises
    ------
    InputError
        If a sum, a comparison or a choice mixes units, or a function takes more than a number.
    """
    found = {} if found is None else found
    for part in walk_new(root, found):
        args = [found[arg] for arg in part.args]
        found[part] = _unit_of(part, args, units, node)
    return found[root]


def _unit_of(
    part: Expression, args: list[Unit | None], units: Mapping[str, str], node: str
) -> Unit | None:
    if part.op == "constant":
        return None if is_constant(part, 0.0) else PLAIN
    if part.op == "symbol":
        return read_unit(units[str(part.value)])
    if part.op == "neg":
        return args[0]
    if part.op in {"add", "sub", "min", "max"}:
        return _common(part, part.args, args, node)
    if part.op in {"less", "less_equal"}:
        _common(part, part.args, args, node)
        return PLAIN
    if part.op == "select":
        _plain(part, 0, args, node)
        return _common(part, part.args[1:], args[1:], node)
    if part.op in {"mul", "div"}:
        return _product(args, -1 if part.op == "div" else 1)
    if part.op == "pow":
        return _raised(part, args, node)
    for i in range(len(args)):
        _plain(part, i, args, node)
    return PLAIN


def _product(args: list[Unit | None], sign: int) -> Unit | None:
    if args[0] is None or args[1] is None:
        return None
    powers = dict(args[0])
    for name, power in args[1]:
        powers[name] = powers.get(name, Fraction(0)) + sign * power
    return _sorted(powers)


def _raised(part: Expression, args: list[Unit | None], node: str) -> Unit | None:
    base, exponent = part.args
    if exponent.op == "constant":
        power = Fraction(float(exponent.value or 0.0)).limit_denominator(1000)
        return _sorted({name: own * power for name, own in args[0] or PLAIN})
    _plain(part, 1, args, node)
    if args[0]:
        raise InputError(
            f"{_short(base)} has the unit {show_unit(args[0])} and is raised to the power "
            f"{_short(exponent)}, which may change: its unit would change with it",
            field=node,
            remedy="Divide it by a reference value first",
        )
    return PLAIN


def _common(
    part: Expression, operands: tuple[Expression, ...], args: list[Unit | None], node: str
) -> Unit | None:
    known = [
        (operand, unit) for operand, unit in zip(operands, args, strict=True) if unit is not None
    ]
    for operand, unit in known[1:]:
        first, expected = known[0]
        if unit != expected:
            raise InputError(
                f"{_VERBS[part.op]} {_short(first)}, which is {show_unit(expected)}, and "
                f"{_short(operand)}, which is {show_unit(unit)}",
                field=node,
                value=_short(part),
                remedy="A constant with a unit must be a parameter",
            )
    return known[0][1] if known else None


_VERBS = {
    "add": "a sum of",
    "sub": "a difference of",
    "min": "the smaller of",
    "max": "the larger of",
    "less": "a comparison of",
    "less_equal": "a comparison of",
    "select": "a choice of",
}


def _plain(part: Expression, place: int, args: list[Unit | None], node: str) -> None:
    unit = args[place]
    if unit:
        raise InputError(
            f"{part.op} takes a plain number, but {_short(part.args[place])} is {show_unit(unit)}",
            field=node,
            value=_short(part),
        )


def _short(part: Expression, most: int = 120) -> str:
    # A tree is shown as a tree: one with much in common can be far longer than it is large.
    if sum(1 for _ in walk(part)) > most:
        return f"an expression of {part.op}"
    text = to_text(part)
    return text if len(text) <= most else f"{text[:most]}..."


def check_dimensions(network: Network) -> None:
    """Raise an `InputError` that names the node if a law has not the unit that it must have."""
    for name, unit in network.units.items():
        _read_at(unit, f"network {network.name}, {name}")
    known: dict[Expression, Unit | None] = {}
    for node, law, unit in network.laws():
        place = f"network {network.name}, {node}"
        expected = _read_at(unit, place)
        found = infer(law, network.units, place, known)
        if found is not None and found != expected:
            raise InputError(
                f"the law has the unit {show_unit(found)}, it must have {show_unit(expected)}",
                field=place,
                value=_short(law),
                remedy="A constant with a unit must be a parameter" if found == PLAIN else None,
            )
    for event in network.events:
        place = f"network {network.name}, event {event.name}, trigger"
        infer(event.trigger, network.units, place, known)


def _read_at(text: str, place: str) -> Unit:
    try:
        return read_unit(text)
    except InputError as error:
        raise error.at(place) from None
