"""Polynomial pieces, such as the dense output of a solver or samples joined by lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from theratwin.core._arrays import as_float, namespace
from theratwin.core.curve._arguments import batch_index, check_delay, check_interval
from theratwin.core.curve.base import Curve
from theratwin.core.errors import InputError

if TYPE_CHECKING:
    from jaxtyping import Float


@dataclass(frozen=True, eq=False)
class Pieces(Curve):
    r"""The curve :math:`\sum_j c_{kj} (t - b_k)^j` on each piece :math:`[b_k, b_{k+1})`.

    It is zero outside ``[b_0, b_m]``.

    Parameters
    ----------
    breaks
        Increasing times :math:`b_k` (h), shape ``(pieces + 1,)``, shared by the batch.
    coefficients
        Ascending powers of the time since the piece began, shape ``(*batch, pieces, powers)``.

    Raises
    ------
    InputError
        If the breaks do not increase, a value is not finite or the shapes do not match.

    Examples
    --------
    >>> ramp = Pieces.from_samples([0.0, 2.0], [0.0, 4.0])
    >>> float(ramp(1.0)), float(ramp.integral()), float(ramp(3.0))
    (2.0, 4.0, 0.0)
    """

    breaks: Float[Any, " breaks"]
    coefficients: Float[Any, "*batch pieces powers"]

    def __post_init__(self) -> None:
        object.__setattr__(self, "breaks", as_float(self.breaks))
        object.__setattr__(self, "coefficients", as_float(self.coefficients))
        _check_increasing(self.breaks)
        if namespace(self.coefficients) is np and not np.all(np.isfinite(self.coefficients)):
            raise InputError("every value must be finite", field="Pieces.coefficients")
        if self.coefficients.shape[-2:-1] != (self.breaks.shape[0] - 1,):
            raise InputError(
                f"{self.breaks.shape[0]} breaks need {self.breaks.shape[0] - 1} pieces",
                field="Pieces.coefficients",
                value=self.coefficients.shape,
            )

    @classmethod
    def from_samples(cls, times: Any, values: Any) -> Pieces:
        """Join samples by straight lines: times (h) of shape ``(n,)``, values ``(*batch, n)``."""
        times, values = as_float(times), as_float(values)
        if times.shape != values.shape[-1:]:
            raise InputError(
                "as many values as times are needed", field="values", value=values.shape
            )
        _check_increasing(times)
        xp = namespace(times, values)
        slopes = xp.diff(values, axis=-1) / xp.diff(times)
        return cls(times, xp.stack([values[..., :-1], slopes], axis=-1))

    @property
    def batch_shape(self) -> tuple[int, ...]:
        return self.coefficients.shape[:-2]

    @property
    def breakpoints(self) -> Any:
        return self.breaks

    def __call__(self, time: Any) -> Any:
        time = as_float(time)
        xp = namespace(time, self.coefficients, self.breaks)
        breaks, coefficients = xp.asarray(self.breaks), xp.asarray(self.coefficients)
        outside = (time < breaks[0]) | (time > breaks[-1])
        held = xp.where(outside, breaks[0], time)
        last = breaks.shape[0] - 2
        piece = xp.clip(xp.searchsorted(breaks, held, side="right") - 1, 0, last)
        value = _polynomial(coefficients[..., piece, :], held - breaks[piece])
        return xp.where(outside, 0.0, value)

    def integral(self, start: float = -float("inf"), end: float = float("inf")) -> Any:
        check_interval(start, end)
        xp = namespace(self.coefficients, self.breaks, start, end)
        risen = self.coefficients / xp.arange(1, self.coefficients.shape[-1] + 1)
        begun, ended = self.breaks[:-1], self.breaks[1:]
        # The part of each piece that lies in the interval, as times since the piece began.
        lower, upper = (xp.clip(edge, begun, ended) - begun for edge in (start, end))
        return xp.sum(
            upper * _polynomial(risen, upper) - lower * _polynomial(risen, lower), axis=-1
        )

    def scaled(self, factor: Any) -> Self:
        return type(self)(self.breaks, self.coefficients * as_float(factor)[..., None, None])

    def shifted(self, delay: float) -> Self:
        check_delay(delay)
        return type(self)(self.breaks + delay, self.coefficients)

    def __getitem__(self, index: Any) -> Self:
        return type(self)(self.breaks, self.coefficients[batch_index(index, 2)])


def _polynomial(coefficients: Any, elapsed: Any) -> Any:
    """Evaluate ascending powers along the last axis by Horner's rule."""
    value = 0.0
    for power in reversed(range(coefficients.shape[-1])):
        value = value * elapsed + coefficients[..., power]
    return value


def _check_increasing(times: Any) -> None:
    if namespace(times) is np and not (
        times.ndim == 1
        and times.size > 1
        and np.all(np.isfinite(times))
        and np.all(np.diff(times) > 0)
    ):
        raise InputError("at least two times are needed, and they must increase", field="times")
