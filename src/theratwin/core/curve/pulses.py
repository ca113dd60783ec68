"""Pulses: finite amounts delivered in no time, such as external-beam fractions."""

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
class Pulses(Curve):
    r"""The curve :math:`\sum_i p_i \delta(t - t_i)`.

    Its value is zero between the pulses and infinite at one; its integral counts the pulses in
    ``[start, end]``, both ends included, so that a pulse on the border of two intervals counts in
    each.

    Parameters
    ----------
    times
        Times :math:`t_i` of the pulses (h), shape ``(pulses,)``, shared by the batch.
    amounts
        Integrals :math:`p_i` of the pulses, shape ``(*batch, pulses)``.

    Raises
    ------
    InputError
        If a value is not finite or the shapes do not match.

    Examples
    --------
    >>> fractions = Pulses([0.0, 24.0], [2.0, 2.0])
    >>> float(fractions.integral()), float(fractions.integral(end=10.0))
    (4.0, 2.0)
    """

    times: Float[Any, " pulses"]
    amounts: Float[Any, "*batch pulses"]

    def __post_init__(self) -> None:
        for name in ("times", "amounts"):
            array = as_float(getattr(self, name))
            if namespace(array) is np and not np.all(np.isfinite(array)):
                raise InputError("every value must be finite", field=f"Pulses.{name}")
            object.__setattr__(self, name, array)
        if self.times.ndim != 1 or self.amounts.shape[-1:] != self.times.shape:
            raise InputError(
                "as many amounts as times are needed",
                field="Pulses.amounts",
                value=self.amounts.shape,
            )

    @property
    def batch_shape(self) -> tuple[int, ...]:
        return self.amounts.shape[:-1]

    @property
    def breakpoints(self) -> Any:
        return np.unique(self.times)

    def __call__(self, time: Any) -> Any:
        time = as_float(time)
        xp = namespace(time, self.amounts, self.times)
        shape = (*self.batch_shape, *(1,) * time.ndim, self.amounts.shape[-1])
        amounts = self.amounts.reshape(shape)
        at_pulse = (time[..., None] == self.times) & (amounts != 0)
        height = xp.where(amounts > 0, xp.inf, -xp.inf)
        return xp.sum(xp.where(at_pulse, height, 0.0), axis=-1)

    def integral(self, start: float = -float("inf"), end: float = float("inf")) -> Any:
        check_interval(start, end)
        xp = namespace(self.amounts, self.times, start, end)
        inside = (self.times >= start) & (self.times <= end)
        return xp.sum(xp.where(inside, self.amounts, 0.0), axis=-1)

    def scaled(self, factor: Any) -> Self:
        return type(self)(self.times, self.amounts * as_float(factor)[..., None])

    def shifted(self, delay: float) -> Self:
        check_delay(delay)
        return type(self)(self.times + delay, self.amounts)

    def __getitem__(self, index: Any) -> Self:
        return type(self)(self.times, self.amounts[batch_index(index, 1)])
