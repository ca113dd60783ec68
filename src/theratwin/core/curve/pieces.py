"""Polynomial pieces, such as the dense output of a solver or samples joined by lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from theratwin.core._arrays import as_float, namespace
from theratwin.core.curve.base import Curve
from theratwin.core.errors import InputError


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
        If the breaks do not increase or the shapes do not match.

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
        if namespace(self.breaks) is np and not (
            self.breaks.ndim == 1 and self.breaks.size > 1 and np.all(np.diff(self.breaks) > 0)
        ):
            raise InputError("the times must increase", field="Pieces.breaks")
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
        inside = (time >= self.breaks[0]) & (time <= self.breaks[-1])
        return xp.where(inside, self._on_piece(self.coefficients, time), 0.0)

    def _on_piece(self, coefficients: Any, time: Any) -> Any:
        """Evaluate by Horner's rule the polynomial of the piece that holds ``time``."""
        xp = namespace(time, coefficients, self.breaks)
        last = self.breaks.shape[0] - 2
        piece = xp.clip(xp.searchsorted(self.breaks, time, side="right") - 1, 0, last)
        elapsed = time - self.breaks[piece]
        value = xp.zeros(())
        for power in reversed(range(coefficients.shape[-1])):
            value = value * elapsed + coefficients[..., piece, power]
        return value

    def integral(self, start: float = -float("inf"), end: float = float("inf")) -> Any:
        if start > end:
            raise InputError("the interval ends before it starts", field="end", value=end)
        xp = namespace(self.coefficients, self.breaks)
        first, last = (xp.clip(edge, self.breaks[0], self.breaks[-1]) for edge in (start, end))
        antiderivative = self._antiderivative()
        return self._on_piece(antiderivative, last) - self._on_piece(antiderivative, first)

    def _antiderivative(self) -> Any:
        """Return coefficients of the integral since the first break, continuous over pieces."""
        xp = namespace(self.coefficients, self.breaks)
        powers = xp.arange(1, self.coefficients.shape[-1] + 1)
        risen = self.coefficients / powers
        lengths = xp.diff(self.breaks)
        per_piece = xp.sum(risen * lengths[:, None] ** powers, axis=-1)
        before = xp.cumsum(per_piece, axis=-1) - per_piece
        return xp.concatenate([before[..., None], risen], axis=-1)

    def scaled(self, factor: Any) -> Pieces:
        return Pieces(self.breaks, self.coefficients * as_float(factor)[..., None, None])

    def shifted(self, delay: float) -> Pieces:
        return Pieces(self.breaks + delay, self.coefficients)

    def __getitem__(self, index: Any) -> Pieces:
        index = index if isinstance(index, tuple) else (index,)
        chosen = self.coefficients[(*index, Ellipsis, slice(None), slice(None))]
        return Pieces(self.breaks, chosen)
