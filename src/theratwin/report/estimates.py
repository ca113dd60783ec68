"""What was estimated of a whole body, in words: each parameter before and after the scans."""

from __future__ import annotations

import re
from dataclasses import dataclass

from theratwin.report.names import title
from theratwin.report.numbers import bounds, middle, percent
from theratwin.twin import Estimate, Interval, Twin, estimates

#: Inside units that a reader knows better by another name, and how many of those make one.
_SHOWN = {"nmol/mL": ("nmol/L", 1e3), "mL/h": ("mL/min", 1.0 / 60.0)}
_KEYS = {
    "receptor_density": "receptor density",
    "release": "release rate",
    "uptake_maximum": "largest tubular uptake",
    "tubular_extraction_rate": "tubular extraction rate",
    "gfr": "glomerular filtration rate",
}
_RATIO = re.compile(r"_ratio\[(.*)\]$")


@dataclass(frozen=True)
class EstimateRow:
    """One parameter as text: medians with 90 % intervals, and how much of the spread is left."""

    region: str
    quantity: str
    unit: str
    prior: str
    prior_bounds: str
    posterior: str
    posterior_bounds: str
    left: str


def estimate_rows(twin: Twin) -> list[EstimateRow]:
    """Return the rows of the table of what was estimated."""
    return [_row(each) for each in estimates(twin)]


def words_of(name: str) -> tuple[str, str]:
    """Return region and quantity of a parameter's dotted name.

    Examples
    --------
    >>> words_of("kidneys.release")
    ('Kidneys', 'release rate')
    >>> words_of("lesion_1.receptor_density_ratio[cycle 2]")
    ('Lesion 1', 'receptor density, cycle 2 over the cycle before')
    """
    region, _, key = name.partition(".")
    cycle = _RATIO.search(key)
    plain = _RATIO.sub("", key)
    quantity = _KEYS.get(plain, plain.replace("_", " "))
    if cycle:
        quantity += f", {cycle[1]} over the cycle before"
    return title(region), quantity


def _row(estimate: Estimate) -> EstimateRow:
    unit, scale = _SHOWN.get(estimate.unit, (estimate.unit, 1.0))
    before, after = _scaled(estimate.prior, scale), _scaled(estimate.posterior, scale)
    return EstimateRow(
        *words_of(estimate.name),
        unit,
        middle(before),
        bounds(before),
        middle(after),
        bounds(after),
        percent(min(estimate.narrowing, 1.0)),
    )


def _scaled(interval: Interval, scale: float) -> Interval:
    return Interval(scale * interval.median, scale * interval.low, scale * interval.high)
