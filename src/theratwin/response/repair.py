"""Repair of sublethal damage: first order, with one or several half-times."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from theratwin.core import InputError
from theratwin.core._arrays import as_float, namespace

#: Fractions are often printed to four digits, so their sum may miss 1 by a few of the last.
_SUM_TOLERANCE = 1e-3
#: Nodes in ln(rate) of the reciprocal kernel: the aliasing of this step errs by 1e-11, and what is
#: below the first by 1e-11 of the damage at the start.
_LOG_STEP = 0.35
_LOG_FIRST, _LOG_LAST = -76, 10


@dataclass(frozen=True)
class Repair:
    r"""The part of sublethal damage left after a time: :math:`\sum_k p_k e^{-\mu_k t}`.

    Parameters
    ----------
    fractions
        Parts :math:`p_k` of the damage, positive; they sum to 1.
    half_times
        Repair half-times :math:`\ln 2 / \mu_k` (h), as many as fractions. Each is a number, or an
        array over the draws of the curve that it meets, as may be each fraction.

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

    fractions: tuple[Any, ...]
    half_times: tuple[Any, ...]

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
        total = sum(self.fractions[1:], self.fractions[0])
        if namespace(total) is np and np.any(np.abs(total - 1.0) > _SUM_TOLERANCE):
            raise InputError(
                "the fractions do not sum to 1",
                field="Repair.fractions",
                value=float(np.ravel(total)[0]),
                remedy="Give every fraction, or one half-time with the fraction 1",
            )
        # Taken to exactly 1, so that an acute dose keeps G = 1.
        object.__setattr__(self, "fractions", tuple(p / total for p in self.fractions))

    @classmethod
    def single(cls, half_time: Any) -> Repair:
        """Return repair with one half-time (h)."""
        return cls((1.0,), (half_time,))

    @classmethod
    def from_rates(cls, fractions: Iterable[Any], rates: Iterable[Any]) -> Repair:
        """Return repair with rates (1/h) in place of half-times.

        Examples
        --------
        >>> round(Repair.from_rates([1.0], [0.25]).half_times[0], 4)
        2.7726
        """
        rates = _positive(rates, "Repair.rates")
        return cls(tuple(fractions), tuple(math.log(2.0) / rate for rate in rates))

    @classmethod
    def reciprocal(cls, half_time: Any) -> Repair:
        r"""Return second-order repair, :math:`1 / (1 + t / \tau)`, as a sum of exponentials.

        It is the mixture :math:`\int_0^\infty e^{-x} e^{-x t / \tau} dx`, summed by the
        trapezoidal rule in :math:`\ln x`, to 1e-11 of the damage at the start.

        Parameters
        ----------
        half_time
            The first half-time :math:`\tau` (h); the damage is halved by it, is a third after
            :math:`2 \tau`, and so on. It does not depend on dose here.

        References
        ----------
        Citations ``dale_1999`` and ``fowler_2002``.

        Examples
        --------
        >>> [round(float(left), 9) for left in Repair.reciprocal(2.0).left([0.0, 2.0, 4.0])]
        [1.0, 0.5, 0.333333333]
        """
        logarithms = _LOG_STEP * np.arange(_LOG_FIRST, _LOG_LAST + 1)
        rates = np.exp(logarithms)
        fractions = _LOG_STEP * rates * np.exp(-rates)
        slowed = tuple(as_float(half_time) * math.log(2.0) / rate for rate in rates)
        return cls(tuple(fractions), slowed)

    @property
    def rates(self) -> tuple[Any, ...]:
        """Repair rates (1/h)."""
        return tuple(math.log(2.0) / half_time for half_time in self.half_times)

    @property
    def batch_shape(self) -> tuple[int, ...]:
        """The draws that fractions and half-times are given for."""
        return np.broadcast_shapes(*map(np.shape, (*self.fractions, *self.half_times)))

    def of_draw(self, draw: tuple[int, ...], batch: tuple[int, ...]) -> Repair:
        """Return the repair of one draw of a batch that this one's broadcasts to."""

        def chosen(values: tuple[Any, ...]) -> tuple[Any, ...]:
            return tuple(np.broadcast_to(value, batch)[draw] for value in values)

        return Repair(chosen(self.fractions), chosen(self.half_times))

    def left(self, elapsed: Any) -> Any:
        """Return the part of the damage left after ``elapsed`` (h, shape ``T``).

        The result has the shape ``B + T``, with the draws ``B`` of the half-times first.
        """
        elapsed = as_float(elapsed)
        parts = [
            spread(p, elapsed.ndim) * namespace(mu).exp(-spread(mu, elapsed.ndim) * elapsed)
            for p, mu in zip(self.fractions, self.rates, strict=True)
        ]
        return sum(parts[1:], parts[0])


def spread(values: Any, axes: int) -> Any:
    """Return a number as it is, or an array over draws with further axes behind."""
    array = as_float(values)
    return array[(...,) + (None,) * axes] if array.ndim else array


def _positive(values: Iterable[Any], field: str) -> tuple[Any, ...]:
    numbers = tuple(_number(value) for value in values)
    for index, number in enumerate(numbers):
        if namespace(number) is np and not np.all(np.isfinite(number) & (np.asarray(number) > 0)):
            raise InputError(
                "the value is out of range",
                field=f"{field}[{index}]",
                value=float(np.min(number)),
                allowed="a positive number",
            )
    return numbers


def _number(value: Any) -> Any:
    array = as_float(value)
    return float(array) if namespace(array) is np and array.ndim == 0 else array
