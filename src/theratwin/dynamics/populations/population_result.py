"""The results of a population: how many ended how, and the summary of the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from theratwin.core.errors import InputError
from theratwin.dynamics.populations.summary import Summary
from theratwin.dynamics.solving.status import Status

#: Failed patients whose places are kept, of each chunk and in all.
MOST_FAILED = 100


@dataclass(frozen=True, eq=False)
class Population:
    """The results of a population, or of a chunk of it.

    Parameters
    ----------
    times
        When (h).
    outputs
        What was summarized.
    patients
        How many were simulated.
    statuses
        How many ended how.
    failed
        The places and statuses of patients who failed; at most `MOST_FAILED`.
    summary
        Of those who did not, by time and output.
    """

    times: np.ndarray
    outputs: tuple[str, ...]
    patients: int
    statuses: Mapping[Status, int]
    failed: tuple[tuple[int, Status], ...]
    summary: Summary

    def mean(self, output: str) -> np.ndarray:
        """Return the mean of an output, shape ``(time,)``."""
        return self.summary.mean[:, self._place(output)]

    def sd(self, output: str) -> np.ndarray:
        """Return the standard deviation of an output, shape ``(time,)``."""
        return self.summary.sd[:, self._place(output)]

    def quantile(self, output: str, probability: float) -> np.ndarray:
        """Return a quantile of an output, shape ``(time,)``; see `Summary.quantile`."""
        return self.summary.quantile(probability)[:, self._place(output)]

    def _place(self, output: str) -> int:
        if output not in self.outputs:
            raise InputError("not summarized", field="output", value=output, allowed=self.outputs)
        return self.outputs.index(output)

    def merged(self, other: Population) -> Population:
        """Return both together; the order decides the last digits of the moments."""
        counts = [*self.statuses.items(), *other.statuses.items()]
        statuses = {s: sum(n for status, n in counts if status == s) for s, _ in counts}
        return Population(
            self.times,
            self.outputs,
            self.patients + other.patients,
            dict(sorted(statuses.items())),
            (self.failed + other.failed)[:MOST_FAILED],
            self.summary.merged(other.summary),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON can hold, without loss."""
        return {
            "times": self.times.tolist(),
            "outputs": list(self.outputs),
            "patients": self.patients,
            "statuses": {status.name: count for status, count in self.statuses.items()},
            "failed": [[place, status.name] for place, status in self.failed],
            "summary": self.summary.to_dict(),
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Population:
        """Return what `to_dict` was made of."""
        return cls(
            np.array(plain["times"], float),
            tuple(plain["outputs"]),
            plain["patients"],
            {Status[name]: count for name, count in plain["statuses"].items()},
            tuple((place, Status[name]) for place, name in plain["failed"]),
            Summary.from_dict(plain["summary"]),
        )
