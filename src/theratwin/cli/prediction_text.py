"""A prediction as a command tells it: numbers for JSON, and text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from theratwin.twin import Interval, Prediction, Table

UNITS = {"dose": "Gy", "dose_per_activity": "Gy/GBq", "bed": "Gy"}
DISCLAIMER = "Research use only. Not a medical device."


def prediction_values(prediction: Prediction) -> dict[str, Any]:
    """Return what is predicted, by quantity, region, and administration or total."""
    return {
        "dose": _rows(prediction.dose()),
        "dose_per_activity": _rows(prediction.dose_per_activity()),
        "bed": _rows(prediction.bed()),
    }


def _rows(table: Table) -> dict[str, dict[str, dict[str, float]]]:
    """Return region, then administration or total, then median and 90 % interval."""
    return {
        region: {
            column: interval_values(interval)
            for column, interval in zip(table.columns, intervals, strict=True)
        }
        for region, intervals in table.rows.items()
    }


def interval_values(interval: Interval) -> dict[str, float]:
    """Return median and ends."""
    return {"median": interval.median, "low": interval.low, "high": interval.high}


def schedule_values(prediction: Prediction) -> list[dict[str, Any]]:
    """Return the administrations."""
    return [
        {
            "name": a.name,
            "time_h": a.time,
            "activity_MBq": a.activity,
            "amount_nmol": a.amount,
        }
        for a in prediction.schedule
    ]


def activity_words(megabecquerel: float) -> str:
    """Return an activity as a reader sees it."""
    if megabecquerel < 100:
        return f"{megabecquerel:.3g} MBq"
    return f"{1e-3 * megabecquerel:.3g} GBq"


def prediction_text(prediction: Prediction) -> str:
    """Return tables of dose per activity, dose and BED under a heading."""
    case = prediction.case
    course = ", ".join(f"{a.name} {activity_words(a.activity)}" for a in prediction.schedule)
    head = [f"{case.name}: {case.radiopharmaceutical.name}, {course}"]
    if case.origin == "simulated":
        head.append("The measurements are simulated.")
    tables = (prediction.dose_per_activity(), prediction.dose(), prediction.bed())
    parts = [str(table) for table in tables if table.rows]
    return "\n\n".join(["\n".join(head), *parts, DISCLAIMER])
