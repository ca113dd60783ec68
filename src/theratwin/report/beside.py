"""Two models of the same data: what each says, what it rests on, and where they disagree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from theratwin.report.body import model_title
from theratwin.report.names import in_order, site, title
from theratwin.report.numbers import bounds, listed, middle, percent
from theratwin.twin import Interval, RegionResiduals, Twin, body_of, predict, residuals
from theratwin.twin.residuals import worst_regions

_CURVES = (
    "Curves rest on each region's own scans and on how half-lives differ in the population. They "
    "know nothing of ligand, blood flow or the other regions, and hold for the amounts that were "
    "administered."
)
_BODY = (
    "The whole body rests on all scans together and on its equations: what one region holds is "
    "missing in the others, receptors saturate, urine follows from blood. It tells of amounts and "
    "regions that were not measured, and is wrong where its equations are."
)


@dataclass(frozen=True)
class DoseBeside:
    """Dose per activity of a region by both twins (Gy/GBq), and how far each misses its scans.

    Parameters
    ----------
    region, site
        The region; for a lesion where it is.
    first, second
        Median and interval by each twin; None where it has no dose.
    scatter
        Root mean square of measured over fitted, for each twin, as text.
    """

    region: str
    site: str
    first: Interval | None
    second: Interval | None
    scatter: tuple[str, str]

    @property
    def ratio(self) -> str:
        """The second median over the first."""
        if self.first is None or self.second is None:
            return "\N{EN DASH}"
        return f"{self.second.median / self.first.median:.2f}"

    @property
    def apart(self) -> bool:
        """Whether the intervals do not overlap."""
        if self.first is None or self.second is None:
            return False
        return self.first.high < self.second.low or self.second.high < self.first.low

    @property
    def cells(self) -> tuple[tuple[str, str], ...]:
        """Median and interval of each twin as text."""
        return tuple(
            ("\N{EN DASH}", "") if each is None else (middle(each), bounds(each))
            for each in (self.first, self.second)
        )


@dataclass(frozen=True)
class FitBeside:
    """The fit of one twin as a whole, and the regions in which its data scatter too much."""

    title: str
    parameters: int
    chi_square: str
    expected: str
    missed: str

    @property
    def sound(self) -> bool:
        """Whether the data scatter as the uncertainties say."""
        return not self.missed

    @property
    def verdict(self) -> str:
        """The same in words."""
        if self.sound:
            return "as the uncertainties say"
        return f"data scatter too much: {self.missed}"


@dataclass(frozen=True)
class Beside:
    """Two twins of one patient."""

    titles: tuple[str, str]
    rests: tuple[str, str]
    doses: tuple[DoseBeside, ...]
    fits: tuple[FitBeside, FitBeside]
    words: str


def compared(twin: Twin, other: Twin) -> Beside:
    """Compare two twins of the same data."""
    doses, fits = _doses((twin, other)), (_fit(twin), _fit(other))
    misses = [
        f" The model {fit.title} does not meet the scans of {fit.missed.lower()}."
        for fit in fits
        if not fit.sound
    ]
    return Beside(
        (model_title(twin), model_title(other)),
        (_rests(twin), _rests(other)),
        doses,
        fits,
        disagreement(doses) + "".join(misses),
    )


def _rests(twin: Twin) -> str:
    return _CURVES if body_of(twin) is None else _BODY


def _doses(twins: tuple[Twin, Twin]) -> tuple[DoseBeside, ...]:
    tables = [predict(each).dose_per_activity().rows for each in twins]
    left = [_residuals(each) for each in twins]
    case = twins[0].case
    regions = in_order(dict.fromkeys([*tables[0], *tables[1]]), case)
    measured = [each for each in ("whole_body", "blood") if each in case.measurements.regions]
    return tuple(
        DoseBeside(
            title(region),
            site(region, case),
            tables[0][region][-1] if region in tables[0] else None,
            tables[1][region][-1] if region in tables[1] else None,
            (_scatter(left[0], region), _scatter(left[1], region)),
        )
        for region in (*regions, *measured)
    )


def _residuals(twin: Twin) -> dict[str, RegionResiduals]:
    return {each.region: each for block in twin.posteriors for each in residuals(block)}


def _scatter(found: Mapping[str, RegionResiduals], region: str) -> str:
    return percent(found[region].scatter) if region in found else "\N{EN DASH}"


def _fit(twin: Twin) -> FitBeside:
    misfits = [posterior.misfit for posterior in twin.posteriors]
    serious = [posterior for posterior in twin.posteriors if posterior.misfit.is_serious]
    missed = [title(each.region) for posterior in serious for each in worst_regions(posterior)]
    return FitBeside(
        model_title(twin),
        sum(len(p.best.alternative.parameter_names) for p in twin.posteriors),
        f"{sum(each.chi_square for each in misfits):.1f}",
        f"{sum(each.expected for each in misfits):.1f}",
        listed(missed),
    )


def disagreement(doses: tuple[DoseBeside, ...]) -> str:
    """Return in words where two twins disagree: intervals that do not overlap, and the medians."""
    both = [each for each in doses if each.first is not None and each.second is not None]
    apart = [each for each in both if each.apart]
    far = max(both, key=lambda each: abs(np.log(float(each.ratio))), default=None)
    if far is None:
        return "No region has a dose by both."
    most = f"The medians differ most in {far.region}, with a ratio of {far.ratio}."
    if not apart:
        return f"All 90 % intervals overlap. {most}"
    named = listed([f"{each.region} (ratio {each.ratio})" for each in apart])
    return (
        f"The models disagree: the 90 % intervals do not overlap in {named}. At least one of the "
        "two is too sure there; the fits tell which misses its scans."
    )
