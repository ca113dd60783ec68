"""A quantity that is fixed, or free between two ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from theratwin.core.errors import InputError
from theratwin.core.ranges import parse_range
from theratwin.core.units import parse

_EXAMPLES = {"h": "6..10 weeks", "nmol": "20..300 nmol"}


@dataclass(frozen=True)
class Span:
    """A quantity between two ends, which are one where it is fixed.

    Examples
    --------
    >>> Span.parse("6..10 weeks", "h", field="interval")
    Span(low=1008.0, high=1680.0)
    >>> Span.parse("57 nmol", "nmol", field="amount").is_free
    False
    """

    low: float
    high: float

    @classmethod
    def parse(cls, text: str, unit: str, *, field: str) -> Span:
        """Read a quantity, or a range of it.

        Raises
        ------
        InputError
            If it is neither, its unit has another dimension, or the range does not rise.
        """
        if ".." not in text:
            return cls.fixed(parse(text, unit, field=field))
        example = _EXAMPLES.get(unit, "")
        low, high, _ = parse_range(text, unit, example=example, field=field)
        if not low < high:
            raise InputError(
                "a range rises", field=field, value=text, remedy=f'Write it as "{example}"'
            )
        return cls(low, high)

    @classmethod
    def fixed(cls, value: float) -> Span:
        """Return the span of one value."""
        return cls(value, value)

    @property
    def is_free(self) -> bool:
        """Whether there is a choice."""
        return self.low < self.high

    def require_positive(self, field: str, per: float, unit: str) -> None:
        """Raise if an end is not positive and finite; the value is told in ``unit``.

        Raises
        ------
        InputError
            If so.
        """
        if not 0 < self.low <= self.high < float("inf"):
            raise InputError("must be positive", field=field, value=self.words(per, unit))

    def spaced(self, points: int) -> Float[np.ndarray, " points"]:
        """Return values evenly spaced on a logarithmic axis; the one value where it is fixed.

        Examples
        --------
        >>> Span(10.0, 1000.0).spaced(3)
        array([  10.,  100., 1000.])
        """
        if not self.is_free:
            return np.array([self.low])
        values = np.geomspace(self.low, self.high, points)
        values[[0, -1]] = self.low, self.high
        return values

    def words(self, per: float, unit: str) -> str:
        """Write it in another unit.

        Examples
        --------
        >>> Span(1008.0, 1680.0).words(168.0, "weeks"), Span.fixed(1008.0).words(168.0, "weeks")
        ('6 to 10 weeks', '6 weeks')
        """
        ends = dict.fromkeys((self.low, self.high))
        return f"{' to '.join(f'{end / per:.4g}' for end in ends)} {unit}"
