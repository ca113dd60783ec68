"""What is put into an extraction and what comes out: scans, and the activity of regions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from theratwin.imaging.calibration import Calibration

#: Names of all activity in the image, and of what lies outside the regions.
WHOLE, REST = "whole_body", "remainder"


@dataclass(frozen=True)
class Scan:
    """One scan: its file, its time (h) after the administration, what its numbers stand for."""

    path: Path | str
    time: float
    calibration: Calibration


@dataclass(frozen=True)
class RegionActivity:
    """Activity of one region at one scan.

    Parameters
    ----------
    region
        Canonical name.
    time
        Time (h) of the scan.
    labels
        Label values that make the region up; none for the whole image and the remainder.
    voxels
        Number of voxels.
    volume
        Volume (mL) of these voxels.
    activity
        Activity (MBq), divided by the recovery coefficient.
    recovery
        Recovery coefficient that was applied; 1 if none.
    """

    region: str
    time: float
    labels: tuple[int, ...]
    voxels: int
    volume: float
    activity: float
    recovery: float = 1.0

    @property
    def mean(self) -> float:
        """Mean activity concentration (MBq/mL)."""
        return self.activity / self.volume if self.volume else 0.0


@dataclass(frozen=True)
class Extraction:
    """What was found in a series of scans.

    Parameters
    ----------
    rows
        Regions in the order of naming, each with its scans in order of time.
    totals
        Activity (MBq) of the whole image by time (h).
    warnings
        What the user must know about the numbers.
    """

    rows: tuple[RegionActivity, ...]
    totals: Mapping[float, float] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def of(self, region: str) -> tuple[RegionActivity, ...]:
        """Return the rows of one region, in order of time."""
        return tuple(row for row in self.rows if row.region == region)

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions, in order of first appearance."""
        return tuple(dict.fromkeys(row.region for row in self.rows))
