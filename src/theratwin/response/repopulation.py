"""Growth between and after the cycles, as dose that it takes back."""

from __future__ import annotations

import math
from dataclasses import dataclass

from theratwin.core import InputError


@dataclass(frozen=True)
class Repopulation:
    r"""Clonogens that double while dose is given: :math:`\ln 2\,(T - T_k) / (\alpha T_d)` of BED.

    It is never applied unless asked for. The rate is the same throughout, whatever is killed.

    Parameters
    ----------
    alpha
        Radiosensitivity :math:`\alpha` (1/Gy).
    doubling_time
        :math:`T_d` of the clonogens (h).
    duration
        Overall time T that growth counts for (h): from the first dose to the time of effect.
    kick_off
        :math:`T_k` (h), before which nothing grows.

    Raises
    ------
    InputError
        If a value is out of range.

    References
    ----------
    Citation ``fowler_2010``.

    Examples
    --------
    >>> round(Repopulation(alpha=0.3, doubling_time=1200.0, duration=2400.0).dose_lost, 4)
    4.621
    """

    alpha: float
    doubling_time: float
    duration: float
    kick_off: float = 0.0

    def __post_init__(self) -> None:
        for name in ("alpha", "doubling_time"):
            _require(getattr(self, name) > 0, name, getattr(self, name), "a positive number")
        for name in ("duration", "kick_off"):
            _require(getattr(self, name) >= 0, name, getattr(self, name), "0 h or more")

    @property
    def dose_lost(self) -> float:
        """The BED that growth takes back (Gy)."""
        grown = max(self.duration - self.kick_off, 0.0)
        return math.log(2.0) * grown / (self.alpha * self.doubling_time)


def _require(condition: bool, name: str, value: float, allowed: str) -> None:
    if not condition or not math.isfinite(value):
        raise InputError(
            "the value is out of range", field=f"Repopulation.{name}", value=value, allowed=allowed
        )
