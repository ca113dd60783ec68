"""What may follow from foretold doses: lesions and blood counts over time, as draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from theratwin.core import Curve, parameter_set
from theratwin.core.seed import stream
from theratwin.twin.doses import MARROW
from theratwin.twin.prediction import Prediction
from theratwin.twin.region_dose import RegionDose

if TYPE_CHECKING:
    from theratwin.response.blood import BloodCounts
    from theratwin.response.tumor import TumorCourse

#: Draws that are followed: enough for bands of 90 %.
DRAWS = 200
#: How long after the last administration, and how often (h).
LESIONS_FOLLOWED, COUNTS_FOLLOWED = 26 * 168.0, 14 * 168.0
_LESIONS_EVERY, _COUNTS_EVERY = 168.0, 48.0
_DENSITY = 1.04
#: Least ratio of the volume that limits growth to that at the start.
_ROOM = 10.0

#: Parameter sets that this rests on beside the doses'.
PARAMETER_SETS = ("response/tumor", "response/blood_lines", "response/between_patients")


@dataclass(frozen=True, eq=False)
class Effects:
    """What may become of lesions and blood.

    Parameters
    ----------
    lesions
        Lesion to its course; those without known radiosensitivity, or that appear after the last
        cycle, are not among them.
    counts
        Blood counts, if the marrow's dose is known.
    starts
        When cycles begin (h after the first).
    """

    lesions: Mapping[str, TumorCourse]
    counts: BloodCounts | None
    starts: tuple[float, ...]


def effects(prediction: Prediction) -> Effects:
    """Return what may follow from the doses of a prediction.

    Draws hold the uncertainty of the doses, and how much patients differ in growth, clearance and
    radiosensitivity (parameter set ``response/between_patients``). Shrinkage does not act back on
    the doses, which are those of the volumes declared. Of animals nothing is said.

    Parameters
    ----------
    prediction
        The course.

    Notes
    -----
    Lesions: `theratwin.response.TumorModel` by the linear-quadratic model of their tissue. Counts:
    `theratwin.response.blood_counts`, our model, without validation in a cohort.
    """
    begin = prediction.schedule.administrations[0].time
    starts = tuple(a.time - begin for a in prediction.schedule)
    if prediction.case.patient.species != "human":
        return Effects({}, None, starts)
    seed = prediction.provenance.seed or 0
    lesions = {
        region.region: _lesion(region, begin, starts[-1], seed)
        for region in prediction.lesions
        if _can_be_followed(region)
    }
    counts = None
    if MARROW in prediction.regions:
        counts = _counts(prediction.regions[MARROW], begin, starts[-1], seed)
    return Effects(lesions, counts, starts)


def _can_be_followed(region: RegionDose) -> bool:
    reached = any(rate is not None for rate in region.dose_rates)
    return reached and region.tissue is not None and region.tissue.alpha is not None


def _lesion(region: RegionDose, begin: float, last: float, seed: int) -> TumorCourse:
    from theratwin.response import TumorModel
    from theratwin.response.cell_survival.lq import LinearQuadratic

    rate, chosen = _thinned(region, begin)
    tissue = region.known_tissue
    alpha = tissue.known_alpha * _spread("tumor.alpha", len(chosen), seed, "cells")
    cells = LinearQuadratic.of(repair=tissue.repair).with_parameters(
        {"alpha": alpha, "beta": alpha / tissue.alpha_beta}
    )
    known = parameter_set("response", "tumor")
    values = {
        name: known.value(name) * _spread(f"tumor.{name}", len(chosen), seed, region.region, name)
        for name in ("doubling_time", "clearance_half_time")
    }
    volume = region.mass[chosen] / _DENSITY
    values["initial_volume"] = volume
    # So that large lesions, too, are far below it, and do not grow faster for having shrunk.
    values["capacity"] = np.maximum(known.value("capacity"), _ROOM * volume)
    times = np.arange(0.0, last + LESIONS_FOLLOWED + 1.0, _LESIONS_EVERY)
    return TumorModel("logistic", cells, values).course(rate, times, rtol=1e-6, atol=1e-9)


def _counts(marrow: RegionDose, begin: float, last: float, seed: int) -> BloodCounts:
    from theratwin.response.blood import LINES, blood_counts

    rate, chosen = _thinned(marrow, begin)
    known = parameter_set("response", "blood_lines")
    factor = _spread("blood.alpha", len(chosen), seed, "blood")
    alphas = ["stem.alpha", *(f"{line}.alpha" for line in LINES)]
    sensitive = {name: known.value(name) * factor for name in alphas}
    times = np.arange(0.0, last + COUNTS_FOLLOWED + 1.0, _COUNTS_EVERY)
    return blood_counts(rate, times, parameters=sensitive)


def _thinned(region: RegionDose, begin: float) -> tuple[Curve, np.ndarray]:
    """Return the dose rate from the first administration on, and the draws that it is of."""
    draws = region.mass.shape[0]
    chosen = np.unique(np.linspace(0, draws - 1, min(DRAWS, draws)).astype(int))
    return region.total_dose_rate[chosen].shifted(-begin), chosen


def _spread(name: str, draws: int, seed: int, *labels: str) -> np.ndarray:
    """Return log-normal factors of median one with a coefficient of variation."""
    cv = parameter_set("response", "between_patients").value(name)
    normal = stream(seed, "effects", *labels).standard_normal(draws)
    return np.exp(np.sqrt(np.log1p(cv**2)) * normal)
