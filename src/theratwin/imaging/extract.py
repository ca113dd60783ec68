"""Activity of regions over time, from a series of scans and one label image."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from theratwin.core.errors import InputError
from theratwin.imaging.activity import REST, WHOLE, Extraction, RegionActivity, Scan
from theratwin.imaging.geometry import reorient_like, require_same_grid
from theratwin.imaging.image import Image, read_image
from theratwin.imaging.labels import Segment, Segmentation

#: A rise of all activity in the image between two scans that is worth a warning: more than the
#: noise of a whole image, less than any change of scale that would matter.
_RISE = 0.05


def extract(
    scans: Sequence[Scan],
    segmentation: Segmentation,
    *,
    recovery: Mapping[str, float] | None = None,
    remainder: bool = False,
    watch: Callable[[Sequence[Scan]], Iterable[Scan]] = iter,
) -> Extraction:
    r"""Return the activity of every region in every scan.

    :math:`A_r = \frac{c}{R_r} \sum_{v \in r} n_v`, with the voxels' numbers :math:`n_v`, the
    activity :math:`c` for the number 1, and the recovery coefficient :math:`R_r`. One scan is in
    memory at a time; sums are in double precision.

    Parameters
    ----------
    scans
        The scans, each at a time of its own.
    segmentation
        The regions.
    recovery
        Recovery coefficient by region; the others keep what their voxels hold. What is added to
        a region is taken from the remainder, where it had spilled to.
    remainder
        Also give ``whole_body``, all activity in the image, and ``remainder``, what lies outside
        the regions.
    watch
        Wraps the scans, to show progress.

    Raises
    ------
    InputError
        If a scan is wrong in itself, lies on another grid than the labels, or its calibration
        cannot be trusted.
    """
    recovery = recovery or {}
    _check_times(scans)
    _check_recovery(recovery, segmentation)
    segments = [*segmentation.segments]
    if remainder:
        _check_free(segmentation)
        segments.append(Segment(REST, (), segmentation.outside))
    rows: list[RegionActivity] = []
    totals: dict[float, float] = {}
    for scan in watch(sorted(scans, key=lambda scan: scan.time)):
        found, totals[scan.time] = _one_scan(scan, segmentation, segments, recovery)
        rows += found
    order = {name: place for place, name in enumerate([s.region for s in segments])}
    rows.sort(key=lambda row: order.get(row.region, len(order)))
    return Extraction(tuple(rows), totals, (*_unnamed(segmentation), *_rises(totals)))


def _one_scan(
    scan: Scan, labels: Segmentation, segments: Sequence[Segment], recovery: Mapping[str, float]
) -> tuple[list[RegionActivity], float]:
    image = reorient_like(read_image(scan.path), labels.image)
    require_same_grid(image, labels.image)
    per_number = scan.calibration.activity_per_number(image)
    flat = image.data.reshape(-1)
    total = per_number * float(flat.sum(dtype=np.float64))
    rows = []
    added = 0.0
    for segment in segments:
        held = per_number * float(flat[segment.voxels].sum(dtype=np.float64))
        share = recovery.get(segment.region, 1.0)
        activity = held - added if segment.region == REST else held / share
        added += activity - held if segment.region != REST else 0.0
        rows.append(_row(segment, scan.time, image, activity, share))
    if segments and segments[-1].region == REST:
        _check_remainder(rows[-1], image)
        rows.append(
            RegionActivity(WHOLE, scan.time, (), flat.size, flat.size * image.voxel_volume, total)
        )
    return rows, total


def _row(
    segment: Segment, time: float, image: Image, activity: float, recovery: float
) -> RegionActivity:
    voxels = len(segment.voxels)
    volume = voxels * image.voxel_volume
    return RegionActivity(segment.region, time, segment.labels, voxels, volume, activity, recovery)


def _check_times(scans: Sequence[Scan]) -> None:
    times = [scan.time for scan in scans]
    for scan in scans:
        if not 0 <= scan.time < float("inf"):
            raise InputError(
                "a scan follows its administration", field="times", value=f"{scan.time:g} h"
            )
        if times.count(scan.time) > 1:
            raise InputError("two scans at one time", field="times", value=f"{scan.time:g} h")


def _check_recovery(recovery: Mapping[str, float], segmentation: Segmentation) -> None:
    names = [segment.region for segment in segmentation.segments]
    for name, value in recovery.items():
        if name not in names:
            raise InputError("no such region", field="recovery", value=name, allowed=names)
        if not 0 < value <= 1:
            raise InputError(
                "a recovery coefficient lies above 0 and is at most 1",
                field=f"recovery: {name}",
                value=value,
            )


def _check_free(segmentation: Segmentation) -> None:
    for segment in segmentation.segments:
        if segment.region in (REST, WHOLE):
            raise InputError(
                "a label has this name, which the remainder asked for takes",
                field="names",
                value=segment.region,
                remedy="Leave the label unnamed, or do not ask for the remainder",
            )


def _check_remainder(row: RegionActivity, image: Image) -> None:
    if row.activity < 0:
        raise InputError(
            f"with these recovery coefficients the regions hold {-row.activity:.4g} MBq more than "
            "the whole image",
            field=f"{image.name}: recovery",
            remedy="Check the coefficients",
        )


def _unnamed(segmentation: Segmentation) -> list[str]:
    if not segmentation.unnamed:
        return []
    values = ", ".join(str(value) for value in list(segmentation.unnamed)[:20])
    more = len(segmentation.unnamed) - 20
    values += f" and {more} more" if more > 0 else ""
    return [f"no region was named for the label values {values}: they count as remainder"]


def _rises(totals: Mapping[float, float]) -> list[str]:
    """Warn where activity seems to appear from nowhere, as when scales or fields differ."""
    return [
        f"all activity in the image rises from {totals[early]:.4g} MBq at {early:g} h to "
        f"{totals[late]:.4g} MBq at {late:g} h, but without a new administration it can only "
        "fall: the scans differ in scale or in the part of the body they show"
        for early, late in pairwise(sorted(totals))
        if totals[late] > (1 + _RISE) * totals[early]
    ]
