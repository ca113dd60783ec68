"""The order of convergence that a method is claimed to have, measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from theratwin.core.errors import InputError


def observed_order(steps: Sequence[float], errors: Sequence[float]) -> float:
    r"""Return the slope of :math:`\ln e` against :math:`\ln h`, by least squares.

    Examples
    --------
    >>> round(observed_order([0.1, 0.05, 0.025], [1e-2, 2.5e-3, 6.25e-4]), 6)
    2.0
    """
    if len(steps) != len(errors) or len(steps) < 2 or min(*steps, *errors) <= 0:
        raise InputError(
            "at least two steps with positive errors are needed",
            field="errors",
            value=[*errors],
        )
    slope, _ = np.polyfit(np.log(steps), np.log(errors), 1)
    return float(slope)


def check_order(
    solve: Callable[[float], Any],
    exact: Any,
    steps: Sequence[float],
    expected: float,
    *,
    tolerance: float = 0.25,
) -> None:
    """Raise an `InputError` if a method converges at a lower order than it is claimed to have.

    Parameters
    ----------
    solve
        Step to the solution.
    exact
        The exact solution.
    steps
        Steps, small enough for the leading term of the error and large enough for rounding.
    expected, tolerance
        The claimed order, and by how much the observed one may be lower.
    """
    errors = [float(np.max(np.abs(np.asarray(solve(step)) - exact))) for step in steps]
    found = observed_order(steps, errors)
    if found < expected - tolerance:
        raise InputError(
            f"the observed order is {found:.2f}", field="order", allowed=f"{expected:g} or more"
        )
