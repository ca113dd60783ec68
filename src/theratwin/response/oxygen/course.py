"""Oxygen over time: a tumor that reoxygenates while it is irradiated."""

from __future__ import annotations

import math

from theratwin.core import Exponentials, InputError


def constant_oxygen(pressure: float) -> Exponentials:
    """Return a pressure of oxygen (mmHg) that stays, from time 0 on.

    Examples
    --------
    >>> float(constant_oxygen(5.0)(1e4))
    5.0
    """
    return reoxygenation(pressure, pressure, 1.0)


def reoxygenation(
    initial: float, final: float, half_time: float, *, begins: float = 0.0
) -> Exponentials:
    r"""Return a pressure of oxygen (mmHg) that goes from one value to another.

    .. math:: p(t) = p_1 + (p_0 - p_1)\, 2^{-(t - t_0)/T}\quad (t > t_0), \qquad p_0\ \text{before}

    Parameters
    ----------
    initial, final
        :math:`p_0` and :math:`p_1`, mmHg.
    half_time
        T, h.
    begins
        :math:`t_0`, h.

    Raises
    ------
    InputError
        If a pressure or the beginning is negative, or the half-time is not positive.

    Examples
    --------
    >>> course = reoxygenation(2.0, 20.0, 72.0, begins=24.0)
    >>> [round(float(course(t)), 1) for t in (0.0, 24.0, 96.0, 1e4)]
    [2.0, 2.0, 11.0, 20.0]
    """
    for field, value in (("initial", initial), ("final", final), ("begins", begins)):
        if not 0 <= value < math.inf:
            raise InputError("negative", field=field, value=value, allowed="0 or more")
    if not 0 < half_time < math.inf:
        raise InputError("not a positive number", field="half_time", value=half_time)
    rate = math.log(2.0) / half_time
    change = final - initial
    return Exponentials([initial, change, -change], [0.0, 0.0, rate], [0.0, begins, begins])
