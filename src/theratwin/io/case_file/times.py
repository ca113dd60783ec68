"""Times: hours after an administration, or dates with a time and a zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from theratwin.core.errors import InputError
from theratwin.io.case_file.fields import parse_like

_EXAMPLE = "2024-03-01T10:00+01:00"


def moment(raw: Any, name: str, example: str) -> float | datetime:
    """Read a duration (h) or a date and time with its zone.

    Raises
    ------
    InputError
        If it is neither, or the zone is missing.

    Examples
    --------
    >>> moment("1 d", "time", "24 h")
    24.0
    >>> moment("2024-03-01T10:00+01:00", "time", "24 h").isoformat()
    '2024-03-01T10:00:00+01:00'
    """
    stamp = raw if isinstance(raw, date) else _stamp(raw)
    if stamp is None:
        return parse_like(raw, "h", name, example)
    if not isinstance(stamp, datetime):
        raise InputError(
            "a date needs its time of day and zone",
            field=name,
            value=stamp.isoformat(),
            remedy=f'Write for example "{_EXAMPLE}"',
        )
    if stamp.tzinfo is None:
        raise InputError(
            "the time zone is missing",
            field=name,
            value=stamp.isoformat(),
            remedy=f'Add it, for example "{_EXAMPLE}" (Z is universal time)',
        )
    return stamp


def hours_between(start: datetime, end: datetime) -> float:
    """Return the hours from ``start`` to ``end``."""
    return (end - start) / timedelta(hours=1)


def _stamp(raw: Any) -> date | None:
    """Return the date, with its time if it has one, that a text means; None if it means none."""
    if not isinstance(raw, str):
        return None
    for kind in (date, datetime):
        try:
            return kind.fromisoformat(raw.strip())
        except ValueError:
            continue
    return None
