"""The lowest count after a dose: how low, when, and when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from theratwin.core import InputError
from theratwin.response.blood.grades import grade

if TYPE_CHECKING:
    from jaxtyping import Float, Int

#: A count has recovered when it is back at this part of its baseline.
RECOVERED = 0.9


@dataclass(frozen=True, eq=False)
class Nadir:
    """The lowest count of a line in a stretch of time, for each patient.

    Parameters
    ----------
    line
        As ``platelets``.
    baseline, count
        Before the course, and at the lowest: 1/mL, or g/mL for ``hemoglobin``.
    time
        When it is lowest (h).
    recovery
        When the count is back at `RECOVERED` of the baseline (h), on the first time after its
        lowest; the time of the lowest if it never was below; infinite if it is not within what was
        followed.
    """

    line: str
    baseline: Float[np.ndarray, " patient"]
    count: Float[np.ndarray, " patient"]
    time: Float[np.ndarray, " patient"]
    recovery: Float[np.ndarray, " patient"]

    @property
    def fraction(self) -> Float[np.ndarray, " patient"]:
        """The lowest count over the baseline."""
        return self.count / self.baseline

    @property
    def grade(self) -> Int[np.ndarray, " patient"]:
        """The grade of the lowest count."""
        return grade(self.line, self.count)


def nadir(
    line: str,
    times: Any,
    counts: Any,
    baseline: Any,
    *,
    start: float = -float("inf"),
    end: float = float("inf"),
) -> Nadir:
    """Return the nadir in an interval; between samples, that of a parabola through three.

    Parameters
    ----------
    line
        As ``platelets``.
    times
        Increasing (h), shape ``(time,)``, evenly spaced where the nadir is.
    counts
        Shape ``(patient, time)``.
    baseline
        Shape ``(patient,)``.
    start, end
        The lowest is looked for from ``start`` to ``end`` (h); its recovery also after ``end``.

    Raises
    ------
    InputError
        If no time is in the interval.

    Examples
    --------
    >>> days = np.arange(0.0, 60.0)
    >>> found = nadir("platelets", 24.0 * days, [200e6 - 80e6 * np.exp(-((days - 30.3) / 10) ** 2)],
    ...               [200e6])
    >>> (found.time / 24).round(1).tolist(), found.grade.tolist()
    ([30.3], [1])
    """
    times, counts, baseline = (np.asarray(a, dtype=float) for a in (times, counts, baseline))
    inside = np.flatnonzero((times >= start) & (times <= end))
    if not inside.size:
        raise InputError("no time is in the interval", field="start", value=f"{start:g} to {end:g}")
    lowest = inside[np.argmin(counts[:, inside], axis=1)]
    time, count = _vertex(times, counts, np.clip(lowest, inside[0], inside[-1]))
    return Nadir(line, baseline, count, time, _recovery(times, counts, baseline, lowest, time))


def _vertex(times: np.ndarray, counts: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest point of the parabola through a sample and its neighbors."""
    rows = np.arange(len(counts))
    here = counts[rows, at]
    inner = (at > 0) & (at < times.size - 1)
    before, after = np.maximum(at - 1, 0), np.minimum(at + 1, times.size - 1)
    left, right = counts[rows, before], counts[rows, after]
    bend = left - 2.0 * here + right
    inner &= (bend > 0.0) & (np.minimum(left, right) >= here)
    shift = np.where(inner, 0.5 * (left - right) / np.where(inner, bend, 1.0), 0.0)
    step = 0.5 * (times[after] - times[before])
    return times[at] + shift * step, here - 0.25 * (left - right) * shift


def _recovery(
    times: np.ndarray,
    counts: np.ndarray,
    baseline: np.ndarray,
    lowest: np.ndarray,
    time: np.ndarray,
) -> np.ndarray:
    level = RECOVERED * baseline
    back = (counts >= level[:, None]) & (np.arange(times.size) >= lowest[:, None])
    first = np.argmax(back, axis=1)
    rows = np.arange(len(counts))
    prior = np.maximum(first - 1, 0)
    low, high = counts[rows, prior], counts[rows, first]
    rising = (first > lowest) & (high > low)
    part = np.where(rising, (level - low) / np.where(rising, high - low, 1.0), 1.0)
    crossing = times[prior] + part * (times[first] - times[prior])
    found = np.where(first > lowest, crossing, time)
    return np.where(np.any(back, axis=1), found, np.inf)
