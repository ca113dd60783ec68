"""What ``theratwin response tumor`` says: the summary, and the course in a table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from theratwin.response.tumor import TumorCourse

_DAY = 24.0
_ROWS = 13
UNITS = {
    "time": "d",
    "volume": "mL",
    "living_volume": "mL",
    "diameter": "mm",
    "marker": "1",
    "log_kill": "1",
    "control": "1",
    "log_expected_lines": "1",
    "recist": "",
}


def columns(course: TumorCourse) -> dict[str, Any]:
    """Return the course of one patient by name, in the units of `UNITS`."""
    from theratwin.response.tumor import Recist

    assert course.marker is not None
    assert course.log_expected_lines is not None
    return {
        "time": course.times / _DAY,
        "volume": course.volume[0],
        "living_volume": course.living[0],
        "diameter": course.diameter[0],
        "marker": course.marker[0],
        "log_kill": course.log_kill[0],
        "control": course.control[0],
        "log_expected_lines": course.log_expected_lines[0],
        "recist": [Recist(code).name for code in course.response()[0]]
        if course.is_visible()[0]
        else [None] * len(course.times),
    }


def summary(course: TumorCourse) -> dict[str, Any]:
    """Return nadir, regrowth and response; times in days, infinite where there is none."""
    from theratwin.response.tumor import Recist, marker_response

    assert course.marker is not None
    marker = marker_response(course.times, course.marker[0])
    seen = bool(course.is_visible()[0])
    best = Recist(int(course.best_response()[0])).name if seen else None
    return {
        "nadir_volume": float(course.nadir[0]),
        "nadir_day": float(course.nadir_time[0]) / _DAY,
        "regrowth_day": float(course.regrowth_time[0]) / _DAY,
        "best_response": best,
        "progression_day": float(course.progression_time()[0]) / _DAY if seen else math.inf,
        "marker": {
            "best_change": float(marker.best_change),
            "psa50": bool(marker.declined),
            "psa90": bool(marker.declined_deeply),
            "nadir": float(marker.nadir),
            "nadir_day": float(marker.nadir_time) / _DAY,
            "progression_day": float(marker.progression_time) / _DAY,
        },
        "log_kill": float(course.log_kill[0, -1]),
        "control": float(course.control[0, -1]),
    }


def text(course: TumorCourse, dose: float, model: str) -> str:
    """Return the summary, and below it the course."""
    found = summary(course)
    marker, start = found["marker"], float(course.volume[0, 0])
    best = found["best_response"]
    head = {
        "cells": model,
        "dose": f"{dose:.4g} Gy",
        "-ln S": f"{found['log_kill']:.4g}",
        "volume at the start": f"{start:.4g} mL, {course.diameter[0, 0]:.3g} mm",
        "nadir": f"{found['nadir_volume']:.4g} mL ({100 * found['nadir_volume'] / start:.3g} %), "
        f"day {found['nadir_day']:.0f}",
        "back at the start": _day(found["regrowth_day"]),
        "best response": f"{best} (RECIST 1.1, this lesion alone)"
        if best
        else "too small to be seen",
        "progression": _day(found["progression_day"]),
        "marker": f"{100 * marker['best_change']:+.3g} % at best, day {marker['nadir_day']:.0f}; "
        f"by half: {_yes(marker['psa50'])}, by 90 %: {_yes(marker['psa90'])}",
        "marker's progression": _day(marker["progression_day"]),
        "control in the end": f"{found['control']:.4g}",
    }
    width = max(map(len, head)) + 2
    lines = [f"{name:<{width}}{value}" for name, value in head.items()]
    return "\n".join([*lines, "", *_table(columns(course))])


def _day(day: float) -> str:
    return f"day {day:.0f}" if math.isfinite(day) else "not by then"


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _table(course: dict[str, Any]) -> list[str]:
    chosen = np.unique(np.linspace(0, len(course["time"]) - 1, _ROWS).round().astype(int))
    rows = [("day", "volume", "living", "diameter", "marker", "RECIST")]
    rows.append(("", "mL", "mL", "mm", "", ""))
    rows += [
        (
            f"{course['time'][k]:.0f}",
            *(f"{course[name][k]:.3g}" for name in ("volume", "living_volume", "diameter")),
            f"{course['marker'][k]:.3g}",
            course["recist"][k] or "",
        )
        for k in chosen
    ]
    widths = [max(map(len, column)) + 2 for column in zip(*rows, strict=True)]
    return [
        "".join(f"{cell:>{w}}" for cell, w in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
