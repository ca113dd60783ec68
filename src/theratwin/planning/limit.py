"""Clinical limits: what must not be exceeded, with which probability."""

from __future__ import annotations

import re
from dataclasses import dataclass

from theratwin.case import find_region
from theratwin.core import parse
from theratwin.core.errors import InputError

KINDS = ("bed", "dose")

#: Relative size of differences that are rounding.
ROUNDING = 1e-12

_LIMIT = re.compile(r"\s*(\w+)\s*\(([^()]+)\)\s*<=?\s*([^@]+?)\s*@\s*(\S+(?:\s*%)?)\s*")
_EXAMPLE = '"bed(kidneys) <= 40 Gy @ 0.95"'


@dataclass(frozen=True)
class Quantity:
    """A total over the whole course, delivered cycles included.

    Parameters
    ----------
    kind
        ``"bed"`` (biologically effective dose) or ``"dose"`` (absorbed dose), both in Gy.
    region
        Canonical name of a region, or a lesion's name.
    """

    kind: str
    region: str

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError("unknown quantity", field="quantity", value=self.kind, allowed=KINDS)

    def __str__(self) -> str:
        return f"{self.kind}({self.region})"

    @property
    def words(self) -> str:
        """As a reader would say it.

        Examples
        --------
        >>> bed("kidneys").words
        'BED to the kidneys'
        """
        kind = "BED" if self.kind == "bed" else "absorbed dose"
        article = "" if any(letter.isdigit() for letter in self.region) else "the "
        return f"{kind} to {article}{self.region.replace('_', ' ')}"


def bed(region: str) -> Quantity:
    """Return the biologically effective dose to a region, over the whole course.

    Examples
    --------
    >>> bed("Kidneys")
    Quantity(kind='bed', region='kidneys')
    """
    return Quantity("bed", canonical(region))


def dose(region: str) -> Quantity:
    """Return the absorbed dose to a region, over the whole course.

    Examples
    --------
    >>> str(dose("red marrow"))
    'dose(red_marrow)'
    """
    return Quantity("dose", canonical(region))


@dataclass(frozen=True)
class Limit:
    r"""A quantity Q that must stay at or below a bound: :math:`P(Q \le b) \ge p`.

    Parameters
    ----------
    quantity
        What is limited.
    bound
        The bound b (Gy).
    probability
        The least posterior probability p with which it has to hold, in (0, 1].
    source
        Where the bound comes from.
    """

    quantity: Quantity
    bound: float
    probability: float
    source: str = "given by the user"

    def __post_init__(self) -> None:
        if not 0 < self.bound < float("inf"):
            raise InputError(
                "the bound must be positive", field=f"limit on {self.quantity}", value=self.bound
            )
        if not 0 < self.probability <= 1:
            raise InputError(
                "the probability is out of range",
                field=f"limit on {self.quantity}",
                value=self.probability,
                allowed="above 0, at most 1",
            )

    def held_by(self, probability: float) -> bool:
        """Whether a probability reaches the one asked for, rounding aside.

        Examples
        --------
        >>> at_most("40 Gy", bed("kidneys"), probability=0.95).held_by(0.949)
        False
        """
        return probability >= self.probability * (1.0 - ROUNDING)

    def __str__(self) -> str:
        return f"P({self.quantity} <= {self.bound:g} Gy) >= {self.probability:g}"


def at_most(bound: str, quantity: Quantity, *, probability: float) -> Limit:
    """Return the limit that a quantity stays at or below a bound.

    Parameters
    ----------
    bound
        With its unit, such as ``"40 Gy"``.
    quantity
        What is limited: ``bed("kidneys")``, ``dose("red_marrow")``.
    probability
        The least posterior probability with which it has to hold.

    Raises
    ------
    InputError
        If the bound is no dose, or a number is out of range.

    Examples
    --------
    >>> print(at_most("40 Gy", bed("kidneys"), probability=0.95))
    P(bed(kidneys) <= 40 Gy) >= 0.95
    """
    return Limit(quantity, parse(bound, "Gy", field=f"limit on {quantity}"), probability)


def parse_limit(text: str) -> Limit:
    """Return the limit that a text describes.

    Raises
    ------
    InputError
        If the text is no limit.

    Examples
    --------
    >>> print(parse_limit("bed(kidneys) <= 28 Gy @ 0.95"))
    P(bed(kidneys) <= 28 Gy) >= 0.95
    """
    match = _LIMIT.fullmatch(text)
    if match is None:
        raise InputError(
            "this is no limit", field="limit", value=text, allowed=f"such as {_EXAMPLE}"
        )
    kind, region, bound, probability = match.groups()
    return at_most(
        bound,
        Quantity(kind.casefold(), canonical(region)),
        probability=parse(probability, "", field=f"limit {text!r}: probability"),
    )


def canonical(region: str) -> str:
    """Return the canonical name of a region; a lesion's name as it stands."""
    found = find_region(region)
    return region.strip() if found is None else found.name
