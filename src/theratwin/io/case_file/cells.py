"""The cells of a measurement: activity, uncertainty, time, volume, and what they hold for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from theratwin.case import Administration
from theratwin.core.errors import InputError
from theratwin.io.case_file.fields import parse, parse_like
from theratwin.io.case_file.times import hours_between, moment

AT = ("scan", "administration")

_ACTIVITY_EXAMPLE = "120 MBq"

#: Unit of a measured value, and what it is: (per administered activity, per volume, per mass).
UNITS = {
    "MBq": (False, False, False),
    "IA": (True, False, False),
    "MBq/mL": (False, True, False),
    "IA/mL": (True, True, False),
    "MBq/g": (False, False, True),
    "IA/g": (True, False, True),
}

#: What to do about a cell that is missing.
ADVICE = {
    "region": "Name the region or the lesion",
    "administration": 'Name the administration that it follows, for example "cycle 1"',
    "time": 'Give the time after the administration, for example "24 h"',
    "activity": 'Give what was measured, for example "120 MBq", "3.1 %IA/g" or "45 kBq/mL"',
    "uncertainty": 'Give the relative standard uncertainty of this value, for example "5 %"',
    "at": 'Write "scan" if the value is as it was at the scan, "administration" if it is '
    "corrected for decay to the start of the administration",
}


def read_at(raw: Any, name: str) -> str:
    """Return `scan` or `administration`."""
    if raw not in AT:
        raise InputError(
            "this is none of the choices", field=name, value=raw, allowed=AT, remedy=ADVICE["at"]
        )
    return raw


def read_time(raw: Any, name: str, administration: Administration | None) -> float | None:
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


def read_value(raw: Any, name: str) -> tuple[float, str]:
    """Return the value and the unit among those of `UNITS`."""
    if not isinstance(raw, str):
        raise InputError(
            "a quantity needs its unit",
            field=name,
            value=raw,
            remedy=f'Write it as text with its unit, for example "{_ACTIVITY_EXAMPLE}"',
        )
    written = raw.replace("%ID", "%IA").replace("% ID", "%IA")
    for unit in UNITS:
        try:
            value = parse(written, unit, name)
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


def read_uncertainty(raw: Any, name: str, given: tuple[float, str] | None) -> float:
    """Return the relative uncertainty; one in the unit of the value is divided by it."""
    relative = raw if isinstance(raw, float) else None
    if relative is None and isinstance(raw, str):
        for unit, scale in (("", 1.0), (given[1], given[0]) if given else ("", 1.0)):
            try:
                relative = parse(raw.replace("%ID", "%IA"), unit, name) / scale
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


def read_volume(raw: Any, name: str) -> float:
    """Return the volume, mL."""
    volume = parse_like(raw, "mL", name, "34 mL")
    if not volume > 0:
        raise InputError("must be positive", field=name, value=raw)
    return volume
