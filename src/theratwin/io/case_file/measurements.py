"""A measurement as given becomes one in MBq, not corrected for decay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp
from typing import Any

from theratwin.case import (
    Administration,
    Kind,
    Measurement,
    Schedule,
    Volume,
    find_region,
)
from theratwin.case.reference_volumes import BLOOD_DENSITY
from theratwin.case.regions import nearest_region, words_of
from theratwin.core.errors import InputError, nearest_match
from theratwin.io.case_file.cells import (
    ADVICE,
    AT,
    UNITS,
    read_at,
    read_time,
    read_uncertainty,
    read_value,
    read_volume,
)
from theratwin.io.case_file.fields import Field, raw, text
from theratwin.io.case_file.problems import Problems
from theratwin.io.case_file.table import Row
from theratwin.io.case_file.treatment import unknown_administration

#: Regions that are measured by concentration.
FLUIDS = ("blood", "plasma")

_ANY = {"type": ["string", "number"]}

#: The fields of an inline measurement and the columns of a table; the first is for tables.
MEASUREMENT: Mapping[str, Field] = {
    "file": text("A CSV table beside the case file; the other fields then hold for its rows"),
    "region": text("A region or a lesion's name"),
    "administration": text("The administration that the time counts from"),
    "time": raw("Time after its start, or date and time with zone", _ANY),
    "activity": raw("Activity, %IA, %IA/g or concentration", _ANY),
    "uncertainty": raw("Relative standard uncertainty, or absolute in the activity's unit", _ANY),
    "volume": raw("Volume of the region as delineated at this scan", _ANY),
    "at": raw(
        "Whether the value is as it was at the scan, or corrected for decay to the administration",
        {"enum": list(AT)},
    ),
}


@dataclass(frozen=True)
class Reading:
    """What is known when measurements are read; None for what is wrong itself."""

    schedule: Schedule | None
    volumes: Mapping[str, Volume] | None
    lesions: tuple[str, ...]
    decay_constant: float
    problems: Problems

    def measurement(self, row: Row) -> Measurement | None:
        """Read one row; None, with errors, if it is wrong."""
        region = self._cell(row, "region", self._region)
        administration = self._cell(row, "administration", self._administration)
        at = self._cell(row, "at", read_at)
        volume = self._cell(row, "volume", read_volume, optional=True)
        given = self._cell(row, "activity", read_value)
        uncertainty = self._cell(row, "uncertainty", lambda r, n: read_uncertainty(r, n, given))
        time = self._cell(row, "time", lambda r, n: read_time(r, n, administration))
        needed = (region, administration, at, given, uncertainty, time, self.volumes)
        if any(part is None for part in needed):
            return None
        with self.problems.at(row.place):
            kind, value = self._value(row, given, region, administration, volume)
            if at == "administration":
                value *= exp(-self.decay_constant * time)
            return Measurement(
                region, administration.name, time, value, uncertainty, kind, volume, str(row.place)
            )
        return None

    def _cell(self, row: Row, column: str, read: Any, *, optional: bool = False) -> Any:
        """Read one cell; None if it is not there or, with an error, wrong."""
        with self.problems.at(row.place_of(column)):
            if column not in row.cells:
                if optional:
                    return None
                raise InputError("this is missing", field=row.field(column), remedy=ADVICE[column])
            if row.cells[column] is not None:
                return read(row.cells[column], row.field(column))
        return None

    def _region(self, raw: Any, name: str) -> str:
        words = str(raw)
        lesion = next(
            (lesion for lesion in self.lesions if words_of(lesion) == words_of(words)), None
        )
        if lesion is not None:
            return lesion
        found = find_region(words)
        if found is not None and found.kind != "lesion":
            return found.name
        nearest = nearest_match(words, self.lesions) or nearest_region(words)
        raise InputError(
            "no lesion of this name is declared" if found else "unknown region or lesion",
            field=name,
            value=raw,
            allowed=f"nearest match {nearest!r}" if nearest else "a region or a lesion's name",
            remedy="A further lesion is declared with [[lesions]]",
        )

    def _administration(self, raw: Any, name: str) -> Administration | None:
        if self.schedule is None:
            return None
        if raw not in self.schedule.names:
            error = unknown_administration(str(raw), self.schedule)
            raise InputError(
                error.message, field=name, value=raw, allowed=error.allowed, remedy=error.remedy
            )
        return self.schedule[raw]

    def _value(
        self,
        row: Row,
        given: tuple[float, str],
        region: str,
        administration: Administration,
        scanned: float | None,
    ) -> tuple[Kind, float]:
        """Return what was measured: activity (MBq), or concentration in a fluid (MBq/mL)."""
        value, unit = given
        relative, per_volume, per_mass = UNITS[unit]
        if relative:
            value *= administration.activity
        if not (per_volume or per_mass):
            return Kind.ACTIVITY, value
        declared = (self.volumes or {}).get(region)
        if per_mass:
            if declared is None and region != "blood":
                raise self._no_volume(row, region, unit)
            value *= declared.density if declared else BLOOD_DENSITY
        if region in FLUIDS:
            return Kind.CONCENTRATION, value
        volume = scanned if scanned is not None else declared and declared.value
        if volume is None:
            raise self._no_volume(row, region, unit)
        return Kind.ACTIVITY, value * volume

    def _no_volume(self, row: Row, region: str, unit: str) -> InputError:
        shown = unit.replace("IA", "%IA")
        return InputError(
            f"a value in {shown} needs the volume of {region}",
            field=row.field("activity"),
            remedy=f'Add [organs.{region}] with volume = "... mL" and uncertainty = "... %"',
        )
