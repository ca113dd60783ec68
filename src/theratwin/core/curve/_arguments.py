"""What every form of curve takes: an interval, a delay, an index into the batch."""

from __future__ import annotations

from typing import Any

import numpy as np

from theratwin.core._arrays import namespace
from theratwin.core.errors import InputError

_INFINITE = float("inf")


def check_interval(start: Any, end: Any) -> None:
    """Refuse an interval (h) that is no interval; JAX edges are left to JAX."""
    for name, edge in (("start", start), ("end", end)):
        if np.ndim(edge) != 0:
            raise InputError("one time is needed, not an array", field=name, value=np.shape(edge))
    if namespace(start, end) is np and not (start <= end and start < _INFINITE):
        raise InputError(
            "the interval ends before it starts, or never starts",
            field="end",
            value=end,
            allowed=f"a time (h) from the start, {start}, on",
        )


def check_delay(delay: Any) -> None:
    """Refuse a delay (h) that is an array: the terms of a batch share their times."""
    if np.ndim(delay) != 0:
        raise InputError("one delay is needed, not an array", field="delay", value=np.shape(delay))


def batch_index(index: Any, trailing: int) -> tuple:
    """Extend an index into the batch axes by ``trailing`` further axes, taken whole."""
    index = index if isinstance(index, tuple) else (index,)
    if not any(item is Ellipsis for item in index):
        index = (*index, Ellipsis)
    return (*index, *(slice(None),) * trailing)
