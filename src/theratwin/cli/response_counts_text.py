"""What ``theratwin response counts`` says: by line, over the course and in each cycle."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from theratwin.response.blood import BloodCounts, Nadir

_DAY = 24.0


def summary(found: BloodCounts, line: str, starts: list[float]) -> dict[str, Any]:
    """Return the baseline and the nadirs of a line, for one patient, in clinical units and days."""
    from theratwin.response.blood.grades import CLINICAL

    factor = CLINICAL[line][1]

    def entry(lowest: Nadir) -> dict[str, Any]:
        return {
            "nadir": float(lowest.count[0]) * factor,
            "fraction": float(lowest.fraction[0]),
            "day": float(lowest.time[0]) / _DAY,
            "grade": int(lowest.grade[0]),
            "recovery_day": float(lowest.recovery[0]) / _DAY,
        }

    return {
        "baseline": float(found.baselines[line][0]) * factor,
        **entry(found.nadir(line)),
        "cycles": [entry(lowest) for lowest in found.by_cycle(line, starts)],
    }


def course(found: BloodCounts) -> dict[str, list[float]]:
    """Return the days, and the counts of each line then, for one patient, in clinical units."""
    from theratwin.response.blood.grades import CLINICAL

    counts = {line: (found.counts[line][0] * CLINICAL[line][1]).tolist() for line in found.lines}
    return {"day": (found.times / _DAY).tolist(), **counts}


def units(found: BloodCounts) -> dict[str, str]:
    """Return the unit of each line, and of the days."""
    from theratwin.response.blood.grades import CLINICAL

    return {line: CLINICAL[line][0] for line in found.lines} | {"day": "d", "recovery_day": "d"}


def text(found: BloodCounts, starts: list[float]) -> str:
    """Return the table, and below it that of the cycles where there are several."""
    rows = [("", "baseline", "nadir", "", "day", "grade", "back at 90 %, day")]
    rows += [_row(found, line, starts) for line in found.lines]
    widths = [max(map(len, column)) + 2 for column in zip(*rows, strict=True)]
    lines = ["".join(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=True)) for row in rows]
    if len(starts) > 1:
        lines += ["", "lowest in each cycle, with the day since it began"]
        lines += [_by_cycle(found, line, starts) for line in found.lines]
    return "\n".join(line.rstrip() for line in lines)


def _row(found: BloodCounts, line: str, starts: list[float]) -> tuple[str, ...]:
    value = summary(found, line, starts)
    return (
        line,
        f"{value['baseline']:.3g}",
        f"{value['nadir']:.3g}",
        units(found)[line],
        f"{value['day']:.1f}",
        str(value["grade"]),
        _back(value["fraction"], value["recovery_day"]),
    )


def _back(fraction: float, day: float) -> str:
    from theratwin.response.blood import RECOVERED

    if fraction >= RECOVERED:
        return "never below"
    return f"{day:.1f}" if math.isfinite(day) else "not in the time followed"


def _by_cycle(found: BloodCounts, line: str, starts: list[float]) -> str:
    entries = zip(starts, summary(found, line, starts)["cycles"], strict=True)
    cells = [f"{e['nadir']:.3g} ({e['day'] - start / _DAY:.0f})" for start, e in entries]
    return f"{line:<13}" + "".join(f"{cell:<12}" for cell in cells)
