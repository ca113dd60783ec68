"""RECIST 1.1: what the diameters of lesions say about a response, time by time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np

from theratwin.core import InputError, parameter_set
from theratwin.core._arrays import as_float


class Recist(IntEnum):
    """The response of target lesions at one time, the better the greater."""

    PD = 0
    SD = 1
    PR = 2
    CR = 3


@dataclass(frozen=True)
class RecistThresholds:
    """What counts as what; `of_recist_1_1` gives the published ones.

    Parameters
    ----------
    partial_response
        Fall of the sum of diameters below that at the start.
    progression
        Rise above the smallest sum so far.
    progression_length
        The rise must be at least this long too (mm).
    smallest_visible
        A lesion below this diameter (mm) counts as gone.
    """

    partial_response: float
    progression: float
    progression_length: float
    smallest_visible: float

    @classmethod
    def of_recist_1_1(cls) -> RecistThresholds:
        """Return those of the parameter set ``response/response_criteria``."""
        known = parameter_set("response", "response_criteria").under("recist")
        return cls(**{name: parameter.value for name, parameter in known.items()})


def diameter(volume: Any) -> Any:
    r"""Return the diameter (mm) of a sphere of a volume (mL): :math:`(6V/\pi)^{1/3}`.

    Examples
    --------
    >>> round(float(diameter(10.0)), 2)
    26.73
    """
    return np.cbrt(6e3 / np.pi * as_float(volume))


def sum_of_diameters(volumes: Any, thresholds: RecistThresholds | None = None) -> Any:
    """Return the sum of diameters (mm) of those lesions that can be seen.

    Parameters
    ----------
    volumes
        mL, shape ``(..., lesion, time)``.
    thresholds
        Those of RECIST 1.1 if None.

    Returns
    -------
    array
        Shape ``(..., time)``.

    Examples
    --------
    >>> sum_of_diameters([[10.0, 0.001], [10.0, 10.0]]).round(1).tolist()
    [53.5, 26.7]
    """
    known = thresholds or RecistThresholds.of_recist_1_1()
    each = diameter(volumes)
    if each.ndim < 2:
        raise InputError(
            "an axis of lesions and one of times are needed",
            field="volumes",
            value=each.shape,
            remedy="Give one lesion as [volumes]",
        )
    return np.where(each < known.smallest_visible, 0.0, each).sum(axis=-2)


def recist(sums: Any, thresholds: RecistThresholds | None = None) -> np.ndarray:
    r"""Return the response of target lesions at each time, the first of which is the baseline.

    With the sum of diameters :math:`s`, that at the start :math:`s_0` and the smallest so far
    :math:`s_{min}` (the start among them): progression (PD) if :math:`s \ge 1.2\,s_{min}` and
    :math:`s \ge s_{min} + 5` mm; else complete response (CR) if :math:`s = 0`, partial response
    (PR) if :math:`s \le 0.7\,s_0`, stable disease (SD) otherwise.

    Parameters
    ----------
    sums
        mm, shape ``(..., time)``, in the order of time.
    thresholds
        Those of RECIST 1.1 if None.

    Returns
    -------
    array
        `Recist` as whole numbers, of the shape of ``sums``.

    Raises
    ------
    InputError
        If a sum is negative, or nothing can be seen at the start.

    Notes
    -----
    Target lesions only: no new lesions, nodes by their short axis, or confirmation.

    References
    ----------
    ``eisenhauer_2009``, as stated in ``wahl_2009``.

    Examples
    --------
    >>> [Recist(code).name for code in recist([50.0, 36.0, 35.0, 41.0, 42.0, 0.0])]
    ['SD', 'SD', 'PR', 'SD', 'PD', 'CR']
    """
    known = thresholds or RecistThresholds.of_recist_1_1()
    sums = as_float(sums)
    if not np.all(sums >= 0):
        raise InputError("a sum of diameters must not be negative", field="sums")
    start = sums[..., :1]
    if not np.all(start > 0):
        raise InputError(
            "no lesion can be seen at the start, so nothing can respond",
            field="sums",
            allowed=f"a lesion of at least {known.smallest_visible:g} mm",
        )
    smallest = np.minimum.accumulate(sums, axis=-1)
    progressed = (sums >= (1.0 + known.progression) * smallest) & (
        sums >= smallest + known.progression_length
    )
    partial = sums <= (1.0 - known.partial_response) * start
    codes = np.where(partial, Recist.PR, Recist.SD)
    codes = np.where(sums == 0, Recist.CR, codes)
    return np.where(progressed, Recist.PD, codes).astype(int)


def best_response(codes: Any) -> np.ndarray:
    """Return the best response before progression, over the last axis; PD if that comes at once.

    The baseline itself does not count.

    Examples
    --------
    >>> Recist(int(best_response([1, 1, 2, 2, 0, 2]))).name
    'PR'
    """
    codes = np.asarray(codes, dtype=int)[..., 1:]
    before = np.logical_and.accumulate(codes != Recist.PD, axis=-1)
    return np.max(np.where(before, codes, Recist.PD), axis=-1, initial=Recist.PD)


def time_to_progression(times: Any, codes: Any) -> np.ndarray:
    """Return the first of the times (h) with progression; infinite where there is none.

    Examples
    --------
    >>> float(time_to_progression([0.0, 10.0, 20.0], [1, 1, 0]))
    20.0
    """
    when = np.where(np.asarray(codes) == Recist.PD, as_float(times), np.inf)
    return np.min(when, axis=-1)
