"""A tumor's course: volume over time, nadir, regrowth, response."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from theratwin.core import InputError
from theratwin.response.tumor.criteria import (
    RecistThresholds,
    best_response,
    diameter,
    recist,
    sum_of_diameters,
    time_to_progression,
)

if TYPE_CHECKING:
    from jaxtyping import Float, Int

    from theratwin.dynamics import Solution


@dataclass(frozen=True, eq=False)
class TumorCourse:
    """What becomes of a tumor, one row a patient.

    Parameters
    ----------
    times
        h, shape ``(time,)``; the first is the baseline.
    volume, living
        Whole volume and that of living cells (mL), shape ``(patient, time)``.
    log_kill
        Integral of the hazard so far, of the same shape.
    marker
        A marker in serum, in its own unit, if it was followed.
    log_expected_lines
        Natural logarithm of the expected number of clonogens that have living offspring, if it was
        followed.
    log_living
        Natural logarithm of the living volume (mL), if it was followed: exact where `living` is
        below the smallest number there is.

    Examples
    --------
    >>> import numpy as np
    >>> volume = np.array([[8.0, 2.0, 1.0, 4.0, 16.0]])
    >>> course = TumorCourse(np.arange(5.0) * 500.0, volume, volume, volume * 0.0)
    >>> course.nadir, course.nadir_time, course.regrowth_time
    (array([1.]), array([1000.]), array([1750.]))
    """

    times: Float[np.ndarray, " time"]
    volume: Float[np.ndarray, "patient time"]
    living: Float[np.ndarray, "patient time"]
    log_kill: Float[np.ndarray, "patient time"]
    marker: Float[np.ndarray, "patient time"] | None = None
    log_expected_lines: Float[np.ndarray, "patient time"] | None = None
    log_living: Float[np.ndarray, "patient time"] | None = None

    def __post_init__(self) -> None:
        if len(self.times) < 2 or not np.all(np.diff(self.times) > 0):
            raise InputError("at least two times are needed, and they must increase", field="times")

    @classmethod
    def of(cls, solution: Solution, space: str = "") -> TumorCourse:
        """Return the course in a solution; ``space`` is the tumor's name space, if it has one."""
        prefix = f"{space}." if space else ""
        seen = solution.observables
        volume, living, log_kill = (
            solution[f"{prefix}{name}"] for name in ("volume", "living", "log_kill")
        )
        marker = seen.get("marker.marker")
        return cls(
            np.asarray(solution.times),
            # What has faded is within the solver's tolerance of zero, on either side.
            np.maximum(volume, living),
            living,
            log_kill,
            marker=None if marker is None else np.maximum(marker, 0.0),
            log_expected_lines=seen.get("clonogens.log_expected_lines"),
            log_living=solution[f"{prefix}log_living_volume"],
        )

    @property
    def control(self) -> Float[np.ndarray, "patient time"]:
        """The probability that no clonogen has living offspring, if that was followed."""
        if self.log_expected_lines is None:
            raise InputError("the clonogens were not followed", field="control")
        return np.exp(-np.exp(np.minimum(self.log_expected_lines, 700.0)))

    @property
    def diameter(self) -> Float[np.ndarray, "patient time"]:
        """The diameter (mm) of a sphere of the same volume."""
        return diameter(self.volume)

    @property
    def nadir(self) -> Float[np.ndarray, " patient"]:
        """The smallest volume (mL) at one of the times."""
        return np.min(self.volume, axis=-1)

    @property
    def nadir_time(self) -> Float[np.ndarray, " patient"]:
        """When the volume is smallest (h), among the times."""
        return self.times[np.argmin(self.volume, axis=-1)]

    @property
    def regrowth_time(self) -> Float[np.ndarray, " patient"]:
        """When the volume passes that at the start, on its way up from the nadir (h).

        Interpolated in the logarithm of the volume; infinite if it does not, or never shrank.
        """
        return np.array([_passes(self.times, row) for row in np.log(self.volume)])

    def is_visible(self, thresholds: RecistThresholds | None = None) -> np.ndarray:
        """Return whether the lesion can be seen at the start, so that it can respond."""
        known = thresholds or RecistThresholds.of_recist_1_1()
        return self.diameter[:, 0] >= known.smallest_visible

    def response(
        self, thresholds: RecistThresholds | None = None
    ) -> Int[np.ndarray, "patient time"]:
        """Return RECIST at each time, as if this were the only target lesion.

        Raises
        ------
        InputError
            If it cannot be seen at the start.
        """
        return recist(sum_of_diameters(self.volume[:, None, :], thresholds), thresholds)

    def best_response(self, thresholds: RecistThresholds | None = None) -> np.ndarray:
        """Return the best response before progression, one a patient."""
        return best_response(self.response(thresholds))

    def progression_time(self, thresholds: RecistThresholds | None = None) -> np.ndarray:
        """Return when RECIST first says progression (h), one a patient."""
        return time_to_progression(self.times, self.response(thresholds))


def _passes(times: np.ndarray, logs: np.ndarray) -> float:
    lowest = int(np.argmin(logs))
    above = np.flatnonzero(logs[lowest:] >= logs[0])
    if lowest == 0 or not above.size:
        return float("inf")
    k = lowest + int(above[0])
    share = (logs[0] - logs[k - 1]) / (logs[k] - logs[k - 1])
    return float(times[k - 1] + share * (times[k] - times[k - 1]))
