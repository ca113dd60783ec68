"""Hard bounds on a course: choices of a clinic, not of the patient's biology."""

from __future__ import annotations

from dataclasses import dataclass

from theratwin.core import parameter_set, parse
from theratwin.core.errors import InputError
from theratwin.planning.span import Span

#: BED is summed cycle by cycle (h): a week is many half-times of repair, and of most effective
#: half-lives several.
LEAST_INTERVAL = 168.0


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
    amount
        Ligand of each further cycle (nmol); None for that of the last one given.
    duration
        Length of each further infusion (h); None for that of the last one given.
    """

    activity: float
    cycles: int
    interval: Span
    amount: Span | None = None
    duration: Span | None = None

    def __post_init__(self) -> None:
        if not 0 < self.activity < float("inf"):
            raise InputError("must be positive", field="bounds.activity", value=self.activity)
        self.interval.require_positive("bounds.interval", 168.0, "weeks")
        if self.amount is not None:
            self.amount.require_positive("bounds.amount", 1.0, "nmol")
        if self.duration is not None:
            self.duration.require_positive("bounds.infusion", 1.0 / 60.0, "min")
            if self.duration.high >= self.interval.low:
                raise InputError(
                    "an infusion ends before the next administration",
                    field="bounds.infusion",
                    value=self.duration.words(1.0, "h"),
                    allowed=f"less than {self.interval.low:g} h",
                )
        if self.interval.low < LEAST_INTERVAL:
            raise InputError(
                "cycles this close do not add up: one is not over, nor repaired, before the next",
                field="bounds.interval",
                value=self.interval.words(1.0, "h"),
                allowed=f"{LEAST_INTERVAL:g} h and more",
            )
        if self.cycles != int(self.cycles) or self.cycles < 1:
            raise InputError(
                "at least one cycle is needed",
                field="bounds.cycles",
                value=self.cycles,
                allowed="a whole number from 1",
            )

    @property
    def free(self) -> tuple[str, ...]:
        """What is to be chosen beside activity and number of cycles."""
        names = ("interval", "amount", "duration")
        spans = ((name, getattr(self, name)) for name in names)
        return tuple(name for name, span in spans if span is not None and span.is_free)

    def __str__(self) -> str:
        parts = [
            f"at most {self.activity / 1000:g} GBq a cycle",
            f"{self.cycles} cycles in total",
            f"{self.interval.words(168.0, 'weeks')} apart",
        ]
        if self.amount is not None:
            parts.append(f"{self.amount.words(1.0, 'nmol')} of ligand")
        if self.duration is not None:
            parts.append(f"infused over {self.duration.words(1.0 / 60.0, 'min')}")
        return ", ".join(parts)


def bounds(
    activity: str | None = None,
    cycles: int | None = None,
    interval: str | None = None,
    *,
    amount: str | None = None,
    infusion: str | None = None,
) -> Bounds:
    """Return bounds; what is not given is taken from the parameter set ``clinical_limits``.

    Parameters
    ----------
    activity
        With its unit, such as ``"9.3 GBq"``.
    cycles
        Number of cycles in total.
    interval
        Such as ``"6 weeks"``, or a range to choose from, ``"6..10 weeks"``.
    amount
        Ligand of each further cycle, ``"57 nmol"`` or ``"20..300 nmol"``; by default as much as
        was last given.
    infusion
        Length of each further infusion likewise, ``"30 min"`` or ``"10..240 min"``.

    Examples
    --------
    >>> print(bounds(cycles=4))
    at most 9.3 GBq a cycle, 4 cycles in total, 6 weeks apart
    >>> print(bounds(interval="6..8 weeks", amount="20..300 nmol"))
    at most 9.3 GBq a cycle, 6 cycles in total, 6 to 8 weeks apart, 20 to 300 nmol of ligand
    """
    chosen = parameter_set("response", "clinical_limits").under("schedule")
    return Bounds(
        activity=chosen["activity_per_cycle"].value
        if activity is None
        else parse(activity, "MBq", field="bounds.activity"),
        cycles=int(chosen["cycles"].value) if cycles is None else cycles,
        interval=Span.fixed(chosen["interval"].value)
        if interval is None
        else Span.parse(interval, "h", field="bounds.interval"),
        amount=None if amount is None else Span.parse(amount, "nmol", field="bounds.amount"),
        duration=None if infusion is None else Span.parse(infusion, "h", field="bounds.infusion"),
    )
