"""A measurement as given becomes one in MBq, not corrected for decay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
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
from theratwin.core.units import parse
from theratwin.io.case_file.fields import Field, raw, text
from theratwin.io.case_file.problems import Problems
from theratwin.io.case_file.table import Row
from theratwin.io.case_file.times import hours_between, moment
from theratwin.io.case_file.treatment import unknown_administration

AT = ("scan", "administration")

#: Regions that are measured by concentration.
FLUIDS = ("blood", "plasma")

_ACTIVITY_EXAMPLE = "120 MBq"
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

#: Unit of a measured value, and what it is: (per administered activity, per volume, per mass).
_UNITS = {
    "MBq": (False, False, False),
    "IA": (True, False, False),
    "MBq/mL": (False, True, False),
    "IA/mL": (True, True, False),
    "MBq/g": (False, False, True),
    "IA/g": (True, False, True),
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
        at = self._cell(row, "at", _at)
        volume = self._cell(row, "volume", _volume, optional=True)
        given = self._cell(row, "activity", _value)
        uncertainty = self._cell(row, "uncertainty", lambda r, n: _uncertainty(r, n, given))
        time = self._cell(row, "time", lambda r, n: _time(r, n, administration))
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
                raise InputError("this is missing", field=row.field(column), remedy=_ADVICE[column])
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
        is_lesion = found is not None or nearest in self.lesions
        raise InputError(
            "no lesion of this name is declared" if found else "unknown region or lesion",
            field=name,
            value=raw,
            allowed=f"nearest match {nearest!r}" if nearest else "a region or a lesion's name",
            remedy=f'Declare a lesion with [[lesions]] name = "{words}"'
            if is_lesion or not nearest
            else "",
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
        relative, per_volume, per_mass = _UNITS[unit]
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


_ADVICE = {
    "region": "Name the region or the lesion",
    "administration": 'Name the administration that it follows, for example "cycle 1"',
    "time": 'Give the time after the administration, for example "24 h"',
    "activity": 'Give what was measured, for example "120 MBq", "3.1 %IA/g" or "45 kBq/mL"',
    "uncertainty": 'Give the relative standard uncertainty of this value, for example "5 %"',
    "at": 'Write "scan" if the value is as it was at the scan, "administration" if it is '
    "corrected for decay to the start of the administration",
}


def _at(raw: Any, name: str) -> str:
    if raw not in AT:
        raise InputError(
            "this is none of the choices", field=name, value=raw, allowed=AT, remedy=_ADVICE["at"]
        )
    return raw


def _time(raw: Any, name: str, administration: Administration | None) -> float | None:
    """Return the hours after the administration; None for a date if it is unknown."""
    time = moment(raw, name, "24 h")
    if administration is None:
        return None
    if isinstance(time, datetime):
        if administration.start is None:
            raise InputError(
                "a date needs the date of the administration",
                field=name,
                value=str(raw),
                remedy=f"Give the time of {administration.name!r} as a date with zone, "
                "or this time in hours after it",
            )
        time = hours_between(administration.start, time)
    if time < 0:
        raise InputError(
            f"it lies before {administration.name!r}",
            field=name,
            value=str(raw),
            remedy="Name the administration that the measurement follows",
        )
    return time


def _value(raw: Any, name: str) -> tuple[float, str]:
    """Return the value and the unit among those of `_UNITS`."""
    if not isinstance(raw, str):
        raise InputError(
            "a quantity needs its unit",
            field=name,
            value=raw,
            remedy=f'Write it as text with its unit, for example "{_ACTIVITY_EXAMPLE}"',
        )
    written = raw.replace("%ID", "%IA").replace("% ID", "%IA")
    for unit in _UNITS:
        try:
            value = parse(written, unit, field=name)
        except InputError:
            continue
        if not value > 0:
            raise InputError(
                "a measured activity must be positive",
                field=name,
                value=raw,
                remedy="Leave the time point out if nothing was seen above background",
            )
        return value, unit
    raise InputError(
        "this is no activity or concentration with a unit",
        field=name,
        value=raw,
        allowed="a unit like MBq, %IA, kBq/mL, %IA/mL, kBq/g, %IA/g",
        remedy=f'Write it for example as "{_ACTIVITY_EXAMPLE}"',
    )


def _uncertainty(raw: Any, name: str, given: tuple[float, str] | None) -> float:
    """Return the relative uncertainty; one in the unit of the value is divided by it."""
    relative = raw if isinstance(raw, float) else None
    if relative is None and isinstance(raw, str):
        for unit, scale in (("", 1.0), (given[1], given[0]) if given else ("", 1.0)):
            try:
                relative = parse(raw.replace("%ID", "%IA"), unit, field=name) / scale
                break
            except InputError:
                continue
    if relative is None or not 0 < relative < 1:
        raise InputError(
            "the uncertainty must lie between 0 and 100 % of the value",
            field=name,
            value=raw,
            remedy='Write one standard deviation, for example "5 %" or "6 MBq"',
        )
    return relative


def _volume(raw: Any, name: str) -> float:
    volume = parse(raw, "mL", field=name)
    if not volume > 0:
        raise InputError("must be positive", field=name, value=raw)
    return volume
