"""How well curves fit, region by region, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from theratwin.report.names import in_order, title
from theratwin.report.numbers import percent
from theratwin.twin import Twin
from theratwin.twin.importance import PARETO_K_LIMIT
from theratwin.twin.posterior import BlockPosterior

_GOOD_PARETO_K = 0.5
_SHOWN_WEIGHT = 0.01


@dataclass(frozen=True)
class Quality:
    """The fit of one region's curves."""

    region: str
    scans: int
    structures: str
    misfit: str
    pareto_k: str
    verdict: str
    sound: bool


def quality(twin: Twin) -> Iterator[Quality]:
    """Yield the quality of the fit of every region's curves."""
    by_region = {posterior.name: posterior for posterior in twin.posteriors}
    for region in in_order(by_region, twin.case):
        yield _quality(by_region[region])


def _quality(posterior: BlockPosterior) -> Quality:
    scans = len(posterior.best.alternative.observed)
    kept = sorted(posterior.fits, key=lambda fit: -fit.weight)
    drawn = [fit for fit in kept if fit.resampled is not None]
    weighted = [f.resampled for f in drawn if f.resampled and f.resampled.tempering is None]
    worst = max((resampled.pareto_k for resampled in weighted), default=None)
    verdict, sound = _verdict(posterior, worst, drawn, scans)
    return Quality(
        title(posterior.name),
        scans,
        "; ".join(
            f"{fit.alternative.name} {percent(fit.weight)}"
            for fit in kept
            if fit.weight >= _SHOWN_WEIGHT
        ),
        f"{posterior.misfit.chi_square:.1f} ({posterior.misfit.expected:.1f})",
        "full" if worst is None else f"{worst:.2f}",
        verdict,
        sound,
    )


def _verdict(
    posterior: BlockPosterior, worst: float | None, drawn: list, scans: int
) -> tuple[str, bool]:
    stuck = any(f.resampled.tempering and f.resampled.tempering.problem for f in drawn)
    if stuck or (worst is not None and worst > PARETO_K_LIMIT):
        return "draws are not to be trusted", False
    if not all(fit.approximation.positive_definite for fit in drawn):
        return "no clear mode", False
    if posterior.misfit.is_serious:
        return "data scatter too much", False
    if scans < 3:
        return "shape rests on the population", True
    if worst is not None and worst > _GOOD_PARETO_K:
        return "acceptable", True
    return "good", True
