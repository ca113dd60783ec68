"""What was measured: activity in a region, or concentration in blood, at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import inf

from theratwin.case._checks import not_negative, positive
from theratwin.core.errors import InputError

_TIME = "it lies before the administration, or at no finite time"


class Kind(StrEnum):
    """What a measurement is a measurement of."""

    ACTIVITY = "activity"
    CONCENTRATION = "concentration"


@dataclass(frozen=True)
class Measurement:
    """One measured value, not corrected for decay: as it was at the time of the scan.

    Parameters
    ----------
    region
        Canonical name of the region, or a lesion's name.
    administration
        Name of the administration that it follows.
    time
        Time (h) after the start of that administration.
    value
        Activity (MBq) or activity concentration (MBq/mL) at that time.
    relative_uncertainty
        Relative standard uncertainty (one standard deviation) of this value alone; what all
        scans share, such as calibration, stands in `Case.uncertainty`.
    kind
        Activity or concentration.
    volume
        Volume of the region (mL) at this scan, if delineated anew.
    source
        File and line that it was read from.
    """

    region: str
    administration: str
    time: float
    value: float
    relative_uncertainty: float
    kind: Kind = Kind.ACTIVITY
    volume: float | None = None
    source: str = ""

    def __post_init__(self) -> None:
        where = self.source or f"measurement of {self.region}"
        if not 0 < self.value < inf:
            raise InputError(
                "a measured activity must be positive and finite",
                field=f"{where}: value",
                value=self.value,
                remedy="Leave the time point out if nothing was seen above background",
            )
        not_negative(self.time, f"{where}: time", _TIME)
        if self.volume is not None:
            positive(self.volume, f"{where}: volume")
        if not 0 < self.relative_uncertainty < 1:
            raise InputError(
                "the relative uncertainty must lie between 0 and 1",
                field=f"{where}: uncertainty",
                value=self.relative_uncertainty,
            )


@dataclass(frozen=True)
class Measurements:
    """A collection of measurements.

    Examples
    --------
    >>> scan = Measurement("kidneys", "cycle 1", 24.0, 120.0, 0.05)
    >>> Measurements((scan,)).of("cycle 2")
    Measurements(items=())
    """

    items: tuple[Measurement, ...] = ()

    def __iter__(self) -> Iterator[Measurement]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __add__(self, more: Iterable[Measurement]) -> Measurements:
        return Measurements((*self.items, *more))

    def of(self, administration: str) -> Measurements:
        """Return those that follow one administration."""
        return Measurements(tuple(m for m in self.items if m.administration == administration))

    def of_region(self, region: str) -> Measurements:
        """Return those of one region."""
        return Measurements(tuple(m for m in self.items if m.region == region))

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions measured, in order of first appearance."""
        return tuple(dict.fromkeys(m.region for m in self.items))

    @property
    def administrations(self) -> tuple[str, ...]:
        """The administrations measured, in order of first appearance."""
        return tuple(dict.fromkeys(m.administration for m in self.items))
