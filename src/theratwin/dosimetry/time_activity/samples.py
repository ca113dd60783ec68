"""Activities measured in one region at several times, checked before any fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from theratwin.core.errors import InputError


@dataclass(frozen=True, eq=False)
class Samples:
    """Activities of one region after one administration.

    Parameters
    ----------
    times
        Times after the administration (h), increasing, shape ``(n,)``.
    activities
        Activities then (MBq), not corrected for decay, shape ``(n,)``.
    sd
        Standard deviations (MBq), shape ``(n,)``. Without them every activity is taken to have
        the same relative error, whose size is estimated from the residuals.

    Raises
    ------
    InputError
        If times are negative or do not increase, an activity or standard deviation is not
        positive, or the lengths differ.

    Examples
    --------
    >>> Samples([4.0, 24.0], [100.0, 80.0]).relative
    True
    """

    times: Float[np.ndarray, " n"]
    activities: Float[np.ndarray, " n"]
    sd: Float[np.ndarray, " n"] | None = None

    def __post_init__(self) -> None:
        for name in ("times", "activities", "sd"):
            given = getattr(self, name)
            if given is not None:
                object.__setattr__(self, name, _numbers(name, given))
        _check_times(self.times)
        for name in ("activities", "sd"):
            self._check_positive(name)

    def _check_positive(self, name: str) -> None:
        values = getattr(self, name)
        if values is None:
            return
        if values.shape != self.times.shape:
            raise InputError(
                "as many as times are needed", field=f"Samples.{name}", value=values.shape
            )
        wrong = np.flatnonzero(~(values > 0))
        if wrong.size:
            raise InputError(
                "must be positive",
                field=f"Samples.{name}[{wrong[0]}]",
                value=float(values[wrong[0]]),
                remedy="Leave out what was not detected; a curve with uptake starts at zero "
                "by itself",
            )

    @property
    def relative(self) -> bool:
        """Whether only relative weights are known, so that their scale is estimated."""
        return self.sd is None

    @property
    def spread(self) -> Float[np.ndarray, " n"]:
        """What residuals are divided by (MBq): standard deviations, else the activities."""
        return self.activities if self.sd is None else self.sd

    def __len__(self) -> int:
        return int(self.times.size)


def _numbers(name: str, given: Any) -> np.ndarray:
    values = np.asarray(given, dtype=float)
    if values.ndim != 1 or not np.all(np.isfinite(values)):
        raise InputError("a list of finite numbers is needed", field=f"Samples.{name}")
    return values


def _check_times(times: np.ndarray) -> None:
    if times.size < 1 or times[0] < 0:
        raise InputError(
            "the first time must not lie before the administration",
            field="Samples.times",
            value=float(times[0]) if times.size else None,
        )
    wrong = np.flatnonzero(np.diff(times) <= 0)
    if wrong.size:
        place = int(wrong[0]) + 1
        raise InputError(
            "times must increase",
            field=f"Samples.times[{place}]",
            value=float(times[place]),
            allowed=f"more than {times[place - 1]:g} h",
            remedy="Sort the rows by time and average those of the same time",
        )
