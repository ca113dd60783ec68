"""What a number of a case may be: errors that name it."""

from __future__ import annotations

import math

from theratwin.core.errors import InputError


def positive(value: float, field: str, message: str = "must be positive and finite") -> None:
    """Refuse what is not above zero, infinity and not-a-number.

    Examples
    --------
    >>> positive(80.0, "mass")
    """
    if not 0 < value < math.inf:
        raise InputError(message, field=field, value=value)


def not_negative(
    value: float, field: str, message: str = "must be finite and not negative"
) -> None:
    """Refuse what lies below zero, infinity and not-a-number.

    Examples
    --------
    >>> not_negative(0.0, "duration")
    """
    if not 0 <= value < math.inf:
        raise InputError(message, field=field, value=value)


def fraction(value: float, field: str, message: str = "must lie between 0 and 1") -> None:
    """Refuse what is not in [0, 1).

    Examples
    --------
    >>> fraction(0.05, "calibration")
    """
    if not 0 <= value < 1:
        raise InputError(message, field=field, value=value)
