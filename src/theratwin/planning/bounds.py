"""Hard bounds on a course: choices of a clinic, not of the patient's biology."""

from __future__ import annotations

from dataclasses import dataclass

from theratwin.core import parameter_set, parse
from theratwin.core.errors import InputError


@dataclass(frozen=True)
class Bounds:
    """What a plan may not go beyond, whatever the limits allow.

    Parameters
    ----------
    activity
        Largest activity of one cycle (MBq).
    cycles
        Largest number of cycles in total, delivered ones included.
    interval
        Time (h) from one administration to the next.
    """

    activity: float
    cycles: int
    interval: float

    def __post_init__(self) -> None:
        for name in ("activity", "interval"):
            value = getattr(self, name)
            if not 0 < value < float("inf"):
                raise InputError("must be positive", field=f"bounds.{name}", value=value)
        if self.cycles != int(self.cycles) or self.cycles < 1:
            raise InputError(
                "at least one cycle is needed",
                field="bounds.cycles",
                value=self.cycles,
                allowed="a whole number from 1",
            )

    def __str__(self) -> str:
        return (
            f"at most {self.activity / 1000:g} GBq a cycle, {self.cycles} cycles in total, "
            f"{self.interval / 168:g} weeks apart"
        )


def bounds(
    activity: str | None = None, cycles: int | None = None, interval: str | None = None
) -> Bounds:
    """Return bounds; what is not given is taken from the parameter set ``clinical_limits``.

    Parameters
    ----------
    activity, interval
        Quantities with units, such as ``"9.3 GBq"`` and ``"6 weeks"``.
    cycles
        Number of cycles in total.

    Examples
    --------
    >>> print(bounds(cycles=4))
    at most 9.3 GBq a cycle, 4 cycles in total, 6 weeks apart
    """
    chosen = parameter_set("response", "clinical_limits").under("schedule")
    return Bounds(
        activity=chosen["activity_per_cycle"].value
        if activity is None
        else parse(activity, "MBq", field="bounds.activity"),
        cycles=int(chosen["cycles"].value) if cycles is None else cycles,
        interval=chosen["interval"].value
        if interval is None
        else parse(interval, "h", field="bounds.interval"),
    )
