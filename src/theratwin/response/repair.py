"""Repair of sublethal damage: first order, with one or several half-times."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from theratwin.core import InputError

#: Fractions are often printed to four digits, so their sum may miss 1 by a few of the last.
_SUM_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Repair:
    r"""The part of sublethal damage left after a time: :math:`\sum_k p_k e^{-\mu_k t}`.

    Parameters
    ----------
    fractions
        Parts :math:`p_k` of the damage, positive; they sum to 1.
    half_times
        Repair half-times :math:`\ln 2 / \mu_k` (h), as many as fractions.

    Raises
    ------
    InputError
        If a value is out of range, the lengths differ or the fractions do not sum to 1.

    Examples
    --------
    >>> Repair.single(2.8).half_times
    (2.8,)
    >>> float(Repair((0.7, 0.3), (0.5, 4.0)).left(0.0))
    1.0
    """

    fractions: tuple[float, ...]
    half_times: tuple[float, ...]

    def __post_init__(self) -> None:
        for name in ("fractions", "half_times"):
            object.__setattr__(self, name, _positive(getattr(self, name), f"Repair.{name}"))
        if len(self.fractions) != len(self.half_times) or not self.fractions:
            raise InputError(
                "as many half-times as fractions are needed",
                field="Repair.half_times",
                value=len(self.half_times),
                allowed=f"{max(len(self.fractions), 1)}",
            )
        total = math.fsum(self.fractions)
        if abs(total - 1.0) > _SUM_TOLERANCE:
            raise InputError(
                "the fractions do not sum to 1",
                field="Repair.fractions",
                value=total,
                remedy="Give every fraction, or one half-time with the fraction 1",
            )
        # Taken to exactly 1, so that an acute dose keeps G = 1.
        object.__setattr__(self, "fractions", tuple(p / total for p in self.fractions))

    @classmethod
    def single(cls, half_time: float) -> Repair:
        """Return repair with one half-time (h)."""
        return cls((1.0,), (half_time,))

    @classmethod
    def from_rates(cls, fractions: Iterable[float], rates: Iterable[float]) -> Repair:
        """Return repair with rates (1/h) in place of half-times.

        Examples
        --------
        >>> round(Repair.from_rates([1.0], [0.25]).half_times[0], 4)
        2.7726
        """
        rates = _positive(rates, "Repair.rates")
        return cls(tuple(fractions), tuple(math.log(2.0) / rate for rate in rates))

    @property
    def rates(self) -> tuple[float, ...]:
        """Repair rates (1/h)."""
        return tuple(math.log(2.0) / half_time for half_time in self.half_times)

    def left(self, elapsed: Any) -> Any:
        """Return the part of the damage left after ``elapsed`` (h, any shape)."""
        parts = zip(self.fractions, self.rates, strict=True)
        return sum(p * np.exp(-mu * np.asarray(elapsed)) for p, mu in parts)


def _positive(values: Iterable[float], field: str) -> tuple[float, ...]:
    numbers = tuple(float(value) for value in values)
    for index, number in enumerate(numbers):
        if not (math.isfinite(number) and number > 0):
            raise InputError(
                "the value is out of range",
                field=f"{field}[{index}]",
                value=number,
                allowed="a positive number",
            )
    return numbers
