"""The sum of any number of curves, in one form where they share it."""

from __future__ import annotations

from collections.abc import Iterable

from theratwin.core.curve.base import Curve
from theratwin.core.curve.exponentials import Exponentials
from theratwin.core.curve.total import Total


def joined(curves: Iterable[Curve]) -> Curve:
    """Return the sum of curves: exponentials stay so, others are kept side by side.

    The sum of none is the curve that is zero.

    Examples
    --------
    >>> from theratwin.core import Pieces
    >>> ramp = Pieces.from_samples([0.0, 2.0], [0.0, 4.0])
    >>> float(joined([ramp, Exponentials([1.0], [0.5])]).integral())
    6.0
    >>> float(joined([]).integral())
    0.0
    """
    found = [*curves]
    if all(isinstance(curve, Exponentials) for curve in found):
        return Exponentials.joined(curve for curve in found if isinstance(curve, Exponentials))
    return found[0] if len(found) == 1 else Total.of(*found)
