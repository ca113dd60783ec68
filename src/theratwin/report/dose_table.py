"""The table of doses in a report: by cycle and in total, organs and lesions apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from theratwin.report.names import in_order, site, title
from theratwin.report.numbers import bounds, gigabecquerel, middle, nanomoles
from theratwin.twin import Interval, Prediction, RegionDose

_CYCLES_SHOWN = 6


@dataclass(frozen=True)
class Cell:
    """A median and its interval as text; empty before a lesion appeared."""

    middle: str
    bounds: str


@dataclass(frozen=True)
class Row:
    """A region, for a lesion with its site, and its cells."""

    name: str
    site: str
    cells: list[Cell]


@dataclass(frozen=True)
class Group:
    """Rows under a heading of their own."""

    heading: str
    rows: list[Row]


@dataclass(frozen=True)
class DoseTable:
    """Column heads with the lines below each, and rows in groups."""

    columns: tuple[tuple[str, ...], ...]
    groups: tuple[Group, ...]


def dose_table(prediction: Prediction) -> DoseTable:
    """Return doses (Gy) by cycle and in total, dose per activity and BED in total.

    With more than six cycles only the totals are shown.
    """
    dose, rate, bed = prediction.dose(), prediction.dose_per_activity(), prediction.bed()
    cycles = len(prediction.schedule) if len(prediction.schedule) <= _CYCLES_SHOWN else 0
    measured = prediction.case.measurements.administrations
    heads = tuple(
        (a.name, gigabecquerel(a.activity), "" if a.name in measured else "predicted")
        for a in list(prediction.schedule)[:cycles]
    )
    several = (("Total", "Gy", ""),) if len(prediction.schedule) > 1 else ()
    ends = (*several, ("Per activity", "Gy/GBq", ""), ("BED, total", "Gy", ""))

    def cells(region: str) -> list[Cell]:
        given = dose.rows[region]
        ahead = [_cell(interval) for interval in given[:cycles]]
        total_bed = bed.rows[region][-1] if region in bed.rows else None
        total = [_cell(given[-1])] if several else []
        return [*ahead, *total, _cell(rate.rows[region][-1]), _cell(total_bed)]

    return DoseTable((*heads, *ends), _groups(prediction, cells))


def rate_table(prediction: Prediction) -> DoseTable | None:
    """Return doses per activity (Gy/GBq) by cycle, with the amount of ligand of each.

    None where all amounts are the same, or not all are known.
    """
    course = list(prediction.schedule)[:_CYCLES_SHOWN]
    amounts = [each.amount for each in course if each.amount is not None]
    if len(amounts) < len(course) or len(set(amounts)) < 2:
        return None
    rate, measured = prediction.dose_per_activity(), prediction.case.measurements.administrations
    heads = tuple(
        (each.name, nanomoles(amount), "" if each.name in measured else "predicted")
        for each, amount in zip(course, amounts, strict=True)
    )

    def cells(region: str) -> list[Cell]:
        return [_cell(interval) for interval in rate.rows[region][: len(course)]]

    return DoseTable(heads, _groups(prediction, cells))


def cross_dose_in_words(prediction: Prediction) -> str:
    """Return the share of each organ's dose that other regions give, most first; or nothing."""
    shares = {}
    for name, dose in prediction.regions.items():
        if dose.cross_dose is not None and (whole := np.median(dose.dose.sum(axis=1))) > 0:
            shares[name] = float(np.median(dose.cross_dose.sum(axis=1)) / whole)
    told = sorted((item for item in shares.items() if item[1] > 0), key=lambda item: -item[1])
    return ", ".join(f"{title(name).lower()} {100 * share:.2g} %" for name, share in told)


def _groups(prediction: Prediction, cells: Callable[[str], list[Cell]]) -> tuple[Group, ...]:
    """Return organs and lesions, each region with its cells."""

    def group(heading: str, members: tuple[RegionDose, ...]) -> Group:
        names = in_order([each.region for each in members], prediction.case)
        rows = [Row(title(name), site(name, prediction.case), cells(name)) for name in names]
        return Group(heading, rows)

    groups = (group("Organs", prediction.organs), group("Lesions", prediction.lesions))
    return tuple(each for each in groups if each.rows)


def _cell(interval: Interval | None) -> Cell:
    if interval is None or interval.high <= 0:
        return Cell("–", "")
    return Cell(middle(interval), bounds(interval))
