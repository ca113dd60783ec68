"""A prediction: doses and effects of a course, as draws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from theratwin.case import Case, Schedule
from theratwin.core import Citation, Provenance, parameter_set
from theratwin.core.errors import InputError
from theratwin.twin.region_dose import RegionDose
from theratwin.twin.twin import Interval

if TYPE_CHECKING:
    import xarray as xr

_LEVELS = (5.0, 50.0, 95.0)


@dataclass(frozen=True)
class Table:
    """Medians with 90 % credible intervals by region, one column an administration.

    Parameters
    ----------
    quantity, unit
        What the numbers are.
    columns
        Names of the administrations, the last column their total.
    rows
        Region to its intervals, one a column.
    """

    quantity: str
    unit: str
    columns: tuple[str, ...]
    rows: Mapping[str, tuple[Interval, ...]]

    def __str__(self) -> str:
        width = max(len(region) for region in self.rows)
        head = " " * width + "".join(f"  {column:>22}" for column in self.columns)
        lines = [f"{self.quantity} [{self.unit}], median (90 % credible interval)", head]
        for region, intervals in self.rows.items():
            cells = map(_cell, intervals)
            lines.append(f"{region:<{width}}" + "".join(f"  {cell:>22}" for cell in cells))
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from theratwin.twin.html import html_table

        return html_table(self)


def _cell(interval: Interval) -> str:
    if interval.high == 0.0:
        return "-"
    return f"{interval.median:.3g} ({interval.low:.3g} to {interval.high:.3g})"


@dataclass(frozen=True, eq=False)
class Prediction:
    """Doses and effects of a course in every region.

    Parameters
    ----------
    case
        The case that the twin rests on.
    schedule
        The course.
    regions
        Draws by region.
    provenance
        What it was made from.
    """

    case: Case
    schedule: Schedule
    regions: Mapping[str, RegionDose]
    provenance: Provenance

    def __getitem__(self, region: str) -> RegionDose:
        if region not in self.regions:
            raise InputError(
                "no dose is predicted there",
                field="region",
                value=region,
                allowed=list(self.regions),
                remedy="Measure it; red marrow needs blood, whole body and the patient's height",
            )
        return self.regions[region]

    def __iter__(self) -> Iterator[RegionDose]:
        return iter(self.regions.values())

    @property
    def lesions(self) -> tuple[RegionDose, ...]:
        """The lesions."""
        return tuple(region for region in self if region.lesion)

    @property
    def organs(self) -> tuple[RegionDose, ...]:
        """The normal tissues."""
        return tuple(region for region in self if not region.lesion)

    def dose(self) -> Table:
        """Return absorbed doses (Gy)."""
        return self._table("Absorbed dose", "Gy", {r.region: r.dose for r in self})

    def dose_per_activity(self) -> Table:
        """Return absorbed doses for each administered activity (Gy/GBq).

        A lesion's total is divided by the activity given since it appeared.
        """
        return self._table(
            "Absorbed dose per activity",
            "Gy/GBq",
            {r.region: r.dose for r in self},
            {r.region: self._gigabecquerel(r) for r in self},
        )

    def course_dose_per_activity(self, region: str) -> Float[np.ndarray, " draws"]:
        """Return draws of the whole course's dose over the activity that reached a region (Gy/GBq).

        That of a lesion is the activity given since it appeared.
        """
        found = self[region]
        return found.dose.sum(axis=1) / self._gigabecquerel(found)[-1]

    def _gigabecquerel(self, region: RegionDose) -> np.ndarray:
        """Return what to divide by: each activity, and the sum of those that reached a region."""
        given = 1e-3 * np.array([a.activity for a in self.schedule])
        reached = [rate is not None for rate in region.dose_rates]
        return np.append(given, given[reached].sum() if any(reached) else 1.0)

    def bed(self) -> Table:
        """Return biologically effective doses (Gy) where radiosensitivity is known."""
        known = {r.region: r.bed for r in self if r.tissue is not None}
        return self._table("Biologically effective dose", "Gy", known)

    def to_xarray(self) -> xr.Dataset:
        """Return doses and BED as a labeled dataset: region, draw, administration."""
        from theratwin.twin.dataset import to_dataset

        return to_dataset(self)

    def citations(self) -> tuple[Citation, ...]:
        """Return the publications that the parameter sets behind the prediction come from."""
        sets = (name.split("/") for name in self.provenance.parameter_sets)
        found = {c.key: c for room, name in sets for c in parameter_set(room, name).citations()}
        return tuple(found[key] for key in sorted(found))

    def _repr_html_(self) -> str:
        from theratwin.twin.html import html_prediction

        return html_prediction(self)

    @property
    def _columns(self) -> tuple[str, ...]:
        names = self.schedule.names
        return (*names, "total") if len(names) > 1 else names

    def _table(
        self,
        quantity: str,
        unit: str,
        by_region: Mapping[str, np.ndarray],
        divisors: Mapping[str, np.ndarray] | None = None,
    ) -> Table:
        """Summarize draws by administration and, where there are several, their total."""
        columns = self._columns
        with_total = {
            region: np.append(draws, draws.sum(axis=1, keepdims=True), axis=1)
            / (1.0 if divisors is None else divisors[region])
            for region, draws in by_region.items()
        }
        rows = {
            region: tuple(
                Interval(median, low, high)
                for low, median, high in np.percentile(draws[:, : len(columns)], _LEVELS, axis=0).T
            )
            for region, draws in with_total.items()
        }
        return Table(quantity, unit, columns, rows)
