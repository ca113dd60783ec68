"""A prediction with external beams in it, as a plan gives them beside the cycles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from theratwin.case import ExternalBeam, pulses_of
from theratwin.core import Curve, Pulses, Total
from theratwin.twin import Prediction, RegionDose


def with_beams(prediction: Prediction, beams: Iterable[ExternalBeam]) -> Prediction:
    """Return a prediction whose cycles have the fractions given until the next one in them.

    Fractions before the first cycle, or before a lesion appeared, count with the next cycle there
    is. Sublethal damage of a fraction meets that of its own cycle.
    """
    given = tuple(beams)
    if not given:
        return prediction
    starts = np.array([each.time for each in prediction.schedule])
    regions = {}
    for name, region in prediction.regions.items():
        fractions = pulses_of(given, name)
        regions[name] = region if fractions is None else _beamed(region, fractions, starts)
    return replace(prediction, regions=regions)


def _beamed(region: RegionDose, fractions: Pulses, starts: np.ndarray) -> RegionDose:
    known = np.flatnonzero([rate is not None for rate in region.dose_rates])
    if not known.size:
        return region
    times, amounts = np.asarray(fractions.times), np.asarray(fractions.amounts)
    cycle = np.searchsorted(starts[known], times, side="right") - 1
    rates: list[Curve | None] = list(region.dose_rates)
    for k, place in enumerate(known):
        here = np.maximum(cycle, 0) == k
        rate = rates[place]
        if here.any() and rate is not None:
            rates[place] = Total.of(rate, Pulses(times[here], amounts[here]))
    # What other regions give is no longer told apart from what comes from outside.
    return replace(region, dose_rates=tuple(rates), cross_share=None)
