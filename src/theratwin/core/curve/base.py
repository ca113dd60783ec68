"""What every curve can do: an exact function of time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from jaxtyping import Float


class Curve(ABC):
    """An exact function of time (h), zero before it starts.

    A curve carries leading batch axes (draws, patients). Evaluating a batch of shape ``B`` at
    times of shape ``T`` gives shape ``B + T``. Curves are added with ``+``, scaled with ``*`` by
    a number or an array of the batch's shape, and never change.
    """

    @property
    @abstractmethod
    def batch_shape(self) -> tuple[int, ...]:
        """The shape of the leading batch axes."""

    @property
    @abstractmethod
    def breakpoints(self) -> Any:
        """Sorted times (h) at which the curve or a derivative jumps, over the whole batch."""

    @abstractmethod
    def __call__(self, time: Any) -> Float[Any, "..."]:
        """Evaluate at ``time`` (h, any shape)."""

    @abstractmethod
    def integral(self, start: float = -float("inf"), end: float = float("inf")) -> Any:
        """Integrate exactly from ``start`` to ``end`` (h); an array of the batch's shape.

        Raises
        ------
        InputError
            If the interval ends before it starts.
        """

    @abstractmethod
    def scaled(self, factor: Any) -> Self:
        """Return the curve times ``factor``: a number, or an array over the batch axes.

        Axes that the factor has before those of the batch become leading batch axes.
        """

    @abstractmethod
    def shifted(self, delay: float) -> Self:
        """Return the curve ``delay`` hours later."""

    @abstractmethod
    def __getitem__(self, index: Any) -> Self:
        """Select from the batch axes, as from a NumPy array of the batch's shape."""

    def __mul__(self, factor: Any) -> Self:
        return self.scaled(factor)

    __rmul__ = __mul__

    # NumPy arrays must leave `array * curve` to the curve.
    __array_ufunc__ = None

    def __add__(self, other: Curve) -> Curve:
        if not isinstance(other, Curve):
            return NotImplemented
        from theratwin.core.curve.total import Total

        return Total.of(self, other)
