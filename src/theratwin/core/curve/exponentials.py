"""A sum of exponentials, each from a start time of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import factorial
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from theratwin.core._arrays import as_float, namespace
from theratwin.core.curve._arguments import batch_index, check_delay, check_interval
from theratwin.core.curve.base import Curve
from theratwin.core.errors import InputError

if TYPE_CHECKING:
    from jaxtyping import Float


@dataclass(frozen=True, eq=False)
class Exponentials(Curve):
    r"""The curve :math:`\sum_i a_i e^{-\lambda_i (t - s_i)} H(t - s_i)`.

    Parameters
    ----------
    amplitudes
        Values :math:`a_i` at the start of each term, shape ``(*batch, terms)``; a negative one
        makes an uptake phase.
    rates
        Decay constants :math:`\lambda_i` (1/h), broadcast against the amplitudes.
    starts
        Start times :math:`s_i` (h), broadcast likewise.

    Raises
    ------
    InputError
        If a value is not finite or the shapes do not broadcast.

    Examples
    --------
    >>> curve = Exponentials([1.0, 0.5], [0.1, 0.01])
    >>> float(curve(0.0)), float(curve.integral())
    (1.5, 60.0)
    """

    amplitudes: Float[Any, "*batch terms"]
    rates: Float[Any, "*batch terms"]
    starts: Float[Any, "*batch terms"] = 0.0  # type: ignore[assignment]

    def __post_init__(self) -> None:
        fields = {name: as_float(getattr(self, name)) for name in ("amplitudes", "rates", "starts")}
        xp = namespace(*fields.values())
        try:
            arrays = xp.broadcast_arrays(*map(xp.atleast_1d, fields.values()))
        except ValueError as error:
            shapes = {name: np.shape(array) for name, array in fields.items()}
            raise InputError(
                f"the shapes {shapes} do not broadcast", field="Exponentials"
            ) from error
        for name, array in zip(fields, arrays, strict=True):
            if xp is np and not np.all(np.isfinite(array)):
                raise InputError("every value must be finite", field=f"Exponentials.{name}")
            object.__setattr__(self, name, array)

    @classmethod
    def from_half_lives(cls, amplitudes: Any, half_lives: Any, starts: Any = 0.0) -> Exponentials:
        """Build from half-lives (h) in place of decay constants.

        Examples
        --------
        >>> float(Exponentials.from_half_lives([8.0], [2.0])(4.0))
        2.0
        """
        half_lives = as_float(half_lives)
        if namespace(half_lives) is np and not np.all(half_lives > 0):
            raise InputError(
                "a half-life must be positive", field="half_lives", value=half_lives.tolist()
            )
        return cls(amplitudes, np.log(2.0) / half_lives, starts)

    @classmethod
    def joined(cls, curves: Iterable[Exponentials]) -> Exponentials:
        """Return the sum of sums of exponentials; of none, the curve that is zero.

        Examples
        --------
        >>> pair = [Exponentials([1.0], [0.1]), Exponentials([2.0], [0.5], 3.0)]
        >>> Exponentials.joined(pair).amplitudes
        array([1., 2.])
        """
        curves = [*curves] or [cls(0.0, 0.0)]
        xp = namespace(*(curve.amplitudes for curve in curves))
        batch = np.broadcast_shapes(*(curve.batch_shape for curve in curves))

        def terms(name: str) -> Any:
            arrays = [getattr(curve, name) for curve in curves]
            spread = [xp.broadcast_to(array, (*batch, array.shape[-1])) for array in arrays]
            return xp.concatenate(spread, axis=-1)

        return cls(terms("amplitudes"), terms("rates"), terms("starts"))

    @property
    def batch_shape(self) -> tuple[int, ...]:
        return self.amplitudes.shape[:-1]

    @property
    def breakpoints(self) -> Any:
        return np.unique(self.starts)

    @np.errstate(over="ignore")  # growth beyond every number is infinite
    def __call__(self, time: Any) -> Any:
        time = as_float(time)
        xp = namespace(time, self.amplitudes, self.rates, self.starts)
        shape = (*self.batch_shape, *(1,) * time.ndim, self.amplitudes.shape[-1])
        amplitudes, rates, starts = (
            array.reshape(shape) for array in (self.amplitudes, self.rates, self.starts)
        )
        elapsed = time[..., None] - starts
        before = elapsed < 0
        decayed = amplitudes * xp.exp(-rates * xp.where(before, 0.0, elapsed))
        return xp.sum(xp.where(before, 0.0, decayed), axis=-1)

    @np.errstate(over="ignore")
    def integral(self, start: float = -float("inf"), end: float = float("inf")) -> Any:
        check_interval(start, end)
        xp = namespace(self.amplitudes, self.rates, self.starts, start, end)
        first = xp.maximum(self.starts, start)
        value = self.amplitudes * xp.exp(-self.rates * (first - self.starts))
        per_value = decay_integral(self.rates, xp.maximum(end - first, 0.0))
        # A term without amplitude adds nothing, even where it never decays.
        per_value = xp.where((value == 0) & xp.isinf(per_value), 0.0, per_value)
        return xp.sum(value * per_value, axis=-1)

    def scaled(self, factor: Any) -> Self:
        factor = as_float(factor)
        return type(self)(self.amplitudes * factor[..., None], self.rates, self.starts)

    def shifted(self, delay: float) -> Self:
        check_delay(delay)
        return type(self)(self.amplitudes, self.rates, self.starts + delay)

    def __getitem__(self, index: Any) -> Self:
        chosen = batch_index(index, 1)
        return type(self)(self.amplitudes[chosen], self.rates[chosen], self.starts[chosen])

    def __add__(self, other: Curve) -> Curve:
        if not isinstance(other, Exponentials):
            return super().__add__(other)
        return Exponentials.joined([self, other])


# (1 - e^-x) / x = 1 - x/2! + x^2/3! - ...: below 1/2, 16 terms reach the last digit.
_SERIES = tuple((-1) ** k / factorial(k + 1) for k in range(16))
_SERIES_BELOW = 0.5


@np.errstate(over="ignore")
def decay_integral(rate: Any, length: Any) -> Any:
    r"""Integrate :math:`e^{-\lambda t}` from 0 to ``length`` (h), which may be infinite.

    Exact to rounding for a rate of any sign and size, with its derivatives; infinite for an
    unbounded interval and a rate of zero or less.

    Examples
    --------
    >>> float(decay_integral(0.0, 3.0)), float(decay_integral(2.0, np.inf))
    (3.0, 0.5)
    """
    rate, length = as_float(rate), as_float(length)
    xp = namespace(rate, length)
    endless = length == xp.inf
    # Each branch is kept finite where the other holds: derivatives pass through both.
    bounded = xp.where(endless, 0.0, length)
    finite = bounded * _mean_decay(rate * bounded)
    decaying = xp.where(endless & (rate > 0), rate, 1.0)
    infinite = xp.where(rate > 0, 1.0 / decaying, xp.inf)
    return xp.where(endless, infinite, finite)


def _mean_decay(exponent: Any) -> Any:
    """Return the mean of ``exp(-x)`` from 0 to the exponent, (1 - e^-x) / x."""
    xp = namespace(exponent)
    small = xp.abs(exponent) < _SERIES_BELOW
    near, far = xp.where(small, exponent, 0.0), xp.where(small, 1.0, exponent)
    series = xp.zeros(())
    for term in reversed(_SERIES):
        series = series * near + term
    return xp.where(small, series, -xp.expm1(-far) / far)
