"""The sum of curves of different forms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any, Self

import numpy as np

from theratwin.core.curve.base import Curve
from theratwin.core.errors import InputError


@dataclass(frozen=True, eq=False)
class Total(Curve):
    """The sum of ``parts``, kept apart because their forms differ.

    Examples
    --------
    >>> from theratwin.core import Exponentials, Pulses
    >>> mixed = Exponentials([1.0], [0.1]) + Pulses([5.0], [2.0])
    >>> float(mixed.integral())
    12.0
    """

    parts: tuple[Curve, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", tuple(self.parts))
        if not self.parts:
            raise InputError("at least one curve is needed", field="Total.parts")

    @classmethod
    def of(cls, *curves: Curve) -> Total:
        """Return the sum of curves, those that are sums themselves taken apart."""
        parts: list[Curve] = []
        for curve in curves:
            parts.extend(curve.parts if isinstance(curve, Total) else [curve])
        return cls(tuple(parts))

    @property
    def batch_shape(self) -> tuple[int, ...]:
        return np.broadcast_shapes(*(part.batch_shape for part in self.parts))

    @property
    def breakpoints(self) -> Any:
        return np.unique(np.concatenate([np.ravel(part.breakpoints) for part in self.parts]))

    def __call__(self, time: Any) -> Any:
        axes = np.ones((1,) * len(self.batch_shape))
        return reduce(add, (part.scaled(axes)(time) for part in self.parts))

    def integral(self, start: float = -float("inf"), end: float = float("inf")) -> Any:
        return reduce(add, (part.integral(start, end) for part in self.parts))

    def scaled(self, factor: Any) -> Self:
        return type(self)(tuple(part.scaled(factor) for part in self.parts))

    def shifted(self, delay: float) -> Self:
        return type(self)(tuple(part.shifted(delay) for part in self.parts))

    def __getitem__(self, index: Any) -> Self:
        whole_batch = np.ones(self.batch_shape)
        return type(self)(tuple(part.scaled(whole_batch)[index] for part in self.parts))
