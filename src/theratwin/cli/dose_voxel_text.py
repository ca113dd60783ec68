"""How ``theratwin dose voxel`` tells what it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from theratwin.dosimetry.voxel import VoxelDose
from theratwin.imaging import Segment

UNITS = {
    **dict.fromkeys(("mean", "sd", "min", "max", "D98", "D95", "D50", "D2"), "Gy"),
    **dict.fromkeys(("geud", "bed_mean", "eubed", "eud"), "Gy"),
    "volume": "mL",
    "volume_above": "mL",
    "relative_uncertainty": "",
    "uncertainty": "",
    "G": "",
}
_DOSES = ("mean", "sd", "D95", "D50", "D2", "max")
_EFFECTS = {"geud": "gEUD", "eud": "EUD", "bed_mean": "BED", "eubed": "EUBED"}


def table(
    rows: Mapping[str, Mapping[str, Any]], found: VoxelDose, out: Path, notes: Sequence[str]
) -> str:
    """Return a table for the reader, with what is to be known below."""
    width = max(8, *(len(name) for name in rows)) + 1
    columns = [key for key in _EFFECTS if any(row.get(key) is not None for row in rows.values())]
    above = list(dict.fromkeys(k for row in rows.values() for k in row.get("volume_above", ())))
    head = f"{'region':<{width}}{'mL':>9}" + "".join(f"{name:>9}" for name in _DOSES)
    head += f"{'u(mean)':>9}" + "".join(f"{_EFFECTS[key]:>9}" for key in columns)
    head += "".join(f"{'V ' + dose:>11}" for dose in above)
    lines = [f"Absorbed dose, Gy ({found.method})", "", head]
    for name, row in rows.items():
        line = f"{name:<{width}}{_number(row['volume']):>9}"
        line += "".join(f"{_number(row[key]):>9}" for key in _DOSES)
        spread = row["relative_uncertainty"]
        line += f"{_percent(spread):>9}"
        line += "".join(f"{_number(row.get(key)):>9}" for key in columns)
        line += "".join(f"{_number(row['volume_above'][dose]) + ' mL':>11}" for dose in above)
        lines.append(line)
    return "\n".join([*lines, "", f"dose map: {out}", *(f"note: {note}" for note in notes)])


def _percent(spread: float | None) -> str:
    if spread is None:
        return "-"
    return "<0.1%" if 0 < spread < 1e-3 else f"{spread:.1%}"


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    if abs(value) < 1e-9:  # rounding of what is even
        return "0"
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def extra(found: VoxelDose, out: Path, notes: Sequence[str]) -> dict[str, Any]:
    """Return what stands beside the value."""
    return {
        "dose_map": str(out),
        "method": found.method,
        "voxel_size_mm": list(found.voxel_size),
        "apart": {
            "voxels": found.apart,
            "below_g_per_mL": found.apart_below,
            "activity_MBq_h": found.activity_apart,
        },
        "notes": list(notes),
    }


def notes_on(
    found: VoxelDose,
    segments: Sequence[Segment],
    rows: Mapping[str, Any],
    *,
    scan: bool = False,
    outside: float = 0.0,
    local: bool = False,
) -> list[str]:
    """Return what the user must know: what is assumed, set apart or not told.

    Parameters
    ----------
    found
        The dose map.
    segments, rows
        The regions given, and those of the table.
    scan
        Whether the activity was that of one scan.
    outside
        The part of the activity that lies outside the CT.
    local
        Whether photons were left out.
    """
    notes = []
    if not segments:
        notes.append("without --labels the table is of the whole image, air around the body too")
    missing = [each.region for each in segments if each.region not in rows]
    if missing:
        notes.append(
            f"no dose for {', '.join(missing)}: no voxel of {found.apart_below:g} g/mL or more"
        )
    if scan:
        notes.append(
            "activity is taken to decay from the administration on, with one half-life in each "
            "region; uptake before the scan is not seen"
        )
    if found.apart:
        notes.append(
            f"{found.apart} voxels below {found.apart_below:g} g/mL get no dose; they hold "
            f"{found.activity_apart:.3g} MBq h"
        )
    if outside > 1e-3:
        notes.append(f"{outside:.1%} of the activity lies outside the CT, as if in air")
    if local:
        notes.append("photons that leave a voxel are not followed; --method kernel follows them")
    notes.append("what the camera's resolution spills over edges is not corrected for")
    return notes
