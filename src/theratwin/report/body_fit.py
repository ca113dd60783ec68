"""How well a whole body fits: region by region, and as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from theratwin.report.names import in_order, title
from theratwin.report.numbers import percent, significant
from theratwin.twin import RegionResiduals, Twin, residuals
from theratwin.twin.importance import Resampled


@dataclass(frozen=True)
class RegionFit:
    """What the fit leaves of one region's values, as text."""

    region: str
    scans: int
    misfit: str
    scatter: str
    farthest: str
    sound: bool


def region_fits(twin: Twin) -> Iterator[RegionFit]:
    """Yield how well a whole body fits each region measured."""
    found = {each.region: each for each in residuals(twin.posteriors[0])}
    for region in in_order(found, twin.case):
        yield _region_fit(found[region])


def _region_fit(found: RegionResiduals) -> RegionFit:
    far, misfit = found.farthest, found.misfit
    scan, value = found.measurements[far], found.standardized[far]
    ratio = float(np.exp(found.log_ratio[far]))
    return RegionFit(
        title(found.region),
        len(found.measurements),
        f"{misfit.chi_square:.1f} ({misfit.expected:.1f})",
        percent(found.scatter),
        f"{scan.administration}, {significant(scan.time)} h: {ratio:.2f} of the fit "
        f"({abs(value):.1f} SD)",
        not misfit.is_serious,
    )


def draws_in_words(twin: Twin) -> str:
    """Return how the draws of a whole body were made, and whether they may be trusted."""
    resampled = twin.posteriors[0].best.resampled
    assert resampled is not None  # the structure of the largest weight has draws
    return _tempered(resampled) if resampled.tempering else _resampled(resampled)


def _resampled(resampled: Resampled) -> str:
    return (
        "importance resampling of the Laplace approximation, Pareto k "
        f"{resampled.pareto_k:.2f} (up to 0.5 good, up to 0.7 acceptable), effective number "
        f"{resampled.effective_size:.0f}"
    )


def _tempered(resampled: Resampled) -> str:
    tempering = resampled.tempering
    assert tempering is not None
    low, high = min(tempering.acceptance), max(tempering.acceptance)
    return (
        f"tempered sampling of the full posterior, {len(tempering.temperatures)} temperatures, "
        f"{percent(low)} to {percent(high)} of the moves accepted, correlation "
        f"{tempering.memory:.2f} with the places before the last moves, effective number "
        f"{resampled.effective_size:.0f}, log evidence {tempering.log_evidence:.1f}"
    )
