"""Response and progression by a marker in serum, such as PSA."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from theratwin.core import InputError, parameter_set
from theratwin.core._arrays import as_float


@dataclass(frozen=True, eq=False)
class MarkerResponse:
    """What a marker's course says; arrays of shape ``(...)``, one a patient.

    Parameters
    ----------
    best_change
        The greatest relative fall from the start, as a negative number; 0 or more if it only rose.
    declined
        Whether it fell by half (PSA50).
    declined_deeply
        Whether it fell by 90 % (PSA90).
    nadir
        Its smallest value.
    nadir_time
        When (h).
    progression_time
        When (h) it first rose enough above the nadir so far, and later confirmed it; infinite if
        it did not.
    """

    best_change: np.ndarray
    declined: np.ndarray
    declined_deeply: np.ndarray
    nadir: np.ndarray
    nadir_time: np.ndarray
    progression_time: np.ndarray


def marker_response(times: Any, values: Any, branch: str = "psa") -> MarkerResponse:
    r"""Return response and progression by a marker, the first value being the baseline.

    Progression is a rise of 25 % and 2 ug/L above the nadir so far, which a value three weeks
    later or more confirms.

    Parameters
    ----------
    times
        h, shape ``(time,)``, increasing.
    values
        Concentrations in the unit of the thresholds (ug/L for PSA), shape ``(..., time)``.
    branch
        Of the parameter set ``response/response_criteria`` that holds the thresholds.

    Raises
    ------
    InputError
        If the times do not increase, a value is negative, or the first is not positive.

    References
    ----------
    Thresholds recalled from ``scher_2016``.

    Examples
    --------
    >>> found = marker_response([0.0, 1000.0, 2000.0, 3000.0], [100.0, 40.0, 60.0, 80.0])
    >>> float(found.best_change), bool(found.declined), float(found.progression_time)
    (-0.6, True, 2000.0)
    """
    known = parameter_set("response", "response_criteria").under(branch)
    times, values = as_float(times), as_float(values)
    if times.ndim != 1 or values.shape[-1:] != times.shape or np.any(np.diff(times) <= 0):
        raise InputError("one value for each of increasing times is needed", field="times")
    if not (np.all(values >= 0) and np.all(values[..., 0] > 0)):
        raise InputError(
            "a marker's values must not be negative, and the first must be positive",
            field="values",
        )
    lowest = np.minimum.accumulate(values, axis=-1)
    risen = (values >= (1.0 + known["progression"].value) * lowest) & (
        values >= lowest + known["progression_concentration"].value
    )
    change = np.min(values, axis=-1) / values[..., 0] - 1.0
    return MarkerResponse(
        change,
        change <= -known["decline"].value,
        change <= -known["deep_decline"].value,
        np.min(values, axis=-1),
        times[np.argmin(values, axis=-1)],
        _first_confirmed(times, risen, known["confirmation"].value),
    )


def _first_confirmed(times: np.ndarray, risen: np.ndarray, after: float) -> np.ndarray:
    """Return the first time of a rise that is seen again, at least ``after`` hours later."""
    later = times[None, :] >= times[:, None] + after
    confirmed = risen & np.any(risen[..., None, :] & later, axis=-1)
    return np.min(np.where(confirmed, times, np.inf), axis=-1)
